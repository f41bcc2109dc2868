"""The tables as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

metadata = MetaData()

#: Number of the last migration that ran.
schema = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

#: Single values: the server's id, its owner, when it was last alive.
facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))

accounts = Table(
    "accounts",
    metadata,
    Column("id", String, primary_key=True),
    # As it is shown; NULL for the owner of an embedded server.
    Column("email", String, unique=True),
    # The same for all spellings of it; NULL also where an older program kept the same address twice, in two spellings.
    Column("email_key", String),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("password_hash", String),
    Column("created_at", Float, nullable=False),
    # An administrator has closed the account.
    Column("is_closed", Boolean, nullable=False, server_default=text("0")),
    Index("accounts_by_email_key", "email_key", unique=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("created_at", Float, nullable=False),
    # What a person is shown of it: its public id, the kind of system, when it was used last.
    Column("id", String, nullable=False, server_default=""),
    Column("device", String, nullable=False, server_default=""),
    Column("last_seen", Float, nullable=False, server_default=text("0")),
)

#: One-use codes for a new password, mailed or given by an administrator.
resets = Table(
    "resets",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float),
)

terms = Table(
    "terms",
    metadata,
    Column("account", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Float, nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", Float, nullable=False),
    # NULL: `created_by` while they are a member, else the longest-standing member.
    Column("owner", String),
    # As `ContractKind` of the wire.
    Column("contract", String, nullable=False, server_default="direct"),
)

members = Table(
    "members",
    metadata,
    Column("room", String, primary_key=True),
    Column("account", String, primary_key=True, index=True),
    Column("since", Float, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("room", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("used_by", String),
    Column("used_at", Float),
    Column("email", String, nullable=False, server_default=""),
    Column("expires_at", Float),
)

#: Number of the newest message that an account has seen in a room.
reads = Table(
    "reads",
    metadata,
    Column("account", String, primary_key=True),
    Column("room", String, primary_key=True),
    Column("number", Integer, nullable=False),
)

#: What was planned; a series is one row. Each meeting of it is a row of `meetings`, made when the one before is over.
schedules = Table(
    "schedules",
    metadata,
    Column("id", String, primary_key=True),
    Column("room", String, nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("key", String, nullable=False),
    # The plan as the wire says it.
    Column("plan", LargeBinary, nullable=False),
    # One link for all meetings of a series.
    Column("code", String, nullable=False, unique=True),
    # "open" or "cancelled" or "over".
    Column("state", String, nullable=False),
    # Counts changes, for calendars (SEQUENCE of RFC 5545).
    Column("sequence", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("room", "by", "key"),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", String, primary_key=True),
    Column("room", String, nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("code", String, nullable=False, unique=True),
    Column("starter", String, nullable=False),
    Column("key", String, nullable=False),
    Column("state", String, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("words", String, nullable=False, server_default=""),
    # Of a scheduled meeting: its row in `schedules`, the planned start and its minutes.
    Column("schedule", String, index=True),
    Column("starts_at", Float),
    Column("length_min", Integer, nullable=False, server_default=text("0")),
    # When its data goes, once it has ended; counted in calendar months by the program.
    Column("expires_at", Float),
    UniqueConstraint("room", "starter", "key"),
)

#: The first recording of a meeting has the meeting's id; a second start makes another row with an id of its own.
recordings = Table(
    "recordings",
    metadata,
    Column("id", String, primary_key=True),
    Column("meeting", String, nullable=False, index=True),
    Column("part", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    # As `RecapState` of the wire, and `film` as its `FilmState`.
    Column("recap", String, nullable=False),
    Column("recap_words", String, nullable=False, server_default=""),
    Column("film", String, nullable=False, server_default="none"),
    Column("film_words", String, nullable=False, server_default=""),
    Column("expires_at", Float),
    # What an older version kept of a recap and nobody could read; NULL otherwise. The recap itself is in `recaps`.
    Column("body", LargeBinary),
    UniqueConstraint("meeting", "part"),
)

#: What a recording's recap is, and was before it was made again: the highest version is the present one.
recaps = Table(
    "recaps",
    metadata,
    Column("id", String, primary_key=True),
    Column("recording", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_at", Float, nullable=False),
    # Of these tables: raised when what their values mean changes.
    Column("form", Integer, nullable=False),
    Column("engine", String, nullable=False),
    Column("engine_version", String, nullable=False),
    Column("trust", Text, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float, nullable=False),
    Column("ready_after_s", Float, nullable=False),
    # A JSON list of sentences.
    Column("notes", LargeBinary, nullable=False),
    # File names, NULL until the films are there.
    Column("reel", String),
    Column("reel_s", Float),
    Column("video", String),
    Column("films_after_s", Float),
    UniqueConstraint("recording", "version"),
)


def _part_of_recap() -> tuple[SchemaItem, ...]:
    """What each row of a part has: its own id, its recap's, and its place among the others."""
    return (
        Column("id", String, primary_key=True),
        Column("recap", String, nullable=False),
        Column("place", Integer, nullable=False),
        UniqueConstraint("recap", "place"),
    )


