"""A shared screen of small text: a real window on a real X server, a client that shares it, and one that sees it.

`glyphs_pct`: of the letters of 11 px that stand on 1920x1080, those that can be read at the far end one second after
the scrolling has stopped; each is compared with every letter's picture. `sharer_cores`: processor time of the whole
sharing client while it scrolls at ten steps a second. `fps`: pictures at the far end meanwhile, where there could be
`page_fps`: what the scrolled window painted. `encoder_ms`: for one picture. `encoder_cores`, `before_cores`,
`still_cores`: the encoder's part of it, and the whole client before the share and once nothing moves any more. Cameras
and microphones are off.

Then Chromium shares the same window on the same screen (`share_chromium`): `chromium_glyphs_pct`, `chromium_cores` (all
processes of the sharing browser), `chromium_fps`, `chromium_page_fps`, `chromium_encoder_ms`, `chromium_mbit_per_s`,
`chromium_before_cores`, `chromium_still_cores`. `chromium` says where it is missing.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.media.screen.x11 import X11Screens
from app.media.types import View
from app.state import call_intents, intents
from tests.bench import share_chromium
from tests.bench.share_counts import Counts, cores, cpu_s
from tests.bench.share_page import CELL_PX, LINE_PX, SIZE, cells
from tests.fakes.x_display import x_display
from tests.steering import ROOT, Client, Process, Server, sign_up
from tests.together.cast import GRACE, GRACE_HZ, Cast, go_in

SCROLL_S, SETTLE_S, STILL_S = 10.0, 1.0, 5.0
#: Before what is measured: Chromium has to find out first how much the line carries.
WARM_S, CHROMIUM_WARM_S = 2.0, 6.0


def letters_of(picture, first):
    """Each letter's picture, float32 [letters, pixels], free of brightness and contrast; and what it is."""
    grey = picture[:, :, :3].astype(np.float32).mean(axis=2)
    found = cells(first)
    cut = np.stack(
        [
            grey[row * LINE_PX : (row + 1) * LINE_PX, at * CELL_PX : (at + 1) * CELL_PX].ravel()
            for row, at, _ in found
            if (row + 1) * LINE_PX <= grey.shape[0]
        ]
    )
    cut -= cut.mean(axis=1, keepdims=True)
    cut /= np.linalg.norm(cut, axis=1, keepdims=True) + 1e-6
    return cut, np.array([letter for row, _, letter in found if (row + 1) * LINE_PX <= grey.shape[0]])


def read_back(seen, truth, first):
    """Per cent of the letters that are nearest to the picture of the right letter."""
    true_cut, names = letters_of(truth, first)
    known = sorted(set(names))
    templates = np.stack([true_cut[names == one].mean(axis=0) for one in known])
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    read = np.array(known)[(letters_of(seen, first)[0] @ templates.T).argmax(axis=1)]
    return 100.0 * float((read == names).mean())


class Page(Process):
    def __init__(self, folder, environment):
        command = [sys.executable, "-m", "tests.bench.share_page"]
        super().__init__(command, log=folder / "page.log", environment=environment)

    def say(self, word):
        """The number of its first line, and how often it has painted itself."""
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()
        return tuple(int(one) for one in self.lines.next(10.0).split())


class ParleyShare:
    """A running share of the whole screen, from a client in a process of its own to one in this process.

    `before_cores` are the sharer's in the call before the share.
    """

    def __init__(self, sharer, viewer, room_code):
        self._sharer, self._viewer = sharer, viewer
        chosen = replace(viewer.state.devices.chosen, camera_on=False, microphone_on=False)
        viewer.do(call_intents.Choose(choices=chosen))
        viewer.do(intents.EnterRoomByCode(code=room_code))
        viewer.wait_for(lambda state: state.rooms.known, what="the room")
        sharer.click("camera-button", "menu-video-meeting", "terms-continue", "prejoin-join")
        sharer.wait(call_phase="in")
        sharer.click("toggle-camera", "toggle-microphone")
        card = viewer.wait_for(lambda state: state.rooms.known[0].meeting, what="the card")
        viewer.do(call_intents.GoToMeeting(meeting=card.id))
        go_in(viewer)
        self.before_cores = cores(lambda: cpu_s(sharer.pid), 3.0)
        sharer.click("share-screen", "share-source-screen-0", "share-go")
        person = viewer.wait_for(lambda state: next((one.id for one in state.call.people if one.sharing), ""), 20)
        viewer.conductor.want_pictures({(person, "screen"): {0: View(*SIZE, "fit")}})
        self._key = f"{person}:screen"
        viewer.wait_picture(self._key, lambda picture: (picture.width_px, picture.height_px) == SIZE, limit_s=20)

    def cpu_s(self):
        return cpu_s(self._sharer.pid)

    def counts(self):
        one = self._sharer.report()["figures"]
        names = ("share_pictures", "share_encode_s", "share_encode_cpu_s", "share_bytes")
        return Counts(self.cpu_s(), *(one[name] for name in names), self._viewer.picture_counts[self._key])

    def picture(self):
        return self._viewer.pictures[self._key].pixels


