"""Real processes for the demo, the benches and the stories: a server, and clients whose real widgets are clicked."""

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Of the accounts that are made for one run and thrown away with it.
PASSWORD = "for this run only"
#: For a server whose meetings are recorded while nobody cares for the words: the recogniser that costs next to nothing.
SMALL_EAR = ("--speech-model", "pocketsphinx")


#: What a program that only hands its link on has no use for; each costs a good part of a second.
SLOW_TO_LOAD = frozenset(
    {"app.conductor", "app.call_media", "app.effects.context", "numpy", "cv2", "aiortc", "websockets.asyncio.client"}
)


def loaded(errors):
    """The modules that a program named on standard error, with PYTHONPROFILEIMPORTTIME=1 in its environment."""
    found = {line.rsplit("|", 1)[-1].strip() for line in errors.splitlines() if line.startswith("import time:")}
    assert "app.start" in found, errors
    return found


class SteeringError(RuntimeError):
    """A process did not do what it was asked to within its limit."""


def has_display(environment=os.environ):
    """Whether windows can be seen here, or by a process of another environment."""
    return sys.platform in ("darwin", "win32") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


class _Lines:
    """Reads lines of a pipe with a limit."""

    def __init__(self, pipe):
        self._fd = pipe.fileno()
        self._selector = selectors.DefaultSelector()
        self._selector.register(pipe, selectors.EVENT_READ)
        self._rest = b""

    def next(self, limit_s):
        end = time.monotonic() + limit_s
        while b"\n" not in self._rest:
            if not self._selector.select(max(0.0, end - time.monotonic())):
                return None
            piece = os.read(self._fd, 65536)
            if not piece:
                return None
            self._rest += piece
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()


class Process:
    """A child process with its own log file; ended by its own id only."""

    def __init__(self, command, *, log, environment=None):
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log = log
        self._log_file = log.open("ab")
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            env={**(environment or os.environ), "PYTHONUTF8": "1"},
        )
        self.lines = _Lines(self.process.stdout)

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """kill -9."""
        self.process.kill()
        self._after()

    def stop(self, limit_s=10.0):
        """Asks the process to end, then ends it; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(limit_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self._after()

    def _after(self):
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # what was still in the pipe of a process that has ended
                pipe.close()
        self._log_file.close()
        return code


class Server(Process):
    """`python -m server_stub` on a free port."""

    def __init__(self, folder, *options, log=None, limit_s=30.0):
        command = [sys.executable, "-m", "server_stub", "--data", folder, "--host", "127.0.0.1", *options]
        if "--port" not in options:
            command += ["--port", "0"]
        super().__init__(command, log=log or Path(folder) / "server.log")
        line = self.lines.next(limit_s)
        if line is None:
            self.kill()
            raise SteeringError(f"the server did not start; see {self.log}")
        self.port = int(re.search(r"http://[^:]+:(\d+)", line).group(1))
        self.url = f"http://127.0.0.1:{self.port}"


class Client(Process):
    """`main.py --pilot`: each call clicks, types or looks at real widgets.

    `environment` is the whole of it, in place of this process's; `start` replaces the script and its data folder;
    `within` comes before the command. `patience` makes every limit so many times longer. `clicks` counts what a hand
    has clicked.
    """

    def __init__(
        self, folder, *options, name="client", log=None, environment=None, start=None, patience=1.0, within=()
    ):
        self.name, self.patience, self.clicks = name, patience, 0
        environment = dict(environment or os.environ)
        if not has_display(environment):
            environment["QT_QPA_PLATFORM"] = "offscreen"
        command = [*within, sys.executable, *(start or ("main.py", "--data", folder)), "--pilot", *options]
        super().__init__(command, log=log or Path(folder).with_suffix(".log"), environment=environment)

    def do(self, verb, *, limit_s=20.0, **words):
        """One command; returns its answer.

        Raises:
            SteeringError: it answered no, or not at all.
        """
        limit_s *= self.patience
        if verb == "wait":
            words["limit_s"] = limit_s
        try:
            self.process.stdin.write(json.dumps({"do": verb, **words}).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise SteeringError(f"{self.name} has ended; see {self.log}") from error
        line = self.lines.next(limit_s + 10.0)
        if line is None:
            raise SteeringError(f"{self.name} did not answer {verb} {words}; see {self.log}")
        answer = json.loads(line)
        if not answer.get("ok"):
            raise SteeringError(f"{self.name}: {verb} {words}: {answer.get('words')}")
        return answer

    def click(self, *names):
        for name in names:
            answer = self._click(name)
            if name == "terms-continue":  # the server stores it first
                self.wait(gone="terms-dialog")
        return answer

    def _click(self, name, tries=3):
        """Clicks when it can be clicked; a card may be drawn anew between the look and the click."""
        self.wait(enabled=name)
        try:
            answer = self.do("click", name=name)
            self.clicks += 1
            return answer
        except SteeringError:
            if tries == 1:
                raise
            return self._click(name, tries - 1)

    def type(self, name, text):
        self.do("wait", **{"for": {"visible": name}})
        return self.do("type", name=name, text=text)

    def wait(self, *, limit_s=20.0, **what):
        return self.do("wait", limit_s=limit_s, **{"for": what})

    def read(self, name):
        self.do("wait", **{"for": {"visible": name}})
        return self.do("read", name=name)["text"]

    def clipboard(self):
        return self.do("clipboard")["text"]

    def grab(self, file, *, screen=False, **what):
        return self.do("grab", file=str(file), screen=screen, **what)

    def close(self):
        """Closes the window as its user does; see whether it asks first."""
        return self.do("close")

    def report(self):
        return self.do("report")

    def quit(self):
        with contextlib.suppress(SteeringError):  # it may end before it answers
            self.do("quit")
        # A signal that arrives while the interpreter is ending finds nobody who takes it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10.0)
        return self.stop()


def sign_up(client, name, *, kind="I am a freelancer"):
    """Makes an account of that name through the sign-in page."""
    client.wait(place="sign_in")
    client.click("sign-in-tabs-make")
    for field, text in (("name", name), ("email", f"{name.lower()}@example.com"), ("password", PASSWORD)):
        client.type(f"sign-in-{field}", text)
    client.do("choose", name="sign-in-kind", text=kind)
    client.click("sign-in-go")
    client.wait(place="rooms")


def share_a_room(host, member, title):
    """Two who are signed up: the host makes a room, the member enters it by an invitation code."""
    host.click("first-room")
    host.type("room-name-field", title)
    host.click("room-name-field-ok", "invite")
    code = host.read("invitation-code")
    host.click("invitation-done")
    member.click("enter-code")
    member.type("code-field", code)
    member.click("code-field-ok")
    member.wait(visible="room-composer")


def meet(host, member):
    """Two who are new on a server: they sign up, share a room, and are in a meeting there."""
    sign_up(host, "Ada")
    sign_up(member, "Grace")
    share_a_room(host, member, "Logo")
    host.click("camera-button", "menu-video-meeting", "terms-continue", "prejoin-join")
    host.wait(call_phase="in")
    member.click("join-newest", "terms-continue", "prejoin-join")
    for one in (host, member):
        one.wait(call_phase="in", people=2)
