"""Devices, as the client knows them: what belongs to one device, the key that is held, the trial of one's voice."""

from dataclasses import replace

import pytest

from app.state import call_intents, effects, events, volumes
from app.state.slices.devices import Choices
from app.wire import people, rooms
from tests.fakes.story import CARD, Story, asked, change, in_call, own_person, signed_in

OFF = Choices(microphone_on=False)
KEY = "Press M to be heard, or hold Space while you speak."


def chosen(story):
    return story.state.devices.chosen


def choose(story, **changes):
    return story.do(call_intents.Choose(choices=replace(chosen(story), **changes)))


def muted_call():
    story = choose(in_call(), microphone_on=False)
    return story.answer(people.PersonChanged(meeting="m1", person=change(own_person("ada"), microphone_on=False)))


def hold(story, is_held=True):
    return story.do(call_intents.Talk(is_held=is_held))


def words(story):
    return [notice.words for notice in story.state.toasts.shown]


class TestPerDevice:
    def test_each_camera_and_each_microphone_keeps_what_was_chosen_for_it(self):
        story = choose(choose(Story(), low_light=True, noise="off"), camera="c2")
        choose(story, low_light=False, picture="hd")
        choose(story, camera="")
        assert (chosen(story).low_light, chosen(story).picture, chosen(story).noise) == (True, "standard", "off")
        choose(story, camera="c2", microphone="m2")
        assert (chosen(story).low_light, chosen(story).picture) == (False, "hd")
        # What is new to us begins with what was chosen last.
        assert chosen(story).noise == "off"
        choose(story, noise="strong")
        assert chosen(choose(story, microphone="")).noise == "off"
        assert chosen(choose(story, microphone="m2")).noise == "strong"
        assert story.has(effects.SaveChoices) == [effects.SaveChoices(chosen(story))]

    @pytest.mark.parametrize("stored", [
        "", "nonsense", "[]", '{"camera c2": 3}', '{"camera c2": {"low_light": "yes", "picture": 4}}', "[" * 100_000,
        '{"camera c2": {"picture": "of another version"}}',
    ])  # fmt: skip
    def test_what_cannot_be_read_changes_nothing(self, stored):
        story = Story().do(events.ChoicesLoaded(choices=Choices(per_device=stored)))
        choose(story, camera="c2")
        assert replace(chosen(story), per_device="", camera="") == Choices()
        assert '"camera "' in chosen(story).per_device

    def test_no_more_than_the_last_twenty_are_kept(self):
        story = Story()
        for number in range(50):
            choose(story, camera=f"c{number}")
        assert chosen(story).per_device.count("picture") == 20
        assert "c48" in chosen(story).per_device


class TestPushToTalk:
    def test_one_is_heard_while_it_is_held_and_nothing_is_kept_of_it(self):
        story = hold(muted_call())
        assert story.state.devices.microphone_on
        assert story.has(effects.Talk) == [effects.Talk(True)]
        assert [(one.microphone_on, one.camera_on) for one in story.sent] == [(True, True)]
        assert not story.has(effects.SaveChoices)
        assert hold(story).effects == []
        hold(story, False)
        assert not story.state.devices.microphone_on
        assert story.has(effects.Talk) == [effects.Talk(False)]
        assert [one.microphone_on for one in story.sent] == [False]
        assert hold(story, False).effects == []

    def test_it_never_mutes_who_is_heard_anyway(self):
        story = in_call()
        assert hold(story).effects == hold(story, False).effects == []
        assert chosen(story).microphone_on
        # Switched on by its button while the key is down: it stays on when that comes up.
        story = choose(hold(muted_call()), microphone_on=True)
        assert story.sent == []
        hold(story, False)
        assert (story.sent, story.state.devices.microphone_on) == ([], True)
        # And off by its button: the key is still down.
        story = choose(hold(choose(muted_call(), microphone_on=False)), microphone_on=False)
        assert story.state.devices.microphone_on
        assert hold(story).state.devices.is_talking

    def test_the_host_mutes_it_too(self):
        story = hold(muted_call()).answer(people.PersonChanged(meeting="m1", person=own_person("ada")))
        story.hear(people.PersonChanged(meeting="m1", person=change(own_person("ada"), microphone_on=False)))
        assert not story.state.devices.microphone_on
        assert story.has(effects.Talk) == [effects.Talk(False)]
        assert words(story) == ["The host switched your microphone off. You can switch it on again."]

    @pytest.mark.parametrize("over", [call_intents.Leave(), events.ConnectionChanged(phase="offline", words="gone")])
    def test_it_ends_with_the_seat(self, over):
        story = hold(muted_call()).do(over)
        assert not story.state.devices.is_talking
        assert story.has(effects.Talk) == [effects.Talk(False)]

    def test_outside_of_a_call_there_is_nobody_to_talk_to(self):
        story = choose(signed_in(), microphone_on=False)
        assert hold(story).effects == []
        assert not story.state.devices.is_talking