def measure(page, share, warm_s):
    """How a share of the page does: while it scrolls, and at rest."""
    page.say("scroll")
    time.sleep(warm_s)
    before, began, painted = share.counts(), time.monotonic(), page.say("tell")[1]
    time.sleep(SCROLL_S)
    after, span_s, painted = share.counts(), time.monotonic() - began, page.say("tell")[1] - painted
    first, _ = page.say("stop")
    time.sleep(SETTLE_S)
    seen = share.picture()
    truth = X11Screens().open("screen:0").picture()
    spent = Counts(*(late - early for early, late in zip(before, after, strict=True)))
    figures = {
        "glyphs_pct": round(read_back(seen, truth, first), 1),
        "cores": round(spent.cpu_s / span_s, 2),
        "fps": round(spent.shown / span_s, 1),
        "page_fps": round(painted / span_s, 1),
        "encoded_fps": round(spent.encoded / span_s, 1),
        "encoder_cores": round(spent.encode_cpu_s / span_s, 2),
        "encoder_ms": round(1000 * spent.encode_s / max(1, spent.encoded), 1),
        "mbit_per_s": round(spent.sent_bytes * 8e-6 / span_s, 1),
        "before_cores": round(share.before_cores, 2),
    }
    time.sleep(3.0)
    figures["glyphs_after_4s_pct"] = round(read_back(share.picture(), truth, first), 1)
    figures["still_cores"] = round(cores(share.cpu_s, STILL_S), 2)
    return figures


def parley(page, folder, environment):
    """Parley's figures."""
    server = Server(folder / "server")
    files = (
        "--fake-camera",
        ROOT / "resources/demo/felix.webm",
        "--fake-microphone",
        ROOT / "resources/demo/felix.opus",
    )
    heard = ("--fake-speaker", folder / "heard.wav")
    sharer = Client(folder / "ada", "--server", server.url, *files, *heard, name="ada", environment=environment)
    cast = Cast(server.url, folder)
    try:
        viewer = cast.enter("grace", GRACE, GRACE_HZ)
        sign_up(sharer, "Ada")
        sharer.click("first-room")
        sharer.type("room-name-field", "Bench")
        sharer.click("room-name-field-ok", "invite")
        code = sharer.read("invitation-code")
        sharer.click("invitation-done")
        found = measure(page, ParleyShare(sharer, viewer, code), WARM_S)
        found["sharer_cores"] = found.pop("cores")
        return {**found, "quantiser": sharer.report()["figures"]["share_quantiser"]}
    finally:
        for one in cast.clients:
            one.close()
        sharer.quit()
        server.stop()


def chromium(page, folder, environment):
    """Chromium's figures, or why there are none."""
    if share_chromium.program() is None:
        return {"chromium": share_chromium.MISSING}
    with contextlib.closing(share_chromium.ChromiumShare(folder, environment)) as share:
        found = measure(page, share, CHROMIUM_WARM_S)
    # What its encoder's threads spend it does not tell.
    del found["encoder_cores"]
    return {f"chromium_{name}": figure for name, figure in found.items()}


def main(argv):
    argparse.ArgumentParser(prog="python -m tests.bench share").parse_args(argv)
    with tempfile.TemporaryDirectory() as name, x_display(Path(name), SIZE) as environment:
        folder = Path(name)
        os.environ["DISPLAY"] = environment["DISPLAY"]
        os.environ.pop("WAYLAND_DISPLAY", None)
        page = Page(folder, environment)
        try:
            ours = parley(page, folder, environment)
            return {**ours, **chromium(page, folder, environment)}
        finally:
            page.stop()
