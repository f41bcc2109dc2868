"""A depot that has both models for recaps, and a folder for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server_stub.recap.reading import files
from server_stub.recap.speech import catalogue, index, keeper, models, pulling
from tests.fakes import tiny_reader
from tests.fakes.depot import MODEL, Depot


@pytest.fixture
def depot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Depot]:
    depot = Depot()
    monkeypatch.delenv(files.SWITCH)
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
