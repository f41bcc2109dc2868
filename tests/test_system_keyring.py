"""A sign-in kept in a real Linux keyring, which a test has to itself: written by one process, found by the next."""

import subprocess
import sys
import textwrap

import pytest

from tests.fakes.private_bus import keyring_daemon, private_bus

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        not sys.platform.startswith("linux"),
        reason="this keyring is Linux's; those of other systems cannot be had apart",
    ),
]


def in_a_process(environment, code):
    """What a fresh process says with that keyring."""
    full = "from app.keychain import Keychain\nchain = Keychain()\n" + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", full], env=environment, stdout=subprocess.PIPE, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_a_sign_in_outlives_the_program_in_the_system_keyring_and_no_file_shows_it(tmp_path):
    with private_bus(tmp_path) as environment, keyring_daemon(environment, tmp_path):
        assert in_a_process(environment, "print(repr(chain.keep('s1 ws://a', 'canary-token')))") == "''"
        assert in_a_process(environment, "print(chain.find('s1 ws://a').token)") == "canary-token"
        assert in_a_process(environment, "print(repr(chain.find('s1 ws://b').token))") == "''"
        in_a_process(environment, "chain.keep('s1 ws://a', '')")
        assert in_a_process(environment, "print(repr(chain.find('s1 ws://a')))") == "Found(token='', words='')"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"canary-token" not in kept


def test_without_a_keyring_the_program_says_so_and_goes_on(tmp_path):
    with private_bus(tmp_path) as environment:
        words = in_a_process(environment, "print(chain.keep('s1', 'token')); print(chain.find('s1').token)")
    assert words.splitlines()[-1] == "token"
    assert "until you close Parley" in words.splitlines()[0]
