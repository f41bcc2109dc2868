"""How an administrator names a language model: by options, with its key in a file or in the environment."""

import argparse
import os

import pytest

from server_stub.errors import ServerError
from server_stub.kernel import model_options

LOCAL = ("--language-model", "http://127.0.0.1:11434/v1", "--language-model-name", "llama3.2:3b")


def read(*given):
    parser = argparse.ArgumentParser()
    model_options.add(parser)
    return model_options.read(parser.parse_args(given))


def test_without_the_option_there_is_none_whatever_the_environment_holds(monkeypatch):
    monkeypatch.setenv(model_options.KEY, "sk-1")
    assert read() is None
    assert read("--language-model-name", "m", "--language-model-outside") is None
    assert model_options.KEY not in os.environ


def test_what_is_named_is_read(monkeypatch, tmp_path):
    monkeypatch.setenv(model_options.KEY, "sk-1")
    server = read(*LOCAL, "--language-model-context", "8192", "--language-model-seconds", "30")
    assert (server.url, server.model, server.key) == ("http://127.0.0.1:11434/v1", "llama3.2:3b", "sk-1")
    assert (server.context_tokens, server.within_s, server.may_leave) == (8192, 30.0, False)
    # No process that the server starts inherits it.
    assert model_options.KEY not in os.environ
    file = tmp_path / "key"
    file.write_text("sk-2\n")
    file.chmod(0o600)
    assert read(*LOCAL, "--language-model-key-file", str(file)).key == "sk-2"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--language-model", "http://127.0.0.1"), "name the language model"),
        (("--language-model", "nonsense", "--language-model-name", "m"), "no host"),
        (("--language-model", "ftp://127.0.0.1", "--language-model-name", "m"), "http:// or https://"),
        (("--language-model", "https://8.8.8.8/v1", "--language-model-name", "m"), "--language-model-outside"),
        (("--language-model", "http://8.8.8.8/v1", "--language-model-name", "m", "--language-model-outside"), "https"),
        ((*LOCAL, "--language-model-context", "10"), "tokens"),
        ((*LOCAL, "--language-model-seconds", "9999"), "seconds"),
        ((*LOCAL, "--language-model-key-file", "/nowhere/key"), "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(given, words):
    with pytest.raises(ServerError) as refused:
        read(*given)
    assert words in refused.value.words
    assert "\n" not in refused.value.words


@pytest.mark.skipif(os.name != "posix", reason="files have no such modes there")
def test_a_key_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "key"
    file.write_text("sk-2")
    file.chmod(0o644)
    with pytest.raises(ServerError, match="chmod 600"):
        read(*LOCAL, "--language-model-key-file", str(file))


def test_a_cloud_is_used_only_where_that_was_said():
    server = read("--language-model", "https://8.8.8.8/v1", "--language-model-name", "m", "--language-model-outside")
    assert server.told.leaves


@pytest.mark.logs_warnings
def test_a_name_that_nobody_knows_yet_stops_no_server():
    assert read("--language-model", "http://model.invalid/v1", "--language-model-name", "m").name == "model.invalid"
