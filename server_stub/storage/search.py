"""Looking for words in messages. What only SQLite does is kept in this module.

SQLite's LIKE takes the small and the large form of A to Z for the same; words with other letters are tried in the forms
in which people write them. An index of words would be faster, but would keep what was deleted in places of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from server_stub.storage.messages import MessageRow, read_row
from server_stub.storage.tables import members, messages

#: Messages in one answer, and words that are looked for at most.
PAGE = 50
_MOST_WORDS = 10
#: Messages that are looked through at once: the storage thread has others to serve meanwhile.
_WINDOW = 10_000


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found so far, newest first; `below` is where to go on, None when all has been looked through."""

    rows: tuple[MessageRow, ...] = ()
    below: int | None = 2**63 - 1

    @property
    def is_done(self) -> bool:
        """Whether there is nothing more, or more than one answer holds."""
        return self.below is None or len(self.rows) > PAGE


def find_words(connection: Connection, account: str, words: str, hits: Hits) -> Hits:
    """Goes on looking for messages of an account's present rooms that hold all these words.

    Args:
        connection: of a transaction.
        account: who looks.
        words: what was typed; parts of words count, large and small letters are the same.
        hits: what was found before.

    Returns:
        That and what was found in the next `_WINDOW` messages: up to one message more than a `PAGE`.
    """
    asked = words.split()[:_MOST_WORDS]
    newest = connection.execute(select(func.max(messages.c.number)).where(messages.c.number < hits.below)).scalar()
    if not asked or newest is None:
        return Hits(hits.rows, None)
    below = newest - _WINDOW + 1
    query = (
        select(messages)
        .where(
            messages.c.number.between(below, newest),
            messages.c.room.in_(select(members.c.room).where(members.c.account == account)),
            messages.c.is_deleted.is_(False),
            and_(*(_holds(word) for word in asked)),
        )
        .order_by(messages.c.number.desc())
        .limit(PAGE + 1 - len(hits.rows))
    )
    found = tuple(read_row(row) for row in connection.execute(query))
    return Hits(hits.rows + found, below)


def _holds(word: str) -> ColumnElement[bool]:
    forms = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    # autoescape: % and _ of the word are letters, not wildcards.
    return or_(*(messages.c.text.contains(form, autoescape=True) for form in sorted(forms)))
