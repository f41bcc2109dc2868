"""What a media relay does for the server, whatever it is built on: a forwarder today, a process or Janus later.

Only text, bytes and plain structs cross this border. Every coroutine belongs to one event loop; the events are called
on that loop and must return at once.

How a person takes part: `join`, then `publish` the offer of the own sending connection (its answer is returned), and
answer each `offer_made` for the receiving connection. A track (an m-line) of the receiving connection may change its
owner from one offer to the next: `Offer.tracks` is the truth, and nothing of the new owner is sent on it before the
offer that says so has been answered. Mids that `Offer.tracks` does not name are silent.

Errors::

    RelayError          the relay cannot do this; its text is plain words for the user
      BadSdp            a session description is malformed, too large, or asks for what Parley does not do
      NoSpace           the disk has too little room for a recording
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.wire.media import LOW

#: What a track may show or sound, and the kind of its m-line.
KIND_OF_SOURCE: Mapping[str, str] = {"microphone": "audio", "camera": "video", LOW: "video", "screen": "video"}
#: Of a recording, in its folder: written as it begins, before anything is recorded.
INDEX = "recording.json"
#: A recording does not start with less room than this: ten people fill about 4 MB a second at most.
MIN_FREE_BYTES = 500_000_000
#: What a person may send before the first `allow`; a screen is shown only by who is said to share it.
ALLOWED_AT_FIRST = frozenset(("microphone", "camera"))


def has_begun(folder: Path) -> bool:
    """Whether a recording has begun in a folder, whatever became of it."""
    return (folder / INDEX).exists()


class RelayError(Exception):
    """The relay cannot do what was asked; the text can be shown to the user."""


class BadSdp(RelayError):
    """A session description was refused; nothing changed."""


class NoSpace(RelayError):
    """The disk has too little room for a recording; nothing was started."""


@dataclass(frozen=True, slots=True)
class Track:
    """One m-line of an offer: whose it is and what it carries, one of `KIND_OF_SOURCE`."""

    mid: str
    person: str
    source: str


@dataclass(frozen=True, slots=True)
class Offer:
    """The relay's offer to one person: all that the others publish now. Revisions only grow."""

    revision: int
    sdp: str
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class RelayStatistics:
    """Counts since the relay began; packets are RTP packets, bytes are without the encryption's overhead.

    Attributes:
        packets_in: media packets taken from publishers.
        packets_out: media packets sent on, repairs included.
        bytes_out: their bytes.
        packets_dropped: packets not sent on because a subscriber's socket was full or its connection was not up.
        packets_refused: packets that were not ours, malformed, too long or did not decrypt.
        packets_held: good packets not sent on because their person may not send that source now, and pictures after
            such a time until their next key frame.
        packets_beyond: packets not sent on because their source sends more than it may.
        pictures_refused: pictures not sent on because of the size that they claim.
        naks_sent: packets that publishers were asked to send again (each repetition counts).
        naks_answered: packets sent again to subscribers from the ring.
        naks_missed: packets asked for that the ring no longer had, or not yet.
        losses: packets given up on after all repetitions.
        plis_sent: key frames asked of publishers.
        plis_heard: key frames asked for by subscribers.
        reports_forwarded: sender reports passed on.
        frames_recorded: audio packets and pictures handed to the disk.
        frames_lost: pictures left out of recordings because a part of them, or of what they build on, was lost.
        frames_overrun: audio packets and pictures left out because the disk was too slow.
    """

    packets_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    packets_dropped: int = 0
    packets_refused: int = 0
    packets_held: int = 0
    packets_beyond: int = 0
    pictures_refused: int = 0
    naks_sent: int = 0
    naks_answered: int = 0
    naks_missed: int = 0
    losses: int = 0
    plis_sent: int = 0
    plis_heard: int = 0
    reports_forwarded: int = 0
    frames_recorded: int = 0
    frames_lost: int = 0
    frames_overrun: int = 0


#: Seconds for which a connection that is only checked lives: the client takes no longer than this.
CHECK_S = 12.0
#: Of them at once; each has its sockets.
MOST_CHECKS = 8


