"""The options that name a mail server."""

import argparse

import pytest

from server_stub.errors import ServerError
from server_stub.kernel.config import MailSettings
from server_stub.post import mail_options

SENDER = "Parley <parley@example.org>"


@pytest.fixture
def read(monkeypatch):
    monkeypatch.delenv(mail_options.PASSWORD, raising=False)
    parser = argparse.ArgumentParser()
    mail_options.add(parser)
    return lambda *words: mail_options.read(parser.parse_args(words))


def test_without_a_host_there_is_no_mail_server(read):
    assert read() is None


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ((), MailSettings(host="mail.example.org", port=587, sender=SENDER)),
        (("--mail-security", "tls"), MailSettings(host="mail.example.org", port=465, security="tls", sender=SENDER)),
        (("--mail-port", "2525"), MailSettings(host="mail.example.org", port=2525, sender=SENDER)),
    ],
)
def test_what_is_named_is_taken(read, words, settings):
    assert read("--mail-host", "mail.example.org", "--mail-sender", SENDER, *words) == settings


def test_the_password_comes_from_the_environment_once(read, monkeypatch):
    monkeypatch.setenv(mail_options.PASSWORD, "verysecret")
    words = ("--mail-host", "mail.example.org", "--mail-sender", SENDER, "--mail-user", "parley")
    settings = read(*words)
    assert settings.password == "verysecret"
    assert "verysecret" not in repr(settings)
    with pytest.raises(ServerError, match="password of the mail server is missing"):
        read(*words)


def test_the_password_comes_from_a_file_that_nobody_else_reads(read, tmp_path):
    file = tmp_path / "password"
    file.write_text("verysecret\n")
    words = ("--mail-host", "localhost", "--mail-sender", SENDER, "--mail-user", "p", "--mail-password-file", str(file))
    file.chmod(0o644)
    with pytest.raises(ServerError, match="Others can read"):
        read(*words)
    file.chmod(0o600)
    assert read(*words).password == "verysecret"
    file.unlink()
    with pytest.raises(ServerError, match="cannot be read"):
        read(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("--mail-host", "mail.example.org", "--mail-sender", SENDER, "--mail-security", "plain"),
        ("--mail-host", "mail.example.org"),
        ("--mail-host", "mail.example.org", "--mail-sender", "a,b@example.org"),
    ],
)
def test_what_cannot_be_used_is_said(read, words):
    with pytest.raises(ServerError):
        read(*words)


def test_plain_is_for_this_computer(read):
    assert read("--mail-host", "127.0.0.1", "--mail-sender", SENDER, "--mail-security", "plain").port == 25
