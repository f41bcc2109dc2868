"""Three real clients: what nobody shows is not even encoded, and what is shown again is there again."""

import pytest

from app.media.types import View
from app.state import call_intents, intents
from tests.together.cast import ADA, ADA_HZ, GRACE, GRACE_HZ, go_in, has_colour, has_tone, meet, share_a_room
from tests.together.test_third_track import on_loop

SMALL, LARGE = {0: View(320, 180)}, {0: View(1280, 720)}
pytestmark = pytest.mark.usefixtures("wide_links")


def three_meet(cast):
    ada, grace = cast.enter("ada", ADA, ADA_HZ), cast.enter("grace", GRACE, GRACE_HZ)
    alan = cast.enter("alan", GRACE, GRACE_HZ)
    room = share_a_room(ada, grace)
    used = ada.state.view(room).invitation
    ada.do(intents.Invite(room=room))
    ada.wait_for(lambda state: state.view(room).invitation not in ("", used), what="one more invitation")
    alan.do(intents.EnterRoomByCode(code=ada.state.view(room).invitation))
    alan.wait_for(lambda state: state.room_info(room), what="the room at the third")
    meeting = meet(ada, grace, room)
    alan.wait_for(lambda state: state.room_info(room).meeting, what="the card at the third")
    alan.do(call_intents.GoToMeeting(meeting=meeting))
    go_in(alan)
    return ada, grace, alan


def test_a_camera_that_nobody_shows_is_not_encoded_and_a_small_tile_gets_a_small_picture(cast):
    ada, grace, alan = three_meet(cast)
    person = ada.state.me.id
    key = (person, "camera")
    for viewer in (grace, alan):
        viewer.wait_picture(person, has_colour(ADA))
    sending = on_loop(ada, lambda: ada.conductor.peers.sending)
    track = sending.tracks["camera"]

    def is_wanted_large():
        # By what is asked for: where this computer is busy, the link looks narrow, and pictures are small for that.
        height = on_loop(ada, lambda: sending._wanted.get("camera"))
        return height is None or height > 180

    assert is_wanted_large()

    def encoded_while_heard(seconds):
        before = track.pictures
        grace.wait_blocks(seconds)
        return track.pictures - before

    for viewer in (grace, alan):
        viewer.conductor.want_pictures({})
    # A second and a half later it rests; a busy computer may need longer.
    assert any(encoded_while_heard(0.5) == 0 for _ in range(60))
    assert encoded_while_heard(1.0) == 0
    grace.wait_heard(has_tone(ADA_HZ), seconds=0.5)
    grace.pictures.clear()
    alan.pictures.clear()

    alan.conductor.want_pictures({key: SMALL})
    alan.wait_picture(person, has_colour(ADA))
    assert track.budget.height == 180
    assert track.budget.rate <= 150_000
    assert grace.pictures == {}, "whoever does not show it gets nothing"

    grace.conductor.want_pictures({key: LARGE})
    grace.wait_picture(person, has_colour(ADA))
    assert any(is_wanted_large() or grace.wait_blocks(0.5) for _ in range(60))
    alan.pictures.clear()
    alan.wait_picture(person, has_colour(ADA))


def test_a_face_that_one_shows_large_and_another_small_comes_in_the_size_that_each_needs(cast):
    ada, grace, alan = three_meet(cast)
    person = ada.state.me.id
    key = (person, "camera")
    for viewer, views in ((grace, LARGE), (alan, SMALL)):
        viewer.wait_picture(person, has_colour(ADA))
        viewer.conductor.want_pictures({key: views})

    def gets_it_small(viewer):
        return on_loop(viewer, lambda: viewer.conductor._call.receiver.picture_statistics()[key].is_small)

    def comes_so(viewer, is_small):
        return any(gets_it_small(viewer) == is_small or viewer.wait_blocks(0.5) for _ in range(60))

    assert comes_so(alan, True)
    alan.pictures.clear()
    alan.wait_picture(person, has_colour(ADA))
    assert not gets_it_small(grace)
    track = on_loop(ada, lambda: ada.conductor.peers.sending.tracks["camera-low"])
    assert track.budget.rate <= 150_000
    alan.conductor.want_pictures({key: LARGE})
    assert comes_so(alan, False)
    alan.pictures.clear()
    alan.wait_picture(person, has_colour(ADA))
