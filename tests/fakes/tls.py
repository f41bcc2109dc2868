"""Certificates of every kind, and a server that notes each byte it is told in confidence."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.net.pins import pin_of
from tests.patience import PATIENCE_S

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


class Made:
    """A certificate with its key: `chain` and `key` are PEM files."""

    def __init__(self, folder, name="server", *, hosts=("127.0.0.1",), by=None, since=NOW - DAY, until=NOW + DAY):
        self.secret = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = by or self
        self.certificate = None
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by.certificate.subject if by else subject)
            .public_key(self.secret.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
        )
        if hosts:
            built = built.add_extension(x509.SubjectAlternativeName([general(host) for host in hosts]), critical=False)
        self.certificate = built.sign(issuer.secret, hashes.SHA256())
        self.chain, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        self.chain.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        self.key.write_bytes(self.key_bytes(serialization.NoEncryption()))
        self.pin = pin_of(self.certificate.public_bytes(serialization.Encoding.DER))

    def key_bytes(self, encryption):
        return self.secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)

    def context(self):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.chain, self.key)
        return made


def authority(folder):
    """One that may sign others."""
    return Made(folder, "authority", hosts=())


def general(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Listener:
    """Takes connections and notes what is said in each, as it is after decryption."""

    def __init__(self):
        self.said = []
        self.changed = asyncio.Condition()
        self.port = 0
        self.answer = b""

    async def talk(self, reader, writer):
        heard = bytearray()
        self.said.append(heard)
        await self.tell()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while piece := await reader.read(65536):
                heard += piece
                await self.tell()
                if self.answer and b"\r\n\r\n" in heard:
                    writer.write(self.answer)
                    await writer.drain()
                    break
        writer.transport.abort()
        await self.tell()

    async def tell(self):
        async with self.changed:
            self.changed.notify_all()

    async def until(self, is_true, limit_s=PATIENCE_S):
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(is_true), limit_s)


@contextlib.asynccontextmanager
async def listening(tls=None, port=0):
    """A Listener on this computer, with TLS when a certificate is given."""
    listener = Listener()
    server = await asyncio.start_server(listener.talk, "127.0.0.1", port, ssl=tls.context() if tls else None)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
        await server.wait_closed()
