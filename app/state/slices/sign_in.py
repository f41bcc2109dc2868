"""Signing in, and the dialog about the account."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.accounts import SignInInfo


@dataclass(frozen=True, slots=True)
class SignIn:
    """How far signing in is."""

    is_under_way: bool = False
    #: A sentence under the form.
    words: str = ""
    #: A sentence on the page where a forgotten password is reset.
    reset_words: str = ""
    #: Where tokens are kept: "" when in the system's keyring, else why they are not.
    keyring_words: str = ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account dialog: the password and where one is signed in."""

    sign_ins: tuple[SignInInfo, ...] = ()
    words: str = ""
    is_good: bool = False
