"""Pictures and sound on this computer: devices in, devices out, nothing of the network and nothing of Qt.

`types` and `mailbox` cost nothing to import and are what the window sees. Everything heavy (OpenCV, MediaPipe,
PortAudio, the noise filters) is imported inside the function that first needs it.
"""
