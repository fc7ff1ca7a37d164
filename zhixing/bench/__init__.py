"""Benchmarks: ours and, in the same run, what one would write without it."""
