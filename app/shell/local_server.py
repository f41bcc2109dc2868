"""The embedded server: a child process on this computer, restarted when it dies.

The child gets the owner's secret on its standard input and keeps that open: it ends when the input closes, so it never
outlives its client, not even after kill -9. Each further line there says what is wished of it. On standard output it
says when it is ready, then who meets on it, how others reach it and how it is with its models, a line of JSON
each time; see `child_lines`.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import paths
from app.net.rounds import Rounds
from app.shell.child_lines import Meetings, ServerModel, ServerReach, read_line, read_model, read_reach

_log = logging.getLogger(__name__)

#: What the child returns when another one holds the data folder.
EXIT_IN_USE = 3
READY_LIMIT_S = 20.0
STOP_LIMIT_S = 5.0
#: Seconds before each further start; the last one repeats. A child that lived for a minute starts over at the first.
RESTART_S = (0.1, 0.5, 2.0, 5.0, 15.0)
_WELL_AFTER_S = 60.0
#: The longest line that is taken from the child; ids of a hundred meetings have 4,000.
_LINE_BYTES = 65_536
#: Seconds before each further look at a data folder that is in use: after kill -9 of a client its server needs a moment
#: to end. Then the user is waited for.
IN_USE_AGAIN_S = (0.5, 1.0, 2.0, 4.0)

IN_USE = (
    "Parley is already open with the same data on this computer. Close the other window, or start this one with --data."
)
RESTARTED = "Your local server stopped and was started again."
NOT_STARTED = "The server on this computer does not start. Trying again."


@dataclass(frozen=True, slots=True)
class ServerReady:
    """A child that answers.

    Attributes:
        port: on 127.0.0.1.
        server_id: its name for good.
        secret: what each connection carries, and what signs its owner in.
    """

    port: int
    server_id: str
    secret: str

    @property
    def text(self) -> str:
        """Its address for a client on this computer, as `app.wire.links.parse_server` reads it."""
        return f"http://127.0.0.1:{self.port}"


def _ignore(told: object) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class ServerEvents:
    """What is told of the child; called from its watcher's thread.

    Attributes:
        ready: it answers; each time it was started.
        told: a sentence for the user.
        failed: it cannot run until the user does something; little more is tried until `try_again`.
        met: who meets on it changed: (meeting's id, people in it); nobody, once it has ended.
        reach: how others reach it: after each `ready` and `set_reach`, and when this computer has other addresses.
        model: how it is with its models for recaps: after each `ready`, after `steer_model`, and while these come.
    """

    ready: Callable[[ServerReady], None]
    told: Callable[[str], None]
    failed: Callable[[str], None]
    met: Callable[[Meetings], None] = _ignore
    reach: Callable[[ServerReach], None] = _ignore
    model: Callable[[ServerModel], None] = _ignore


def child_command(data: Path, *, speech_model: str = "") -> list[str]:
    """How to start the server: this program in another role, frozen or not.

    Args:
        data: the server's own folder.
        speech_model: name of the model that turns speech into text; empty: the best that is there.
    """
    start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, str(paths.home() / "main.py")]
    model = ["--speech-model", speech_model] if speech_model else []
    return [*start, "--role", "server", "--embedded", "--data", str(data), *model]


class LocalServer:
    """Keeps one child server running."""

    def __init__(
        self,
        data: Path,
        events: ServerEvents,
        *,
        version: str,
        command: Sequence[str] | None = None,
        is_reachable: bool = False,
    ) -> None:
        """Starts nothing.

        Args:
            data: the data folder; the server gets a folder of its own in it.
            events: what is told.
            version: ours; a child of another one is refused.
            command: instead of `child_command`.
            is_reachable: other computers may connect, by TLS, until `set_reach` says otherwise.
        """
        self._command = list(command) if command else child_command(paths.private_folder(data / "server"))
        self._events = events
        self._version = version
        self._has_ended = threading.Event()
        self._hurry = threading.Event()
        self._lock = threading.Lock()
        self._is_reachable = is_reachable
        self._is_heard = False
        self._model_wish = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="local server", daemon=True)

    @property
    def child_pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Starts the child and the thread that watches it; returns at once."""
        self._thread.start()

    def try_again(self) -> None:
        """Tries at once, if nothing runs."""
        self._hurry.set()

    def set_reach(self, is_on: bool) -> None:
        """Lets other computers reach the server, or this one alone, while it runs; returns at once.

        `reach` tells what became of it. A child that is being started hears of it once it is ready.
        """
        with self._lock:
            self._is_reachable = is_on
            if self._child is not None and self._is_heard:
                _wish(self._child, {"reach": is_on})

    def steer_model(self, wish: str) -> None:
        """Has the models for recaps fetched ("pull"), that stopped ("cancel"), or them removed ("remove").

        `model` tells what becomes of it. A child that is being started hears of it once it is ready.
        """
        with self._lock:
            if self._child is not None and self._is_heard:
                _wish(self._child, {"model": wish})
            else:
                self._model_wish = wish

    def stop(self) -> None:
        """Ends the child, in good order if it does so within 5 s."""
        self._has_ended.set()
        self._hurry.set()
        child = self._child
        if child is not None:
            _end(child)
        if self._thread.is_alive():
            self._thread.join(STOP_LIMIT_S)

    def _run(self) -> None:
        failures = in_use = 0
        was_ready = False
        while not self._has_ended.is_set():
            began_s = time.monotonic()
            is_ready, exit_code = self._run_once(is_restart=was_ready)
            was_ready = was_ready or is_ready
            if self._has_ended.is_set():
                return
            failures = 1 if time.monotonic() - began_s > _WELL_AFTER_S else failures + 1
            if exit_code == EXIT_IN_USE:
                if not in_use:
                    self._events.failed(IN_USE)
                again_s = IN_USE_AGAIN_S[in_use] if in_use < len(IN_USE_AGAIN_S) else None
                in_use = 0 if self._hurry.wait(again_s) else in_use + 1
            else:
                in_use = 0
                _log.warning("the local server ended with code %s", exit_code)
                if not is_ready:
                    self._events.told(NOT_STARTED)
                self._hurry.wait(RESTART_S[min(failures, len(RESTART_S)) - 1])
            self._hurry.clear()

    def _run_once(self, *, is_restart: bool) -> tuple[bool, int | None]:
        """One life of the child: whether it got ready, and its exit code (None where it could not be started)."""
        secret = secrets.token_urlsafe(32)
        try:
            with self._lock:
                begins_reachable, self._is_heard = self._is_reachable, False
                child = self._child = _spawn([*self._command, *(["--reachable"] if begins_reachable else [])])
        except OSError as error:
            _log.error("the local server could not be started: %s", type(error).__name__)
            return False, None
        try:
            ready = self._greet(child, secret)
            if ready is not None and not self._has_ended.is_set():
                with self._lock:
                    self._is_heard = True
                    if self._is_reachable != begins_reachable:
                        _wish(child, {"reach": self._is_reachable})
                    if self._model_wish:
                        _wish(child, {"model": self._model_wish})
                        self._model_wish = ""
                if is_restart:
                    self._events.told(RESTARTED)
                child.wait()
            return ready is not None, child.wait(STOP_LIMIT_S) if ready is None else child.returncode
        except subprocess.TimeoutExpired:
            return False, None
        finally:
            _end(child)
            with self._lock:
                # What of its last words is still unread comes too late.
                self._child = None
                self._events.met(())

    def _hear(self, child: subprocess.Popen[bytes], line: bytes) -> None:
        """What a child says after it was ready: who meets, how others reach it, how it is with its model."""
        try:
            reach, model, meetings = read_line(line)
        except (ValueError, TypeError, KeyError, AttributeError):
            _log.warning("the local server said something that is not understood")
            return
        with self._lock:
            if child is not self._child:
                return
            if reach is not None:
                self._events.reach(reach)
            if model is not None:
                self._events.model(model)
            if meetings is not None:
                self._events.met(meetings)

    def _greet(self, child: subprocess.Popen[bytes], secret: str) -> ServerReady | None:
        """Gives the secret and waits for the ready line."""
        if child.stdin is None:
            return None
        try:
            child.stdin.write(json.dumps({"secret": secret}).encode() + b"\n")
            child.stdin.flush()
        except (OSError, ValueError):
            # It has ended. Nobody reads what it says.
            if child.stdout is not None:
                child.stdout.close()
            return None
        said = _Said(child)
        try:
            told: Any = json.loads(said.first_line())
            ready = ServerReady(int(told["port"]), str(told["server_id"]), secret)
            reach, model, version = read_reach(told), read_model(told), str(told["version"])
        except (ValueError, TypeError, KeyError, AttributeError):
            said.go_on(lambda _: None)
            return None
        if version != self._version:
            self._events.failed(
                f"The local server is version {version}, this program {self._version}. Reinstall Parley."
            )
            self._has_ended.set()
            said.go_on(lambda _: None)
            return None
        if not self._has_ended.is_set():
            self._events.ready(ready)
            if model is not None:
                self._events.model(model)
            if reach is not None:
                self._events.reach(reach)
                if reach.words:
                    self._events.told(reach.words)
        said.go_on(lambda later: self._hear(child, later))
        return ready


def _wish(child: subprocess.Popen[bytes], wish: dict[str, object]) -> None:
    """Says what the child is to do."""
    try:
        if child.stdin is not None:
            child.stdin.write(json.dumps(wish).encode() + b"\n")
            child.stdin.flush()
    except (OSError, ValueError):
        _log.info("the local server ended before it was told what to do")  # the next one says how it is


def _spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # No console window on Windows; elsewhere a group of its own, so that Ctrl-C in a terminal reaches us alone and the
    # child still ends in good order when we close its input.
    extra: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        extra = {"creationflags": subprocess.CREATE_NO_WINDOW}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=str(paths.home()),
        env={**os.environ, "PYTHONUTF8": "1"},
        **extra,
    )


