"""Plumbing between services: knows envelopes, never a business word."""
