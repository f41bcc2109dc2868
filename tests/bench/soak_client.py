"""One client of a soak, steered by lines of JSON: `python -m tests.bench.soak_client URL FOLDER NAME CAMERA VOICE`."""

import logging
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2

from app.media.types import View
from app.memory import share_arenas
from app.rehearsal.device_maker import FileDevices
from app.rehearsal.devices import FileCamera, FileMicrophone
from app.state import call_intents, intents
from app.wire.media import LOW
from tests.bench.soak_inside import Inside
from tests.fakes import headless
from tests.network.answering import own_output, serve_client
from tests.network.client import STEP_S, Steered

#: Higher than the small picture, which is scaled down from it.
SIZE_PX = (480, 270)
#: Of tiles. Who shows a face small gets it small while another shows it large.
SMALL_VIEW_PX, LARGE_VIEW_PX = (320, 180), (1280, 720)


@dataclass(frozen=True, slots=True)
class SmallDevices(FileDevices):
    """Files again and again, the camera a small one: five clients and a server share one computer."""

    ear: object = None

    def camera(self, device_id, on_lost, size_px):
        return FileCamera(self.camera_file, size_px=SIZE_PX)

    def microphone(self, device_id, on_lost):
        return FileMicrophone(self.microphone_file, loop=True)

    def speaker(self, device_id, on_lost):
        return self.ear


class Soaked(Steered, Inside):
    """What a client can be told and asked."""

    def __init__(self, client):
        Steered.__init__(self, client)
        Inside.__init__(self, client._loop.asyncio_loop)

    def sign_in(self, name):
        self.client.wait_for(lambda state: state.page == "sign_in", STEP_S, "the sign-in page")
        self.client.do(intents.EnterAccount(email=f"{name}@example.com", password="for this run"))
        self.client.wait_for(lambda state: state.page == "rooms", STEP_S, "signed in")

    def invite(self, room):
        """A code that nobody has used."""
        client = self.client
        used = client.state.view(room).invitation
        client.do(intents.Invite(room=room))
        client.wait_for(lambda state: state.view(room).invitation not in ("", used), STEP_S, "another code")
        return {"code": client.state.view(room).invitation}

    def see(self, people):
        """Waits for a picture of so many others; those that came before the last `leave` do not count."""
        client = self.client
        with client.changed:
            is_so = client.changed.wait_for(lambda: len(self._others()) >= people, STEP_S)
        if not is_so:
            raise AssertionError(f"pictures of {len(self._others())} of {people}: {headless._told(client.state)}")

    def show(self, is_small):
        """Shows everybody else in small tiles, or in large ones."""
        call = self.client.state.call
        views = {0: View(*(SMALL_VIEW_PX if is_small else LARGE_VIEW_PX))}
        others = [one.id for one in call.people if one.id != call.you]
        self.client.conductor.want_pictures({(person, "camera"): views for person in others})

    def sent_small(self):
        """How many pictures of one's face were sent small by the line that does so now; 0 where none does."""
        made = self.client.conductor.peers.sending.made.get(LOW)
        return {"pictures": made.pictures if made else 0}

    def leave(self):
        client = self.client
        client.do(call_intents.Leave())
        client.wait_for(lambda state: state.call_phase == "ended", STEP_S, "out of the call")
        client.do(call_intents.CloseCall())
        client.wait_for(lambda state: state.call is None, STEP_S, "the call put away")
        with client.changed:
            client.pictures.clear()

    def _others(self):
        call = self.client.state.call
        return [key for key in self.client.pictures if key and call and key != call.you]


def main():
    url, folder, name, camera, voice = sys.argv[1:]
    share_arenas()
    cv2.setNumThreads(1)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    answers = own_output()
    # Only the kind of devices differs from what every headless client has.
    headless.HeadlessDevices = lambda camera, microphone, ear, screen: SmallDevices(
        camera, microphone, Path("ear"), ear=ear
    )
    client = headless.HeadlessClient(url, Path(folder), camera=Path(camera), microphone=Path(voice))
    serve_client(client, Soaked(client), f"client {name}", answers)


if __name__ == "__main__":
    main()
