"""The key of this server, and what is signed with it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.paths import write_private
from app.wire.privacy import Receipt, ReceiptKind
from server_stub.errors import ServerError

KEY_FILE = "receipt-key.pem"


class Signer:
    """Signs receipts with the key of this server.

    Attributes:
        public_key: Ed25519, base64.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode()

    @classmethod
    def open(cls, data: Path) -> Signer:
        """The signer of a data folder; the first time it makes the key.

        Raises:
            ServerError: the key is there but cannot be read: a new one would make the old receipts look forged.
            OSError: the key cannot be written.
        """
        path = data / KEY_FILE
        if not path.exists():
            key = Ed25519PrivateKey.generate()
            pem, raw = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
            write_private(path, key.private_bytes(pem, raw, serialization.NoEncryption()))
            return cls(key)
        try:
            found = serialization.load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError, OSError) as error:
            raise ServerError(f"The key that signs receipts cannot be read: {path}.") from error
        if not isinstance(found, Ed25519PrivateKey):
            raise ServerError(f"The key that signs receipts is of another kind: {path}.")
        return cls(found)

    def sign(self, kind: ReceiptKind, facts: dict[str, str | int]) -> Receipt:
        """A receipt of these facts."""
        body = json.dumps({"receipt": kind, **facts}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        signature = base64.b64encode(self._key.sign(body.encode())).decode()
        return Receipt(kind=kind, body=body, signature=signature, key=self.public_key)
