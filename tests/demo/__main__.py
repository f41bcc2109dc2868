"""Holds a real meeting of three people and leaves its recap: `python -m tests.demo --out DIR`.

A real server and three real clients, each a process of its own. Clara (client) starts a recorded meeting in the room,
Felix (freelancer) joins from its message; Mira comes by the link, waits in the lobby and is let in. Files stand in for
cameras, microphones and the screen that Felix shares. They talk for about 75 s, all leave, the recap arrives, and is
compared with the script that was spoken.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.demo import checks
from tests.steering import ROOT, Client, Server, SteeringError, has_display, share_a_room, sign_up

DEMO = ROOT / "resources" / "demo"
#: From the start of the clients to the first word: signing up, the room and all joins happen meanwhile. Where a busy
#: computer is not done with that in time, all begins anew with the next.
REHEARSALS_S = (checks.PROMISED_S[checks.BOTH_IN], 90.0, 240.0)
#: Every limit is so many times as long as elsewhere: the demo fails for what is wrong, not for what is late.
PATIENCE = 10.0
RECAP_LIMIT_S = 60.0
#: Says that a folder was made by a demo, so that the next one may empty it.
MARK = ".parley-demo"


class TooSlow(SteeringError):
    """The talk began before both were in the meeting."""


class Timeline:
    """Prints what happens, with the seconds since the beginning."""

    def __init__(self):
        self._began = time.monotonic()

    def __call__(self, words):
        print(f"{time.monotonic() - self._began:6.1f} s  {words}", flush=True)


class Demo:
    """One run; `folder` holds the server's and the clients' data, `out` what is left for the user."""

    def __init__(self, folder, out, rehearsal_s):
        self.folder, self.out, self.rehearsal_s = folder, out, rehearsal_s
        self.script = json.loads((DEMO / "script.json").read_text(encoding="utf-8"))
        self.say = Timeline()
        self.server = None
        self.clients = {}
        self.talk_at_s = 0.0
        self.measured_s = {}
        self.voice_carried = 1.0

    def start(self):
        self.say("starting the server")
        self.server = Server(self.folder / "server", log=self.out / "logs" / "server.log", limit_s=30 * PATIENCE)
        self.talk_at_s = time.monotonic() + self.rehearsal_s
        for person in (*self.script["people"], self.script["guest"]):
            self._start_client(person)

    def _start_client(self, person):
        name = person["name"]
        self.say(f"starting {name}'s Parley ({'a window' if has_display() else 'offscreen: there is no display'})")
        options = ["--theme", "light" if name == "Felix" else "dark"]
        share = self.script["share"]
        if name == share["person"]:
            options += ["--fake-screen", DEMO / share["screen"]]
        self.clients[name] = Client(
            self.folder / name.lower(), "--server", self.server.url, *options,
            "--fake-camera", DEMO / person["camera"], "--fake-microphone", DEMO / person["microphone"],
            "--fake-speaker", self.out / f"{name.lower()}-heard.wav", "--fake-start", str(self.talk_at_s),
            name=name, log=self.out / "logs" / f"{name.lower()}.log", patience=PATIENCE,
        )  # fmt: skip

    def grab(self, name, page):
        self.clients[name].grab(self.out / "pages" / f"{name.lower()}-{page}.png")

    def share_a_room(self):
        clara, felix = self.clients["Clara"], self.clients["Felix"]
        sign_up(clara, "Clara", kind="I am a client")
        sign_up(felix, "Felix")
        share_a_room(clara, felix, self.script["title"])
        self.say("Clara and Felix share a room")
        felix.type("room-composer", "Good morning Clara, shall we talk about the drafts?")
        felix.click("room-composer-send")

    def meet(self):
        clara, felix = self.clients["Clara"], self.clients["Felix"]
        clara.click("camera-button", "menu-video-meeting", "terms-continue", "record-switch")
        clara.wait(painted="own")
        self.grab("Clara", "prejoin")
        self.say("Clara starts a meeting and switches AI recording on")
        clara.click("prejoin-join")
        clara.wait(call_phase="in")
        felix.wait(visible="join-newest")
        self.grab("Felix", "rooms")
        felix.click("join-newest", "terms-continue", "notice-read")
        felix.wait(painted="own")
        self.grab("Felix", "prejoin")
        self.say("Felix joins from the message")
        felix.click("prejoin-join")
        for client in (felix, clara):
            client.wait(call_phase="in", people=2, painted="*")
        self.say("they see each other")
        self.measured_s[checks.BOTH_IN] = time.monotonic() - (self.talk_at_s - self.rehearsal_s)

    def let_in(self):
        """The guest comes by the link, with the microphone off, and waits until the host lets them in."""
        clara, mira = self.clients["Clara"], self.clients["Mira"]
        mira.type("guest-link", clara.report()["link_to_meeting"])
        mira.click("guest-join", "terms-continue")
        mira.type("guest-name", "Mira")
        mira.click("prejoin-toggle-microphone", "notice-read", "prejoin-join")
        self.say("Mira knocks")
        clara.wait(waiting=1)
        mira.wait(page="waiting")
        self.grab("Clara", "lobby")
        self.grab("Mira", "waiting")
        clara.click("toast-admit")
        for client in self.clients.values():
            client.wait(call_phase="in", people=3, painted="*")
        self.say("Clara lets Mira in")
        if time.monotonic() > self.talk_at_s:
            raise TooSlow("the talk began before all were in the meeting, even with much time")

    def talk(self):
        time.sleep(max(0.0, self.talk_at_s - time.monotonic()))
        length_s = max(line["end_s"] for line in self.script["lines"])
        self.say(f"they talk for {length_s:.0f} s: {self.script['lines'][0]['speaker']} begins")
        for share, act in (
            (0.1, self.share_a_screen),
            (0.35, self.write),
            (0.5, self.raise_a_hand),
            (0.75, self.go_on),
        ):
            time.sleep(max(0.0, self.talk_at_s + length_s * share - time.monotonic()))
            act()
        time.sleep(max(0.0, self.talk_at_s + length_s + 1.0 - time.monotonic()))

    def share_a_screen(self):
        """Felix shows the drafts, and Clara looks closer."""
        clara, felix = self.clients["Clara"], self.clients["Felix"]
        felix.click("share-screen")
        felix.click("share-source-screen-0")
        felix.wait(enabled="share-go")
        self.grab("Felix", "picker")
        felix.click("share-go")
        felix.wait(visible="sharing-bar")
        screen = f"{felix.report()['own_id']}:screen"
        for name in ("Clara", "Mira"):
            self.clients[name].wait(painted=screen)
        self.say("Felix shares a screen; Clara zooms in")
        clara.click("zoom-in", "zoom-in")
        self.grab("Clara", "zoom")
        clara.click("zoom-fit")

    def write(self):
        """Felix writes into the chat of the call."""
        felix = self.clients["Felix"]
        felix.click("open-chat")
        felix.type("chat-composer", "The drafts are in our folder.")
        felix.click("chat-composer-send")
        for name in self.clients:
            self.grab(name, "call")

    def raise_a_hand(self):
        """Mira raises a hand, and Clara goes on in the small window."""
        clara, mira = self.clients["Clara"], self.clients["Mira"]
        mira.click("raise-hand")
        clara.wait(hands=1)
        self.say("Mira raises a hand; Clara opens picture-in-picture")
        self.grab("Clara", "hand")
        clara.click("open-pip")
        clara.wait(visible="pip", painted="pip")
        clara.grab(self.out / "pages" / "clara-picture-in-picture.png", name="pip")

    def go_on(self):
        """Back in the window; Felix shares no more."""
        clara, felix = self.clients["Clara"], self.clients["Felix"]
        clara.click("open-pip")
        clara.wait(gone="pip")
        felix.click("stop-sharing")
        felix.wait(gone="sharing-bar")
        self.say("Felix stops sharing")

    def leave(self):
        self.grab("Clara", "call-end")
        felix, clara, mira = (self.clients[name] for name in ("Felix", "Clara", "Mira"))
        mira.click("leave")
        mira.wait(page="ended")
        felix.click("leave")
        self.say("Mira and Felix leave")
        clara.click("leave", "menu-leave")
        self.say("Clara leaves; the recap is being made")
        for client in (clara, felix):
            client.wait(recap="ready", limit_s=RECAP_LIMIT_S)
            client.wait(enabled="player-play", limit_s=RECAP_LIMIT_S)
        self.say("the recap is there")
        for name in ("Clara", "Felix"):
            self.grab(name, "recap")
        clara.click("recap-back")
        clara.wait(visible="room-composer")
        self.grab("Clara", "rooms")

    def collect(self):
        """Copies the recap's files out of the server's data; returns what recap.json holds."""
        recaps = list((self.folder / "server").rglob("recap/recap.json"))
        if len(recaps) != 1:
            raise SteeringError(f"the server holds {len(recaps)} recaps where one was expected")
        for file in recaps[0].parent.iterdir():
            shutil.copy(file, self.out / file.name)
        self.voice_carried = checks.voice_carried(recaps[0].parent.parent.glob("*.mkv"))
        return json.loads((self.out / "recap.json").read_text(encoding="utf-8"))

    def stop(self):
        for client in self.clients.values():
            client.quit()
        if self.server:
            self.server.stop()


def hold(out):
    """Holds the meeting, with more time to join where the computer is busy; returns the demo and its recap.

    Raises:
        SteeringError: something did not work.
    """
    for rehearsal_s in REHEARSALS_S:
        with tempfile.TemporaryDirectory(prefix="parley-demo-") as folder:
            demo = Demo(Path(folder), out, rehearsal_s)
            try:
                for step in (demo.start, demo.share_a_room, demo.meet, demo.let_in, demo.talk, demo.leave):
                    step()
                return demo, demo.collect()
            except TooSlow:
                if rehearsal_s == REHEARSALS_S[-1]:
                    raise
                demo.say("this computer is busy: once more, with more time to join")
            finally:
                demo.stop()
    raise AssertionError("there is always a last rehearsal")


def judge(demo, recap):
    """Prints how true the recap is; returns whether it keeps what is promised."""
    began_s = time.time() + demo.talk_at_s - time.monotonic() - recap["started_at"]
    wrong = list(checks.faults(demo.script, recap, folder=demo.out, talk_began_s=began_s))
    print(f"\nRecap by {recap['engine']} {recap['engine_version']}")
    print(f"  {checks.word_error(demo.script, recap):.1%} of the words differ from the script")
    strays = checks.words_at_wrong_speaker(demo.script, recap, talk_began_s=began_s)
    print(f"  {strays} words at the wrong speaker")
    print(f"  {demo.voice_carried:.1%} of the speech got through")
    for item in recap["action_items"]:
        print(f"  to do: {item['text']} ({item['owner'] or 'nobody'}, {item['due'] or 'no date'})")
    print()
    for line in checks.time_table({**demo.measured_s, checks.READY: recap["ready_after_s"]}):
        print(f"  {line}")
    is_heard = demo.voice_carried >= checks.ENOUGH_VOICE
    unjudged = set() if is_heard else set(checks.misheard(demo.script, recap))
    for line in wrong:
        print(f"  {'NOT JUDGED' if line in unjudged else 'NOT KEPT'}: {line}")
    if unjudged:
        print("  This computer was too busy to carry two voices whole. On a quiet one, please try again.")
    return unjudged.issuperset(wrong)


def make_room_for(out):
    """Empties the folder of an earlier demo; False, and nothing is touched, where it holds anything else."""
    mark = out / MARK
    if out.exists() and any(out.iterdir()) and not mark.exists():
        return False
    shutil.rmtree(out, ignore_errors=True)
    (out / "pages").mkdir(parents=True)
    mark.touch()
    return True


def main(argv=None):
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("demo-out"))
    out = parser.parse_args(argv).out.absolute()
    if not make_room_for(out):
        print(f"{out} holds something else than an earlier demo; please name another folder.", file=sys.stderr)
        return 2
    try:
        demo, recap = hold(out)
    except SteeringError as error:
        print(f"The demo stopped: {error}\nThe logs are in {out / 'logs'}.", file=sys.stderr)
        return 1
    is_kept = judge(demo, recap)
    print(f"\nEverything is in {out}:")
    for what, names in (
        ("the recap", "recap.json, recap.md, transcript.vtt"),
        ("the highlights as one film", recap["reel"]["file"] if recap["reel"] else "none"),
        ("the windows as they looked", "pages/"),
        ("what each heard", "clara-heard.wav, felix-heard.wav"),
    ):
        print(f"  {what}: {names}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
