"""What the conductor is made of, and who is told what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from app.keychain import Keychain
from app.media.gestures import Held
from app.media.mailbox import Mailbox
from app.media.makers import DeviceMaker
from app.media.types import Levels
from app.net.loop import NetworkLoop
from app.settings import SettingsFile
from app.state.app_state import AppState
from app.state.slices.devices import Choices, fits
from app.wire.pointing import Pointed


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told; called on the network thread, must return at once.

    Attributes:
        show_state: the newest state, whenever it changed.
        show_levels: how loud everybody is, ten times a second while devices are open.
        show_pointed: where somebody points at a shared screen, as it comes.
        show_held: how long one's own hand has shown a gesture; from any thread.
        notify: a desktop notification: title, text, and the id of the notice that a click on it opens (or empty).
        set_reach: lets other computers reach the server of this one, or not; told by `ReachTold`.
        steer_model: has its models fetched ("pull"), that stopped ("cancel") or them removed ("remove"); told by
            `SpeechModelTold`.
        go_local: the server of this computer is wanted; it is told by `connect`.
    """

    show_state: Callable[[AppState], None]
    show_levels: Callable[[Levels], None] = lambda levels: None
    show_pointed: Callable[[Pointed], None] = lambda told: None
    show_held: Callable[[Held], None] = lambda held: None
    notify: Callable[[str, str, str], None] = lambda title, words, news: None
    set_reach: Callable[[bool], None] = lambda is_on: None
    steer_model: Callable[[str], None] = lambda wish: None
    go_local: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the conductor conducts.

    Attributes:
        loop: the network thread, started or not.
        settings: what the user chose.
        keychain: sign-ins.
        devices: where cameras, microphones and speakers come from.
        mailbox: takes pictures, for each view of the window.
        data: the data folder.
    """

    loop: NetworkLoop
    settings: SettingsFile
    keychain: Keychain
    devices: DeviceMaker
    mailbox: Mailbox
    data: Path


def choices_of(stored: dict[str, str | bool]) -> Choices:
    """Choices from the settings file; what is missing, of the wrong kind or unknown to this version is the default."""
    if stored.get("noise_filter") is False:
        # What the switch was called before there were three ways.
        stored = {"noise": "off", **stored}
    taken: dict[str, Any] = {
        one.name: stored[one.name] for one in fields(Choices) if fits(one.name, stored.get(one.name))
    }
    return Choices(**taken)
