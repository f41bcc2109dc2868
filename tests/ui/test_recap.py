"""The recap page: how far it is in words, and a click on a sentence plays its second."""

from fractions import Fraction

import msgspec
import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit

from app.state import intents
from app.ui.panels.keeping_part import kept_words
from app.ui.text import TextBlock
from app.ui.widgets.cards import Avatar
from app.ui.widgets.columns import Scroll
from tests.looks import recap_states, states
from tests.patience import PATIENCE_S


@pytest.fixture(scope="session")
def recording(tmp_path_factory):
    """Three seconds whose brightness tells the second."""
    import av

    file = tmp_path_factory.mktemp("recording") / "meeting.webm"
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 64, 36, "yuv420p", Fraction(1, 10)
        for number in range(30):
            pixels = np.full((54, 64), 128, np.uint8)
            pixels[:36] = 40 + number // 10 * 80
            frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def words(scene):
    return [one.text() for one in scene.window.findChildren(QLabel) if one.isVisible()]


@pytest.mark.parametrize(
    ("recap", "title"),
    [
        ("generating", "Your recap is being prepared"),
        ("ongoing", "The meeting is still going on"),
        ("failed", "The recap could not be made"),
        ("none", "There is no recap"),
    ],
)
def test_it_says_how_far_it_is(scene, recap, title):
    scene.show(recap_states.recap_state(recap))
    assert scene.find("recap-progress").text() == title
    assert scene.is_visible("progress-rejoin") == (recap == "ongoing")


def test_it_fills_itself_in(scene):
    scene.show(recap_states.recap_state("generating"))
    scene.show(recap_states.recap_state())
    assert not scene.is_visible("recap-progress")
    assert scene.is_visible("summary-0")
    assert scene.is_visible("action-3")


def test_r02_r57_the_footer_says_who_made_it_and_until_when_it_is_kept(scene):
    scene.show(recap_states.recap_state())
    shown = " ".join(words(scene))
    assert "faster-whisper base 1.2.1" in shown
    assert "mishears about one word in ten" in shown
    assert f"Kept until {states.TODAY + states.timedelta(days=180):%A}" in shown
    assert "One passage was not English" in shown


def test_action_items_tell_owner_date_and_doubt(scene):
    scene.show(recap_states.recap_state())
    shown = words(scene)
    assert "Nobody yet" in shown
    assert "Asked, not answered" in shown
    assert "With a condition" in shown
    dates = [one.text() for one in scene.window.findChildren(TextBlock) if one.isVisible()]
    assert any("by Friday" in one for one in dates)


def test_a_task_of_two_shows_both_faces(scene):
    scene.show(recap_states.recap_state())
    faces = [len(scene.find(f"action-{n}").findChildren(Avatar)) for n in range(4)]
    assert faces == [1, 1, 2, 0]


def test_no_line_is_wider_than_a_small_window_shows(scene):
    scene.show(recap_states.recap_state(), 800, 560)
    scroll = scene.find("action-2")
    while not isinstance(scroll, Scroll):
        scroll = scroll.parentWidget()
    assert [scene.find(f"action-{n}").width() <= scroll.viewport().width() for n in range(4)] == [True] * 4


def test_what_is_not_proved_is_put_away_below_the_items_and_can_be_heard(scene, recording):
    scene.show(recap_states.recap_state())
    fold = scene.find("checks")
    assert fold.text() == "Check this yourself (2)"
    assert fold.y() >= 0
    assert not scene.is_visible("check-0")
    scene.click("checks")
    assert "Take care of the domain transfer, by" not in words(scene)
    assert scene.find("check-1").accessibleName() == (
        "Felix: Take care of the domain transfer The words cited do not show that Felix agreed., at 0:44"
    )
    assert "The words cited do not show that Felix agreed." in words(scene)
    scene.fetched[0][2](recording, "")
    player = scene.window.page.player
    scene.qtbot.waitUntil(lambda: player.has_picture, timeout=10_000)
    asked = []
    player.play_at = lambda start_s, *, stop_s=None: asked.append((start_s, stop_s))
    scene.click("check-1")
    assert asked == [(44.0, None)]
    scene.click("checks")
    assert not scene.is_visible("check-0")


