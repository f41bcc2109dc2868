"""How true a recap is to the script that was spoken: word error, words at the wrong speaker, action items, the reel."""

import datetime
from pathlib import Path

import av
import jiwer

from tests.spoken import words_of

BOTH_IN, READY = "both in the meeting after the start", "the recap after the last leave"
#: Seconds in which things are done where nothing else keeps the computer busy.
PROMISED_S = {BOTH_IN: 24.0, READY: 15.0}
#: A computer on which less than this share of the speech gets through is too busy for what is heard to be judged.
ENOUGH_VOICE = 0.98
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def word_error(script, recap):
    """Share of words wrong, each speaker against his own lines, 0-1."""
    wrong = total = 0
    for person in script["people"]:
        said = " ".join(
            word for line in script["lines"] if line["speaker"] == person["name"] for word in words_of(line["text"])
        )
        heard = " ".join(
            word for one in recap["transcript"] if one["speaker"] == person["name"] for word in words_of(one["text"])
        )
        measured = jiwer.process_words(said, heard or "-")
        wrong += measured.substitutions + measured.deletions + measured.insertions
        total += len(said.split())
    return wrong / total


def words_at_wrong_speaker(script, recap, *, talk_began_s, slack_s=1.0):
    """Words in utterances that touch no scripted line of their speaker.

    Args:
        script: the demo's script.
        recap: what `recap.json` holds.
        talk_began_s: second of the recording at which the script's second 0 was played.
        slack_s: how far an utterance may lie beside its line.
    """
    count = 0
    for one in recap["transcript"]:
        lines = [line for line in script["lines"] if line["speaker"] == one["speaker"]]
        start_s, end_s = one["start_s"] - talk_began_s, one["end_s"] - talk_began_s
        if not any(start_s < line["end_s"] + slack_s and end_s > line["start_s"] - slack_s for line in lines):
            count += len(words_of(one["text"]))
    return count


def due_date(weekday, meeting_day):
    """The first such weekday after the meeting's day."""
    ahead = (WEEKDAYS.index(weekday) - meeting_day.weekday() - 1) % 7 + 1
    return (meeting_day + datetime.timedelta(days=ahead)).isoformat()


def missing_items(script, recap):
    """The script's items that the recap lacks, or has with another owner or due date; a sentence each."""
    day = datetime.datetime.fromtimestamp(recap["started_at"]).date()
    missing = []
    for item in script["items"]:
        due = due_date(item["due_weekday"], day)
        near = [
            one
            for one in recap["action_items"]
            if any(word in words_of(one["text"]) for word in item["keywords"]) and one["owner"] == item["owner"]
        ]
        if not any(one["due"] == due for one in near):
            found = ", ".join(f"{one['owner']}: {one['text']} ({one['due']})" for one in near) or "nothing near it"
            missing.append(f"{item['owner']} shall {item['text']} by {due}; found {found}")
    return missing


def reel_s(file):
    """Seconds of video and sound that decode out of a reel: (video, sound)."""
    with av.open(str(file)) as container:
        last = {}
        for frame in container.decode(*[stream for stream in container.streams if stream.type in ("video", "audio")]):
            kind = "video" if isinstance(frame, av.VideoFrame) else "audio"
            length_s = frame.samples / frame.sample_rate if kind == "audio" else 1 / 30
            last[kind] = max(last.get(kind, 0.0), frame.time + length_s)
    return last.get("video", 0.0), last.get("audio", 0.0)


def time_table(measured):
    """Lines of a table that puts what was measured beside what is promised on a quiet computer.

    Args:
        measured: name of a row of `PROMISED_S` to seconds.
    """
    width = max(len(what) for what in PROMISED_S)
    yield f"{'':{width}}  measured  promised on a quiet computer"
    for what, promised_s in PROMISED_S.items():
        late = "  (later: this computer was busy, or is slow)" if measured[what] > promised_s else ""
        yield f"{what:{width}}  {measured[what]:6.1f} s  {promised_s:6.1f} s{late}"


def voice_carried(files):
    """Share of the speech that came into a recording, of whom least came in; 0-1.

    Args:
        files: the recording's Matroska files, with a packet for each 20 ms in which their person was not muted; a
            shared screen's file has no sound and does not count.
    """
    shares = []
    for file in files:
        with av.open(str(file)) as container:
            if not container.streams.audio:
                continue
            times = [float(packet.pts * packet.time_base) for packet in container.demux(audio=0) if packet.size]
        if not times:
            continue  # never spoke
        shares.append(len(times) * 0.02 / (times[-1] - times[0] + 0.02))
    return min(shares)


def misheard(script, recap):
    """The faults that lost sound alone can bring about, a sentence each."""
    error = word_error(script, recap)
    if error > 0.15:
        yield f"the transcript has {error:.0%} word error; at most 15 % is promised"
    yield from (f"action item: {one}" for one in missing_items(script, recap))


def faults(script, recap, *, folder, talk_began_s):
    """What the demo promises and this recap does not keep, a sentence each; empty when all is well.

    How long things took is no fault: a busy computer is slow and still right. See `time_table`.
    """
    strays = words_at_wrong_speaker(script, recap, talk_began_s=talk_began_s)
    if strays:
        yield f"{strays} words stand at the wrong speaker"
    yield from misheard(script, recap)
    if not recap["reel"]:
        yield "there is no reel"
        return
    video_s, sound_s = reel_s(Path(folder) / recap["reel"]["file"])
    for name, found_s in (("video", video_s), ("sound", sound_s)):
        if abs(found_s - recap["reel"]["duration_s"]) > 0.5:
            yield f"the reel says {recap['reel']['duration_s']:.1f} s and its {name} lasts {found_s:.1f} s"
