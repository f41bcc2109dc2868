"""What goes wrong in the server.

ServerError
├── Refusal      a rule does not allow a request; told as `Refused`, nothing changed
├── FolderInUse  another server works on the same data folder
└── StoreError   the database cannot be opened, or is newer than this program
"""

from __future__ import annotations

from app.wire.errors import Reason


class ServerError(Exception):
    """The base class; `words` can be shown to the user."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Refusal(ServerError):
    """A rule does not allow a request; nothing changed."""

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(words)
        self.reason: Reason = reason


class FolderInUse(ServerError):
    """Another server is using the same data folder."""


class StoreError(ServerError):
    """The database cannot be opened, or was written by a newer program."""
