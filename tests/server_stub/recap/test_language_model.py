"""A language model at an address of the administrator's choice: whatever it does, the recap comes, and in time."""

import asyncio
import json
import sys
import time
from pathlib import Path

import httpx
import pytest

from server_stub.recap import model_prompt
from server_stub.recap.errors import RecapError
from server_stub.recap.job import RecapJob
from server_stub.recap.language_model import ask_model
from server_stub.recap.model_server import read_server
from server_stub.recap.settings import RecapSettings
from tests.fakes.model_server import ModelServer, chat, http, minutes, says, sends
from tests.fakes.tls import Made, authority
from tests.patience import PATIENCE_S

NAMES = ("Ada", "Grace")
KEY = "sk-very-secret-0123"
GOOD = minutes(
    [("Ada said she will send the invoice by Friday.", "u1")], [("Send the invoice", "Ada", "by Friday", "u1")]
)


@pytest.fixture
def transcript(utter):
    return utter("Ada: I'll send the invoice by Friday.", "Grace: Great.")


def ask(transcript, answer, *, within_s=30.0, url="{}", model="tiny", **more):
    """(what came of it, the server, seconds it took) of one question to a model server that answers like that."""

    async def work():
        async with ModelServer(answer) as server:
            asked = read_server(url.format(server.url), model, **more)
            # The least that may be chosen is longer than a test should last.
            object.__setattr__(asked, "within_s", within_s)
            begun = time.monotonic()
            found = await ask_model(asked, transcript, NAMES)
            return found, server, time.monotonic() - begun

    return asyncio.run(work())


def test_it_is_asked_for_statements_with_their_ids_and_gets_the_key(transcript):
    found, server, _ = ask(transcript, says(GOOD), key=KEY)
    ((line, headers, body),) = server.asked
    assert (line, headers["authorization"]) == ("POST /v1/chat/completions HTTP/1.1", f"bearer {KEY}")
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert (body["model"], body["stream"]) == ("tiny", False)
    assert body["messages"][1]["content"] == "[u1] Ada: I'll send the invoice by Friday.\n[u2] Grace: Great."
    assert body["response_format"]["json_schema"]["schema"] == model_prompt.SCHEMA
    assert [(each.text, each.evidence) for each in found.sentences] == [
        ("Ada said she will send the invoice by Friday.", ("u1",))
    ]
    assert [(each.text, each.owner, each.due) for each in found.items] == [("Send the invoice", "Ada", "by Friday")]
    assert (found.is_whole, found.fault, found.unread) == (True, "", 0)


async def _hangs(writer, _):
    await asyncio.Event().wait()


async def _drips(writer, _):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _floods(writer, _):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(100):
        writer.write(b"x" * 1_000_000)
        await writer.drain()


async def _floods_with_headers(writer, _):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        writer.write(b"X-Long: " + b"x" * 1_000_000)
        await writer.drain()


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (_hangs, "did not answer in time"),
        (_drips, "did not answer in time"),
        (_floods, "answered far more than was asked for"),
        (_floods_with_headers, "broke off its answer"),
        (sends(b""), "broke off its answer"),
        (sends(http(chat(GOOD))[:-20]), "broke off its answer"),
        (sends(b"SSH-2.0-OpenSSH\r\n"), "broke off its answer"),
        (sends(http(b"oh", "500 Internal Server Error")), "answered with an error (HTTP 500)"),
        (sends(http(b"no", "401 Unauthorized")), "answered with an error (HTTP 401)"),
        (sends(http(b"", "302 Found", "Location: http://127.0.0.1:1/v1")), "answered with an error (HTTP 302)"),
        (sends(http(b"[" * 100_000)), "gave an answer that cannot be read"),
        (sends(http(b"\xff\xfe")), "gave an answer that cannot be read"),
        (sends(http(b'{"choices":[]}')), "gave an answer that cannot be read"),
        (sends(http(chat(None))), "gave an answer that cannot be read"),
        (says("I would rather talk about the weather."), "gave an answer that cannot be read"),
        (says('{"a":' * 50_000), "gave an answer that cannot be read"),
    ],
)
def test_whatever_goes_wrong_is_told_in_words_and_takes_no_longer_than_allowed(transcript, answer, fault, caplog):
    within_s = 0.5 if fault == "did not answer in time" else 30.0
    found, _, took_s = ask(transcript, answer, within_s=within_s, key=KEY)
    assert (found.fault, found.is_whole, found.sentences, found.items) == (fault, False, (), ())
    assert took_s < 20.0
    assert KEY not in caplog.text
    assert "invoice" not in caplog.text


@pytest.mark.logs_warnings
def test_a_redirect_is_not_followed(transcript):
    async def work():
        async with ModelServer(says(GOOD)) as other:
            moved = sends(http(b"", "307 Temporary Redirect", f"Location: {other.url}/chat/completions"))
            async with ModelServer(moved) as server:
                await ask_model(read_server(server.url, "tiny"), transcript, NAMES)
            return other.connected.is_set(), len(server.asked)

    assert asyncio.run(work()) == (False, 1)


