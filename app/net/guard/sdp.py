"""Session descriptions from elsewhere: only the plain kind that Parley's clients, its relay and browsers make."""

from __future__ import annotations

import ipaddress
import logging
import re
from dataclasses import dataclass

from app.wire.fields import MAX_SDP

_log = logging.getLogger(__name__)


class GuardError(ValueError):
    """A session description was refused; the text says why in plain words."""


@dataclass(frozen=True, slots=True)
class SdpLimits:
    """How large a session description may be.

    Attributes:
        size: characters in all.
        media: m-lines.
        candidates: ICE candidates in all m-lines together.
    """

    size: int = MAX_SDP
    media: int = 128
    candidates: int = 1_000


DEFAULT_LIMITS = SdpLimits()
_MAX_LINE = 1_000
_LAST_PORT = 65_535
_MEDIA = re.compile(r"m=(audio|video) \d{1,5} UDP/TLS/RTP/SAVPF(?: \d{1,3}){1,64}")
_CANDIDATE = re.compile(
    r"a=candidate:[\w+/]{1,64} [12] (?:udp|UDP|tcp|TCP) \d{1,10} (\S{2,253}) (\d{1,5})"
    r" typ (?:host|srflx|relay|prflx)"
    r"(?: [\w.:+/-]{1,64}){0,20}"
)
_ATTRIBUTES = {
    "extmap": re.compile(r"\d{1,5}(?:/\w{1,10})? [!-~]{1,200}"),
    "fingerprint": re.compile(r"[\w-]{1,20} (?:[0-9A-Fa-f]{2}:){15,63}[0-9A-Fa-f]{2}"),
    "fmtp": re.compile(r"\d{1,3} [ -~]{1,300}"),
    "ice-pwd": re.compile(r"[A-Za-z0-9+/]{22,256}"),
    "ice-ufrag": re.compile(r"[A-Za-z0-9+/]{4,256}"),
    "mid": re.compile(r"[\w-]{1,32}"),
    "rtcp": re.compile(r"\d{1,5}(?: IN IP[46] [0-9a-fA-F.:]{2,45})?"),
    "rtpmap": re.compile(r"\d{1,3} [\w.-]{1,40}/\d{1,7}(?:/\d)?"),
    "setup": re.compile(r"actpass|active|passive"),
    "ssrc": re.compile(r"\d{1,10} [a-z]{1,10}:[ -~]{0,200}"),
    "ssrc-group": re.compile(r"[A-Z-]{1,10}(?: \d{1,10}){1,8}"),
}
#: The name under which a browser hides its address in a local network. Source: RFC 8828, draft-ietf-mmusic-mdns-ice.
_HIDDEN = re.compile(r"[\w-]{1,63}\.local\.?", re.ASCII | re.IGNORECASE)
_END = "a=end-of-candidates"
_CANDIDATES = re.compile(r"(?m)^a=(?:candidate:|end-of-candidates)[^\n]*\n")
_CONNECTION = re.compile(r"IN IP([46]) ([0-9a-fA-F.:]{2,45})(?:/\d{1,3}){0,2}")
_UFRAG = re.compile(r"(?m)^a=ice-ufrag:([^\r\n]*)")
_FINGERPRINT = re.compile(r"(?m)^a=fingerprint:([^\r\n]*)")
_NEEDED = ("mid", "ice-ufrag", "ice-pwd", "fingerprint", "setup")


def check_sdp(sdp: str, *, limits: SdpLimits = DEFAULT_LIMITS) -> str:
    """Refuses every session description but the plain kind that Parley's clients and relay, and browsers, make.

    Only audio and video m-lines over DTLS, each with a mid, ICE credentials, a fingerprint and a role; IP addresses as
    candidates; sizes within the limits; nothing that aiortc's parser raises at.

    Args:
        sdp: the text as it came.
        limits: how large it may be.

    Returns:
        The text to use: without the candidates of a browser that hides its address behind a name in ".local". Such a
        name would start a look-up in the network; the address is learned from its first packet all the same.

    Raises:
        GuardError: it was refused, and why.
    """
    if len(sdp) > limits.size:
        raise GuardError("the session description is too large")
    lines = sdp.splitlines()
    if not lines or lines[0] != "v=0":
        raise GuardError("this is not a session description")
    if any(len(line) > _MAX_LINE or not line.isascii() or not line.isprintable() for line in lines):
        raise GuardError("the session description has a line that is too long or not plain text")
    shown = [line for line in lines if not _is_hidden(line)]
    if len(shown) < len(lines):
        # There is no end of candidates where some are not known: they are learned from the other side's packets.
        shown = [line for line in shown if line != _END]
    lines = shown
    starts = [index for index, line in enumerate(lines) if line.startswith("m=")]
    if not starts:
        raise GuardError("the session description has no media")
    if len(starts) > limits.media:
        raise GuardError(f"the session description has more than {limits.media} media lines")
    if sum(line.startswith("a=candidate") for line in lines) > limits.candidates:
        raise GuardError(f"the session description has more than {limits.candidates} candidates")
    session = _check_attributes(lines[: starts[0]])
    mids = [
        _check_media(lines[start:end], session) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]
    if len(set(mids)) != len(mids):
        raise GuardError("two media lines have the same mid")
    plain = _spread("\r\n".join(lines) + "\r\n")
    _check_parses(plain)
    return plain


