"""A mail server on this computer that takes mail, fails, or refuses, as a test says."""

import asyncio
import base64
import dataclasses
import datetime
import ssl


@dataclasses.dataclass
class Got:
    """A mail that arrived."""

    sender: str
    recipients: list
    data: bytes
    user: str = ""


class MailServer:
    """Speaks as much SMTP as a client needs; `async with` opens and closes it.

    `answers_to_data` are given to the first mails, which are lost; `refuses` holds recipients that do not exist,
    `hangs_up_on` those at whose name it ends the connection.
    """

    def __init__(self, *, certificate=None, is_tls=False):
        self.mails = []
        self.lines = []
        self.answers_to_data = []
        self.refuses = set()
        #: Addresses with letters beyond ASCII are taken (SMTPUTF8).
        self.takes_utf8 = False
        self.hangs_up_on = set()
        self._is_tls = is_tls
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)

    async def __aenter__(self):
        self._server = await asyncio.start_server(
            self._talk, "127.0.0.1", 0, ssl=self._context if self._is_tls else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, reader, writer):
        try:
            await self._converse(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass  # a client that does not trust us is gone without a word
        finally:
            writer.close()

    async def _converse(self, reader, writer):
        def say(text):
            writer.write(text.encode() + b"\r\n")

        is_secure, got = self._is_tls, Got("", [], b"")
        say("220 test")
        while line := await reader.readline():
            self.lines.append(line)
            word, rest = line.decode().strip()[:8].upper(), line.decode().strip()
            if word.startswith("EHLO"):
                offers = ["test"]
                if self.takes_utf8:
                    offers += ["8BITMIME", "SMTPUTF8"]
                if is_secure or self._context:
                    offers.append("AUTH PLAIN" if is_secure else "STARTTLS")
                for offer in offers[:-1]:
                    say(f"250-{offer}")
                say(f"250 {offers[-1]}")
            elif word == "STARTTLS":
                say("220 go on")
                await writer.drain()
                await writer.start_tls(self._context)
                is_secure = True
            elif word.startswith("AUTH"):
                got.user = base64.b64decode(rest.split()[-1]).split(b"\0")[1].decode()
                say("235 yes")
            elif word.startswith("MAIL"):
                got.sender = rest.split("<")[1].split(">")[0]
                say("250 yes")
            elif word.startswith("RCPT"):
                recipient = rest.split("<")[1].split(">")[0]
                got.recipients.append(recipient)
                if recipient in self.hangs_up_on:
                    return
                say("550 nobody" if recipient in self.refuses else "250 yes")
            elif word.startswith("DATA"):
                say("354 go on")
                got.data = await self._data(reader)
                answer = self.answers_to_data.pop(0) if self.answers_to_data else "250 yes"
                if answer.startswith("2"):
                    self.mails.append(got)
                say(answer)
            elif word.startswith("QUIT"):
                say("221 bye")
                await writer.drain()
                return
            else:
                say("250 yes")
            await writer.drain()

    @staticmethod
    async def _data(reader):
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


def certificate(folder):
    """A certificate for localhost that nobody vouches for, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "mail.pem", folder / "mail.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
