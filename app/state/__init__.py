"""What is true in the client. Pure: no Qt, no sockets, no threads, no clock, no arrays.

`update(state, event)` gives the next state and the effects that the conductor shall carry out.
"""
