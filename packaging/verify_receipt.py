"""Checks a receipt of a Parley server, without the server and without a network.

    python verify_receipt.py receipt.json            (or receipt.pdf, which carries the same receipt inside)
    python verify_receipt.py receipt.json --key KEY  (the key that the server's privacy page shows)

What counts is what this prints: the page of a PDF could be drawn anew, the receipt inside cannot be signed anew.
Needs Python 3 and the package `cryptography`, nothing of Parley. Exit code 0: the receipt is genuine; 1: it is not;
2: the file cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import re
import sys
import zlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS = ("body", "signature", "key")
#: What a PDF keeps as a stream, compressed or not. Source: ISO 32000-1, 7.3.8.
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
#: No receipt is longer; a stream that claims more is not unpacked.
_MAX_BYTES = 1_000_000


def read_receipt(data: bytes) -> dict[str, str] | None:
    """The receipt in a JSON file or in a PDF; None: there is none."""
    texts = [data]
    if data.startswith(b"%PDF"):
        texts = []
        for found in _STREAM.finditer(data):
            texts.append(found.group(1))
            try:
                texts.append(zlib.decompressobj().decompress(found.group(1), _MAX_BYTES))
            except zlib.error:
                continue
    for text in texts:
        try:
            receipt = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(receipt, dict) and all(isinstance(receipt.get(name), str) for name in FIELDS):
            return receipt
    return None


def is_genuine(receipt: dict[str, str], key: str = "") -> bool:
    """Whether the receipt's key (and that key is `key`, where one is given) has signed exactly this text."""
    try:
        public = base64.b64decode(receipt["key"], validate=True)
        signature = base64.b64decode(receipt["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, receipt["body"].encode())
        return not key or base64.b64decode(key, validate=True) == public
    except (InvalidSignature, ValueError, binascii.Error):
        return False


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Checks a receipt of a Parley server.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", default="", help="the server's public key (base64), to know who signed")
    options = parser.parse_args(argv)
    try:
        receipt = read_receipt(options.file.read_bytes())
    except OSError as error:
        print(f"{options.file} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    if receipt is None:
        print(f"{options.file} holds no receipt of Parley.", file=sys.stderr)
        return 2
    if not is_genuine(receipt, options.key):
        print("NOT genuine: it was changed, or another key has signed it.")
        return 1
    # A name in it may hold anything; only what can be shown is.
    for name, value in json.loads(receipt["body"]).items():
        print(f"{name}: {''.join(letter for letter in str(value) if letter.isprintable())}")
    print(f"\nGenuine: nothing was changed since the key {receipt['key']} signed it.")
    if not options.key:
        print("Compare this key with the one that the server's privacy page shows, or give it with --key.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