class TestSpokeMuted:
    def test_it_is_said_until_one_is_heard(self):
        story = muted_call().do(events.SpokeMuted(), events.SpokeMuted())
        assert words(story) == [f"You are speaking, but you are muted. {KEY}"]
        assert words(hold(story)) == []
        hold(story, False).do(events.SpokeMuted())
        assert words(choose(story, microphone_on=True)) == []

    def test_no_key_is_named_where_none_is_chosen(self):
        story = choose(muted_call(), push_to_talk="").do(events.SpokeMuted())
        assert words(story) == ["You are speaking, but you are muted. Press M to be heard."]

    def test_nothing_is_said_where_it_is_over(self):
        assert words(in_call().do(events.SpokeMuted())) == []
        assert words(choose(signed_in(), microphone_on=False).do(events.SpokeMuted())) == []
        assert words(muted_call().do(events.SpokeMuted(), call_intents.Leave())) == []


class TestTrial:
    def before_a_call(self):
        story = signed_in().hear(rooms.MeetingChanged(meeting=CARD))
        return story.do(call_intents.GoToMeeting(meeting="m1"))

    def test_it_runs_before_a_call_and_once_at_a_time(self):
        story = self.before_a_call().do(call_intents.TryVoice(is_on=True))
        assert story.effects == [effects.TryVoice(True)]
        story.do(events.TrialTold(trial="recording"))
        assert story.state.devices.trial == "recording"
        assert story.do(call_intents.TryVoice(is_on=True)).effects == []
        assert story.do(call_intents.TryVoice(is_on=False)).effects == [effects.TryVoice(False)]
        assert story.do(events.TrialTold(trial="")).state.devices.trial == ""

    def test_without_a_microphone_it_says_why_there_is_none(self):
        story = self.before_a_call().do(events.DeviceTold(kind="microphone", words="None was found."))
        assert story.do(call_intents.TryVoice(is_on=True)).effects == []
        assert words(story) == ["None was found."]

    def test_it_ends_with_the_microphone_that_goes(self):
        story = self.before_a_call().do(call_intents.TryVoice(is_on=True), events.TrialTold(trial="recording"))
        for kind, words_told in (("camera", "It is gone."), ("microphone", "")):
            assert story.do(events.DeviceTold(kind=kind, words=words_told)).effects == []
        gone = events.DeviceTold(kind="microphone", words="It is gone.")
        assert story.do(gone).effects == [effects.TryVoice(False)]

    def test_in_a_call_nothing_is_tried(self):
        assert in_call().do(call_intents.TryVoice(is_on=True)).effects == []
        assert in_call().do(call_intents.TryVoice(is_on=False)).effects == [effects.TryVoice(False)]


class TestVolumes:
    def set(self, story, person, percent):
        return story.do(call_intents.SetVolume(person=person, percent=percent))

    def test_it_is_kept_at_once_for_each_person(self):
        story = self.set(self.set(Story(), "ada", 40), "grace", 250)
        assert volumes.volumes_of(chosen(story)) == {"grace": 200, "ada": 40}
        assert story.has(effects.SaveChoices) == [effects.SaveChoices(chosen(story))]
        self.set(self.set(story, "grace", 100), "ada", -5)
        assert volumes.volumes_of(chosen(story)) == {"ada": 0}

    @pytest.mark.parametrize("stored", ["", "?", "[]", '{"ada": "loud", "grace": 900, "mary": true}', "[" * 100_000])
    def test_what_cannot_be_read_is_left_out(self, stored):
        assert volumes.volumes_of(Choices(volumes=stored)) == {}

    def test_the_last_hundred_are_kept(self):
        story = Story()
        for number in range(120):
            self.set(story, f"p{number}", 50)
        kept = volumes.volumes_of(chosen(story))
        assert (len(kept), next(iter(kept))) == (100, "p119")


def test_who_comes_back_while_the_key_is_held_is_not_heard_by_it():
    story = hold(muted_call()).do(events.ConnectionChanged(phase="offline", words="gone"))
    story.do(events.ConnectionChanged(phase="online"))
    joins = asked(story, people.JoinMeeting)
    assert all(not one.microphone_on for one in joins)
