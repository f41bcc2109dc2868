"""Sign-ins: to and from the keyring, and the secrets a message must carry that the state never sees."""

from __future__ import annotations

from collections.abc import Callable

from app.effects.context import Context
from app.effects.servers import ServerEffects
from app.servers import KnownServer, name_for
from app.sign_ins import SignIns
from app.state import effects
from app.state.accounts import for_visitors
from app.state.events import Announced, TokenFound
from app.state.lobby import named
from app.wire.accounts import Greeting, SignedIn, SignInOwner
from app.wire.fields import Tell


class SignInEffects:
    """Keeps each server's token apart; everything runs on the loop."""

    def __init__(self, context: Context, servers: ServerEffects, *, forget_files: Callable[[], object]) -> None:
        """Asks the keyring nothing yet.

        Args:
            context: of all carriers.
            servers: where the client is.
            forget_files: deletes the copies of recordings; called when the user signs out.
        """
        self._context = context
        self._servers = servers
        self._forget_files = forget_files
        self._sign_ins = SignIns(context.parts.keychain, context.parts.loop, is_at=lambda there: there is servers.now)
        self._token = ""
        self._token_of: KnownServer | None = None
        add = context.carriers.add
        add(effects.SendOwner, self._send_owner)
        add(effects.SendKnock, self._send_knock)
        add(effects.FindToken, self._find)
        add(effects.KeepToken, self._keep)

    @property
    def token(self) -> str:
        """Of the sign-in at the present server; no other server is ever given it."""
        return self._token if self._token_of is self._servers.now else ""

    def read(self, message: Tell) -> Tell:
        """Takes a sign-in out of what the server told.

        Args:
            message: of the present server.

        Returns:
            What the state is told.
        """
        if isinstance(message, SignedIn):
            self._token, self._token_of = message.token, self._servers.now
        if isinstance(message, Greeting):
            if message.server_id != self._context.state().connection.server_id:
                self._token = ""
            return message if self._servers.secret else for_visitors(message)
        return message

    def end(self, limit_s: float) -> bool:
        """Whether all that was to be kept is in the keyring by then."""
        return self._sign_ins.end(limit_s)

    def _send_owner(self, effect: effects.SendOwner) -> None:
        self._servers.say(SignInOwner(secret=self._servers.secret, name=effect.name, request=effect.request))

    def _send_knock(self, effect: effects.SendKnock) -> None:
        installation = self._context.parts.settings.installation()
        self._servers.say(named(effect.message, name_for(installation, self._context.state().connection.server_id)))

    def _find(self, effect: effects.FindToken) -> None:
        there = self._servers.now

        def found(token: str, words: str) -> None:
            self._context.happen(TokenFound(server_id=effect.server_id, token=token, words=words))

        if effect.is_embedded or there is None:
            found("", "")
        else:
            self._sign_ins.find(there, effect.server_id, found)

    def _keep(self, effect: effects.KeepToken) -> None:
        if not effect.token:
            self._token = ""
            self._forget_files()
        if self._servers.now is not None:
            self._sign_ins.keep(self._servers.now, effect.server_id, effect.token, self._not_kept)

    def _not_kept(self, words: str) -> None:
        # That there is no keyring at all was said at the sign-in already.
        if words != self._context.state().sign_in.keyring_words:
            self._context.happen(Announced(words=words))
