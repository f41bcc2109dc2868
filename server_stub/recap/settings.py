"""What an administrator may choose about recaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from server_stub.recap.model_server import ModelServer
from server_stub.recap.process import worker_command


@dataclass(frozen=True)
class RecapSettings:
    """What an administrator may choose.

    Attributes:
        models_folder: where `models pull` puts speech models.
        model: name of the model; empty, or not present, for the built-in recogniser.
        zone: IANA name of the zone whose calendar `tomorrow` means; the computer's own where empty.
        command: how to start the worker.
        language_model: writes recaps, too; None: nobody is asked.
    """

    models_folder: Path
    model: str = ""
    zone: str = ""
    command: tuple[str, ...] = field(default_factory=worker_command)
    language_model: ModelServer | None = None
