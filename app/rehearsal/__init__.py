"""Rehearsed meetings: files in place of devices, and commands in place of a hand.

The window and the call are the real ones. The demo, the benches and the tests start the program in this way; a start
without one of the options of `options.py` imports nothing of this package.
"""
