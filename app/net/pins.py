"""How a server proves its identity: by the pin of its link, or else by the authorities that the system trusts.

A server with a certificate of its own making has the fingerprint of that certificate in its links. The certificate is
first read by a connection that says nothing else; only if it has the pin may a second connection speak, and that one
takes exactly this certificate. What has another pin gets no header, no secret and no sign-in.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl

from app.wire.links import NOT_SAFE, ServerAddress, is_loopback

#: Seconds for a connection and its handshake.
LIMIT_S = 10.0

_IS_ANOTHER = (
    "The computer at {} is not the one that the link was made for, so Parley does not connect to it. Nothing was sent "
    "to it. Ask whoever invited you for a new link."
)
_EXPIRED = (
    "The proof of identity of {} has expired, so Parley does not connect to it. Whoever runs the server has to renew "
    "it."
)
_NOT_YET = "The proof of identity of {} is not valid yet. Is the clock of this computer right?"
_OTHER_NAME = "The server at {} identifies itself by another name, so Parley does not connect to it."
_UNKNOWN = (
    "Nobody that this computer trusts vouches for {}, so Parley does not connect to it. "
    "Ask whoever invited you for a link that begins with parley://."
)
_NO_TLS = "{} does not offer a secure connection that Parley can use. Whoever runs the server has to update it."
_NOT_SAFE_AT_ALL = (
    "What answers at {} does not use a secure connection: it is another program, or a Parley server that accepts "
    "connections from its own computer only. Ask whoever invited you for a new link."
)
#: OpenSSL's numbers. Source: X509_V_ERR_... in openssl/x509_vfy.h.
_BY_NUMBER = {9: _NOT_YET, 10: _EXPIRED, 62: _OTHER_NAME, 64: _OTHER_NAME}

#: What OpenSSL calls an answer that is no TLS.
_IN_THE_OPEN = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "UNKNOWN_PROTOCOL",
)

#: Errors of TLS that tell nothing of who a server is. One that is just being stopped hangs up in the middle of a
#: handshake; where it was gone before our first word, the error of writing came while asyncio dealt with
#: `SSLWantReadError`.
UNFINISHED = (
    ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLSyscallError,
)  # fmt: skip

#: Certificates that were read and have their pin: a further connection needs no look.
_known: dict[str, bytes] = {}


class NotTrusted(Exception):
    """The server is not proved to be the right one; `words` can be shown to the user. Retrying does not help."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def pin_of(certificate: bytes) -> str:
    """The pin of a certificate.

    Args:
        certificate: DER.

    Returns:
        SHA-256 of it, base64url without padding: 43 characters.
    """
    return base64.urlsafe_b64encode(hashlib.sha256(certificate).digest()).rstrip(b"=").decode()


async def context_for(server: ServerAddress) -> ssl.SSLContext | None:
    """What a connection to a server has to be made with.

    Args:
        server: where it is, and its pin.

    Returns:
        For TLS; None for a server on this computer that is reached without.

    Raises:
        NotTrusted: it is another server, or would be reached in the open.
        OSError: it cannot be reached.
    """
    if not server.is_secure:
        if not is_loopback(server.host):
            raise NotTrusted(NOT_SAFE)
        return None
    if not server.pin:
        return await asyncio.to_thread(system_trust)
    certificate = _known.get(server.pin)
    if certificate is None:
        certificate = await _read_certificate(server)
        if pin_of(certificate) != server.pin:
            raise NotTrusted(_IS_ANOTHER.format(server.address))
        _known[server.pin] = certificate
    return _only(certificate)


def why_not(error: BaseException, server: ServerAddress) -> NotTrusted | None:
    """What a connection that failed says about trust.

    Args:
        error: as it came; what caused it is looked at too.
        server: whom it was made to.

    Returns:
        The words for the user; None where trying again may help.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        words = _BY_NUMBER.get(cause.verify_code, _IS_ANOTHER if server.pin else _UNKNOWN)
        return NotTrusted(words.format(server.address))
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, UNFINISHED):
        words = _NOT_SAFE_AT_ALL if cause.reason in _IN_THE_OPEN else _NO_TLS
        return NotTrusted(words.format(server.address))
    return None


async def _read_certificate(server: ServerAddress) -> bytes:
    """The certificate that a server shows, in DER; nothing but the handshake is sent."""
    context = _context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(LIMIT_S):
            _, writer = await asyncio.open_connection(server.host, server.port, ssl=context)
    except ssl.SSLError as error:
        raise why_not(error, server) or error from error
    try:
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
    return found or b""


def _only(certificate: bytes) -> ssl.SSLContext:
    """Takes this one certificate and no other, whatever name it is made for."""
    context = _context()
    context.check_hostname = False
    # It is its own authority: it need not be one for others.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=certificate)
    return context


def system_trust() -> ssl.SSLContext:
    """Takes what an authority vouches for that this computer trusts; reads files."""
    context = _context()
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    paths = ssl.get_default_verify_paths()
    if not (context.cert_store_stats()["x509_ca"] or paths.cafile or paths.capath):
        # A frozen Python may know no place of this system where authorities are kept.
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
