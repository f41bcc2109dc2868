"""Notices that somebody speaks while their microphone is off; pure."""

from __future__ import annotations

#: A cough or a door is over sooner.
SPEAKS_S = 1.2
#: Said again at the earliest: who talks to somebody in the room has understood it the first time.
AGAIN_S = 45.0


class MutedSpeech:
    """Follows one's own voice."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._told_s: float | None = None

    def add(self, *, is_speaking: bool, is_muted: bool, at_s: float) -> bool:
        """Takes how it is now; about ten times a second.

        Args:
            is_speaking: Whether there is speech at the microphone.
            is_muted: Whether the others do not hear it.
            at_s: When.

        Returns:
            Whether it is time to say so.
        """
        if not is_muted:
            self._told_s = None
        if not (is_speaking and is_muted):
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = at_s
        is_due = self._told_s is None or at_s - self._told_s >= AGAIN_S
        if not is_due or at_s - self._since_s < SPEAKS_S:
            return False
        self._told_s = at_s
        return True
