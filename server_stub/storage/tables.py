"""The tables as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint, text

metadata = MetaData()

#: Number of the last migration that ran.
schema = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

#: Single values: the server's id, its owner, when it was last alive.
facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))

accounts = Table(
    "accounts",
    metadata,
    Column("id", String, primary_key=True),
    # In lower case; NULL for the owner of an embedded server.
    Column("email", String, unique=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("password_hash", String),
    Column("created_at", Float, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("account", String, nullable=False, index=True),
    Column("created_at", Float, nullable=False),
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
    # As `RecapState` of the wire.
    Column("recap", String, nullable=False),
    Column("recap_words", String, nullable=False, server_default=""),
    Column("expires_at", Float),
    # The recap as the wire says it; NULL until it is ready.
    Column("body", LargeBinary),
    UniqueConstraint("meeting", "part"),
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
)
