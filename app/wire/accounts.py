"""Who is there: accounts, signing in, the terms."""

from __future__ import annotations

from typing import Literal

from app.wire.fields import Ask, Email, Name, Password, Plain, Secret, Tell
from app.wire.rooms import RoomInfo

AccountKind = Literal["freelancer", "client", "agency"]


class Account(Plain, frozen=True, kw_only=True):
    """A person known to one server. `email` is empty for the owner of an embedded server."""

    id: str
    name: str
    email: str
    kind: AccountKind


class Hello(Ask, frozen=True, kw_only=True):
    """The first message on a socket: who speaks, in which version."""

    version: str
    protocol: int


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
    #: Version of the wording of the recording notice.
    notice_version: int


class SignUp(Ask, frozen=True, kw_only=True):
    """Makes an account and signs in."""

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


class SignOut(Ask, frozen=True, kw_only=True):
    """Makes this connection's token worthless."""


class SignedOut(Tell, frozen=True, kw_only=True):
    """Signed out; the socket stays open for another sign-in."""


class AcceptTerms(Ask, frozen=True, kw_only=True):
    """The account accepts this version of the terms."""

    version: int


class TermsAccepted(Tell, frozen=True, kw_only=True):
    """Stored with the time."""

    version: int