def test_where_all_is_proved_no_line_asks_to_check(scene):
    state = recap_states.recap_state()
    proved = msgspec.structs.replace(state.recap.recap, checks=())
    scene.show(states.replace(state, recap=states.replace(state.recap, recap=proved)))
    assert not scene.is_visible("checks")


def test_the_video_is_fetched_once_and_shows_its_first_picture(scene, recording):
    scene.show(recap_states.recap_state())
    scene.show(recap_states.recap_state())
    ((meeting, file, ready),) = scene.fetched
    assert (meeting, file) == ("m0", "meeting.webm")
    ready(recording, "")
    player = scene.window.page.player
    scene.qtbot.waitUntil(lambda: player.has_picture, timeout=10_000)
    assert brightness(player) < 100


def brightness(player):
    image = player._screen.grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).red()


@pytest.mark.parametrize(("line", "second"), [("said-u0", 2.0), ("summary-0", 12.4), ("action-0", 30.2)])
def test_a_click_on_a_line_plays_its_second(scene, recording, line, second):
    scene.show(recap_states.recap_state())
    scene.fetched[0][2](recording, "")
    player = scene.window.page.player
    scene.qtbot.waitUntil(lambda: player.has_picture, timeout=10_000)
    asked = []
    player.play_at = lambda start_s, *, stop_s=None: asked.append((start_s, stop_s))
    if line.startswith("said"):
        scene.click("recap-tabs-transcript")
    scene.click(line)
    assert asked == [(second, None)]


def test_a_highlight_plays_from_its_start_to_its_end(scene, recording):
    scene.show(recap_states.recap_state())
    scene.fetched[0][2](recording, "")
    scene.qtbot.waitUntil(lambda: scene.window.page.player.has_picture, timeout=10_000)
    asked = []
    scene.window.page.player.play_at = lambda start_s, *, stop_s=None: asked.append((start_s, stop_s))
    scene.click("highlight-0")
    assert asked == [(12.4, 22.0)]


def test_the_picture_of_the_second_is_shown(scene, recording):
    scene.show(recap_states.recap_state())
    player = scene.window.page.player
    # Clicked before the file is there: it plays that second as soon as it is.
    scene.window.page._play(2.2, None)
    scene.fetched[0][2](recording, "")
    scene.qtbot.waitUntil(lambda: player.has_picture and brightness(player) > 180, timeout=10_000)
    assert player.position_s >= 2.0


def test_the_reel_is_fetched_and_the_meeting_again_after_it(scene, recording):
    scene.show(recap_states.recap_state()).click("play-reel")
    assert [one[1] for one in scene.fetched] == ["meeting.webm", "reel.webm"]
    # The first answer comes late: it must not replace what was asked for since.
    scene.fetched[0][2](None, "too late")
    scene.fetched[1][2](recording, "")
    scene.qtbot.waitUntil(lambda: scene.window.page.player.has_picture, timeout=10_000)
    scene.click("play-meeting")
    assert scene.fetched[-1][1] == "meeting.webm"
    assert not scene.is_visible("play-meeting")


def test_a_file_that_cannot_be_fetched_is_told(scene):
    scene.show(recap_states.recap_state())
    scene.fetched[0][2](None, "The recording was deleted.")
    screen = scene.find("player-screen")
    scene.qtbot.waitUntil(lambda: screen._words == "The recording was deleted.")
    assert not scene.find("player-play").isEnabled()


def test_until_the_film_is_there_the_texts_can_be_read_and_a_click_says_why_nothing_plays(scene):
    scene.show(recap_states.filmless())
    player = scene.window.page.player
    assert player.words == "The film is being made. It can be played here as soon as it is ready."
    assert not scene.is_visible("play-reel")
    scene.click("recap-tabs-transcript")
    scene.click("said-u1")
    assert player.words == "The film is still being made. 0:06 can be played once it is ready."
    assert scene.fetched == []


