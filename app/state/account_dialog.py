"""The account dialog (password, sign-ins) and the way back in when the password is forgotten."""

from __future__ import annotations

from dataclasses import replace

from app.state import intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask
from app.state.forms import NO_ADDRESS, SHORT_PASSWORD, is_address
from app.state.slices.sign_in import AccountView
from app.state.tables import Step, Table
from app.state.toasts import toast
from app.wire import accounts as wire
from app.wire.errors import Refused
from app.wire.fields import Ask
from app.wire.text import password

TABLE = Table()

CHANGED = "Your password was changed. You are signed out everywhere else."


@TABLE.on(intents.OpenAccount)
def open_dialog(state: AppState, event: intents.OpenAccount) -> Step:
    """Opens it and asks where one is signed in; or closes it."""
    if not event.is_open or state.me is None:
        return replace(state, account=None), ()
    return _ask(replace(state, account=AccountView()), wire.ListSignIns())


def _ask(state: AppState, message: Ask) -> Step:
    return ask(state, message) if state.can_ask else (say(state, NO_CONNECTION), ())


def say(state: AppState, words: str, *, is_good: bool = False) -> AppState:
    """A sentence in the dialog, or at the top of the window when that is closed."""
    if state.account is None:
        return toast(state, words, is_bad=not is_good)
    return replace(state, account=replace(state.account, words=words, is_good=is_good))


@TABLE.hears(wire.SignInsListed, for_members=True)
def listed(state: AppState, message: wire.SignInsListed) -> Step:
    """Where one is signed in."""
    account = replace(state.account, sign_ins=message.sign_ins) if state.account else None
    return replace(state, account=account), ()


@TABLE.on(intents.ChangeOwnPassword)
def change_password(state: AppState, event: intents.ChangeOwnPassword) -> Step:
    """Another password."""
    if not event.old:
        return say(state, "Please enter your current password."), ()
    if not 8 <= len(password(event.new)) <= 256:
        return say(state, SHORT_PASSWORD), ()
    return _ask(say(state, ""), wire.ChangePassword(old=event.old[:256], new=password(event.new)))


@TABLE.hears(wire.PasswordChanged)
def password_changed(state: AppState, message: wire.PasswordChanged) -> Step:
    """Done; the other sign-ins are gone from the list."""
    state = say(state, CHANGED, is_good=True)
    return _ask(state, wire.ListSignIns()) if state.account else (state, ())


@TABLE.on(intents.EndOwnSignIn)
def end_sign_in(state: AppState, event: intents.EndOwnSignIn) -> Step:
    """Ends a sign-in of one's own elsewhere."""
    return _ask(say(state, ""), wire.EndSignIn(id=event.id))


@TABLE.hears(wire.AccessChanged, for_members=True)
def access_changed(state: AppState, message: wire.AccessChanged) -> Step:
    """The gate says something else."""
    return replace(state, access=message.access), ()


@TABLE.on(intents.AskForReset)
def ask_for_reset(state: AppState, event: intents.AskForReset) -> Step:
    """A code by mail."""
    if not is_address(event.email):
        return replace(state, sign_in=replace(state.sign_in, reset_words=NO_ADDRESS)), ()
    if not state.can_ask:
        return replace(state, sign_in=replace(state.sign_in, reset_words=NO_CONNECTION)), ()
    return ask(
        replace(state, sign_in=replace(state.sign_in, reset_words="")), wire.AskPasswordReset(email=event.email.strip())
    )


@TABLE.hears(wire.ResetAsked)
def reset_asked(state: AppState, message: wire.ResetAsked) -> Step:
    """The server's words, the same for every address."""
    return replace(state, sign_in=replace(state.sign_in, reset_words=message.words)), ()


@TABLE.on(intents.ResetOwnPassword)
def reset(state: AppState, event: intents.ResetOwnPassword) -> Step:
    """A new password by the code; it signs in as well."""
    code = event.code.strip()
    words = ""
    if not is_address(event.email):
        words = NO_ADDRESS
    elif not code or len(code) > 256:
        words = "Please enter the code that you were given."
    elif not 8 <= len(password(event.password)) <= 256:
        words = SHORT_PASSWORD
    elif not state.can_ask:
        words = NO_CONNECTION
    if words:
        return replace(state, sign_in=replace(state.sign_in, reset_words=words)), ()
    message = wire.ResetPassword(email=event.email.strip(), code=code, password=password(event.password))
    return ask(replace(state, sign_in=replace(state.sign_in, reset_words="", is_under_way=True)), message)


@TABLE.refused(wire.AskPasswordReset, wire.ResetPassword)
def reset_refused(state: AppState, asked: Ask, refused: Refused) -> Step:
    """No code was mailed, or it is not the right one any more."""
    return replace(state, sign_in=replace(state.sign_in, reset_words=refused.words, is_under_way=False)), ()


@TABLE.refused(wire.ListSignIns, wire.EndSignIn, wire.ChangePassword)
def refused(state: AppState, asked: Ask, refused: Refused) -> Step:
    """Said in the dialog."""
    return say(state, refused.words), ()
