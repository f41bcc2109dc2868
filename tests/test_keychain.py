"""Sign-ins in the keyring, and without one."""

import pytest

from app import keychain
from app.keychain import NO_KEYRING, NOT_KEPT, SERVICE, Found, Keychain
from tests.fakes.headless import FakeRing


class BrokenRing:
    def get_password(self, service, username):
        raise OSError("no bus")

    set_password = delete_password = get_password


def test_a_sign_in_is_kept_under_its_server():
    ring = FakeRing()
    assert Keychain(ring).keep("server-one", "token") == ""
    assert ring.kept == {(SERVICE, "server-one"): "token"}
    assert Keychain(ring).find("server-one") == Found("token")
    assert Keychain(ring).find("server-two") == Found("")


def test_signing_out_forgets_it():
    ring = FakeRing()
    keys = Keychain(ring)
    keys.keep("server", "token")
    assert keys.keep("server", "") == ""
    assert keys.keep("server", "") == ""
    assert not ring.kept
    assert keys.find("server") == Found("")


def test_the_keyring_is_asked_once_per_run():
    ring = FakeRing()
    keys = Keychain(ring)
    keys.keep("server", "fresh")
    ring.kept[SERVICE, "server"] = "stale"
    assert keys.find("server") == Found("fresh")
    assert keys.known("server") == Found("fresh")
    assert keys.known("other") is None


def test_without_a_keyring_it_holds_for_this_run_and_that_is_said(monkeypatch):
    monkeypatch.setattr(keychain, "_system_ring", lambda: None)
    keys = Keychain()
    assert keys.find("server") == Found("", NO_KEYRING)
    assert keys.keep("server", "token") == NO_KEYRING
    assert keys.find("server") == Found("token", NO_KEYRING)
    assert Keychain().find("server").token == ""


@pytest.mark.logs_warnings
def test_a_keyring_that_fails_is_said():
    keys = Keychain(BrokenRing())
    assert keys.find("server") == Found("", NOT_KEPT)
    assert keys.keep("server", "token") == NOT_KEPT
    assert keys.find("server").token == "token"


def test_back_ends_that_keep_nothing_are_not_used(monkeypatch):
    import keyring
    from keyring.backends import fail, null

    for useless in (fail.Keyring(), null.Keyring()):
        monkeypatch.setattr(keyring, "get_keyring", lambda useless=useless: useless)
        assert Keychain().find("server").words == NO_KEYRING


@pytest.mark.logs_warnings
def test_a_keyring_package_that_breaks_is_no_keyring(monkeypatch):
    import keyring

    def fail():
        raise RuntimeError("broken")

    monkeypatch.setattr(keyring, "get_keyring", fail)
    assert Keychain().find("server").words == NO_KEYRING
