from pathlib import Path
from types import SimpleNamespace

import pytest

from server_stub.recap.speech import models
from server_stub.recap.speech.choose import choose_engine
from server_stub.recap.speech.engine import ModelUnreached
from server_stub.recap.speech.models import folder_of, models_command, present, pull


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch):
    """A model hub that needs no network."""
    import huggingface_hub

    hub = SimpleNamespace(files={"config.json": 2, "model.bin": 1000, "tokenizer.json": 10}, error=None)

    def snapshot_download(repository: str, *, local_dir: Path, allow_patterns: list[str], dry_run: bool) -> list:
        if hub.error:
            raise hub.error
        assert dry_run
        return [SimpleNamespace(filename=name, file_size=size) for name, size in hub.files.items()]

    def hf_hub_download(repository: str, name: str, *, local_dir: Path, tqdm_class: type) -> None:
        bar = tqdm_class(total=hub.files[name], initial=0)
        bar.update(hub.files[name] // 2)
        (local_dir / name).write_bytes(b"x" * hub.files[name])
        bar.update(hub.files[name] - hub.files[name] // 2)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", hf_hub_download)
    return hub


def test_pull_fetches_whole_and_shows_how_far(hub, tmp_path: Path) -> None:
    shown = []
    place = pull("tiny.en", tmp_path, lambda done, whole: shown.append((done, whole)))
    assert place == folder_of("tiny.en", tmp_path)
    assert present("tiny.en", tmp_path)
    assert {whole for _, whole in shown} == {1012}
    assert [done for done, _ in shown] == sorted(done for done, _ in shown)
    assert shown[-1] == (1012, 1012)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.en"]


def test_hub_out_of_reach_is_one_clear_line(hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub.error = ConnectionError("name or service not known")
    assert models_command(["pull", "tiny.en"], tmp_path) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert told == ["The model hub (huggingface.co) cannot be reached from here, so nothing was fetched."]
    assert not present("tiny.en", tmp_path)


def test_full_disk_is_told(hub, tmp_path: Path) -> None:
    hub.error = OSError(28, "No space left on device")
    with pytest.raises(ModelUnreached, match="No space left"):
        pull("tiny.en", tmp_path, lambda done, whole: None)


def test_what_is_no_model_is_not_kept(hub, tmp_path: Path) -> None:
    del hub.files["model.bin"]
    with pytest.raises(ModelUnreached, match="not a model"):
        pull("somebody/something", tmp_path, lambda done, whole: None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc", "nonsense", "", "a/b/c", ".hidden"])
def test_names_that_are_no_models(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnreached, match="no speech model"):
        pull(name, tmp_path / "models", lambda done, whole: None)
    assert not present(name, tmp_path)


def test_command_lists_and_refuses(hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert models_command(["list"], tmp_path) == 0
    assert "built-in" in capsys.readouterr().out
    assert models_command(["pull", "tiny.en"], tmp_path) == 0
    assert models_command(["list"], tmp_path) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "tiny.en"
    assert models_command(["dance"], tmp_path) == 2
    assert set(models.REPOSITORIES) >= {"tiny.en", "base.en", "small.en"}


def test_missing_model_falls_back_and_says_so(tmp_path: Path) -> None:
    engine, note = choose_engine("small.en", tmp_path)
    assert engine.name == "pocketsphinx"
    assert "small.en is not on the server" in note
    assert choose_engine("", tmp_path)[1] == ""
