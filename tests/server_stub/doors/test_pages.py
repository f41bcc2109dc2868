"""The page that an invitation opens in a browser: how to go on, and nothing about the meeting."""

import html
import re

from app.wire.links import parse_link
from app.wire.rooms import InviteMember
from server_stub.kernel import links
from tests.fakes.browser import get
from tests.fakes.server_client import story
from tests.people import in_a_meeting


def path_of(server, link):
    return link.removeprefix(f"http://127.0.0.1:{server.port}")


@story()
async def test_r25_the_page_of_an_invitation_says_how_and_nothing_more(server):
    _, _, card = await in_a_meeting(server)
    page = await get(server, path_of(server, card.link))
    (deep,) = re.findall(r'href="([^"]*)"', page.text)
    assert html.unescape(deep) == parse_link(card.link).deep
    assert deep.startswith("parley://")
    assert f"<code>{card.link}</code>" in page.text
    for told in ("Website", "Ada", "Grace", card.id, card.title):
        assert told not in page.text
    assert "<script" not in page.text
    assert "http-equiv" not in page.text


@story()
async def test_r25_the_page_of_a_room_tells_nothing_of_the_room(server):
    host, _, card = await in_a_meeting(server)
    code = (await host.ask(InviteMember(room=card.room))).code
    page = await get(server, path_of(server, links.invitation(server.backend.address, code)))
    assert "You are invited to a room" in page.text
    assert parse_link(f"http://127.0.0.1:{server.port}/i/{code}").deep in html.unescape(page.text)
    for told in ("Website", "Ada", card.room):
        assert told not in page.text


@story()
async def test_a_page_does_not_tell_whether_there_is_such_a_meeting(server):
    _, _, card = await in_a_meeting(server)
    code = card.link.rsplit("/", 1)[1]
    other = "x" * len(code)
    real, made_up = (await get(server, f"/j/{code}")), (await get(server, f"/j/{other}"))
    assert real.status_code == made_up.status_code == 200
    assert real.text.replace(code, other) == made_up.text


@story()
async def test_a_browser_may_only_show_the_page(server):
    for path, status in (("/j/" + "a" * 22, 200), ("/i/" + "a" * 22, 200), ("/j/short", 404)):
        page = await get(server, path)
        assert page.status_code == status
        policy = page.headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert rule in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in page.headers


@story()
async def test_odd_codes_have_no_page(server):
    for odd in ("%3Cscript%3Ealert(1)%3C%2fscript%3E", "%22onclick=x" + "a" * 20, "a" * 65, "a" * 15, "%00" * 20):
        page = await get(server, f"/j/{odd}")
        assert page.status_code == 404
        assert "<" not in page.text


@story(host="0.0.0.0")
async def test_r25_with_a_pin_there_is_no_page_and_the_link_opens_the_application(server):
    """A browser would warn of the certificate, and people would learn to click the warning away."""
    link = links.address(server.backend.address, "a" * 22)
    assert link.startswith("parley://")
    assert parse_link(link).server.pin == server.backend.address.pin
    assert (await get(server, "/j/" + "a" * 22)).status_code == 404
