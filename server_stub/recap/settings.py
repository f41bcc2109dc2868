"""What an administrator may choose about recaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from server_stub.recap.process import worker_command


@dataclass(frozen=True)
class RecapSettings:
    """What an administrator may choose.

    Attributes:
        models_folder: where `models pull` puts speech models.
        model: name of the model; empty, or not present, for the built-in recogniser.
        zone: IANA name of the zone whose calendar `tomorrow` means; the computer's own where empty.
        command: how to start the worker.
    """

    models_folder: Path
    model: str = ""
    zone: str = ""
    command: tuple[str, ...] = field(default_factory=worker_command)
