"""The recap's worker process: `python -m server_stub.recap.worker`.

It runs at low priority beside the server, listens to the meeting as it happens, and makes the recap when it is over. It
lives as long as its standard input: when the server dies, it ends too.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from server_stub.recap import protocol
from server_stub.recap.transcript import Spoken

#: Below everything that the call needs.
NICENESS = 10
#: Messages read ahead: 20 s of ten people. Beyond that the pipe itself holds the server's buffer back.
AHEAD = 10_000
#: How often it is told up to where everyone has been heard, in seconds of the meeting.
SETTLE_EVERY_S = 10.0
#: Longer than a sentence: what was said before has its place among what the others said.
IN_PLACE_S = 30.0


class Worker:
    """Takes the server's messages one by one."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._present: set[str] = set()
        self._settle_s = SETTLE_EVERY_S
        self._spoken: list[Spoken] = []
        self._is_unread = False

    def take(self, message: protocol.Asked) -> None:
        """Does what one message asks."""
        match message:
            case protocol.Begin():
                self._begin(message)
            case protocol.AddPerson(person=person, name=name):
                self._listener.names[person] = name
            case protocol.Spell(terms=terms):
                self._listener.terms = tuple(terms)
            case protocol.Packet():
                self._hear(message)
            case protocol.Known(spoken=spoken):
                known = {(piece.person, piece.start_s) for piece in spoken}
                own = [piece for piece in self._spoken if (piece.person, piece.start_s) not in known]
                self._spoken = [*spoken, *own]
            case protocol.ReadFile():
                self._read(message)
            case protocol.Flush():
                self._tell_heard(self._listener.flush())
                if self._mix:
                    self._mix.close()
                self._tell(protocol.Flushed())
            case protocol.Compose():
                self._compose(message)
            case protocol.MakeFilm():
                self._make_film(message)

    def read_ahead(self) -> None:
        """Has the model read what was said so far, while this thread goes on."""
        if self._is_unread and not self._ahead.is_busy:
            from server_stub.recap.transcript import merge, name_people

            in_place = [piece for piece in self._spoken if piece.start_s < self._settle_s - SETTLE_EVERY_S - IN_PLACE_S]
            self._ahead.begin(merge(in_place, name_people(self._listener.names)), self._today)
            self._is_unread = False

    def _begin(self, message: protocol.Begin) -> None:
        # Heavy, and of no use to a server that only imports this module.
        from server_stub.recap.compose import meeting_day
        from server_stub.recap.listening import Listener
        from server_stub.recap.live_mix import LiveMix
        from server_stub.recap.reading.ahead import ReadAhead
        from server_stub.recap.reading.opening import TalkReader
        from server_stub.recap.speech.choose import choose_engine

        models = Path(message.models_folder)
        self._reader, self._today = TalkReader(models), meeting_day(time.time(), message.zone)
        self._ahead = ReadAhead(self._reader)
        engine, note = choose_engine(message.model, models)
        self._listener = Listener(engine, message.people)
        self._mix = LiveMix(Path(message.folder)) if message.folder else None
        self._tell(protocol.Ready(engine=engine.name, version=engine.version, trust=engine.trust, note=note))

    def _hear(self, packet: protocol.Packet) -> None:
        self._tell_heard(self._listener.hear_packet(packet.person, packet.start_s, packet.opus))
        if self._mix:
            self._mix.add(packet.person, packet.start_s, self._listener.sound_of(packet.person))
        self._present.add(packet.person)
        if packet.start_s >= self._settle_s:
            self._settle_s = packet.start_s + SETTLE_EVERY_S
            self._is_unread = True
            self._tell(protocol.Settled(times_s={each: self._listener.settled_s(each) for each in self._present}))

    def _read(self, message: protocol.ReadFile) -> None:
        from server_stub.recap.sound import SoundError

        if self._mix:
            self._mix.begin_anew()
        # What was told from packets that waited before this message is not told again.
        from_s = max(message.from_s, self._listener.settled_s(message.person))
        try:
            self._tell_heard(self._listener.hear_on(message.person, Path(message.path), from_s=from_s))
        except SoundError:
            # A person who never switched the microphone on has a file without sound.
            return

    def _compose(self, message: protocol.Compose) -> None:
        from server_stub.recap.compose import Material, write_recap

        engine = self._listener.engine
        material = Material(
            meeting=message.meeting,
            people=message.people,
            spoken=tuple(message.spoken),
            files={},
            engine=engine.name,
            engine_version=engine.version,
            trust=engine.trust,
            started_at=message.started_at,
            ended_at=message.ended_at,
            last_left_at=message.last_left_at,
            zone=message.zone,
            notes=tuple(message.notes),
            reactions_s=tuple(message.reactions_s),
            marks=tuple(message.marks),
            screens=tuple(message.screens),
            suggested=message.suggested,
        )
        self._ahead.finish()
        try:
            recap = write_recap(material, Path(message.folder), read=self._reader.read_talk)
        except OSError as error:
            self._tell(_refused("The recap", error))
            return
        self._tell(protocol.Composed(recap=recap))

    def _make_film(self, message: protocol.MakeFilm) -> None:
        from server_stub.recap.films import write_film

        files = {name: Path(path) for name, path in message.files.items()}
        try:
            length_s = write_film(
                message.kind, message.recap, files, Path(message.folder), message.shares, mixed=Path(message.mixed)
            )
        except OSError as error:
            self._tell(_refused("The film", error))
            return
        self._tell(protocol.Filmed(length_s=length_s))

    def _tell_heard(self, pieces: Iterable[Spoken]) -> None:
        for spoken in pieces:
            self._spoken.append(spoken)
            self._tell(protocol.Heard(spoken=spoken, settled_s=self._listener.settled_s(spoken.person)))

    def _tell(self, message: protocol.Told) -> None:
        self._out.write(protocol.pack(message))
        self._out.flush()


def _refused(what: str, error: OSError) -> protocol.Failed:
    return protocol.Failed(reason=f"{what} could not be written: {error.strerror or 'the disk refused'}.")


def serve(source: BinaryIO, out: BinaryIO, on_closed: Callable[[], None] = lambda: None) -> int:
    """Takes messages until the source closes; returns the exit code.

    Args:
        source: where messages come from.
        out: where answers go.
        on_closed: called in the reading thread as soon as the source closes, whatever is still waiting.
    """
    waiting: queue.Queue[protocol.Asked | None] = queue.Queue(AHEAD)

    def read() -> None:
        try:
            while (message := protocol.read_asked(source)) is not None:
                waiting.put(message)
        except (protocol.Broken, OSError):
            pass
        on_closed()
        waiting.put(None)

    threading.Thread(target=read, name="recap-messages", daemon=True).start()
    worker = Worker(out)
    while (message := _next(waiting, worker)) is not None:
        try:
            worker.take(message)
        except BrokenPipeError:
            return 0
    return 0


def _next(waiting: queue.Queue[protocol.Asked | None], worker: Worker) -> protocol.Asked | None:
    """The next message; a worker that is behind does not read as well."""
    if waiting.empty():
        worker.read_ahead()
    return waiting.get()


def main() -> int:
    """The process: low priority, private files, one thread, nothing else on its standard output."""
    os.umask(0o077)
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ["HF_HUB_OFFLINE"] = "1"
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    out = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not come between two messages.
    os.dup2(2, 1)
    # Control-C reaches the whole group; when to end is for the server to say, by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return serve(sys.stdin.buffer, out, on_closed=lambda: os._exit(0))


if __name__ == "__main__":
    raise SystemExit(main())
