"""One's own picture in a call: from the camera through what is behind one to the track that sends it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app import paths
from app.media.camera import DEFAULT_SIZE_PX, LARGEST_SIZE_PX, Camera
from app.media.low_light import LiftedCamera
from app.media.types import Background, MediaError, Picture, Views
from app.net.encoding import CAMERA, CAMERA_HD
from app.state.slices.devices import Choices

if TYPE_CHECKING:
    from app.media.outgoing import Outgoing
    from app.media.types import Frame
    from app.net.tracks import PictureTrack

_MODEL = ("models", "person.onnx")


class CallPicture:
    """Follows the choices; its camera is opened and closed by the camera's worker, as `CallMedia` says.

    Attributes:
        choices: whether a picture goes out holds from the next one on; the rest follows with `settle`.
    """

    def __init__(self, show: Callable[[int, Picture], None], tell: Callable[[str], None]) -> None:
        """Opens nothing.

        Args:
            show: takes one's own picture after the number of the view it is for; called from a worker thread.
            tell: takes words for the user.
        """
        self._show, self._tell = show, tell
        self.choices = Choices()
        self._background = ""
        #: Of a picture that could not be read, what `_stamp_of` said then; None: it could be read.
        self._unread: tuple[int, int] | None = None
        self._outgoing: Outgoing | None = None
        self._camera: LiftedCamera | None = None
        self._views: Views | None = None
        self._track: PictureTrack | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height that the camera is asked for."""
        return LARGEST_SIZE_PX if self.choices.picture == "hd" else DEFAULT_SIZE_PX

    def settle(self) -> None:
        """Follows the choices; nothing restarts. On the camera's worker: may read a file."""
        self._settle_background()
        if self._outgoing is not None:
            self._settle_picture(self._outgoing)
        if self._camera is not None:
            self._camera.is_on = self.choices.low_light
        self._set_policy()

    def open(self, camera: Camera) -> None:
        """Uses a camera that is not started yet, in place of the one before.

        Raises:
            MediaError: it cannot be used; none is in use then.
        """
        self._camera = LiftedCamera(camera, is_on=self.choices.low_light)
        self._made_outgoing().use_camera(self._camera)

    def close_camera(self) -> None:
        """Lets the camera go; nothing is sent from then on."""
        self._camera = None
        if self._outgoing is not None:
            self._outgoing.use_camera(None)
        track = self._track
        if track is not None:
            # A picture that waits for a connection to come up is not to go out once the camera is off.
            track.hide()

    def close(self) -> None:
        """Ends for good."""
        if self._outgoing is not None:
            self._outgoing.close()

    def send_by(self, track: PictureTrack | None) -> None:
        """From now on the picture goes out by this track; None: it stays here."""
        self._track = track
        self._set_policy()
        newest = self._outgoing.latest() if self._outgoing else None
        if track is not None and newest is not None and self.choices.camera_on:
            track.show(newest)

    def set_views(self, views: Views) -> None:
        """Where one sees oneself."""
        self._views = views
        if self._outgoing is not None:
            self._outgoing.set_views(views)

    def _settle_background(self) -> None:
        wish = self.choices.background
        if wish == self._background and self._unread in (None, _stamp_of(wish)):
            return
        self._background, self._unread = wish, None
        try:
            self._made_outgoing().set_background(background_of(wish))
        except MediaError as error:
            self._unread = _stamp_of(wish)
            self._tell(error.words)
            # Whoever wanted to hide the room does not show it because a file is gone.
            self._made_outgoing().set_background(Background("blur"))

    def _made_outgoing(self) -> Outgoing:
        if self._outgoing is None:
            from app.media.outgoing import Outgoing

            self._outgoing = Outgoing(
                mask_model=paths.resource(*_MODEL), show=self._show, tell=lambda error: self._tell(error.words)
            )
            self._outgoing.listen(self._send_frame)
            self._settle_picture(self._outgoing)
            if self._views is not None:
                self._outgoing.set_views(self._views)
        return self._outgoing

    def _settle_picture(self, outgoing: Outgoing) -> None:
        outgoing.set_size(self.size_px)
        outgoing.save_data(self.choices.data_saver)
        outgoing.mirror(self.choices.mirror)

    def _set_policy(self) -> None:
        """Lets the encoder spend what the choices allow, from its next picture on."""
        track = self._track
        if track is not None:
            plain = CAMERA_HD if self.choices.picture == "hd" else CAMERA
            track.policy = plain.saving() if self.choices.data_saver else plain

    def _send_frame(self, frame: Frame) -> None:
        track = self._track
        if track is not None and self.choices.camera_on:
            track.show(frame)


def background_of(wish: str) -> Background:
    """What `Choices.background` stands for; what this version does not know was to hide the room, and is a blur."""
    kind, _, name = wish.partition(":")
    if kind in ("", "none"):
        return Background()
    if kind == "image" and name == Path(name).name:
        return Background("image", paths.resource("backgrounds", name))
    if kind == "file":
        return Background("image", Path(name))
    return Background("blur", strength="light" if wish == "blur:light" else "strong")


def _stamp_of(wish: str) -> tuple[int, int]:
    """When one's own picture was written last, and its size: one that could not be read may be another one by now."""
    kind, _, name = wish.partition(":")
    try:
        found = Path(name).stat() if kind == "file" else None
    except (OSError, ValueError):
        found = None
    return (found.st_mtime_ns, found.st_size) if found is not None else (0, 0)
