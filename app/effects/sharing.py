"""Sharing a screen: what can be shared is listed while one chooses, what was chosen is captured and sent."""

from __future__ import annotations

from collections.abc import Callable

from app.effects.context import Context
from app.media.screen.gallery import Gallery, GalleryEvents
from app.media.screen.modes import Mode
from app.media.screen.types import Place, Screens, ScreenSource
from app.media.types import THUMBNAIL, Frame, Picture, Views, Wanted
from app.net.peers import Peers
from app.screen_share import ScreenShare, ShareEvents
from app.state import effects
from app.state.events import ShareBegan, ShareEnded, ShareMoved, SourcesListed
from app.state.slices.sharing import ShareSource

#: The key of the pictures of what one shares oneself.
OWN_SCREEN = ("", "screen")


class SharingEffects:
    """Steers `ScreenShare` and `Gallery`; everything runs on the loop.

    Attributes:
        share: one's own share.
    """

    def __init__(self, context: Context, peers: Callable[[], Peers | None]) -> None:
        """Looks at nothing.

        Args:
            context: of all carriers.
            peers: the connections, once there are any.
        """
        self._context = context
        self._peers = peers

        def screens() -> Screens:
            return context.parts.devices.screens()

        self.share = ScreenShare(
            screens, self._share_events(),
            aside=lambda act: context.chores.submit(act),
            saves_data=lambda: context.state().devices.chosen.data_saver,
        )  # fmt: skip
        self.share.preview = self._preview
        self._own_views: Views = {}
        self._newest: Frame | None = None
        self._gallery = Gallery(screens, GalleryEvents(listed=self._listed, show=self._show))
        context.carriers.add(effects.ShowSources, self._show_sources)
        context.carriers.add(effects.FollowShare, self._follow)

    def want_pictures(self, wanted: Wanted) -> None:
        """Which pictures are on the screen."""
        self._gallery.set_views({id: views for (id, source), views in wanted.items() if source == THUMBNAIL})
        views = wanted.get(OWN_SCREEN, {})
        if views != self._own_views:
            self._own_views = views
            newest = self._newest
            if newest is not None and views:
                # It may stand still for minutes.
                self._context.chores.submit(lambda: self._show_own(newest))

    def end(self) -> None:
        """Captures nothing any more."""
        self._gallery.stop()
        self.share.follow(None)

    def _show_sources(self, effect: effects.ShowSources) -> None:
        if effect.is_on:
            self._gallery.start()
        else:
            self._gallery.stop()

    def _follow(self, effect: effects.FollowShare) -> None:
        self.share.follow(effect.share)
        if effect.share is None:
            self._newest = None
        peers = self._peers()
        if peers is None:
            return
        track = self.share.track
        if effect.share is None or track is None:
            peers.sending.remove("screen")
        elif effect.share.is_on and peers.sending.tracks.get("screen") is not track:
            peers.sending.add("screen", track, on_refused=self._refused)

    def _refused(self, words: str) -> None:
        """The relay does not take the track: that ends the share which goes out by it by now, perhaps not the first."""
        self._context.happen(ShareEnded(number=self.share.number, words=words))

    def _share_events(self) -> ShareEvents:
        do = self._context.do

        def moved(number: int, place: Place | None, is_paused: bool, mode: Mode) -> None:
            do(ShareMoved(number=number, place=place, is_paused=is_paused, sent_as=mode))

        return ShareEvents(
            began=lambda number: do(ShareBegan(number=number)),
            moved=moved,
            ended=lambda number, words: do(ShareEnded(number=number, words=words)),
        )

    def _listed(self, sources: tuple[ScreenSource, ...], words: str, shows_own_windows: bool) -> None:
        items = tuple(ShareSource(one.id, one.name, one.kind, one.width_px, one.height_px) for one in sources)
        self._context.do(SourcesListed(sources=items, words=words, shows_own_windows=shows_own_windows))

    def _preview(self, frame: Frame) -> None:
        """One's own screen has changed; in the capture's thread."""
        self._newest = frame
        self._show_own(frame)

    def _show_own(self, frame: Frame) -> None:
        """To its own tile, where that is on show; in the capture's thread or a worker."""
        from app.media.pictures import make_pictures

        for view, picture in make_pictures(frame, self._own_views):
            if self._newest is frame:
                self._context.parts.mailbox.put(OWN_SCREEN, view, picture)

    def _show(self, id: str, view: int, picture: Picture) -> None:
        self._context.parts.mailbox.put((id, THUMBNAIL), view, picture)
