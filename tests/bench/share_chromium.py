"""Chromium's share of the same pages, for the bench: what a meeting in a browser would cost and show.

Two browsers, so that their processor time can be told apart. One stands on the X screen and shares all of it as VP8,
with the content hint, the pace and the rate that Parley's own share has; the other one, headless, receives it. They
find each other through this process and meet over this computer's own addresses; no other host name resolves in them.
"""

import base64
import contextlib
import json
import os
import shutil
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
from websockets.sync.client import connect

from app.net.encoding import SCREEN_TEXT
from tests.bench.share_counts import Counts, cores, cpu_s
from tests.bench.share_page import SIZE
from tests.steering import Process

MISSING = "not installed: apt install chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_START_S, _ANSWER_S = 30.0, 30.0

_SWITCHES = (
    "--no-first-run", "--no-default-browser-check", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
    "--disable-extensions", "--disable-sync", "--disable-component-update", "--disable-background-networking",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--password-store=basic",
    "--disable-backgrounding-occluded-windows", "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns,Translate,MediaRouter",
    "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0",
)  # fmt: skip

_PAGE = """<!doctype html><title>Bench</title><video id="seen" autoplay muted></video><script>
const peer = new RTCPeerConnection();
peer.ontrack = told => { seen.srcObject = new MediaStream([told.track]); };
async function described() {
  while (peer.iceGatheringState !== "complete") await new Promise(resolve => setTimeout(resolve, 20));
  return peer.localDescription.sdp;
}
async function share(width, height, fps, rate) {
  const video = { frameRate: fps, width: { ideal: width }, height: { ideal: height } };
  const stream = await navigator.mediaDevices.getDisplayMedia({ video, audio: false });
  const track = stream.getVideoTracks()[0];
  track.contentHint = "text";
  const line = peer.addTransceiver(track, { direction: "sendonly", sendEncodings: [{ maxBitrate: rate }] });
  line.setCodecPreferences(RTCRtpSender.getCapabilities("video").codecs.filter(one => one.mimeType === "video/VP8"));
  await peer.setLocalDescription();
  return await described();
}
async function answer(sdp) {
  await peer.setRemoteDescription({ type: "offer", sdp });
  await peer.setLocalDescription();
  return await described();
}
async function accept(sdp) { await peer.setRemoteDescription({ type: "answer", sdp }); }
async function figures(type) {
  for (const one of (await peer.getStats()).values()) if (one.type === type) return one;
  return {};
}
function picture() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [seen.videoWidth, seen.videoHeight];
  canvas.getContext("2d").drawImage(seen, 0, 0);
  return canvas.toDataURL("image/png");
}
</script>"""


def program():
    """Where Chromium is; None: not installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class _Serving(BaseHTTPRequestHandler):
    def do_GET(self):
        content = self.server.files.get(self.path)
        self.send_response(200 if content is not None else 404)
        self.send_header("Content-Type", "text/html" if self.path == "/" else "application/octet-stream")
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def site(files):
    """A page's address: a browser has screens and encoders only for a page of this computer, or over TLS.

    Args:
        files: content by path; "/" is the page.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Serving)
    server.files = files
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class Browser(Process):
    """One Chromium with a profile of its own and one page, in which `run` runs a line of script."""

    def __init__(self, folder, url, *switches, environment, is_ready="typeof share === 'function'"):
        folder.mkdir()
        # Chromium refuses root otherwise.
        root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        command = [program(), *_SWITCHES, *root, *switches, f"--user-data-dir={folder}", url]
        home = {**environment, "HOME": str(folder)}
        super().__init__(command, log=folder.with_suffix(".log"), environment=home)
        self._numbers = 0
        try:
            self._socket = self._connect(folder / "DevToolsActivePort", url)
            self.wait_for(is_ready)
        except Exception:
            self.stop()
            raise

    def _connect(self, told, url):
        end = time.monotonic() + _START_S
        while not (told.exists() and told.read_text().count("\n")):
            is_due = self.process.poll() is None and time.monotonic() < end
            assert is_due, f"Chromium did not start; see {self.log}"
            time.sleep(0.1)
        port, path = told.read_text().split("\n")[:2]
        socket = connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None)
        while True:
            pages = self._call(socket, "Target.getTargets")["targetInfos"]
            page = next((one for one in pages if one["type"] == "page" and one["url"] == url), None)
            if page is not None:
                break
            assert time.monotonic() < end, f"Chromium did not open its page; see {self.log}"
            time.sleep(0.1)
        attached = self._call(socket, "Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        return socket

    def wait_for(self, condition):
        """Returns once a line of script comes to something true."""
        end = time.monotonic() + _START_S
        while not self.run(condition):
            assert time.monotonic() < end, f"Chromium did not come to {condition}; see {self.log}"
            time.sleep(0.1)

    def run(self, script):
        """What a line of script comes to; as if a hand had clicked."""
        words = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        answer = self._call(self._socket, "Runtime.evaluate", session=self._session, **words)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def _call(self, socket, method, *, session=None, **words):
        self._numbers += 1
        asked = {"id": self._numbers, "method": method, "params": words}
        socket.send(json.dumps(asked | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(socket.recv(_ANSWER_S))
            if answer.get("id") == self._numbers:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def picture(self):
        """What the page's video shows now, uint8 [height, width, 3], BGR."""
        encoded = base64.b64decode(self.run("picture()").split(",", 1)[1])
        return cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)


class ChromiumShare:
    """A running share of the whole screen.

    `before_cores` are the sharer's before the share: a browser with an idle page.
    """

    def __init__(self, folder, environment):
        self._stack = contextlib.ExitStack()
        try:
            self._open(folder, environment)
        except BaseException:
            self.close()
            raise

    def _open(self, folder, environment):
        url = self._stack.enter_context(site({"/": _PAGE.encode()}))
        chosen = "--auto-select-desktop-capture-source=Entire screen"
        self._sharer = Browser(folder / "sharing", url, chosen, environment=environment)
        self._stack.callback(self._sharer.stop)
        self._viewer = Browser(folder / "viewing", url, "--headless=new", environment=environment)
        self._stack.callback(self._viewer.stop)
        time.sleep(2.0)
        self.before_cores = cores(self.cpu_s, 3.0)
        offer = self._sharer.run(f"share({SIZE[0]}, {SIZE[1]}, {SCREEN_TEXT.fps}, {SCREEN_TEXT.most_rate})")
        answer = self._viewer.run(f"answer({json.dumps(offer)})")
        self._sharer.run(f"accept({json.dumps(answer)})")
        self._viewer.wait_for(f"seen.videoWidth === {SIZE[0]} && seen.videoHeight === {SIZE[1]}")

    def close(self):
        self._stack.close()

    def cpu_s(self):
        """Processor time of the sharing browser so far: the browser, its page, and whatever else it has started."""
        return cpu_s(self._sharer.pid)

    def counts(self):
        """See `Counts`."""
        sent, seen = self._sharer.run("figures('outbound-rtp')"), self._viewer.run("figures('inbound-rtp')")
        spent = (sent["framesEncoded"], sent["totalEncodeTime"], 0.0, sent["bytesSent"])
        return Counts(self.cpu_s(), *spent, seen["framesDecoded"])

    def picture(self):
        """What is seen at the far end now."""
        return self._viewer.picture()
