"""What an embedded server tells its client on standard output, line by line; see `server_stub.embedded`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

#: Who meets on it: (meeting's id, people in it).
Meetings = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ServerReach:
    """How other computers reach the child.

    Attributes:
        is_on: they can connect.
        addresses: where they find it, or would find it, best first, as `app.wire.links.parse_server` reads them; empty:
            this computer is in no network.
        words: what the user has to know of it; empty: nothing.
    """

    is_on: bool = False
    addresses: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class ServerModel:
    """How it is with the child's models for recaps.

    Attributes:
        phase: "unwanted" (another engine was chosen), "missing", "fetching" or "ready".
        name: of the model.
        done: bytes that have come.
        whole: bytes in all.
        words: what went wrong; empty: nothing.
        can_remove: something of it can be removed.
    """

    phase: str
    name: str = ""
    done: int = 0
    whole: int = 0
    words: str = ""
    can_remove: bool = False


def read_line(line: bytes) -> tuple[ServerReach | None, ServerModel | None, Meetings | None]:
    """What a line tells, of which it tells one.

    Raises:
        ValueError, TypeError, KeyError or AttributeError: nothing that is known.
    """
    told: Any = json.loads(line)
    reach, model = read_reach(told), read_model(told)
    if reach is None and model is None:
        return None, None, tuple((str(meeting), int(people)) for meeting, people in told["meetings"].items())
    return reach, model, None


def read_reach(told: Any) -> ServerReach | None:
    """What is said of the reach, if anything is."""
    reach = told.get("reach")
    if reach is None:
        return None
    return ServerReach(bool(reach["is_on"]), tuple(map(str, reach["addresses"])), str(reach["words"]))


def read_model(told: Any) -> ServerModel | None:
    """What is said of the models, if anything is."""
    model = told.get("model")
    if model is None:
        return None
    numbers = int(model["done"]), int(model["whole"])
    return ServerModel(
        str(model["phase"]), str(model["name"]), *numbers, str(model["words"]), bool(model["can_remove"])
    )