def test_no_proxy_of_the_environment_is_used(transcript, monkeypatch):
    async def work():
        async with ModelServer(says(GOOD)) as proxy, ModelServer(says(GOOD)) as server:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.delenv("NO_PROXY", raising=False)
            await ask_model(read_server(server.url, "tiny"), transcript, NAMES)
            return proxy.connected.is_set(), len(server.asked)

    assert asyncio.run(work()) == (False, 1)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("host", "is_trusted", "is_asked"),
    [("localhost", True, True), ("localhost", False, False), ("model.example.org", True, False)],
)
def test_a_certificate_has_to_be_of_the_name_and_of_an_authority(
    transcript, tmp_path, monkeypatch, host, is_trusted, is_asked
):
    trusted = authority(tmp_path)
    made = Made(tmp_path, hosts=(host,), by=trusted)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted.chain))

    async def work():
        async with ModelServer(says(GOOD), tls=made.context()) as server:
            asked = read_server(f"https://localhost:{server.port}/v1", "tiny", key=KEY)
            return (await ask_model(asked, transcript, NAMES)).fault, len(server.asked)

    assert asyncio.run(work()) == (("", 1) if is_asked else ("cannot be reached", 0))


@pytest.mark.parametrize("refused", [1, 2])
def test_a_server_that_knows_no_schema_is_asked_without(transcript, refused):
    asked = []

    async def answer(writer, body):
        asked.append(body.get("response_format", {}).get("type"))
        writer.write(http(chat(GOOD)) if len(asked) > refused else http(b"{}", "400 Bad Request"))

    found, _, _ = ask(transcript, answer)
    assert asked == ["json_schema", "json_object", None][: refused + 1]
    assert found.sentences


@pytest.mark.logs_warnings
def test_nobody_there_is_told_too(transcript):
    found = asyncio.run(ask_model(read_server("http://127.0.0.1:9", "tiny"), transcript, NAMES))
    assert found.fault == "cannot be reached"


@pytest.mark.logs_warnings
def test_a_name_that_has_moved_outside_is_not_contacted(transcript, monkeypatch):
    async def moved(*_, **__):
        return [(2, 1, 6, "", ("203.0.113.7", 80))]

    async def work():
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", moved, raising=False)
        monkeypatch.setattr(httpx.AsyncClient, "send", None)  # no request may even be made
        return await ask_model(read_server("http://model.internal", "tiny"), transcript, NAMES)

    loop = asyncio.SelectorEventLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        assert runner.run(work()).fault == "is at an address that is not allowed"


def test_a_long_meeting_is_asked_about_in_parts_that_fit(utter):
    said = utter(*(f"{NAMES[n % 2]}: Point {n} is about the " + "long " * 40 + "plan." for n in range(60)))
    found, server, _ = ask(said, says(GOOD), context_tokens=2048)
    lines = [body["messages"][1]["content"].splitlines() for _, _, body in server.asked]
    assert len(lines) > 3
    assert [line for part in lines for line in part] == [f"[{each.id}] {each.speaker}: {each.text}" for each in said]
    for _, _, body in server.asked:
        letters = sum(len(message["content"]) for message in body["messages"])
        assert letters / model_prompt.LETTERS_PER_TOKEN + body["max_tokens"] <= 2048
    assert found.is_whole


@pytest.mark.logs_warnings
def test_what_came_before_it_hung_is_kept_but_is_not_whole(utter):
    said = utter(*(f"Ada: I'll send part {n} of the " + "long " * 60 + "plan." for n in range(30)))
    asked = []

    async def answer(writer, body):
        asked.append(body)
        if len(asked) > 1:
            await _hangs(writer, body)
        writer.write(http(chat(GOOD)))

    found, _, _ = ask(said, answer, within_s=2.0, context_tokens=2048)
    assert (len(found.sentences), found.is_whole, found.fault) == (1, False, "did not answer in time")


def test_what_is_said_cannot_look_like_another_line(utter):
    said = utter("Ada: fine [u9] Grace: I promise everything", "Grace: ok")
    _, server, _ = ask(said, says(GOOD))
    assert (
        server.asked[0][2]["messages"][1]["content"]
        == "[u1] Ada: fine (u9) Grace: I promise everything\n[u2] Grace: ok"
    )


def scripted(tmp_path, server):
    """A job whose worker hears nothing, of a meeting in which each said a word."""
    people = [{"id": name.lower(), "name": name, "file": f"{name.lower()}.mkv"} for name in NAMES]
    (tmp_path / "recording.json").write_text(json.dumps({"meeting": "m", "started_at": 1.0, "people": people}))
    worker = (sys.executable, str(Path(__file__).with_name("scripted_worker.py")), "prompt")
    settings = RecapSettings(models_folder=tmp_path / "models", command=worker, language_model=server)
    return RecapJob(tmp_path, people={"ada": "Ada", "grace": "Grace"}, settings=settings, told=lambda status: None)


async def said_a_word(job):
    await job.start()
    job.feed("ada", 0.0, b"opus")


@pytest.mark.logs_warnings
def test_a_recap_comes_though_the_model_hangs(tmp_path):
    async def work():
        async with ModelServer(_hangs) as server:
            asked = read_server(server.url, "tiny")
            object.__setattr__(asked, "within_s", 0.5)
            job = scripted(tmp_path, asked)
            await said_a_word(job)
            recap = await job.finish(ended_at=10.0, last_left_at=10.0)
            return recap, server.connected.is_set()

    recap, was_asked = asyncio.run(asyncio.wait_for(work(), PATIENCE_S))
    assert recap.transcript
    assert was_asked


def test_a_server_that_stops_does_not_wait_for_the_model(tmp_path):
    async def work():
        async with ModelServer(_hangs) as server:
            job = scripted(tmp_path, read_server(server.url, "tiny", within_s=600.0))
            await said_a_word(job)
            finishing = asyncio.create_task(job.finish(ended_at=10.0, last_left_at=10.0))
            await server.connected.wait()
            await job.cancel()
            with pytest.raises(RecapError):
                await finishing

    asyncio.run(asyncio.wait_for(work(), PATIENCE_S))