class RelayEvents(Protocol):
    """What the relay tells the server; called on the event loop, must return at once and not raise."""

    def offer_made(self, meeting: str, person: str, offer: Offer) -> None:
        """Send this offer to that person; one is outstanding at a time, later changes are merged into the next."""

    def voice_heard(self, meeting: str, person: str, start_s: float, opus: bytes) -> None:
        """One Opus packet of a recorded person, in order.

        Args:
            meeting: the meeting's id.
            person: who spoke.
            start_s: where the packet begins, in seconds since the recording's start, from RTP time. Gaps are silence.
            opus: the packet as it was sent, 20 ms as a rule (the packet's first byte tells).
        """

    def recording_stopped(self, meeting: str, reason: str) -> None:
        """The recording ended unasked ("disk_full" or "failed"); what was written stays playable, the call goes on."""

    def picture_wanted(self, meeting: str, person: str, source: str, height: int | None) -> None:
        """How high a picture that this person publishes is wanted: told of each, and again when it changes.

        Args:
            meeting: the meeting's id.
            person: who publishes it.
            source: "camera" or "screen"; "camera-low": the face is wanted small as well, that high at most, and need
                not be published so before.
            height: pixels of the largest of all views; 0: nobody looks and nobody records, nothing need be sent; None:
                as it is.
        """

    def pictures_held(self, meeting: str, person: str, pictures: frozenset[tuple[str, str]]) -> None:
        """Whose pictures that person does without now, and of which source, because their link does not carry them.

        All of them, each time that they change, and once when a receiving connection is up.
        """

    def media_lost(self, meeting: str, person: str, session: str) -> None:
        """A peer connection of that person failed or was closed by the other side, and both are gone now.

        New ones may be published at once; the offer of a new receiving one follows.

        Args:
            meeting: the meeting's id.
            person: whose.
            session: of the sending connection that is gone: the ICE user name fragment of its offers.
        """


class RelayEngine(Protocol):
    """A relay for any number of meetings."""

    def prepare(self) -> None:
        """Somebody will join soon: begins to load what that needs. Returns at once."""

    async def join(self, meeting: str, person: str) -> None:
        """Lets a person publish, and offers what the others publish, at once and whenever it changes.

        A second join of the same person tears the old connections down first.
        """

    async def publish(self, meeting: str, person: str, sdp: str, sources: Mapping[str, str]) -> str:
        """Takes the offer of the person's sending connection; a second call renegotiates or replaces it.

        Args:
            meeting: the meeting's id.
            person: who joined it.
            sdp: the offer; sends Opus and VP8, without a data channel.
            sources: for each mid of the offer that sends, one of `KIND_OF_SOURCE`.

        Returns:
            The answer.

        Raises:
            BadSdp: the offer or the sources were refused.
            RelayError: the person has not joined.
        """

    async def answer(self, meeting: str, person: str, revision: int, sdp: str) -> None:
        """Takes the answer to the offer of that revision; stale revisions and people who left are ignored.

        Raises:
            BadSdp: the answer was refused; the offer stays outstanding, a better answer may follow.
        """

    async def check(self, account: str, sdp: str) -> str:
        """Answers an offer with a connection that carries nothing, and ends by itself after `CHECK_S`.

        It ends sooner with the next check of the same account, and where a call finds no port.

        Raises:
            BadSdp: the offer was refused.
            RelayError: too many are being checked, or there is no port to spare.
        """

    def offer_addresses(self, addresses: Sequence[str] | None) -> None:
        """Which of this machine's addresses connections offer that are made from now on; those that are up stay.

        Args:
            addresses: the ICE host candidates, best first; None: all of the machine's and 127.0.0.1.
        """

    def allow(self, meeting: str, person: str, sources: frozenset[str]) -> None:
        """Forwards and records of a person only these sources ("microphone", "camera", "screen") from now on.

        Who may send "camera" may send "camera-low". What is not allowed is dropped where it arrives, whatever the
        client says it shows. Kept over a second `join`
        until the person leaves; everybody may send microphone and camera before the first call. Returns at once.
        """

    def want(self, meeting: str, person: str, pictures: Mapping[tuple[str, str], int] | None) -> None:
        """Sends a person only the pictures that they show, from now on. Returns at once.

        Kept over a second `join` until the person leaves; who has said nothing gets all of them.

        Args:
            meeting: the meeting's id.
            person: who looks.
            pictures: person and source ("camera" or "screen") to the height of the largest view in pixels; what is not
                named is hidden. None: all are shown, as large as they are.
        """

    async def leave(self, meeting: str, person: str) -> None:
        """Tears both connections down; the others get a new offer. Unknown people are ignored."""

    async def close(self, meeting: str) -> None:
        """Ends the meeting's media and its recording."""

    async def start_recording(self, meeting: str, folder: Path, people: Mapping[str, str]) -> None:
        """Records those people (id to display name) into the folder; without effect while a recording runs.

        Raises:
            NoSpace: less than 500 MB are free.
            RelayError: the folder cannot be written.
        """

    async def record_person(self, meeting: str, person: str, name: str) -> None:
        """Adds a person to the running recording (consent came later, or a later joiner); else without effect."""

    async def stop_recording(self, meeting: str) -> None:
        """Ends the recording and returns when its files are complete on disk."""

    def statistics(self) -> RelayStatistics:
        """The counts of all meetings since the relay began."""

    async def shutdown(self) -> None:
        """Closes every meeting; the engine is not used afterwards."""
