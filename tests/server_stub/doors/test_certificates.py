"""The certificate that is given, the one that is made, and clear words for those that cannot be used."""

import os
import ssl
import stat
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server_stub.doors import certificates
from server_stub.doors.certificates import CertificateError, given, own
from tests.fakes.tls import DAY, NOW, Made, authority


def test_a_given_certificate_is_used_with_its_names_and_without_a_pin(tmp_path):
    made = Made(tmp_path, hosts=("meet.example", "192.0.2.7"), by=authority(tmp_path))
    found = given(made.chain, made.key, NOW)
    assert (found.names, found.pin) == (("meet.example", "192.0.2.7"), "")
    assert certificates.context(found).minimum_version == ssl.TLSVersion.TLSv1_2


def test_key_and_certificate_may_be_in_one_file(tmp_path):
    made = Made(tmp_path)
    made.chain.write_bytes(made.chain.read_bytes() + made.key.read_bytes())
    assert given(made.chain, None, NOW).key == made.chain


def damage(tmp_path, how):
    """A pair of files that cannot be used, and the words that say why."""
    made = Made(tmp_path)
    if how == "no certificate":
        made.chain.unlink()
        return made, "There is no certificate"
    if how == "no key":
        made.key.unlink()
        return made, "There is no key"
    if how == "a folder":
        made.key.unlink()
        made.key.mkdir()
        return made, "The key .* cannot be read: Is a directory"
    if how == "a folder as certificate":
        made.chain.unlink()
        made.chain.mkdir()
        return made, "The certificate .* cannot be read: Is a directory"
    if how == "no PEM":
        made.chain.write_bytes(b"hello")
        return made, "is not a certificate in PEM form"
    if how == "another key":
        made.key.write_bytes(Made(tmp_path, "other").key.read_bytes())
        return made, "does not fit the certificate"
    if how == "no key inside":
        made.key.write_bytes(b"hello")
        return made, "cannot be used with the key"
    made.key.write_bytes(made.key_bytes(serialization.BestAvailableEncryption(b"word")))
    return made, "has a password"


@pytest.mark.parametrize(
    "how",
    [
        "no certificate",
        "no key",
        "a folder",
        "a folder as certificate",
        "no PEM",
        "another key",
        "no key inside",
        "lock",
    ],
)
def test_what_cannot_be_used_is_said_in_words(tmp_path, how):
    made, words = damage(tmp_path, how)
    with pytest.raises(CertificateError, match=words) as caught:
        given(made.chain, made.key, NOW)
    assert str(made.chain.parent) in caught.value.words


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_said(tmp_path):
    made = Made(tmp_path)
    made.key.chmod(0)
    with pytest.raises(CertificateError, match="cannot be read"):
        given(made.chain, made.key, NOW)


def test_what_cannot_be_read_is_said_to_root_as_well(tmp_path):
    made = Made(tmp_path)
    made.key.unlink()
    made.key.mkdir()
    with pytest.raises(CertificateError, match="cannot be read"):
        given(made.chain, made.key, NOW)


def test_one_out_of_its_time_is_said(tmp_path):
    made = Made(tmp_path, since=NOW - 2 * DAY, until=NOW - DAY)
    with pytest.raises(CertificateError, match="expired on"):
        given(made.chain, made.key, NOW)
    with pytest.raises(CertificateError, match="Is the clock right"):
        given(made.chain, made.key, NOW - 3 * DAY)


def test_our_own_is_kept_so_that_links_stay_good(tmp_path):
    folder = tmp_path / "tls"
    first = own(folder, ["192.0.2.7", "laptop.local"], NOW)
    assert len(first.pin) == 43
    assert first.names == ("laptop.local", "192.0.2.7")
    assert own(folder, ["198.51.100.4"], NOW + 9 * 365 * DAY) == first
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    certificate = x509.load_pem_x509_certificate(first.chain.read_bytes())
    assert isinstance(certificate.public_key().curve, ec.SECP256R1)
    assert certificate.not_valid_after_utc - NOW > timedelta(days=3650)


@pytest.mark.logs_warnings
@pytest.mark.parametrize("part", ["certificate.pem", "key.pem"])
@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_our_own_is_made_anew_only_when_it_cannot_be_used(tmp_path, part, harm):
    first = own(tmp_path, ["127.0.0.1"], NOW)
    (tmp_path / part).unlink() if harm == "missing" else (tmp_path / part).write_bytes(b"half of i")
    second = own(tmp_path, ["127.0.0.1"], NOW)
    assert second.pin != first.pin
    assert own(tmp_path, ["127.0.0.1"], NOW) == second


@pytest.mark.logs_warnings
def test_our_own_is_made_anew_when_it_has_expired(tmp_path):
    first = own(tmp_path, ["127.0.0.1"], NOW - 11 * 365 * DAY)
    assert own(tmp_path, ["127.0.0.1"], NOW).pin != first.pin


def test_a_certificate_without_names_has_none(tmp_path):
    assert given((made := authority(tmp_path)).chain, made.key, NOW).names == ()
