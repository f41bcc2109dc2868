"""The server's certificate: the one that it was given, or a self-signed one whose pin goes into links."""

from __future__ import annotations

import base64
import datetime
import hashlib
import ipaddress
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.paths import private_folder, write_private
from server_stub.errors import ServerError

_log = logging.getLogger(__name__)

#: How long one of our own holds. A new one has a new pin, and every link that was given away would be dead.
OWN_HOLDS = datetime.timedelta(days=3653)
#: It is dated back, for clients whose clock is slow.
_DATED_BACK = datetime.timedelta(days=2)
OWN_CERTIFICATE, OWN_KEY = "certificate.pem", "key.pem"


class CertificateError(ServerError):
    """A certificate cannot be used; `words` says why."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server shows to prove its identity.

    Attributes:
        chain: PEM file of the certificate, with those between it and an authority.
        key: PEM file of its key.
        names: the host names and addresses that it is made for.
        pin: of one of our own making; empty: clients are to trust the authority that signed it.
    """

    chain: Path
    key: Path
    names: tuple[str, ...]
    pin: str = ""


def given(chain: Path, key: Path | None, now: datetime.datetime) -> Certificate:
    """A certificate that whoever runs the server has put into files.

    Args:
        chain: PEM, the server's own certificate first.
        key: PEM; None: it is in `chain` too.
        now: in UTC.

    Raises:
        CertificateError: it cannot be used.
    """
    found = _read(chain)
    key = key or chain
    _check_key(chain, key)
    if now >= found.not_valid_after_utc:
        raise CertificateError(f"The certificate {chain} expired on {found.not_valid_after_utc:%d %B %Y}.")
    if now < found.not_valid_before_utc:
        raise CertificateError(
            f"The certificate {chain} is not valid before {found.not_valid_before_utc:%d %B %Y} on. Is the clock right?"
        )
    return Certificate(chain, key, _names(found))


def own(folder: Path, names: Sequence[str], now: datetime.datetime) -> Certificate:
    """The certificate that this server made for itself; made now if there is none, or none that can be used.

    Args:
        folder: where it is kept, readable by this user only.
        names: host names and addresses to make it for.
        now: in UTC.

    Raises:
        OSError: it cannot be written.
    """
    chain, key = private_folder(folder) / OWN_CERTIFICATE, folder / OWN_KEY
    if chain.exists() or key.exists():
        try:
            return _with_pin(given(chain, key, now))
        except CertificateError:
            _log.warning("the server's own certificate cannot be used any more: a new one ends the links given so far")
    _make(chain, key, names, now)
    return _with_pin(given(chain, key, now))


def context(certificate: Certificate) -> ssl.SSLContext:
    """What the doors speak TLS with: 1.2 or newer."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    # Who renegotiates makes us pay for a handshake each time.
    made.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    made.load_cert_chain(certificate.chain, certificate.key)
    return made


def pin_of(certificate: bytes) -> str:
    """SHA-256 of a certificate (DER), base64url without padding: 43 characters."""
    return base64.urlsafe_b64encode(hashlib.sha256(certificate).digest()).rstrip(b"=").decode()


def _with_pin(found: Certificate) -> Certificate:
    der = _read(found.chain).public_bytes(serialization.Encoding.DER)
    return Certificate(found.chain, found.key, found.names, pin_of(der))


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError as error:
        raise CertificateError(f"There is no certificate {path}.") from error
    except OSError as error:
        raise CertificateError(f"The certificate {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CertificateError(f"{path} is not a certificate in PEM form.") from error


def _check_key(chain: Path, key: Path) -> None:
    try:
        key.read_bytes()
    except FileNotFoundError as error:
        raise CertificateError(f"There is no key {key}.") from error
    except OSError as error:
        raise CertificateError(f"The key {key} cannot be read: {error.strerror}.") from error

    def refuse_password() -> str:
        # Without this OpenSSL would ask on the terminal, and a service would hang.
        raise CertificateError(f"The key {key} has a password. Parley needs one without.")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, key, refuse_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise CertificateError(f"The key {key} does not fit the certificate {chain}.") from error
        raise CertificateError(f"The certificate {chain} cannot be used with the key {key}.") from error


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    addresses = found.get_values_for_type(x509.IPAddress)
    return (*found.get_values_for_type(x509.DNSName), *(str(address) for address in addresses))


def _make(chain: Path, key: Path, names: Sequence[str], now: datetime.datetime) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Parley server")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DATED_BACK)
        .not_valid_after(now + OWN_HOLDS)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(secret.public_key()), critical=False)
        .sign(secret, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    # The key first: a certificate without its key would be taken for a damaged pair.
    write_private(key, secret.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    write_private(chain, certificate.public_bytes(serialization.Encoding.PEM))


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
