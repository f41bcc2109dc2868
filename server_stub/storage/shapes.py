"""The shapes that the database has had, as fixed SQL: what was released is never changed.

Written for SQLite. Another kind of database begins with the shape that is the newest when it comes.
"""

from __future__ import annotations

#: Version 1.
FIRST = """
CREATE TABLE accounts (id VARCHAR NOT NULL, email VARCHAR, name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    password_hash VARCHAR, created_at FLOAT NOT NULL, PRIMARY KEY (id), UNIQUE (email));
CREATE TABLE chat_lines (number INTEGER NOT NULL, id VARCHAR NOT NULL, meeting VARCHAR NOT NULL, author VARCHAR
    NOT NULL, author_name VARCHAR NOT NULL, at FLOAT NOT NULL, text TEXT NOT NULL, "key" VARCHAR NOT NULL,
    PRIMARY KEY (number), UNIQUE (meeting, author, "key"), UNIQUE (id));
CREATE TABLE consents (number INTEGER NOT NULL, recording VARCHAR NOT NULL, person VARCHAR NOT NULL, name
    VARCHAR NOT NULL, at FLOAT NOT NULL, notice_version INTEGER NOT NULL, how VARCHAR NOT NULL, PRIMARY KEY
    (number));
CREATE INDEX ix_consents_recording ON consents (recording);
CREATE TABLE facts (name VARCHAR NOT NULL, value VARCHAR NOT NULL, PRIMARY KEY (name));
CREATE TABLE invitations (fingerprint VARCHAR NOT NULL, room VARCHAR NOT NULL, made_by VARCHAR NOT NULL, made_at
    FLOAT NOT NULL, used_by VARCHAR, used_at FLOAT, PRIMARY KEY (fingerprint));
CREATE TABLE meetings (id VARCHAR NOT NULL, room VARCHAR NOT NULL, title VARCHAR NOT NULL, code VARCHAR NOT
    NULL, starter VARCHAR NOT NULL, "key" VARCHAR NOT NULL, state VARCHAR NOT NULL, started_at FLOAT NOT NULL,
    ended_at FLOAT, words VARCHAR DEFAULT '' NOT NULL, PRIMARY KEY (id), UNIQUE (room, starter, "key"), UNIQUE
    (code));
CREATE INDEX ix_meetings_room ON meetings (room);
CREATE TABLE members (room VARCHAR NOT NULL, account VARCHAR NOT NULL, since FLOAT NOT NULL, PRIMARY KEY (room,
    account));
CREATE INDEX ix_members_account ON members (account);
CREATE TABLE messages (number INTEGER NOT NULL, id VARCHAR NOT NULL, room VARCHAR NOT NULL, author VARCHAR NOT
    NULL, author_name VARCHAR NOT NULL, at FLOAT NOT NULL, kind VARCHAR NOT NULL, text TEXT NOT NULL, "key"
    VARCHAR NOT NULL, subject VARCHAR, PRIMARY KEY (number), UNIQUE (id));
CREATE INDEX messages_by_room ON messages (room, number);
CREATE UNIQUE INDEX messages_once ON messages (room, author, "key") WHERE key != '';
CREATE TABLE recordings (id VARCHAR NOT NULL, meeting VARCHAR NOT NULL, part INTEGER NOT NULL, started_at FLOAT
    NOT NULL, ended_at FLOAT, recap VARCHAR NOT NULL, recap_words VARCHAR DEFAULT '' NOT NULL, expires_at FLOAT,
    body BLOB, PRIMARY KEY (id), UNIQUE (meeting, part));
CREATE INDEX ix_recordings_meeting ON recordings (meeting);
CREATE TABLE rooms (id VARCHAR NOT NULL, name VARCHAR NOT NULL, created_by VARCHAR NOT NULL, created_at FLOAT
    NOT NULL, PRIMARY KEY (id));
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));
CREATE TABLE terms (account VARCHAR NOT NULL, version INTEGER NOT NULL, at FLOAT NOT NULL, PRIMARY KEY (account,
    version));
CREATE TABLE tokens (fingerprint VARCHAR NOT NULL, account VARCHAR NOT NULL, created_at FLOAT NOT NULL, PRIMARY
    KEY (fingerprint));
CREATE INDEX ix_tokens_account ON tokens (account);
"""
#: Version 2: columns by table, then tables and indexes.
SECOND_COLUMNS = (
    ("accounts", "is_closed BOOLEAN DEFAULT 0 NOT NULL"),
    ("tokens", "id VARCHAR DEFAULT '' NOT NULL"),
    ("tokens", "device VARCHAR DEFAULT '' NOT NULL"),
    ("tokens", "last_seen FLOAT DEFAULT 0 NOT NULL"),
    ("rooms", "owner VARCHAR"),
    ("rooms", "contract VARCHAR DEFAULT 'direct' NOT NULL"),
    ("invitations", "email VARCHAR DEFAULT '' NOT NULL"),
    ("invitations", "expires_at FLOAT"),
    ("meetings", "schedule VARCHAR"),
    ("meetings", "starts_at FLOAT"),
    ("meetings", "length_min INTEGER DEFAULT 0 NOT NULL"),
    ("meetings", "expires_at FLOAT"),
    ("messages", "edited_at FLOAT"),
    ("messages", "is_deleted BOOLEAN DEFAULT 0 NOT NULL"),
)
SECOND = """
CREATE TABLE IF NOT EXISTS audit (number INTEGER NOT NULL, at FLOAT NOT NULL, "by" VARCHAR NOT NULL, action
    VARCHAR NOT NULL, subject VARCHAR NOT NULL, words VARCHAR DEFAULT '' NOT NULL, PRIMARY KEY (number));
CREATE TABLE IF NOT EXISTS deletions (recording VARCHAR NOT NULL, room VARCHAR NOT NULL, "by" VARCHAR NOT NULL,
    reason VARCHAR NOT NULL, at FLOAT NOT NULL, state VARCHAR NOT NULL, words VARCHAR DEFAULT '' NOT NULL,
    answered_at FLOAT, receipt BLOB, PRIMARY KEY (recording));
CREATE TABLE IF NOT EXISTS mails (id VARCHAR NOT NULL, subject VARCHAR NOT NULL, message BLOB NOT NULL, tries
    INTEGER DEFAULT 0 NOT NULL, next_try FLOAT NOT NULL, PRIMARY KEY (id));
CREATE TABLE IF NOT EXISTS notices (id VARCHAR NOT NULL, account VARCHAR NOT NULL, kind VARCHAR NOT NULL, room
    VARCHAR NOT NULL, subject VARCHAR NOT NULL, words VARCHAR NOT NULL, at FLOAT NOT NULL, rang_at FLOAT,
    seen_at FLOAT, PRIMARY KEY (id), UNIQUE (account, kind, subject));
CREATE TABLE IF NOT EXISTS reads (account VARCHAR NOT NULL, room VARCHAR NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (account, room));
CREATE TABLE IF NOT EXISTS resets (fingerprint VARCHAR NOT NULL, account VARCHAR NOT NULL, expires_at FLOAT NOT
    NULL, used_at FLOAT, PRIMARY KEY (fingerprint));
CREATE TABLE IF NOT EXISTS schedules (id VARCHAR NOT NULL, room VARCHAR NOT NULL, "by" VARCHAR NOT NULL, "key"
    VARCHAR NOT NULL, "plan" BLOB NOT NULL, code VARCHAR NOT NULL, state VARCHAR NOT NULL, sequence INTEGER
    DEFAULT 0 NOT NULL, created_at FLOAT NOT NULL, PRIMARY KEY (id), UNIQUE (room, "by", "key"), UNIQUE (code));
CREATE INDEX IF NOT EXISTS ix_mails_subject ON mails (subject);
CREATE INDEX IF NOT EXISTS ix_meetings_schedule ON meetings (schedule);
CREATE INDEX IF NOT EXISTS ix_notices_account ON notices (account);
CREATE INDEX IF NOT EXISTS ix_resets_account ON resets (account);
CREATE INDEX IF NOT EXISTS ix_schedules_room ON schedules (room);
"""
#: Version 3.
THIRD_COLUMNS = (("accounts", "email_key VARCHAR"),)
THIRD = """
CREATE UNIQUE INDEX IF NOT EXISTS accounts_by_email_key ON accounts (email_key);
"""
#: Version 4.
FOURTH_COLUMNS = (
    ("recordings", "film VARCHAR DEFAULT 'none' NOT NULL"),
    ("recordings", "film_words VARCHAR DEFAULT '' NOT NULL"),
)
#: Version 5: recaps in tables of their own. At version 4 what bears these names is left of a step that broke off.
FIFTH = """
DROP TABLE IF EXISTS recaps;
DROP TABLE IF EXISTS recap_people;
DROP TABLE IF EXISTS utterances;
DROP TABLE IF EXISTS recap_sentences;
DROP TABLE IF EXISTS action_items;
DROP TABLE IF EXISTS highlights;
DROP TABLE IF EXISTS evidence;
CREATE TABLE recaps (id VARCHAR NOT NULL, recording VARCHAR NOT NULL, version INTEGER NOT NULL, made_at FLOAT NOT NULL,
    form INTEGER NOT NULL, engine VARCHAR NOT NULL, engine_version VARCHAR NOT NULL, trust TEXT NOT NULL,
    started_at FLOAT NOT NULL, ended_at FLOAT NOT NULL, ready_after_s FLOAT NOT NULL, notes BLOB NOT NULL,
    reel VARCHAR, reel_s FLOAT, video VARCHAR, films_after_s FLOAT, PRIMARY KEY (id), UNIQUE (recording, version));
CREATE TABLE recap_people (recap VARCHAR NOT NULL, place INTEGER NOT NULL, person VARCHAR NOT NULL,
    name VARCHAR NOT NULL, PRIMARY KEY (recap, place));
CREATE TABLE utterances (id VARCHAR NOT NULL, recap VARCHAR NOT NULL, place INTEGER NOT NULL, label VARCHAR NOT NULL,
    person VARCHAR NOT NULL, start_s FLOAT NOT NULL, end_s FLOAT NOT NULL, text TEXT NOT NULL,
    confidence FLOAT NOT NULL, PRIMARY KEY (id), UNIQUE (recap, place));
CREATE TABLE recap_sentences (id VARCHAR NOT NULL, recap VARCHAR NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (id), UNIQUE (recap, place));
CREATE TABLE action_items (id VARCHAR NOT NULL, recap VARCHAR NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL,
    owner VARCHAR, due VARCHAR, due_words VARCHAR NOT NULL, certainty VARCHAR NOT NULL, PRIMARY KEY (id),
    UNIQUE (recap, place));
CREATE INDEX action_items_by_owner ON action_items (owner);
CREATE TABLE highlights (id VARCHAR NOT NULL, recap VARCHAR NOT NULL, place INTEGER NOT NULL, start_s FLOAT NOT NULL,
    end_s FLOAT NOT NULL, title TEXT NOT NULL, reason TEXT NOT NULL, marked_by BLOB NOT NULL, PRIMARY KEY (id),
    UNIQUE (recap, place));
CREATE TABLE evidence (claim VARCHAR NOT NULL, place INTEGER NOT NULL, utterance VARCHAR NOT NULL,
    PRIMARY KEY (claim, place));
CREATE INDEX ix_evidence_utterance ON evidence (utterance);
"""
#: Version 6: what each sentence of a summary is about.
SIXTH_COLUMNS = (("recap_sentences", "topic TEXT DEFAULT '' NOT NULL"),)
#: Version 7: what a recap does not say as fact.
SEVENTH = """
CREATE TABLE recap_checks (id VARCHAR NOT NULL, recap VARCHAR NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY (id), UNIQUE (recap, place));
"""
#: Version 8: what the notice that was agreed to says of a language model.
EIGHTH_COLUMNS = (("consents", "model_words VARCHAR DEFAULT '' NOT NULL"),)
#: Version 9: what meetings that run consist of.
NINTH = """
CREATE TABLE running (meeting VARCHAR NOT NULL, at FLOAT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (meeting));
"""
