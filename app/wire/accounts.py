"""Connecting: accounts, signing in, the terms."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.wire.fields import Ask, Email, Id, Name, Password, Plain, Secret, Tell, Time
from app.wire.language_model import LanguageModel
from app.wire.rooms import ContractKind, RoomInfo

AccountKind = Literal["freelancer", "client", "agency"]


class Account(Plain, frozen=True, kw_only=True):
    """A person known to one server. `email` is empty for the owner of an embedded server."""

    id: str
    name: str
    email: str
    kind: AccountKind


class Access(Plain, frozen=True, kw_only=True):
    """What an account may do. The server checks again at every start."""

    #: May start and schedule Parley meetings (in rooms whose contract is not left out).
    may_start: bool = True
    #: Why not, in words.
    words: str = ""
    #: Kinds of contract whose rooms are left out, and the words for them.
    closed_contracts: tuple[ContractKind, ...] = ()
    contract_words: str = ""
    #: Links of another provider's meetings may be posted and scheduled.
    offers_external: bool = True


class SignInInfo(Plain, frozen=True, kw_only=True):
    """One sign-in of an account: a program on some computer that holds a token."""

    id: str
    #: What that program said it runs on, such as "Linux".
    device: str
    since: Time
    last_seen: Time
    is_this: bool = False
    is_online: bool = False


class Hello(Ask, frozen=True, kw_only=True):
    """The first message on a socket: who is speaking, in which version, on which kind of system."""

    version: str
    protocol: int
    device: Annotated[str, Meta(max_length=60)] = ""


class Greeting(Tell, frozen=True, kw_only=True):
    """The server's answer to `Hello`; a client of another protocol gets `Refused` (other_version) instead."""

    version: str
    protocol: int
    #: Names this server for good: a token is only ever sent to the server whose id it was kept under.
    server_id: str
    is_embedded: bool
    #: An embedded server that nobody has named themselves to yet.
    needs_owner: bool
    terms_version: int
    #: Version of the wording of the recording notice: another one whenever that reads otherwise.
    notice_version: int
    #: An embedded server that others may reach.
    is_reachable: bool = False
    #: Other servers that this one may talk to (mail), by name; shown on the privacy page.
    talks_to: tuple[str, ...] = ()
    #: STUN and TURN servers that clients are led to in meetings, by name; shown there, too.
    media_by: tuple[str, ...] = ()
    #: Public key (Ed25519, base64) that signs this server's receipts.
    receipt_key: str = ""
    #: Whether gestures work only while AI recording is on.
    gestures_need_recording: bool = True
    #: What recaps are written with besides rules; the recording notice has to name it.
    language_model: LanguageModel | None = None


class SignUp(Ask, frozen=True, kw_only=True):
    """Creates an account and signs in."""

    email: Email
    name: Name
    kind: AccountKind
    password: Password


class SignIn(Ask, frozen=True, kw_only=True):
    """Signs in with e-mail and password."""

    email: Email
    password: Secret


class SignInOwner(Ask, frozen=True, kw_only=True):
    """Signs the user of an embedded server in, by the secret its client gave it at the start.

    The first time `name` makes the account; later it may be empty.
    """

    secret: Secret
    name: str = ""


class Resume(Ask, frozen=True, kw_only=True):
    """Signs in with a token from an earlier `SignedIn`."""

    token: Secret


class SignedIn(Tell, frozen=True, kw_only=True):
    """Signed in; `token` is fresh, bound to this server, and worth as much as the password until signed out."""

    account: Account
    token: str
    accepted_terms: int
    rooms: tuple[RoomInfo, ...]
    access: Access = Access()
    #: Messages of others since one looked into a room last, for each room that has some.
    unread: dict[str, int] = msgspec.field(default_factory=dict)


class AccessChanged(Tell, frozen=True, kw_only=True):
    """The account's access has changed."""

    access: Access


class SignOut(Ask, frozen=True, kw_only=True):
    """Ends this sign-in: its token stops working."""


class SignedOut(Tell, frozen=True, kw_only=True):
    """Signed out; the socket stays open for another sign-in."""


class AcceptTerms(Ask, frozen=True, kw_only=True):
    """The account accepts this version of the terms."""

    version: int


class TermsAccepted(Tell, frozen=True, kw_only=True):
    """Stored with the time."""

    version: int


class ChangePassword(Ask, frozen=True, kw_only=True):
    """Sets a new password; every other sign-in of the account ends. Refused: wrong_password."""

    old: Secret
    new: Password


class PasswordChanged(Tell, frozen=True, kw_only=True):
    """Done."""


class AskPasswordReset(Ask, frozen=True, kw_only=True):
    """Asks for a one-use code by mail."""

    email: Email


class ResetAsked(Tell, frozen=True, kw_only=True):
    """Always the same answer, whether there is such an account or not."""

    words: str


class ResetPassword(Ask, frozen=True, kw_only=True):
    """Sets a password by a one-use code that was mailed or that an administrator gave; answered with `SignedIn`.

    All other sign-ins of the account end. Refused: bad_token.
    """

    email: Email
    code: Secret
    password: Password


class ListSignIns(Ask, frozen=True, kw_only=True):
    """Asks where the account is signed in."""


class SignInsListed(Tell, frozen=True, kw_only=True):
    """Newest first; told again to the asker when one ends."""

    sign_ins: tuple[SignInInfo, ...]


class EndSignIn(Ask, frozen=True, kw_only=True):
    """Ends one of one's own sign-ins; its connections are told `SignedOut`. Answered with `SignInsListed`."""

    id: Id
