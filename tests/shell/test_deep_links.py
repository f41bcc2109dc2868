"""parley:// links: registered in temporary XDG folders, and a second start that hands its link to the first window."""

import re
import sys
from pathlib import Path

import pytest

from app.shell import deep_links

LINK = "parley://127.0.0.1:9/j/abcdefghijklmnopqrstuv"


def linux(tmp_path):
    return {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CONFIG_HOME": str(tmp_path / "c")}


def test_r25_the_link_scheme_is_registered_for_this_user_alone_and_only_once(tmp_path):
    command = ["/opt/p/python", "/opt/p/main.py", "--link"]
    assert deep_links.register_linux(command, linux(tmp_path))
    entry = (tmp_path / "d/applications/parley.desktop").read_text()
    assert 'Exec="/opt/p/python" "/opt/p/main.py" "--link" %u\n' in entry
    assert "MimeType=x-scheme-handler/parley;\n" in entry
    defaults = (tmp_path / "c/mimeapps.list").read_text()
    assert defaults == "[Default Applications]\nx-scheme-handler/parley=parley.desktop\n"
    assert not deep_links.register_linux(command, linux(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"d", "c"}


def test_what_others_registered_stays(tmp_path):
    known = (
        "[Added Associations]\nx-scheme-handler/parley=old.desktop;\n\n[Default Applications]\ntext/html=web.desktop\n"
    )
    after = deep_links.with_default(known)
    assert set(known.splitlines()) <= set(after.splitlines())
    assert after.index("x-scheme-handler/parley=parley.desktop") > after.index("[Default Applications]")
    assert deep_links.with_default(after) == after


@pytest.mark.parametrize("known", ["", "[Default Applications]\nx-scheme-handler/parley=other.desktop\n", "no group"])
def test_ours_is_the_one_default(known):
    lines = deep_links.with_default(known).splitlines()
    assert lines.count("x-scheme-handler/parley=parley.desktop") == 1
    assert "x-scheme-handler/parley=other.desktop" not in lines


@pytest.mark.parametrize("word", ["/a b/python", '/a"b', "/a$HOME", "/a`id`", "/a%f", "/a\\b"])
def test_a_strange_path_stays_one_argument(word):
    line = next(one for one in deep_links.entry_text([word]).splitlines() if one.startswith("Exec="))
    # As a desktop reads it: the string's escapes first, then the quotes, then the field codes.
    unescaped = line.removeprefix("Exec=").replace("\\\\", "\\")
    quoted, _, code = unescaped.rpartition(" ")
    assert (quoted[0], quoted[-1], code) == ('"', '"', "%u")
    assert re.sub(r'\\(["`$\\])', r"\1", quoted[1:-1]).replace("%%", "%") == word


def test_mimeapps_of_another_encoding_is_left_alone(tmp_path, caplog):
    (tmp_path / "c").mkdir()
    (tmp_path / "c/mimeapps.list").write_bytes(b"\xff\xfe\x00")
    with caplog.at_level("ERROR"):
        deep_links.register_linux(["p"], linux(tmp_path))
    assert (tmp_path / "c/mimeapps.list").read_bytes() == b"\xff\xfe\x00"


def test_windows_keeps_it_in_the_users_own_part_of_the_registry():
    found = deep_links.windows_entries(["C:\\P q\\p.exe", "--link"])
    entries = {key: text for key, name, text in found if not name}
    assert entries[r"Software\Classes\parley\shell\open\command"] == '"C:\\P q\\p.exe" --link "%1"'
    assert (r"Software\Classes\parley", "URL Protocol", "") in deep_links.windows_entries(["p"])


def test_the_command_is_this_program():
    program, script, option = deep_links.own_command()
    assert (program, Path(script).name, option) == (sys.executable, "main.py", "--link")
