"""The models for recaps of an embedded server: fetched, stopped, taken up again and removed, each told."""

from pathlib import Path

import pytest

from server_stub.recap.reading import files
from server_stub.recap.speech import fetching, keeper, pulling
from server_stub.recap.speech.catalogue import wrong_files
from server_stub.recap.speech.keeper import DAMAGED, IN_USE, Keeper, ModelState
from server_stub.recap.speech.models import BUILT_IN, folder_of, half_of
from tests.fakes.depot import CONTENT, MODEL, Depot
from tests.server_stub.recap.speech.kept import BIN, ONE, READS, Told, both


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
    told.until_came(200_000)
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
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [files.LOCK]


def test_a_part_is_removed_too(depot: Depot, folder: Path) -> None:
    half_of("base", folder).mkdir(parents=True)
    (half_of("base", folder) / "model.bin.part").write_bytes(b"x" * 100)
    told = Told()
    kept = Keeper(folder, told)
    assert (kept.now().done, kept.now().can_remove) == (100, True)
    kept.do("remove")
    told.until("missing")
    assert [path.name for path in folder.rglob("*") if path.is_file()] == []


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
