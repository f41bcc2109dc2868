"""A server with the interface of OpenAI, on loopback, that answers as a test says."""

import asyncio
import contextlib
import json


def chat(content):
    """The body of a good answer."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


def minutes(summary=(), items=()):
    """The text of an answer: sentences as (text, *ids), items as (text, owner, due, *ids)."""
    return json.dumps(
        {
            "summary": [{"text": text, "evidence": ids} for text, *ids in summary],
            "action_items": [
                {"text": text, "owner": owner, "due": due, "evidence": ids} for text, owner, due, *ids in items
            ],
        }
    )


def http(body, status="200 OK", *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class ModelServer:
    """Notes every request; `answer(writer, asked)` is a coroutine that says something.

    Attributes:
        asked: (headers in small letters, body as it was decoded) of each request.
    """

    def __init__(self, answer, *, tls=None):
        self._tls = tls
        self.asked = []
        self.connected = asyncio.Event()
        self._open = {}
        self._answer = answer

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    async def _serve(self, reader, writer):
        self._open[asyncio.current_task()] = writer
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            self.connected.set()
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.split("\r\n")
            headers = dict(each.lower().split(": ", 1) for each in rest if each)
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            self.asked.append((line, headers, body))
            await self._answer(writer, body)
            await writer.drain()
        writer.close()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task, writer in self._open.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*self._open, return_exceptions=True)


def says(content):
    """Answers well."""

    async def answer(writer, _):
        writer.write(http(chat(content)))

    return answer


def sends(raw):
    """Answers with these very bytes."""

    async def answer(writer, _):
        writer.write(raw)

    return answer