class _Said:
    """What a child says on standard output, line by line, read by a thread of its own."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._heard: Callable[[bytes], None] = lambda line: None
        self._may_go_on = threading.Event()
        threading.Thread(target=self._read, name="local server output", daemon=True).start()

    def first_line(self) -> bytes:
        """The first line; empty when the child ends or stays silent."""
        try:
            return self._lines.get(timeout=READY_LIMIT_S)
        except queue.Empty:
            return b""

    def go_on(self, heard: Callable[[bytes], None]) -> None:
        """`heard` gets each further line, in another thread."""
        self._heard = heard
        self._may_go_on.set()

    def _read(self) -> None:
        if self._child.stdout is None:
            return
        rounds = Rounds(_log, "hearing the local server")
        with self._child.stdout as out:
            self._lines.put(out.readline())
            self._may_go_on.wait()
            while line := out.readline(_LINE_BYTES):
                # What is not read any more would stop the child at its next line.
                with rounds:
                    self._heard(line)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Closes the child's input, which ends it; after 5 s it is killed."""
    if child.stdin is not None and not child.stdin.closed:
        try:
            child.stdin.close()
        except OSError:
            _log.debug("the local server's input was closed already")
    try:
        child.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        _log.warning("the local server did not end by itself")
        child.kill()
        child.wait(STOP_LIMIT_S)
