"""Media: between the messages of people in a meeting and the relay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from app.wire.fields import Tell
from app.wire.media import (
    CheckMedia,
    MediaChecked,
    MediaLost,
    PictureSource,
    PictureWanted,
    PublishAnswer,
    PublishOffer,
    SentPicture,
    Source,
    SubscribeAnswer,
    SubscribeOffer,
    TrackInfo,
    WantPictures,
)
from app.wire.quality import HeldPicture, PicturesHeld
from server_stub.call import ice_rules, recording
from server_stub.call.calls import Calls
from server_stub.call.ongoing import Place
from server_stub.call.places import seat_in
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.relay.engine import BadSdp, Offer, RelayError


@dataclass(frozen=True, slots=True)
class VoiceHeard:
    """A packet of voice of somebody who is recorded: Opus, at its second of the recording."""

    meeting: str
    person: str
    start_s: float
    opus: bytes


class MediaEvents:
    """What the relay tells, carried to whom it concerns; called on the loop."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def offer_made(self, meeting: str, person: str, offer: Offer) -> None:
        """Sends the relay's offer to the person, if they are in the meeting now."""
        ongoing = self._context.part(Calls).find(meeting)
        session = ongoing.inside.get(person) if ongoing else None
        if session is not None:
            tracks = tuple(
                TrackInfo(mid=track.mid, person=track.person, source=cast(Source, track.source))
                for track in offer.tracks
            )
            session.tell(SubscribeOffer(meeting=meeting, revision=offer.revision, sdp=offer.sdp, tracks=tracks))

    def voice_heard(self, meeting: str, person: str, start_s: float, opus: bytes) -> None:
        """Tells of recorded voice."""
        self._context.events.say(VoiceHeard(meeting, person, start_s, opus))

    def recording_stopped(self, meeting: str, reason: str) -> None:
        """Tells everyone why nothing is recorded any more; the call goes on."""
        ongoing = self._context.part(Calls).find(meeting)
        if ongoing is not None:
            self._context.chores.start(recording.stopped_unasked(self._context, ongoing, reason), "ending a recording")

    def picture_wanted(self, meeting: str, person: str, source: str, height: int | None) -> None:
        """Tells a person how high one of their pictures is wanted, if they are in the meeting now."""
        ongoing = self._context.part(Calls).find(meeting)
        session = ongoing.inside.get(person) if ongoing else None
        if session is not None:
            session.tell(PictureWanted(meeting=meeting, source=cast(SentPicture, source), height_px=height))

    def pictures_held(self, meeting: str, person: str, pictures: frozenset[tuple[str, str]]) -> None:
        """Tells a person which pictures are held back from them."""
        ongoing = self._context.part(Calls).find(meeting)
        session = ongoing.inside.get(person) if ongoing else None
        if session is not None:
            held = tuple(
                HeldPicture(person=whose, source=cast(PictureSource, source)) for whose, source in sorted(pictures)
            )
            session.tell(PicturesHeld(meeting=meeting, pictures=held))

    def media_lost(self, meeting: str, person: str, session: str) -> None:
        """Tells a person that new connections are needed, if they are in the meeting now."""
        ongoing = self._context.part(Calls).find(meeting)
        seated = ongoing.inside.get(person) if ongoing else None
        if seated is not None:
            seated.tell(MediaLost(meeting=meeting, session=session))


async def publish_offer(context: Context, session: Session, ask: PublishOffer) -> Tell:
    """Hands the offer of the sending connection to the relay and its answer back."""
    place = seat_in(session, ask.meeting)
    try:
        async with place.ongoing.media_lock(place.person):
            seat_in(session, ask.meeting)  # the seat may have moved to another connection meanwhile
            sdp = await _publish(context, place, ask)
    except BadSdp as error:
        raise Refusal("bad_sdp", str(error)) from error
    except RelayError as error:
        raise Refusal("not_ready", str(error)) from error
    return PublishAnswer(meeting=ask.meeting, sdp=sdp)


async def _publish(context: Context, place: Place, ask: PublishOffer) -> str:
    """Publishes; a person whom the relay could not take when they got their seat, it may take now."""
    sources: Mapping[str, str] = ask.sources
    try:
        return await context.relay.publish(ask.meeting, place.person, ask.sdp, sources)
    except BadSdp:
        raise
    except RelayError:
        await place.ongoing.join_relay(place.person)
    return await context.relay.publish(ask.meeting, place.person, ask.sdp, sources)


async def subscribe_answer(context: Context, session: Session, ask: SubscribeAnswer) -> Tell | None:
    """Hands the answer to the relay's offer back to the relay; only a fault is told."""
    place = seat_in(session, ask.meeting)
    try:
        await context.relay.answer(ask.meeting, place.person, ask.revision, ask.sdp)
    except BadSdp as error:
        raise Refusal("bad_sdp", str(error)) from error
    except RelayError as error:
        raise Refusal("not_ready", str(error)) from error
    return None


async def check_media(context: Context, session: Session, ask: CheckMedia) -> Tell:
    """Has the relay answer a connection that carries nothing; who has no seat learns of TURN only where it is."""
    place = session.place if session.place is not None and not session.place.is_waiting else None
    try:
        sdp = await context.relay.check(session.signed_in.id, ask.sdp)
    except BadSdp as error:
        raise Refusal("bad_sdp", str(error)) from error
    except RelayError as error:
        raise Refusal("not_ready", str(error)) from error
    ice = context.settings.ice
    person = place.person if isinstance(place, Place) else ""
    return MediaChecked(sdp=sdp, servers=ice_rules.servers_for(ice, person, context.now()) if ice else ())


async def want_pictures(context: Context, session: Session, ask: WantPictures) -> Tell | None:
    """Lets the relay send only what the asker shows; of that, what people in the meeting send."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    if not ongoing.tries.wanting.take(place.person, context.tick()):
        raise Refusal("too_much", "That was too much at once. Please wait a moment.")
    # Whoever has left a moment ago may still be named: that is no fault.
    others = ongoing.meeting.seats.keys() - {place.person}
    shown: dict[tuple[str, str], int] = {
        (one.person, one.source): one.height_px for one in ask.pictures if one.person in others
    }
    context.relay.want(ongoing.id, place.person, shown)
    return None


RULES = (
    Rule(CheckMedia, check_media, needs="account", is_heavy=True),
    Rule(PublishOffer, publish_offer, needs="seat", is_heavy=True),
    Rule(WantPictures, want_pictures, needs="seat", is_silent=True),
    Rule(SubscribeAnswer, subscribe_answer, needs="seat", is_silent=True),
)
