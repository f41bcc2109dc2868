"""A relay without media: notes what it was asked, and tells what a test wants told."""

import asyncio

from server_stub.relay.engine import BadSdp, NoSpace, Offer, RelayStatistics


class FakeRelay:
    """A `RelayEngine` whose calls are kept in `calls`, oldest first."""

    def __init__(self, events):
        self.events = events
        self.calls = []
        self.joined = set()
        #: meeting -> person -> name, of the recording that runs.
        self.recorded = {}
        self.folders = []
        self.has_space = True
        #: Set when a recording is about to start; it starts when `may_start` is set.
        self.starts, self.may_start = asyncio.Event(), asyncio.Event()
        self.may_start.set()

    async def join(self, meeting, person):
        self.calls.append(("join", person))
        self.joined.add((meeting, person))
        self.events.offer_made(meeting, person, Offer(1, "offer", ()))

    async def publish(self, meeting, person, sdp, sources):
        assert (meeting, person) in self.joined, "published before the seat"
        if sdp == "bad":
            raise BadSdp("This offer cannot be used.")
        self.calls.append(("publish", person))
        return "answer"

    async def answer(self, meeting, person, revision, sdp):
        self.calls.append(("answer", person))

    async def leave(self, meeting, person):
        self.calls.append(("leave", person))
        self.joined.discard((meeting, person))

    async def close(self, meeting):
        self.calls.append(("close", meeting))

    async def start_recording(self, meeting, folder, people):
        self.starts.set()
        await self.may_start.wait()
        if not self.has_space:
            raise NoSpace("Too little room: 500 MB are needed, 20 MB are free.")
        self.recorded[meeting] = dict(people)
        self.folders.append(folder)
        (folder / "recording.json").write_text("{}")

    async def record_person(self, meeting, person, name):
        if meeting in self.recorded:
            self.recorded[meeting][person] = name

    async def stop_recording(self, meeting):
        await asyncio.sleep(0)
        if self.recorded.pop(meeting, None) is not None:
            self.calls.append(("stop_recording", meeting))

    def statistics(self):
        return RelayStatistics()

    async def shutdown(self):
        self.calls.append(("shutdown",))
