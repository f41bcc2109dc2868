"""What a share asks of the connections: one track for one share after the other, and words where it is not taken."""

import asyncio
from types import SimpleNamespace

from app.effects.context import Carriers
from app.effects.sharing import SharingEffects
from app.state.effects import FollowShare
from app.state.events import ShareEnded
from app.state.slices.sharing import OwnShare, ShareSource
from tests.test_screen_share import Screens


class Sending:
    """Remembers what is to be sent."""

    def __init__(self):
        self.tracks, self.refuse = {}, None

    def add(self, source, track, *, on_refused):
        self.tracks[source], self.refuse = track, on_refused

    def remove(self, source):
        self.tracks.pop(source, None)


def own(number):
    return OwnShare(number, ShareSource(str(40 * number), "A screen", "screen"), "text", is_on=True)


def test_a_track_that_is_not_taken_ends_the_share_that_goes_out_by_it_by_then():
    async def story():
        happened, sending = [], Sending()
        context = SimpleNamespace(
            carriers=Carriers(),
            parts=SimpleNamespace(devices=SimpleNamespace(screens=Screens)),
            chores=SimpleNamespace(submit=lambda act: act()),
            state=lambda: SimpleNamespace(devices=SimpleNamespace(chosen=SimpleNamespace(data_saver=False))),
            do=lambda event: None,
            happen=happened.append,
        )
        sharing = SharingEffects(context, lambda: SimpleNamespace(sending=sending))
        context.carriers.carry_out(FollowShare(own(1)))
        context.carriers.carry_out(FollowShare(own(2)))
        assert sending.tracks == {"screen": sharing.share.track}
        sending.refuse("The relay is full.")
        assert happened == [ShareEnded(number=2, words="The relay is full.")]
        sharing.end()

    asyncio.run(story())
