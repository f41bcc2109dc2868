"""How often one person in a meeting may do what others notice, or what costs the server something."""

from __future__ import annotations

from server_stub.kernel.limits import Tries


class PersonTries:
    """Of one meeting, each by person; reactions are shown for two seconds, hands are heard by the host."""

    def __init__(self) -> None:
        self.reaction = Tries(2.0, 5, keys=100)
        self.hand = Tries(0.5, 5, keys=100)
        self.quality = Tries(0.2, 4, keys=100)
        self.pointing = Tries(25.0, 40, keys=100)
        #: A client asks at most four times a second, and then less.
        self.wanting = Tries(6.0, 20, keys=100)
        self.so_far = Tries(0.5, 6, keys=100)
        self.gist = Tries(0.1, 4, keys=100)
        self.mark = Tries(0.2, 5, keys=100)
