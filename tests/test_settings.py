"""Choices that outlive the program, however it ends."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import FILE_NAME, Settings, SettingsFile

ROOT = Path(__file__).resolve().parent.parent
CHOOSER = """
import sys
from pathlib import Path
from app.settings import SettingsFile
settings = SettingsFile(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    settings.change(server=f"server-{number}", choices={"data_saver": bool(number % 2)})
    print(number, flush=True)
"""


def test_a_fresh_profile_has_the_defaults(tmp_path):
    assert SettingsFile(tmp_path).now == Settings()
    assert not list(tmp_path.iterdir())


def test_a_change_is_there_at_the_next_start(tmp_path):
    SettingsFile(tmp_path).change(theme="dark", choices={"camera": "/dev/video2", "data_saver": False})
    again = SettingsFile(tmp_path).now
    assert again == Settings(theme="dark", choices={"camera": "/dev/video2", "data_saver": False})


@pytest.mark.skipif(os.name != "posix", reason="other systems keep a user's folder to themselves")
def test_only_this_user_can_read_them(tmp_path):
    SettingsFile(tmp_path / "new").change(server="x")
    assert stat.S_IMODE((tmp_path / "new" / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_the_name_of_this_installation_is_made_once(tmp_path):
    settings = SettingsFile(tmp_path)
    name = settings.installation()
    assert len(name) == 32
    assert settings.installation() == SettingsFile(tmp_path).installation() == name
    assert SettingsFile(tmp_path / "other").installation() != name


def test_that_others_may_reach_this_computer_is_kept(tmp_path):
    SettingsFile(tmp_path).change(lets_others=True)
    assert SettingsFile(tmp_path).now.lets_others


def test_r15_kill_9_leaves_the_last_change(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", CHOOSER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        last = 0
        while last < 20:
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        last = [int(line) for line in process.stdout][-1:] or [last]
    kept = int(SettingsFile(tmp_path).now.server.removeprefix("server-"))
    assert kept in (last[0], last[0] + 1)


@pytest.mark.logs_warnings
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'"text"'])
def test_a_damaged_file_gives_the_defaults_and_is_kept(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    assert SettingsFile(tmp_path).now == Settings()
    assert (tmp_path / (FILE_NAME + ".bad")).read_bytes() == content


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"theme": []},
        {"server": 4},
        {"choices": [1]},
        {"choices": {"camera": {}}},
        {"installation": 7},
        {"lets_others": "yes"},
        {"from_the_future": 1},
    ],
)
def test_what_is_not_understood_is_left_out_and_the_rest_holds(tmp_path, wrong):
    (tmp_path / FILE_NAME).write_text(json.dumps({"speech_model": "small", **wrong}))
    assert SettingsFile(tmp_path).now == Settings(speech_model="small")


@pytest.mark.logs_warnings
def test_a_folder_that_cannot_be_read_gives_the_defaults(tmp_path):
    (tmp_path / FILE_NAME).mkdir()
    assert SettingsFile(tmp_path).now == Settings()


@pytest.mark.logs_warnings
def test_a_name_that_cannot_be_written_holds_for_this_run(tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings = SettingsFile(tmp_path / "file")
    assert settings.installation() == settings.installation()


@pytest.mark.logs_warnings
def test_a_disk_that_takes_nothing_is_told_and_the_choice_holds(tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings = SettingsFile(tmp_path / "file")
    assert not settings.change(theme="light")
    assert settings.now.theme == "light"
