"""Importing this first makes the whole process green: sockets, locks and sleeps yield."""

import os

# Each thread that hashes passwords keeps the memory of one hash; two do all the work of two cores.
os.environ.setdefault("EVENTLET_THREADPOOL_SIZE", "4")

import eventlet

eventlet.monkey_patch()
