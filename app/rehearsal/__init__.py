"""Meetings that are rehearsed: files in the places of devices, and commands in the place of a hand.

The window and the call are the real ones. The demo, the benches and the tests start the program in this way; a start
without one of the options of `options.py` imports nothing of this package.
"""
