"""Looking for words in messages.

Texts and words are compared by their keys (`app.wire.text.fold`), so that every spelling is found, whatever an older
program kept. An index of words would be faster, but would keep what was deleted in places of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.wire.text import fold
from server_stub.storage.messages import MessageRow, read_row
from server_stub.storage.tables import members, messages

#: Messages in one answer, and words that are looked for at most.
PAGE = 50
_MOST_WORDS = 10
#: Messages that are looked through at once: the storage thread has others to serve meanwhile.
_WINDOW = 4_000
#: Letters beyond ASCII in them after which it is enough: some take as long as a hundred others.
_MOST_LETTERS = 50_000


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
        That and what was found in the next `_WINDOW` messages or fewer: up to one message more than a `PAGE`.
    """
    asked = fold(words).split()[:_MOST_WORDS]
    newest = connection.execute(select(func.max(messages.c.number)).where(messages.c.number < hits.below)).scalar()
    if not asked or newest is None:
        return Hits(hits.rows, None)
    below = newest - _WINDOW + 1
    query = (
        select(messages.c.number, messages.c.text)
        .where(
            messages.c.number.between(below, newest),
            messages.c.room.in_(select(members.c.room).where(members.c.account == account)),
            messages.c.is_deleted.is_(False),
        )
        .order_by(messages.c.number.desc())
    )
    most, numbers, letters = PAGE + 1 - len(hits.rows), [], 0
    with connection.execute(query) as looked_at:
        for number, text in looked_at:
            key = fold(text)
            if all(word in key for word in asked):
                numbers.append(number)
            letters += 0 if text.isascii() else len(text)
            if len(numbers) == most or letters >= _MOST_LETTERS:
                below = number
                break
    rows = select(messages).where(messages.c.number.in_(numbers)).order_by(messages.c.number.desc())
    return Hits(hits.rows + tuple(read_row(row) for row in connection.execute(rows)), below)
