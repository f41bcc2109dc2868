"""Pictures and sound on this computer: devices in, devices out, nothing of the network and nothing of Qt.

`types` and `mailbox` cost nothing to import and are what the window sees. Everything heavy (OpenCV, MediaPipe,
ONNX Runtime, PortAudio, the noise filters) is imported inside the function that first needs it.
"""

import os

# Unless it is told before it is loaded, onnxruntime keeps an identifier of this computer in the user's folder and
# reports its use to its maker. Nothing of a picture leaves this computer by it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
