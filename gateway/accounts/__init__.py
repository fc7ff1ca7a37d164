"""Accounts: who may sign in, as whom, with which roles."""
