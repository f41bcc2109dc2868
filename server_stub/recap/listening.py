"""Listens to everyone at once and writes each utterance down as it ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from server_stub.recap.sound import OpusListener, read_voice
from server_stub.recap.speech.engine import Heard, SpeechEngine
from server_stub.recap.speech.weekdays import mend_weekdays
from server_stub.recap.steady_noise import clean_steady_noise, is_drowned
from server_stub.recap.transcript import Missing, Spoken
from server_stub.recap.voice import RATE_HZ, Cut, Samples, UtteranceCutter, Vad, split
from server_stub.recap.wording import finish_sentence, write_out
from server_stub.recap.words import split_words, word_set

#: Short answers are often unsure by the recogniser's own figures, and right.
_SHORT_ENGLISH = word_set(
    "yes yeah yep no okay ok sure right great good fine thanks thank you of course will do all alright perfect exactly "
    "absolutely bye goodbye hello hi please i agree agreed sounds"
)


class Listener:
    """One engine, one cutter per person."""

    def __init__(self, engine: SpeechEngine, names: Mapping[str, str]) -> None:
        """Begins with silence.

        Args:
            engine: writes the utterances down.
            names: person id to display name; may grow while listening.
        """
        self.engine = engine
        self.names = dict(names)
        #: The room's title and words of the chat as they are spelled.
        self.terms: tuple[str, ...] = ()
        self._vad = Vad()
        self._cutters: dict[str, UtteranceCutter] = {}
        self._decoders: dict[str, OpusListener] = {}

    def hear_packet(self, person: str, start_s: float, opus: bytes) -> Iterator[Spoken]:
        """Takes one Opus packet that was said at `start_s` and yields what ended with it."""
        decoder = self._decoders.get(person) or self._decoders.setdefault(person, OpusListener())
        for at_s, samples in decoder.follow(start_s, opus):
            for cut in self._cutter(person).push(at_s, samples):
                yield from self.write(person, cut)

    def sound_of(self, person: str) -> Samples | None:
        """The packet that was taken last of a person, as float32 mono at 48 kHz; None where it holds no sound."""
        decoder = self._decoders.get(person)
        return decoder.whole if decoder else None

    def hear_file(self, person: str, path: Path, *, from_s: float = 0.0) -> Iterator[Spoken]:
        """Takes a whole file of one person, from a second on, to its end.

        Raises:
            SoundError: it holds no sound.
        """
        yield from self.hear_on(person, path, from_s=from_s)
        yield from self.flush(person)

    def hear_on(self, person: str, path: Path, *, from_s: float) -> Iterator[Spoken]:
        """As `hear_file`, but what is open at the file's end goes on with the packets that come.

        Raises:
            SoundError: it holds no sound.
        """
        # What was open belongs to the packets that are now read again.
        self._cutters.pop(person, None)
        cutter = self._cutter(person)
        for start_s, samples in read_voice(path, from_s=from_s):
            skip = max(0, round((from_s - start_s) * RATE_HZ))
            if skip < samples.size:
                for cut in cutter.push(start_s + skip / RATE_HZ, samples[skip:]):
                    yield from self.write(person, cut)

    def flush(self, person: str | None = None) -> Iterator[Spoken]:
        """Writes down what is still open, of one person or of all."""
        for each in [person] if person else list(self._cutters):
            for cut in self._cutter(each).flush():
                yield from self.write(each, cut)

    def settled_s(self, person: str) -> float:
        """Up to this second everything that this person said has been given out."""
        return round(self._cutter(person).settled_s, 3)

    def _cutter(self, person: str) -> UtteranceCutter:
        if person not in self._cutters:
            self._cutters[person] = UtteranceCutter(self._vad)
        return self._cutters[person]

    def write(self, person: str, cut: Cut) -> list[Spoken]:
        """Writes one utterance down, or says why it is left out; in the parts that the engine asks for."""
        spoken = self._write(person, cut)
        if any(piece.missing != "unclear" for piece in spoken) or not is_drowned(cut.samples):
            return spoken
        again = self._write(person, replace(cut, samples=clean_steady_noise(cut.samples, RATE_HZ)))
        # Without its noise an English sentence may look like another language: what is not read stays unclear.
        return again if any(piece.text for piece in again) else spoken

    def _write(self, person: str, cut: Cut) -> list[Spoken]:
        heard = self._transcribe(person, cut, pauses=cut.pauses)
        if not heard.cuts_s:
            return [self._spoken(person, cut, heard)]
        # All of it before the first is told: with that the whole cut counts as settled.
        return [self._spoken(person, part, self._transcribe(person, part)) for part in split(cut, heard.cuts_s)]

    def _transcribe(self, person: str, cut: Cut, *, pauses: tuple[tuple[float, float], ...] | None = None) -> Heard:
        others = [name for each, name in self.names.items() if each != person]
        return self.engine.transcribe(cut.samples, greeted=others, spelling=self._spelling(), pauses=pauses)

    def _spoken(self, person: str, cut: Cut, heard: Heard) -> Spoken:
        names = tuple(self.names.values())
        missing: Missing = ""
        if heard.language not in (None, "en"):
            missing = "language"
        elif not heard.text or not self._is_believed(heard):
            missing = "unclear"
        if missing:
            text = ""
        elif self.engine.punctuates:
            text = mend_weekdays(finish_sentence(heard.text, names), self._spelling())
        else:
            text = write_out(heard, pauses=cut.pauses, names=names)
        return Spoken(
            person=person,
            start_s=cut.start_s,
            end_s=cut.end_s,
            text=text,
            confidence=round(heard.confidence, 3),
            missing=missing,
        )

    def _is_believed(self, heard: Heard) -> bool:
        # A recogniser that writes phrases into silence is not believed a short answer either.
        short = not self.engine.punctuates and _is_short(heard.text)
        return short or heard.confidence >= self.engine.least_confidence

    def _spelling(self) -> list[str]:
        return [*dict.fromkeys(self.names.values()), *self.terms]


def _is_short(text: str) -> bool:
    words = split_words(text)
    return 0 < len(words) <= 4 and all(word in _SHORT_ENGLISH for word in words)