def gather_candidates(sdp: str) -> str:
    """Lets a description name its candidates once for all m-lines of a bundle, not once for each.

    Ten people with four pictures and voices each would name every address of a computer 36 times.

    Args:
        sdp: as aiortc writes it.

    Returns:
        The same with the candidates of the bundle's first m-line only. Source: RFC 9143 section 7.1.3.
    """
    head, media = _split(sdp)
    bundled = _bundle(head)[1:]
    return head + "".join(_CANDIDATES.sub("", part) if _mid(part) in bundled else part for part in media)


def connection_of(sdp: str) -> tuple[str, str]:
    """Tells connections apart: descriptions that give the same are of one connection.

    Returns:
        The first m-line's ICE user name fragment and fingerprint of the certificate; each empty where there is none.
    """
    ufrag, fingerprint = _UFRAG.search(sdp), _FINGERPRINT.search(sdp)
    return ufrag[1] if ufrag else "", fingerprint[1] if fingerprint else ""


def _spread(sdp: str) -> str:
    """Names a bundle's candidates at its last m-line too: of those that share a connection aiortc 1.16 heeds that one.

    Source: RTCPeerConnection.setRemoteDescription, where the last m-line's take the place of those before.
    """
    head, media = _split(sdp)
    bundled = [place for place, part in enumerate(media) if _mid(part) in _bundle(head)]
    if bundled:
        named = [line for place in bundled for line in _CANDIDATES.findall(media[place])]
        last = bundled[-1]
        media[last] = _CANDIDATES.sub("", media[last]) + "".join(sorted(dict.fromkeys(named), key=_is_end))
    return head + "".join(media)


def _is_end(line: str) -> bool:
    return line.rstrip() == _END


def _split(sdp: str) -> tuple[str, list[str]]:
    """What stands before the first m-line, and each m-line with what belongs to it."""
    head, *media = re.split(r"(?m)^(?=m=)", sdp)
    return head, media


def _bundle(head: str) -> list[str]:
    """The mids that share one connection, in order."""
    group = re.search(r"(?m)^a=group:BUNDLE ([^\r\n]+)", head)
    return group[1].split() if group else []


def _mid(media: str) -> str:
    found = re.search(r"(?m)^a=mid:(\S+)", media)
    return found[1] if found else ""


def _is_hidden(line: str) -> bool:
    match = _CANDIDATE.fullmatch(line) if line.startswith("a=candidate:") else None
    return bool(match and _HIDDEN.fullmatch(match[1]))


def _check_media(lines: list[str], session: dict[str, str]) -> str:
    if lines[0].startswith("m=application"):
        raise GuardError("data channels are not accepted")
    if not _MEDIA.fullmatch(lines[0]):
        raise GuardError("a media line is neither audio nor video over DTLS")
    found = session | _check_attributes(lines[1:])
    for name in _NEEDED:
        if name not in found:
            raise GuardError(f"a media line has no {name}")
    return found["mid"]


def _check_attributes(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        if line.startswith("a=candidate"):
            _check_candidate(line)
            continue
        if line.startswith("c="):
            _check_connection(line.removeprefix("c="))
        name, _, value = line.removeprefix("a=").partition(":")
        pattern = _ATTRIBUTES.get(name)
        if line.startswith("a=") and pattern:
            if not pattern.fullmatch(value):
                raise GuardError(f"the session description has a malformed {name}")
            if name == "rtcp" and " " in value:
                _check_connection(value.partition(" ")[2])
            found[name] = value
    return found


def _check_candidate(line: str) -> None:
    match = _CANDIDATE.fullmatch(line)
    if not match:
        # Names such as "x.local" would start a look-up in the network.
        raise GuardError("the session description has a candidate that is not an IP address")
    if not _is_address(match[1]):
        raise GuardError("the session description has a candidate that is not an IP address")
    if int(match[2]) > _LAST_PORT:
        # asyncio ends the socket that is to send there.
        raise GuardError("the session description has a candidate with a port that there is none of")


def _check_connection(value: str) -> None:
    match = _CONNECTION.fullmatch(value)
    if not match or not _is_address(match[2], version=int(match[1])):
        raise GuardError("the session description has a connection address that is not an IP address")


def _is_address(text: str, *, version: int = 0) -> bool:
    try:
        return ipaddress.ip_address(text).version == (version or ipaddress.ip_address(text).version)
    except ValueError:
        return False


def _check_parses(sdp: str) -> None:
    from aiortc.sdp import SessionDescription

    try:
        # Written again, too: what it takes in without a look raises there, "c=IN IP4 x" for one.
        str(SessionDescription.parse(sdp))
    except Exception as error:
        # Twenty places of the parser raise whatever comes to hand.
        _log.debug("aiortc's parser refused a session description: %s", type(error).__name__)
        raise GuardError("the session description is malformed") from None
