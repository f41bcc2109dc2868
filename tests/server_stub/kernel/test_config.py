import pytest

from server_stub.kernel.config import ServerSettings


@pytest.mark.parametrize(
    ("host", "given_addresses", "offered"),
    [
        ("127.0.0.1", (), ("127.0.0.1",)),
        ("localhost", (), ("127.0.0.1",)),
        ("0.0.0.0", (), None),
        ("192.0.2.7", (), ("192.0.2.7",)),
        ("0.0.0.0", ("198.51.100.4",), ("198.51.100.4",)),
    ],
)
def test_media_is_offered_where_the_server_is_reached(tmp_path, host, given_addresses, offered):
    settings = ServerSettings(data=tmp_path, host=host, relay_addresses=given_addresses)
    assert settings.media_addresses == offered


def test_a_secret_makes_a_server_embedded(tmp_path):
    assert not ServerSettings(data=tmp_path).is_embedded
    assert ServerSettings(data=tmp_path, secret="x" * 20).is_embedded
