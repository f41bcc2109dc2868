"""Mail addresses: what was typed, kept, shown and written to is one address.

Domains are those of IDNA 2008 (RFC 5891, read as UTS #46 says, nontransitional): faß.example is not fass.example. The
part before the @ belongs to whoever keeps the mailbox: only A to Z, and letters whose small form leads back to them,
are taken as their small form. Letters that stand for others (ſ, the Kelvin sign, wide letters) are refused there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import idna

from app.wire import text as texts

#: Source: RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3; octets.
_LONGEST, _LONGEST_LOCAL = 254, 64
#: Source: RFC 5322, section 3.2.3 (atext); beyond ASCII (RFC 6531, section 3.3) letters, marks and digits are taken.
_SIGNS = frozenset("!#$%&'*+/=?^_`{|}~-")
#: What stands round an address that was copied from a letter or a page.
_AROUND = " \t\r\n<>()[]\"'“”‘’«»,;:."


class BadAddress(ValueError):
    """The text is not a mail address; its words can be shown to the user."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address.

    Attributes:
        text: as it is kept and shown.
        mailed: the same as mail servers read it, its domain in ASCII.
        key: the same for all spellings of one address, and for no two addresses.
    """

    text: str
    mailed: str
    key: str

    @property
    def needs_utf8(self) -> bool:
        """Whether only a mail server with SMTPUTF8 (RFC 6531) can take it: there are letters beyond ASCII before @."""
        return not self.mailed.isascii()


def read(text: str) -> Address:
    """Reads one plain address, which no mail server can take for two or for a command.

    Raises:
        BadAddress: it is not one, or cannot be told apart from others.
    """
    local, at, domain = text.rpartition("@")
    shown = f"“{texts.one_line(text)[:100]}”"
    if not (at and local and domain):
        raise BadAddress(f"{shown} is not a mail address.")
    if any(_stands_for_others(char) for char in local):
        raise BadAddress(f"{shown} holds letters that stand for others. Please write it with ordinary letters.")
    # A few small letters are one with their accent where the large ones are two.
    local = texts.normal(small(texts.normal(local)))
    if not all(map(_is_atom, local.split("."))):
        raise BadAddress(f"{shown} is not a mail address.")
    mailed, shown_domain = _domains(domain, shown)
    whole = f"{local}@{mailed}"
    if len(local.encode()) > _LONGEST_LOCAL or len(whole.encode()) > _LONGEST:
        raise BadAddress(f"{shown} is too long for a mail address.")
    return Address(f"{local}@{shown_domain}", whole, whole)


def is_address(text: str) -> bool:
    """Whether mail can be sent there."""
    try:
        read(text)
    except BadAddress:
        return False
    return True


def kept(text: str) -> str:
    """An address as it is stored and shown; anything else is returned unchanged."""
    try:
        return read(text).text
    except BadAddress:
        return text


def same_key(text: str) -> str:
    """The key of an address; of anything else the text in lower case, which equals no address."""
    try:
        return read(text).key
    except BadAddress:
        return small(text)


def tidy(text: str) -> str:
    """An address as it was typed or pasted, without what stands round it: white space, <>, "mailto:", a full stop."""
    kept = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp"))
    kept = kept.strip(_AROUND)
    return kept[7:] if kept[:7].lower() == "mailto:" else kept


def small(text: str) -> str:
    """Small letters, but only of those that are the one capital of their small letter: İ, ẞ and the like stay."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := char.lower()) == 1 and low.upper() == char else char for char in text)


def ascii_domain(domain: str) -> str:
    """A domain as the network reads it.

    Raises:
        ValueError: IDNA 2008 has no such domain.
    """
    try:
        found = idna.encode(domain, uts46=True, std3_rules=True, transitional=False).decode()
    except (UnicodeError, IndexError, ValueError) as error:
        raise ValueError("no domain") from error
    if found.endswith(".") or len(found) > 253:
        raise ValueError("no domain")
    return found


def _domains(domain: str, shown: str) -> tuple[str, str]:
    """The domain as it is mailed, and as it is shown."""
    try:
        mailed = ascii_domain(domain)
        return mailed, idna.decode(mailed)
    except (UnicodeError, ValueError) as error:
        raise BadAddress(f"{shown} is not a mail address: there is no such domain.") from error


def _is_atom(part: str) -> bool:
    if not part or unicodedata.category(part[0])[0] == "M":
        return False
    return all(char in _SIGNS or unicodedata.category(char)[0] == "M" or char.isalnum() for char in part)


def _stands_for_others(char: str) -> bool:
    """Whether Unicode takes a letter for the same as another one, or as several, though it looks like itself."""
    parts = unicodedata.decomposition(char).split()
    return bool(parts) and (parts[0].startswith("<") or len(parts) == 1)
