"""Where the language model is that an administrator has chosen, and which addresses it may have."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.wire.addresses import ascii_domain
from app.wire.language_model import LONGEST_HOST, LONGEST_MODEL, LanguageModel
from app.wire.links import is_loopback
from app.wire.text import one_line

#: This computer, and networks of one's own. Source: RFC 1122 (127/8), RFC 1918, RFC 4291 (::1), RFC 4193 (fc00::/7).
_OWN = tuple(
    ipaddress.ip_network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
#: What servers of this kind serve below, where the address names no path.
DEFAULT_PATH = "/v1"
LEAST_CONTEXT, MOST_CONTEXT = 1024, 1_000_000
LEAST_S, MOST_S = 5.0, 600.0


class BadModelServer(ValueError):
    """The language model that was named cannot be used; the words are for the administrator and hold no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServer:
    """A server with the interface of OpenAI, such as Ollama, llama.cpp's or vLLM's.

    Attributes:
        url: http or https, without a slash at its end; `/chat/completions` is asked below it.
        name: the host as the network reads it.
        port: its port.
        host: the host as people are told it, with the port where one was named.
        model: which model it is asked for.
        key: sent as a bearer token; empty: none.
        may_leave: it may have addresses outside of private networks.
        context_tokens: what prompt and answer may be long together.
        within_s: time for all that is asked of one meeting.
    """

    url: str
    name: str
    port: int
    host: str
    model: str
    key: str = field(default="", repr=False)
    may_leave: bool = False
    context_tokens: int = 4096
    within_s: float = 60.0

    @property
    def told(self) -> LanguageModel:
        """What people are told before they agree; where text may leave, that it does."""
        return LanguageModel(host=self.host, model=self.model, leaves=self.may_leave and not _is_surely_own(self.name))


def read_server(
    url: str,
    model: str,
    *,
    key: str = "",
    may_leave: bool = False,
    context_tokens: int = 4096,
    within_s: float = 60.0,
) -> ModelServer:
    """What an administrator has named, checked.

    Raises:
        BadModelServer: it cannot be used; says why.
    """
    address, name, port, host = _read_url(url.strip())
    if not model or model != one_line(model) or len(model) > LONGEST_MODEL:
        raise BadModelServer(f"Please name the language model in one line of at most {LONGEST_MODEL} letters.")
    if not all("!" <= letter <= "~" for letter in key):
        raise BadModelServer("The key of the language model holds what no key can hold: only signs of ASCII can be.")
    if not LEAST_CONTEXT <= context_tokens <= MOST_CONTEXT:
        raise BadModelServer(f"A language model's context is {LEAST_CONTEXT} to {MOST_CONTEXT} tokens.")
    if not LEAST_S <= within_s <= MOST_S:
        raise BadModelServer(f"A language model is given {LEAST_S:.0f} to {MOST_S:.0f} seconds.")
    server = ModelServer(
        url=address, name=name, port=port, host=host, model=model, key=key, may_leave=may_leave,
        context_tokens=context_tokens, within_s=within_s,
    )  # fmt: skip
    if server.told.leaves and address.startswith("http:"):
        raise BadModelServer(f"Speech may leave for {host} by https only.")
    return server


def _read_url(url: str) -> tuple[str, str, int, str]:
    """The address as it is asked, its host's name, its port, and the host as it is shown."""
    shown = one_line(url)[:LONGEST_HOST]
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise BadModelServer(f"“{shown}” is no address of a language model: there is a space in it.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        name = host if ":" in host and ipaddress.ip_address(host) else ascii_domain(host)
    except ValueError as error:
        raise BadModelServer("The address of the language model has no host that can be read.") from error
    if parts.scheme not in ("http", "https"):
        raise BadModelServer("The address of a language model begins with http:// or https://.")
    if parts.username is not None or parts.password is not None:
        raise BadModelServer("The address of a language model holds no name and password; a key has its own option.")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise BadModelServer("The address of a language model ends with its path, such as /v1.")
    if port == 0 or "%" in name:
        raise BadModelServer(f"“{shown}” is no address of a language model.")
    base = f"[{name}]" if ":" in name else name
    told = base if port is None else f"{base}:{port}"
    if len(told) > LONGEST_HOST:
        raise BadModelServer("The name of the language model's host is too long.")
    path = parts.path.rstrip("/") or DEFAULT_PATH
    return f"{parts.scheme}://{told}{path}", name, port or {"http": 80, "https": 443}[parts.scheme], told


def check_addresses(server: ModelServer, addresses: Iterable[str]) -> None:
    """Checks what the name of a host leads to.

    Args:
        server: the language model's.
        addresses: IP addresses that its name has now.

    Raises:
        BadModelServer: one of them is outside, and the administrator has not allowed that.
    """
    outside = next((each for each in addresses if not is_own(each)), None)
    if outside is not None and not server.may_leave:
        raise BadModelServer(
            f"The language model at {server.host} is neither on this computer nor in a private network ({outside}). "
            "What is said in meetings would leave for it; where that is meant, allow it with --language-model-outside."
        )


def is_own(address: str) -> bool:
    """Whether an IP address is this computer's or one of a private network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any((mapped or found) in network for network in _OWN)


def _is_surely_own(name: str) -> bool:
    """Whether a host cannot lead outside, whatever names mean."""
    if is_loopback(name):
        return True
    try:
        return is_own(name)
    except ValueError:
        return False