def test_the_film_comes_without_losing_the_place_of_who_reads(scene, recording):
    scene.show(recap_states.filmless(), 800, 560).click("recap-tabs-transcript")
    scene.find("transcript-search", QLineEdit).setText("the")
    line = scene.find("said-u3")
    bar = next(one for one in scene.window.page.findChildren(Scroll) if one.isVisible() and one.isAncestorOf(line))
    scene.qtbot.waitUntil(lambda: bar.verticalScrollBar().maximum() > 0)
    bar.verticalScrollBar().setValue(bar.verticalScrollBar().maximum())
    line.setFocus()
    before = bar.verticalScrollBar().value()
    scene.show(recap_states.recap_state(), 800, 560)
    assert [one[1] for one in scene.fetched] == ["meeting.webm"]
    assert scene.is_visible("play-reel")
    assert scene.find("transcript-search", QLineEdit).text() == "the"
    assert scene.find("said-u3") is line
    assert line.hasFocus()
    assert bar.verticalScrollBar().value() == before
    scene.fetched[0][2](recording, "")
    scene.click("said-u3")
    scene.qtbot.waitUntil(lambda: scene.window.page.player.has_picture, timeout=10_000)


@pytest.mark.parametrize(
    ("film", "words", "shown"),
    [
        ("failed", "The disk is full.", "The disk is full."),
        ("none", "No sound was recorded.", "No sound was recorded."),
        ("none", "", "There is no video of this meeting."),
    ],
)
def test_where_no_film_comes_the_player_says_why(scene, film, words, shown):
    scene.show(recap_states.filmless())
    scene.show(recap_states.filmless(film, words))
    player = scene.window.page.player
    assert player.words == shown
    scene.click("summary-0")
    assert player.words == shown


def test_the_transcript_is_searched(scene):
    scene.show(recap_states.recap_state()).click("recap-tabs-transcript")
    assert scene.is_visible("said-u0")
    scene.find("transcript-search", QLineEdit).setText("DOMAIN")
    assert scene.is_visible("said-u8")
    assert not scene.is_visible("said-u0")
    scene.find("transcript-search", QLineEdit).setText("nothing like this")
    assert any("Nothing in it matches" in one for one in words(scene))
    scene.find("transcript-search", QLineEdit).setText("")
    scene.qtbot.waitUntil(lambda: scene.is_visible("said-u9"))


def test_people_who_speak_at_once_have_a_line_each(scene):
    scene.show(recap_states.recap_state()).click("recap-tabs-transcript")
    said = [scene.find(f"said-u{number}") for number in (5, 6)]
    assert said[0].y() != said[1].y()
    assert "Felix Brandt" in said[0].accessibleName()
    assert "Clara Nowak" in said[1].accessibleName()


def test_sentences_stand_under_their_topics(scene):
    scene.show(recap_states.recap_state())
    heads = [scene.find(name) for name in ("topic-0", "topic-1")]
    assert [head.text() for head in heads] == ["Three routes", "Whole relaunch"]
    lines = [scene.find(f"summary-{number}") for number in range(3)]
    ys = [one.y() for one in (heads[0], lines[0], heads[1], *lines[1:])]
    assert ys == sorted(set(ys))
    assert not scene.is_visible("topic-2"), "each topic has one heading"


def test_a_sentence_without_a_place_cannot_be_clicked(scene):
    state = recap_states.recap_state()
    bare = msgspec.structs.replace(state.recap.recap.summary[0], evidence=("unknown",))
    made = msgspec.structs.replace(state.recap.recap, summary=(bare,))
    scene.show(states.replace(state, recap=states.replace(state.recap, recap=made)))
    assert not scene.find("summary-0").isEnabled()


def test_highlights_move_into_a_tab_in_a_slim_window(scene):
    scene.show(recap_states.recap_state(), 600, 800)
    assert not scene.is_visible("highlight-0")
    scene.click("recap-tabs-highlights")
    assert scene.is_visible("tab-highlight-0")
    scene.show(recap_states.recap_state(), 1280, 800)
    assert scene.is_visible("highlight-0")
    assert scene.is_visible("summary-0")


