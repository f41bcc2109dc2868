"""What the fake connections of viewers have in common."""


class OwnSocket:
    """A viewer who is there, whose socket is theirs alone, and who is sent to by `send`."""

    is_up = True

    def aim(self, ssrc):
        """How a stream reaches them together with others: not at all."""
        return None
