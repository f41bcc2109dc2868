"""Logging set-up: what happened, when and where; never names, chat, speech, tokens or session descriptions."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname).1s %(name)s: %(message)s"
#: Packages whose debug lines carry SDP, addresses or message bodies.
_TALKATIVE = ("aiortc", "aioice", "websockets", "asyncio", "httpx", "httpcore", "uvicorn", "sqlalchemy", "keyring")


def set_up(file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Sends log lines to a file of at most 2 x 1 MB, or to standard error where none is given.

    Args:
        file: the log file; its folder exists.
        level: the least level that our own lines need to be kept.
    """
    handler: logging.Handler = (
        logging.handlers.RotatingFileHandler(file, maxBytes=1_000_000, backupCount=1, encoding="utf-8")
        if file
        else logging.StreamHandler()
    )
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
