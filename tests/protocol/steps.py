"""One step: somebody asks, and what must come of it is checked; who takes it, as stories choose them."""

from hypothesis import strategies as st

from app.wire.errors import Refused
from tests.protocol.watching import Watching
from tests.protocol.world import GUESTS, MEMBERS, STRANGERS

ACCOUNTS = (*MEMBERS, *STRANGERS)
ALL = (*ACCOUNTS, *GUESTS)
#: Who does it: somebody by name, or by what they are at that moment, so that stories get far enough to go wrong.
anyone = st.sampled_from(("the host", "the host", "someone inside", "someone waiting", *ALL))
whoever_may_join = st.sampled_from((*MEMBERS, *MEMBERS, *ALL))
whoever_may_knock = st.sampled_from((*GUESTS, *GUESTS, *ALL))
account, guest = st.sampled_from(ACCOUNTS), st.sampled_from(GUESTS)
#: Steps after which little else can happen are seldom taken.
seldom = st.integers(0, 7).map(lambda number: number == 0)


class Steps(Watching):
    """Asks, and notes who is entitled to what was said."""

    def attempt(self, someone, ask, granted):
        """Asks; checks that the answer is what the rules say, and that a refusal has changed nothing."""
        before = None if granted else self.world.snapshot()
        answer = self.world.ask(someone, ask)
        is_refused = isinstance(answer, Refused)
        assert is_refused != granted, f"{someone.name} {type(ask).__name__}: {answer}"
        if is_refused:
            assert self.world.snapshot() == before, f"{type(ask).__name__} was refused and changed something"
        return answer

    def may_read(self, someone, kind, meeting=""):
        """Who has come may read what was said there before."""
        for words, (entitled, of_kind, of_meeting) in self.secrets.items():
            if (of_kind, of_meeting) == (kind, meeting):
                self.secrets[words] = (entitled | {someone.name}, kind, meeting)

    def canary(self):
        return f"canary-{self.world.story}-{next(self.numbers)}-end"
