"""The options of a rehearsal, and what they ask for; costs nothing to import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from app.media.makers import DeviceMaker
    from app.ui.window import Window


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is rehearsed.

    Attributes:
        camera: a video or picture in place of the camera.
        microphone: a sound file in place of the microphone.
        speaker: takes what would be heard, as WAV.
        screen: a video or picture in place of the screens.
        start_s: the instant (`time.monotonic()`) at which the files begin; None: when opened.
        is_steered: commands come on standard input.
    """

    camera: Path | None
    microphone: Path | None
    speaker: Path | None
    screen: Path | None
    start_s: float | None
    is_steered: bool

    def devices(self) -> DeviceMaker:
        """The files, and the computer's own devices where there is none."""
        from app.rehearsal.device_maker import FileDevices

        return FileDevices(self.camera, self.microphone, self.speaker, self.start_s, self.screen)

    def steer(
        self, window: Window, *, first_paint_s: Callable[[], float], figures: Callable[[], dict[str, float]]
    ) -> QObject | None:
        """Begins to take commands for a window, if that is wanted; see `pilot.Pilot`."""
        if self.screen is not None:
            from app.ui.session import stand_in

            stand_in("screens")
        if not self.is_steered:
            return None
        from app.rehearsal.pilot import Pilot

        pilot = Pilot(window, sys.stdin, sys.stdout, first_paint_s=first_paint_s, figures=figures)
        pilot.start()
        return pilot


def add_options(parser: argparse.ArgumentParser) -> None:
    """Lets a parser know the options."""
    parser.add_argument("--fake-camera", type=Path, metavar="FILE", help="a video or picture in place of the camera")
    parser.add_argument("--fake-microphone", type=Path, metavar="FILE", help="a sound file in place of the microphone")
    parser.add_argument("--fake-screen", type=Path, metavar="FILE", help="a video or picture in place of the screens")
    parser.add_argument("--fake-speaker", type=Path, metavar="FILE", help="writes what would be heard, as WAV")
    parser.add_argument(
        "--fake-start", type=float, metavar="SECONDS", help="when the files begin, on the computer's monotonic clock"
    )
    parser.add_argument("--pilot", action="store_true", help="take commands on standard input, as tests do")


def rehearsal_of(given: argparse.Namespace) -> Rehearsal:
    """What the options of `add_options` ask for."""
    return Rehearsal(
        camera=given.fake_camera,
        microphone=given.fake_microphone,
        speaker=given.fake_speaker,
        screen=given.fake_screen,
        start_s=given.fake_start,
        is_steered=given.pilot,
    )
