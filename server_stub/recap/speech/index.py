"""Where the Python package index has a package: found as pip is set up on this computer, without running a download.

Source: https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from server_stub.recap.speech.catalogue import Wheel
from server_stub.recap.speech.fetching import TRIES, Unreached

if TYPE_CHECKING:
    import httpx

PYPI = "https://pypi.org/simple"
_JSON = "application/vnd.pypi.simple.v1+json"
_ACCEPT = f"{_JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_PIP_S = 20.0


def indexes() -> list[str]:
    """The indexes that pip would ask on this computer, the first one first; none where it may ask none."""
    told = _pip_settings()
    if told.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        return []
    listed = [told.get("index-url") or PYPI, *told.get("extra-index-url", "").split()]
    return [url for url in listed if urlsplit(url).scheme in ("http", "https")]


def find(client: httpx.Client, wheel: Wheel, where: list[str]) -> str:
    """The address of a package's file.

    Args:
        client: that asks.
        wheel: the file, by its name.
        where: `indexes`.

    Raises:
        Unreached: none of them has it.
    """
    for index in where:
        page = _ask(client, f"{index.rstrip('/')}/{wheel.package}/")
        if page is not None and page.status_code == 200 and wheel.file in (links := _links(page)):
            return urljoin(str(page.url), links[wheel.file])
    raise Unreached(f"no index has {wheel.file}")


def _ask(client: httpx.Client, url: str) -> httpx.Response | None:
    """What is answered, if anything; a connection that breaks is tried again."""
    import httpx

    for _ in range(TRIES):
        try:
            return client.get(url, headers={"Accept": _ACCEPT})
        except (httpx.ReadError, httpx.RemoteProtocolError):
            continue
        except (httpx.HTTPError, httpx.InvalidURL):
            break
    return None


def _links(page: httpx.Response) -> dict[str, str]:
    """The files of a page by name."""
    if page.headers.get("Content-Type", "").startswith(_JSON):
        try:
            told: Any = page.json()
        except ValueError:
            return {}
        found = told.get("files", []) if isinstance(told, dict) else []
        return {str(one["filename"]): str(one["url"]) for one in found if "filename" in one and "url" in one}
    anchors = _Anchors()
    anchors.feed(page.text)
    return {unquote(urlsplit(link).path.rsplit("/", 1)[-1]): link.split("#", 1)[0] for link in anchors.links}


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _pip_settings() -> dict[str, str]:
    """What pip is told on this computer: by variables, else by its files."""
    found = _pip_files()
    for name in ("no-index", "index-url", "extra-index-url"):
        value = os.environ.get(f"PIP_{name.upper().replace('-', '_')}", "")
        if value:
            found[name] = value
    return found


def _pip_files() -> dict[str, str]:
    found: dict[str, str] = {}
    if not getattr(sys, "frozen", False) and importlib.util.find_spec("pip") is not None:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
        try:
            shown = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_S, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired):
            shown = None
        for line in shown.stdout.splitlines() if shown and not shown.returncode else ():
            section, _, rest = line.partition(".")
            name, _, value = rest.partition("=")
            if section in ("global", "download"):
                found[name] = " ".join(value.strip().strip("'\"").replace("\\n", " ").split())
    return found
