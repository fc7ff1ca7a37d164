"""Importing this first makes the whole process green: sockets, locks and sleeps yield."""

import eventlet

eventlet.monkey_patch()
