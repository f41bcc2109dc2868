"""A recap worker that listens to nothing: it answers as it is told to, for what only its timing can show.

Run as `python scripted_worker.py slow`, each packet is told as an utterance only once `Flush` comes, as by a worker
that lags behind; as `... hangs`, a recap is never made. What a recording's file holds is told as two words, at 0 and 5.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from app.wire.recap import PersonName, Recap, Utterance
from server_stub.recap import protocol
from server_stub.recap.transcript import Spoken


def recap_of(message, known):
    return Recap(
        meeting=message.meeting,
        engine="scripted",
        engine_version="1",
        started_at=message.started_at,
        ended_at=message.ended_at,
        ready_after_s=0.0,
        people=tuple(PersonName(id=id, name=name) for id, name in message.people.items()),
        transcript=tuple(
            Utterance(id=f"u{n}", speaker=one.person, start_s=one.start_s, end_s=one.end_s, text=one.text, confidence=1)
            for n, one in enumerate(message.spoken)
        ),
        summary=(),
        action_items=(),
        highlights=(),
        notes=(
            *(f"Reaction at {at_s:.0f}" for at_s in message.reactions_s),
            *(f"{one.person} shows a screen at {one.at_s:.0f}" for one in message.screens),
            *(f"Known from {one.start_s:.0f}" for one in known),
        ),
    )


def main(way):
    waiting, known, settled_s = [], [], 0.0

    def tell(message):
        sys.stdout.buffer.write(protocol.pack(message))
        sys.stdout.buffer.flush()

    def hear(person, start_s):
        nonlocal settled_s
        if start_s < settled_s:
            return
        settled_s = start_s + 1
        spoken = Spoken(person=person, start_s=start_s, end_s=start_s + 1, text="Word.", confidence=1.0)
        tell(protocol.Heard(spoken=spoken, settled_s=start_s + 1))

    def catch_up():
        for packet in waiting:
            # What was read from the file already is not heard again.
            hear(packet.person, packet.start_s)
        waiting.clear()

    while (message := protocol.read_asked(sys.stdin.buffer)) is not None:
        match message:
            case protocol.Begin():
                tell(protocol.Ready(engine="scripted", version="1", trust="", note=""))
            case protocol.Packet():
                waiting.append(message)
            case protocol.Known(spoken=spoken):
                known = spoken
            case protocol.ReadFile(person=person, from_s=from_s):
                catch_up()
                for start_s in (0.0, 5.0):
                    if start_s >= from_s:
                        hear(person, start_s)
            case protocol.Flush():
                catch_up()
                tell(protocol.Flushed())
            case protocol.Compose() if way != "hangs":
                tell(protocol.Composed(recap=recap_of(message, known)))


main(sys.argv[1])
