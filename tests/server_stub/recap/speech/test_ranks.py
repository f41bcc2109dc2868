"""Which engine hears better, by name."""

from pathlib import Path

import pytest

from server_stub.recap.speech import models, ranks
from server_stub.recap.speech.catalogue import known
from server_stub.recap.speech.ranks import about_s, best_engine, is_better


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ("faster-whisper base", "pocketsphinx", True),
        ("faster-whisper small", "faster-whisper base", True),
        ("faster-whisper base", "faster-whisper small", False),
        ("faster-whisper base", "faster-whisper base", False),
        ("pocketsphinx", "faster-whisper base", False),
        # Of what is not known by name nobody knows how well it hears.
        ("faster-whisper somebody/other", "faster-whisper base", False),
        ("faster-whisper base", "faster-whisper somebody/other", False),
        ("faster-whisper base", "base", False),
    ],
)
def test_better_is_what_is_known_to_be(one: str, other: str, is_so: bool) -> None:
    assert is_better(one, other) is is_so


def place(folder: Path, name: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, kept in known()[name].files.items():
        with (folder / name / file).open("wb") as whole:
            whole.truncate(kept.bytes)


def test_the_best_is_what_would_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "installed_folder", lambda: tmp_path / "installed")
    assert best_engine("", tmp_path) == best_engine("small", tmp_path) == "pocketsphinx"
    place(tmp_path, "base")
    assert best_engine("", tmp_path) == best_engine("small", tmp_path) == "faster-whisper base"
    assert best_engine("pocketsphinx", tmp_path) == "pocketsphinx"
    place(tmp_path, "small")
    assert best_engine("", tmp_path) == best_engine("small", tmp_path) == "faster-whisper small"
    assert best_engine("base", tmp_path) == "faster-whisper base"
    (tmp_path / "small" / "model.bin").write_bytes(b"half")
    assert best_engine("", tmp_path) == "faster-whisper base"


def test_a_larger_model_takes_longer() -> None:
    base, small = (about_s(f"faster-whisper {name}", 600.0) for name in ("base", "small"))
    assert base == ranks.LOAD_S + 600 * ranks.COST
    assert small > 3 * (base - ranks.LOAD_S)
