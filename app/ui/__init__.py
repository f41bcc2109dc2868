"""The interface: the only part of the client that draws with Qt.

`Bridge` is the one meeting of threads, `Window` shows an `AppState` and hands intents back; everything else is drawing.
Nothing in here knows the network, the media layer or the conductor: they reach the window through the bridge.
"""
