"""Asks a language model for a summary and action items; what it says is proved by `model_proof` before it is shown.

It runs in the server's process, not in the recap's worker: the worker decodes what strangers send and needs neither a
network nor the key. Only the one address that the administrator has named is contacted: its name is looked up for each
request and each address checked, no redirect is followed, and no proxy of the environment is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from app.wire.recap import Utterance
from server_stub.recap.model_prompt import FORMATS, Part, parts_of
from server_stub.recap.model_server import BadModelServer, ModelServer, check_addresses
from server_stub.recap.suggested import SaidItem, SaidSentence, Suggested, Unreadable, read_answer

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)
#: An answer that is longer is none.
MOST_BYTES = 512 * 1024
#: To connect; the answer itself has what is left of the time for all.
CONNECTS_S = 5.0
UNREADABLE = "gave an answer that cannot be read"
#: What a server answers that does not know the format that was asked for.
_NO_SUCH_FORMAT = frozenset({400, 404, 415, 422, 500, 501})


class _Message(Struct):
    content: str | None = None


class _Choice(Struct):
    message: _Message


class _Answer(Struct):
    choices: list[_Choice]


class _Fault(Exception):
    """Why there is no answer, as the end of `The language model ...`."""


class _Refused(_Fault):
    """It answered with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered with an error (HTTP {status})")
        self.status = status


async def ask_model(server: ModelServer, transcript: Sequence[Utterance], names: Sequence[str]) -> Suggested:
    """Asks for statements about a meeting; never raises what the model or the network does wrong.

    Args:
        server: the language model.
        transcript: in order of time; parts of it are asked about one after the other.
        names: everyone in the meeting.
    """
    sentences: list[SaidSentence] = []
    items: list[SaidItem] = []
    unread, fault = 0, ""
    try:
        async with asyncio.timeout(server.within_s), _open(server) as asker:
            for part in parts_of(transcript, names, server.context_tokens):
                try:
                    said = read_answer(await asker.ask(part))
                except Unreadable:
                    fault = UNREADABLE
                    continue
                sentences += said[0]
                items += said[1]
                unread += said[2]
    except TimeoutError:
        fault = "did not answer in time"
    except (_Fault, BadModelServer) as error:
        fault = str(error) if isinstance(error, _Fault) else "is at an address that is not allowed"
    if fault:
        log.warning("the language model %s", fault)
    return Suggested(
        model=server.model, host=server.host, sentences=tuple(sentences), items=tuple(items), unread=unread,
        is_whole=not fault, fault=fault,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def _open(server: ModelServer) -> AsyncIterator[_Asker]:
    import certifi
    import httpx

    trust = ssl.create_default_context()
    trust.load_verify_locations(certifi.where())
    # How long an answer may take is a matter of the whole time.
    limits = httpx.Timeout(None, connect=CONNECTS_S)
    async with httpx.AsyncClient(verify=trust, trust_env=False, follow_redirects=False, timeout=limits) as client:
        yield _Asker(server, client)


class _Asker:
    """Asks one server, in the best format that it knows."""

    def __init__(self, server: ModelServer, client: httpx.AsyncClient) -> None:
        self._server, self._client = server, client
        self._formats: list[dict[str, Any]] = list(FORMATS)

    async def ask(self, part: Part) -> str:
        """The text of an answer; raises `_Fault`."""
        while True:
            body = {
                "model": self._server.model, "messages": part.messages, "max_tokens": part.answer_tokens,
                "temperature": 0, "stream": False, **self._formats[0],
            }  # fmt: skip
            try:
                raw = await self._send(msgspec.json.encode(body))
            except _Refused as refused:
                if len(self._formats) == 1 or refused.status not in _NO_SUCH_FORMAT:
                    raise
                self._formats.pop(0)
                continue
            try:
                choices = msgspec.json.decode(raw, type=_Answer).choices
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                raise Unreadable from error
            text = choices[0].message.content if choices else None
            if not text:
                raise Unreadable
            return text

    async def _send(self, body: bytes) -> bytes:
        """Sends a request to the first of its addresses that takes a connection."""
        import httpx

        addresses = await self._look_up()
        for last, address in _with_last(addresses):
            try:
                return await self._send_to(address, body)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if last:
                    raise _Fault("cannot be reached") from error
            except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
                raise _Fault("broke off its answer") from error
        raise _Fault("cannot be reached")

    async def _look_up(self) -> list[str]:
        """The addresses of its name, each of them allowed."""
        server = self._server
        try:
            found = await asyncio.get_running_loop().getaddrinfo(server.name, server.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise _Fault("cannot be found") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        check_addresses(server, addresses)
        return addresses

    async def _send_to(self, address: str, body: bytes) -> bytes:
        import httpx

        server = self._server
        url = httpx.URL(f"{server.url}/chat/completions")
        headers = {
            # The connection goes to the very address that was checked; certificate and host are those of the name.
            "Host": url.netloc.decode(), "Content-Type": "application/json", "Accept-Encoding": "identity",
            **({"Authorization": f"Bearer {server.key}"} if server.key else {}),
        }  # fmt: skip
        request = self._client.build_request(
            "POST", url.copy_with(host=address), content=body, headers=headers,
            extensions={"sni_hostname": server.name},
        )  # fmt: skip
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code != httpx.codes.OK:
                raise _Refused(response.status_code)
            raw = bytearray()
            async for piece in response.aiter_raw():
                raw += piece
                if len(raw) > MOST_BYTES:
                    raise _Fault("answered far more than was asked for")
            return bytes(raw)
        finally:
            await response.aclose()


def _with_last(values: Sequence[str]) -> Iterator[tuple[bool, str]]:
    for number, value in enumerate(values, 1):
        yield number == len(values), value
