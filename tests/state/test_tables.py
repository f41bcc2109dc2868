"""Each event and each message of the server has one handler: the tables say so and keep it."""

import tomllib
from pathlib import Path

import pytest

from app.state import call_intents, events, intents, tables
from app.state import update as joined
from app.state.app_state import AppState
from app.wire import chat, people, rooms
from app.wire.codec import TELLS
from app.wire.errors import Refused


def kinds_of(base, *modules):
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, base) and kind is not base
    }


def nothing(state, *given):
    return state, ()


def test_every_event_and_every_wish_has_a_handler():
    happening = kinds_of(events.Event, events, intents, call_intents) - {events.Intent}
    assert set(joined.TABLE.events) == happening - {events.Heard}


def test_every_message_has_a_handler_or_is_meant_to_be_ignored():
    handled = set(joined.TABLE.told)
    assert handled.isdisjoint(joined.TABLE.ignored)
    assert handled | joined.TABLE.ignored == set(TELLS) - {Refused}


def test_what_is_for_members_has_a_handler():
    assert joined.TABLE.for_members
    assert joined.TABLE.for_members <= set(joined.TABLE.told)


@pytest.mark.parametrize(
    "register",
    [
        lambda table: table.on(intents.GoHome)(nothing),
        lambda table: table.hears(chat.ChatPosted)(nothing),
        lambda table: table.answers(chat.ChatPosted)(nothing),
        lambda table: table.refused(people.LeaveMeeting)(nothing),
        lambda table: table.ignore(chat.ChatPosted),
    ],
)
def test_a_second_handler_of_a_kind_is_an_error(register):
    table = tables.Table()
    register(table)
    with pytest.raises(ValueError, match="handled twice"):
        register(table)


@pytest.mark.parametrize(
    "register",
    [
        lambda table: table.on(intents.GoHome)(nothing),
        lambda table: table.hears(chat.ChatPosted)(nothing),
        lambda table: table.refused(people.LeaveMeeting)(nothing),
        lambda table: table.ignore(chat.ChatPosted),
    ],
)
def test_two_features_cannot_handle_the_same(register):
    one, other = tables.Table(), tables.Table()
    register(one)
    register(other)
    with pytest.raises(ValueError, match="handled twice"):
        tables.Table.joined((one, other))


def test_a_message_is_either_handled_or_ignored():
    table = tables.Table()
    table.ignore(chat.ChatPosted)
    with pytest.raises(ValueError, match="handled twice"):
        table.hears(chat.ChatPosted)(nothing)


def test_features_are_joined_with_all_that_they_hold():
    one, other = tables.Table(), tables.Table()
    one.on(intents.GoHome)(nothing)
    one.answers(rooms.RoomChanged, for_members=True)(nothing)
    other.refused(people.LeaveMeeting, rooms.MarkRead)(nothing)
    other.ignore(chat.ChatPosted)
    whole = tables.Table.joined((one, other))
    assert (set(whole.events), set(whole.told), whole.for_members) == (
        {intents.GoHome},
        {rooms.RoomChanged},
        {rooms.RoomChanged},
    )
    assert (set(whole.refusals), whole.ignored) == ({people.LeaveMeeting, rooms.MarkRead}, {chat.ChatPosted})


def test_an_answer_is_taken_together_with_what_was_asked():
    table, seen = tables.Table(), []

    @table.answers(rooms.RoomLeft)
    def left(state, message, reply):
        seen.append((message, reply))
        return state, ()

    asked, message = rooms.LeaveRoom(room="r1"), rooms.RoomLeft(room="r1")
    assert table.told[rooms.RoomLeft](AppState(), message, tables.Reply(asked, 5.0)) == (AppState(), ())
    assert seen == [(message, tables.Reply(asked, 5.0))]


def test_mypy_looks_at_handlers_of_the_wrong_type_and_has_to_refuse_them():
    """In strict mode an ignore that is not needed is an error: each of those handlers is one that mypy refuses."""
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert settings["strict"]
    assert "tests/state/wrong_handlers.py" in settings["files"]
    assert (Path(__file__).parent / "wrong_handlers.py").read_text(encoding="utf-8").count("# type: ignore[") == 5
