"""Devices: which there are, and which are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

DeviceKind = Literal["camera", "microphone", "speaker"]
Trial = Literal["", "recording", "playing"]
NoiseMode = Literal["off", "standard", "strong"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user chose for calls, devices first; saved at once by `effects.SaveChoices`."""

    #: Device ids; empty: the system's default.
    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    #: What the camera is asked for: "standard" (360p) or "hd" (720p).
    picture: str = "standard"
    #: Lifts a dark picture, for oneself and for the others.
    low_light: bool = False
    #: One sees oneself as in a mirror; the others never do.
    mirror: bool = True
    #: How much is taken out of what the microphone hears.
    noise: NoiseMode = "standard"
    #: What the loudspeaker plays is taken out of it, so that the others do not hear themselves.
    echo: bool = True
    #: A quiet voice is raised.
    levels: bool = True
    #: "none", "blur" (a strong one), "blur:light", "image:<file name in resources/backgrounds>" or "file:<path>".
    background: str = "none"
    microphone_on: bool = True
    camera_on: bool = True
    #: The key that switches the microphone on while it is held, as `QKeySequence` writes it; empty: none does.
    push_to_talk: str = "Space"
    #: How loud one hears whom; see `app.state.volumes`.
    volumes: str = ""
    #: What was chosen for devices that are not in use now; see `app.state.devices.PER_DEVICE`.
    per_device: str = ""
    #: Sends a small, slow picture: for connections that are paid by the megabyte.
    data_saver: bool = False
    #: A line of the chat that nobody looks at is shown for a moment over the page.
    chat_notices: bool = True
    #: One's own hands are watched for gestures, where the host switches them on.
    gestures: bool = True
    #: What is said in a recorded call stands over its pictures.
    captions: bool = False
    #: Picture-in-picture opens when the window is minimised in a call; when the rooms are opened in one.
    pip_on_minimise: bool = True
    pip_with_rooms: bool = False
    #: Where it was on each screen; see `app.state.pip.places_of`.
    pip_places: str = ""
    #: Where one's own tile lies over the stage of two: a `stage.Anchor`.
    own_view: str = "bottom-right"
    #: The question about the models for recaps was answered; it is not asked again.
    heard_of_model: bool = False


#: Choices that are one of a few words.
_WORDS: dict[str, tuple[str, ...]] = {"noise": get_args(NoiseMode), "picture": ("standard", "hd")}


def fits(name: str, stored: object) -> bool:
    """Whether what is stored for a field of `Choices` can be one: of its kind, and no word of another version."""
    return type(stored) is type(getattr(Choices(), name)) and (name not in _WORDS or stored in _WORDS[name])


@dataclass(frozen=True, slots=True)
class DeviceItem:
    """A device that can be chosen."""

    id: str
    name: str
    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices of this computer."""

    chosen: Choices = Choices()
    #: Those that there are now.
    found: tuple[DeviceItem, ...] = ()
    #: The key for it is held while the microphone is off.
    is_talking: bool = False
    #: The trial of one's voice before a call: what one says is kept, then played back, to oneself alone.
    trial: Trial = ""

    @property
    def microphone_on(self) -> bool:
        """Whether the others hear one."""
        return self.chosen.microphone_on or self.is_talking
