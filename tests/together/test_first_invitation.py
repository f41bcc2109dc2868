"""The first thing that a new host does: a meeting at once, its link, one question; a guest on another computer joins.

Real processes with windows in two network namespaces, so that nothing but the link connects them.
"""

import time

import numpy as np
import pytest

from app.wire.links import parse_link
from tests import namespaces
from tests.patience import PATIENCE_S
from tests.steering import ROOT, Client

pytestmark = pytest.mark.processes

DEMO = ROOT / "resources" / "demo"
#: Far below what speech sounds like, well above silence.
LOUD = 500


@pytest.fixture
def computers(tmp_path):
    """Opens a window on the host's or the guest's computer, and closes them all in the end."""
    if words := namespaces.why_not():
        pytest.skip(words)
    opened = []
    with namespaces.two_computers() as (host, guest):

        def enter(name, who):
            files = ("--fake-camera", DEMO / f"{who}.webm", "--fake-microphone", DEMO / f"{who}.opus")
            heard = ("--fake-speaker", tmp_path / f"{name}.wav")
            place = host if name == "ada" else guest
            opened.append(Client(tmp_path / name, *files, *heard, name=name, within=namespaces.inside(place)))
            return opened[-1]

        try:
            yield enter, host
        finally:
            for window in opened:
                if window.process.poll() is None:
                    window.quit()


def hears(file):
    """Whether anything was loud so far; the file is still being written, so its head does not say how long it is."""
    sound = file.read_bytes()[44:]
    heard = np.frombuffer(sound[: len(sound) // 2 * 2], "<i2")
    return len(heard) > 0 and int(np.abs(heard.astype(int)).max()) > LOUD


def see_more(client, pictures=5):
    """Waits until so many more pictures of each of the others have been painted."""
    tiles = client.report()["tiles"].items()
    client.wait(frames={key: tile["frames"] + pictures for key, tile in tiles if key}, limit_s=PATIENCE_S)


def test_r25_a_new_host_invites_by_three_clicks_and_a_guest_on_another_computer_sees_and_hears(tmp_path, computers):
    enter, computer = computers
    ada = enter("ada", "clara")
    ada.type("sign-in-name", "Ada")
    ada.do("type", name="sign-in-name", text="Ada", enter=True)
    ada.wait(page="rooms", visible="meet-now")
    assert ada.clicks == 0

    ada.click("meet-now")
    ada.wait(page="prejoin")
    # Once in a lifetime, and not part of inviting.
    ada.click("terms-continue")
    terms = ada.clicks
    ada.click("prejoin-copy-link")
    ada.wait(visible="give-question")
    assert ada.clipboard() == ""
    assert "not from the internet" in ada.read("give-reaches")
    ada.click("give-open")
    ada.wait(gone="give-question")
    assert (terms, ada.clicks - 1) == (2, 3)

    link = ada.clipboard()
    found = parse_link(link)
    assert (found.server.host, len(found.server.pin)) == (namespaces.HOST, 43)
    ada.wait(told="not from the internet")
    ada.click("prejoin-join")
    ada.wait(page="call", people=1, painted="own")

    alan = enter("alan", "felix")
    alan.wait(page="sign_in")
    alan.type("guest-link", link)
    alan.click("guest-join", "link-question-go", "terms-continue")
    alan.type("guest-name", "Alan")
    alan.click("prejoin-join")
    ada.wait(waiting=1, limit_s=30)
    ada.click("toast-admit")
    for one in (ada, alan):
        one.wait(page="call", people=2, painted="*", limit_s=30)
        see_more(one)
    for one in (ada, alan):
        until_s = time.monotonic() + PATIENCE_S
        while not hears(tmp_path / f"{one.name}.wav"):
            assert time.monotonic() < until_s, f"{one.name} hears nothing"
            see_more(one)
    # The host sat in the call all the time: the meeting is the same one.
    assert ada.report()["link_to_meeting"] == link
    alan.quit()
    # The laptop goes to another network: the same code, at its new address.
    namespaces.move(computer, namespaces.HOST, namespaces.ELSEWHERE)
    ada.wait(other_link=link, limit_s=PATIENCE_S)
    ada.click("call-copy-link")
    moved = parse_link(ada.clipboard())
    assert (moved.server.host, moved.server.pin, moved.code) == (namespaces.ELSEWHERE, found.server.pin, found.code)
    assert ada.report()["page"] == "call"
    ada.quit()