def test_what_goes_on_below_the_edge_fades_until_its_end_is_seen(scene):
    scene.show(recap_states.recap_state(), 800, 560)
    about = scene.find("about")
    scroll = about
    while not isinstance(scroll, Scroll):
        scroll = scroll.parentWidget()
    fade = next(one for one in scroll.children() if type(one).__name__ == "_Fade")
    assert fade.isVisible()
    scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    assert not fade.isVisible()
    # All of the footer can be reached.
    foot = about.mapTo(scroll.viewport(), about.rect().bottomLeft()).y()
    assert foot <= scroll.viewport().height()


def test_the_footer_of_a_short_recap_is_in_sight_on_a_usual_screen(scene):
    state = recap_states.recap_state()
    short = msgspec.structs.replace(state.recap.recap, action_items=recap_states.ITEMS[:3])
    scene.show(states.replace(state, recap=states.replace(state.recap, recap=short)), 1280, 800)
    about = scene.find("about")
    assert about.visibleRegion().boundingRect() == about.rect()


def test_the_player_says_that_it_opens_until_the_first_picture(scene, recording):
    scene.show(recap_states.recap_state())
    player = scene.window.page.player
    player.open(recording)
    assert player.words == "Opening the recording…"
    scene.qtbot.waitUntil(lambda: player.has_picture, timeout=round(PATIENCE_S * 1000))
    assert player.words == ""


def test_r70_earlier_deletion_is_asked_for_with_a_reason_that_may_be_left_out(scene):
    for reason, way in (("", "ok"), ("  It names a price.  ", "ok"), ("never sent", "cancel")):
        scene.show(recap_states.recap_state()).click("request-deletion")
        said = " ".join(one.text() for one in scene.find("deletion-dialog").findChildren(QLabel))
        assert "cannot be brought back" in said
        scene.find("deletion-reason", QPlainTextEdit).setPlainText(reason)
        scene.click(f"deletion-{way}")
        wanted = [intents.AskForDeletion(recording="m0", reason=reason.strip())] if way == "ok" else []
        assert scene.take() == wanted


def test_r70_a_reason_is_never_longer_than_the_server_takes(scene):
    scene.show(recap_states.recap_state()).click("request-deletion")
    scene.find("deletion-reason", QPlainTextEdit).setPlainText("x" * 700)
    scene.click("deletion-ok")
    assert len(scene.take()[0].reason) == 500


@pytest.mark.parametrize(
    ("deletion", "told", "part", "chip", "can_ask"),
    [
        ("none", "", "", "", True),
        ("pending", "", "An administrator of the server decides", "Deletion requested", False),
        ("refused", "The client still needs it.", "The client still needs it.", "Deletion refused", True),
    ],
)
def test_r70_both_sides_see_how_far_the_request_is(scene, deletion, told, part, chip, can_ask):
    scene.show(recap_states.kept_recap(deletion, told))
    assert part in scene.find("deletion-state").text()
    assert scene.is_visible("deletion-state") == bool(part)
    assert scene.find("deletion-chip").text() == chip
    assert scene.is_visible("deletion-chip") == bool(chip)
    assert scene.is_visible("request-deletion") == can_ask


def test_r70_of_a_deleted_recording_only_its_receipt_is_left(scene):
    scene.show(recap_states.recap_state())
    scene.show(
        recap_states.kept_recap("deleted", recap="deleted", words="This recording was deleted, and its recap with it.")
    )
    assert scene.find("recap-progress").text() == "The recording was deleted"
    assert scene.is_visible("progress-recap-deletion-receipt")
    for name in ("summary-0", "request-deletion", "progress-request-deletion", "progress-recap-consent-receipt"):
        assert not scene.is_visible(name), name


def test_r57_the_day_of_deletion_is_shown_and_that_saved_files_are_outside(scene):
    scene.show(recap_states.recap_state())
    shown = " ".join(words(scene))
    assert "then deleted automatically" in shown
    assert "saved elsewhere is not affected" in shown
    past = msgspec.structs.replace(states.ENDED, expires_at=1.0)
    assert kept_words(past) == "The six months are over: this is being deleted."
    assert "six months" in kept_words(msgspec.structs.replace(states.ENDED, expires_at=None))


def test_what_a_request_was_answered_with_is_said_below_the_recap(scene):
    scene.show(recap_states.kept_recap(words="The recap is still being made. Please ask again when it is ready."))
    assert scene.find("keeping-words").text().startswith("The recap is still being made")
