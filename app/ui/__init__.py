"""What is seen: the only Qt of the client.

`Bridge` is the one meeting of threads, `Window` shows an `AppState` and hands intents back; everything else is drawing.
Nothing in here knows the network, the media layer or the conductor: they reach the window through the bridge.
"""
