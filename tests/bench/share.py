"""A shared screen of small text: a real window on a real X server, a client that shares it, and one that sees it.

`glyphs_pct`: of the letters of 11 px that stand on 1920x1080, those that can be read at the far end one second after
the scrolling has stopped; each is compared with every letter's picture. `sharer_cores`: processor time of the whole
sharing client while it scrolls at ten steps a second. `fps`: pictures at the far end meanwhile. `encoder_ms`: for one
picture. `encoder_cores`, `before_cores`, `still_cores`: the encoder's part of it, and the whole client before the share
and once nothing moves any more. Cameras and microphones are off.
"""

import argparse
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
from tests.bench.share_page import CELL_PX, LINE_PX, SIZE, cells
from tests.fakes.x_display import x_display
from tests.steering import ROOT, Client, Process, Server, sign_up
from tests.together.cast import GRACE, GRACE_HZ, Cast, go_in

SCROLL_S, SETTLE_S, STILL_S = 10.0, 1.0, 5.0


def cpu_s(pid):
    """Processor time of a process so far, all threads."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


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
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()
        return int(self.lines.next(10.0))


def share(sharer, viewer, room_code):
    """Both meet, the sharer shares its screen; returns the key of that picture, and the cores used before."""
    viewer.do(call_intents.Choose(choices=replace(viewer.state.devices.chosen, camera_on=False, microphone_on=False)))
    viewer.do(intents.EnterRoomByCode(code=room_code))
    viewer.wait_for(lambda state: state.rooms.known, what="the room")
    sharer.click("camera-button", "menu-video-meeting", "terms-continue", "prejoin-join")
    sharer.wait(call_phase="in")
    sharer.click("toggle-camera", "toggle-microphone")
    card = viewer.wait_for(lambda state: state.rooms.known[0].meeting, what="the card")
    viewer.do(call_intents.GoToMeeting(meeting=card.id))
    go_in(viewer)
    idle = cpu_s(sharer.pid)
    time.sleep(3.0)
    before_cores = round((cpu_s(sharer.pid) - idle) / 3.0, 2)
    sharer.click("share-screen", "share-source-screen-0", "share-go")
    person = viewer.wait_for(lambda state: next((one.id for one in state.call.people if one.sharing), ""), 20)
    viewer.conductor.want_pictures({(person, "screen"): {0: View(*SIZE, "fit")}})
    key = f"{person}:screen"
    viewer.wait_picture(key, lambda picture: (picture.width_px, picture.height_px) == SIZE, limit_s=20)
    return key, before_cores


def measure(sharer, viewer, page, key):
    page.say("scroll")
    time.sleep(2.0)
    before = (cpu_s(sharer.pid), viewer.picture_counts[key], sharer.report()["figures"])
    began = time.monotonic()
    time.sleep(SCROLL_S)
    span_s = time.monotonic() - began
    after = (cpu_s(sharer.pid), viewer.picture_counts[key], sharer.report()["figures"])
    first = page.say("stop")
    time.sleep(SETTLE_S)
    seen = viewer.pictures[key].pixels
    truth = X11Screens().open("screen:0").picture()
    encoder_s = after[2]["share_encode_cpu_s"] - before[2]["share_encode_cpu_s"]
    sharp = {"glyphs_pct": round(read_back(seen, truth, first), 1)}
    time.sleep(3.0)
    still = cpu_s(sharer.pid)
    time.sleep(STILL_S)
    return {
        **sharp,
        "sharer_cores": round((after[0] - before[0]) / span_s, 2),
        "fps": round((after[1] - before[1]) / span_s, 1),
        "encoder_ms": round(after[2]["share_encode_ms"], 1),
        "mbit_per_s": round((after[2]["share_bytes"] - before[2]["share_bytes"]) * 8e-6 / span_s, 1),
        "encoded_fps": round((after[2]["share_pictures"] - before[2]["share_pictures"]) / span_s, 1),
        "encoder_cores": round(encoder_s / span_s, 2),
        "still_cores": round((cpu_s(sharer.pid) - still) / STILL_S, 2),
        "glyphs_after_4s_pct": round(read_back(viewer.pictures[key].pixels, truth, first), 1),
        "quantiser": sharer.report()["figures"]["share_quantiser"],
    }


def main(argv):
    argparse.ArgumentParser(prog="python -m tests.bench share").parse_args(argv)
    with tempfile.TemporaryDirectory() as name, x_display(Path(name), SIZE) as environment:
        folder = Path(name)
        os.environ["DISPLAY"] = environment["DISPLAY"]
        os.environ.pop("WAYLAND_DISPLAY", None)
        server = Server(folder / "server")
        files = (
            "--fake-camera",
            ROOT / "resources/demo/felix.webm",
            "--fake-microphone",
            ROOT / "resources/demo/felix.opus",
        )
        heard = ("--fake-speaker", folder / "heard.wav")
        sharer = Client(folder / "ada", "--server", server.url, *files, *heard, name="ada", environment=environment)
        page = Page(folder, environment)
        cast = Cast(server.url, folder)
        try:
            viewer = cast.enter("grace", GRACE, GRACE_HZ)
            sign_up(sharer, "Ada")
            sharer.click("first-room")
            sharer.type("room-name-field", "Bench")
            sharer.click("room-name-field-ok", "invite")
            code = sharer.read("invitation-code")
            sharer.click("invitation-done")
            key, before_cores = share(sharer, viewer, code)
            return {**measure(sharer, viewer, page, key), "before_cores": before_cores}
        finally:
            for one in cast.clients:
                one.close()
            sharer.quit()
            page.stop()
            server.stop()
