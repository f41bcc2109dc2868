"""What surrounds the window: the desktop, the server on this computer, and whatever ends or disturbs the program.

`app/start.py` makes one of each and joins them; nothing else knows this package. What it imports before the window is
painted costs next to nothing; jeepney, the websocket and the child process are imported by what first needs them.
"""