#: Who is named in a recap: the id of an account or a guest, and what they were called in it.
recap_people = Table(
    "recap_people",
    metadata,
    Column("recap", String, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("name", String, nullable=False),
)

utterances = Table(
    "utterances",
    metadata,
    *_part_of_recap(),
    # What it is called within its recap, as in the files: "u12".
    Column("label", String, nullable=False),
    Column("person", String, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("confidence", Float, nullable=False),
)

recap_sentences = Table(
    "recap_sentences",
    metadata,
    *_part_of_recap(),
    Column("text", Text, nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
)

action_items = Table(
    "action_items",
    metadata,
    *_part_of_recap(),
    Column("text", Text, nullable=False),
    # The id of a person; NULL when nobody took it.
    Column("owner", String),
    # ISO date.
    Column("due", String),
    Column("due_words", String, nullable=False),
    # As `Certainty` of the wire.
    Column("certainty", String, nullable=False),
    Index("action_items_by_owner", "owner"),
)

highlights = Table(
    "highlights",
    metadata,
    *_part_of_recap(),
    Column("start_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("title", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # A JSON list of names.
    Column("marked_by", LargeBinary, nullable=False),
)

#: What the words it cites do not prove.
recap_checks = Table(
    "recap_checks",
    metadata,
    *_part_of_recap(),
    Column("text", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

#: On which utterances a sentence, an action item, a highlight or a check rests.
evidence = Table(
    "evidence",
    metadata,
    Column("claim", String, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("utterance", String, nullable=False, index=True),
)

messages = Table(
    "messages",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("room", String, nullable=False),
    Column("author", String, nullable=False),
    Column("author_name", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("key", String, nullable=False),
    # Id of a meeting, or of a recording where kind is recap.
    Column("subject", String),
    Column("edited_at", Float),
    Column("is_deleted", Boolean, nullable=False, server_default=text("0")),
    Index("messages_by_room", "room", "number"),
    Index("messages_once", "room", "author", "key", unique=True, sqlite_where=text("key != ''")),
)

chat_lines = Table(
    "chat_lines",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("meeting", String, nullable=False),
    Column("author", String, nullable=False),
    Column("author_name", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("key", String, nullable=False),
    UniqueConstraint("meeting", "author", "key"),
)

#: Who agreed to be recorded, when, having read which wording.
consents = Table(
    "consents",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("recording", String, nullable=False, index=True),
    Column("person", String, nullable=False),
    Column("name", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("notice_version", Integer, nullable=False),
    Column("how", String, nullable=False),
    Column("model_words", String, nullable=False, server_default=""),
)

#: What somebody should know; kept until it has been seen.
notices = Table(
    "notices",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("room", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("words", String, nullable=False),
    Column("at", Float, nullable=False),
    # A desktop has shown it; it has been seen.
    Column("rang_at", Float),
    Column("seen_at", Float),
    UniqueConstraint("account", "kind", "subject"),
)

#: Mail that is to be sent; a row goes once it is sent.
mails = Table(
    "mails",
    metadata,
    Column("id", String, primary_key=True),
    # Room or meeting that it is about: it goes with that.
    Column("subject", String, nullable=False, index=True),
    Column("message", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("next_try", Float, nullable=False),
)

#: Requests to delete a recording before its time.
deletions = Table(
    "deletions",
    metadata,
    Column("recording", String, primary_key=True),
    Column("room", String, nullable=False),
    Column("by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("at", Float, nullable=False),
    # "pending", "approved" (to be carried out), "deleted" or "refused".
    Column("state", String, nullable=False),
    Column("words", String, nullable=False, server_default=""),
    Column("answered_at", Float),
    # The signed statement that it is done, as the wire says it.
    Column("receipt", LargeBinary),
)

#: What administrators and the server did with people's data; no speech, no chat, no names.
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    # "admin", "server", or an account's id.
    Column("by", String, nullable=False),
    Column("action", String, nullable=False),
    # A fingerprint or id of what it was done to, and what cannot be private.
    Column("subject", String, nullable=False),
    Column("words", String, nullable=False, server_default=""),
)
