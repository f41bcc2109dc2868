"""The admin command on the data of a server that does not run, and as a process beside one that does."""

import asyncio
import contextlib
import json
import shutil
import sys
import time

import pytest

from app.wire.accounts import AccessChanged, ResetPassword, Resume, SignedIn, SignedOut, SignIn
from app.wire.people import StartMeeting
from server_stub.admin import command
from server_stub.kernel import links
from server_stub.kernel.folder_lock import FolderLock
from server_stub.storage import administration, audit
from server_stub.storage.store import transaction
from server_stub.storage.tables import deletions, schema
from tests.fakes.server_client import child_server, client_of, running_server
from tests.people import PASSWORD, ada, ada_and_grace, make_room


class Child:
    """As much of a test server as the helpers of tests.people need."""

    def __init__(self, port, stack):
        self.port, self.stack = port, stack

    async def connect(self):
        return await client_of(self.stack, self.port)


async def admin(data, *words):
    """The command as a process of its own; what it answered."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server_stub", "admin", "--data", str(data), "--json", *words,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    return json.loads(said)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """What a server left whose rooms Ada and Grace share."""
    folder = tmp_path_factory.mktemp("stopped") / "data"

    async def tell():
        async with running_server(folder) as server:
            await ada_and_grace(server)

    asyncio.run(tell())
    return folder


@pytest.fixture
def data(stopped, tmp_path, monkeypatch):
    """A copy of it that a test may change."""
    monkeypatch.setattr("os.umask", lambda mask: 0)
    return shutil.copytree(stopped, tmp_path / "data")


@pytest.fixture
def run(data, capsys):
    """Runs a command; returns its exit code and what it printed, parsed where it succeeded."""

    def run(*words, json_too=True):
        code = command.main(["--data", str(data), *(["--json"] if json_too else []), *words])
        out, err = capsys.readouterr()
        if code:
            assert not out
            return code, err.strip()
        assert not err
        return code, json.loads(out) if json_too else out

    return run


def database(data):
    return transaction(f"sqlite:///{data / 'parley.sqlite'}")


def logged(data):
    with database(data) as connection:
        return [(line.by, line.action) for line in audit.lines(connection)]


def test_accounts_are_listed_and_shown(run):
    listed = run("accounts", "list")[1]
    assert [(one["email"], one["kind"], one["is_closed"]) for one in listed] == [
        ("ada@example.org", "client", False),
        ("grace@example.org", "freelancer", False),
    ]
    shown = run("accounts", "show", "ADA@example.org")[1]
    assert shown == {**listed[0], "rooms": 1, "sign_ins": 1}
    assert run("accounts", "show", shown["id"])[1] == shown
    text = run("accounts", "list", json_too=False)[1]
    assert text.splitlines()[0].split() == ["ID", "EMAIL", "NAME", "KIND", "SINCE", "IS", "CLOSED"]
    assert "ada@example.org" in text


def test_a_closed_account_has_no_sign_in_left(run, data):
    assert run("accounts", "close", "ada@example.org")[0] == 0
    assert run("accounts", "close", "ada@example.org")[1]["words"] == "The account is closed already."
    assert run("accounts", "show", "ada@example.org")[1]["is_closed"] is True
    assert run("sessions", "list", "ada@example.org")[1] == []
    assert run("accounts", "reset-code", "ada@example.org") == (1, "This account is closed.")
    assert run("accounts", "open", "ada@example.org")[0] == 0
    assert run("accounts", "open", "ada@example.org")[1]["words"] == "The account is open."
    assert logged(data) == [("admin", "account.close"), ("admin", "account.open")]


def test_a_reset_code_is_good_for_a_day_and_kept_as_a_fingerprint(run, data):
    first = run("accounts", "reset-code", "ada@example.org")[1]
    made = run("accounts", "reset-code", "ada@example.org")[1]
    assert abs(made["good_until"] - time.time() - 86_400) < 60
    with database(data) as connection:
        kept = connection.exec_driver_sql("SELECT fingerprint FROM resets").scalars().all()
    assert kept == [links.fingerprint(made["code"])] != [links.fingerprint(first["code"])]
    assert logged(data) == [("admin", "account.reset_code")] * 2
    assert not any(made["code"].encode() in path.read_bytes() for path in data.glob("parley.sqlite*"))


def test_a_name_cannot_steer_the_terminal(run, data, capsys):
    with database(data) as connection:
        connection.exec_driver_sql("UPDATE accounts SET name = ?", ("A\x1b[2Jda",))
    assert "\x1b" not in run("accounts", "list", json_too=False)[1]
    assert "A?[2Jda" in run("accounts", "show", "ada@example.org", json_too=False)[1]


def test_the_gate_is_set_by_parts(run, data):
    ids = {one["email"][:3]: one["id"] for one in run("accounts", "list")[1]}
    assert run("gate", "show")[1]["accounts_that_may_start"] == "2 of 2"
    answer = run("gate", "set", "--percentage", "0", "--allow", "ada@example.org", "--exclude-contract", "catalog")[1]
    assert answer["accounts_that_may_start"] == "1 of 2"
    answer = run("gate", "set", "--deny", ids["ada"], "--exclude-kind", "agency", "--external", "off")[1]
    assert (answer["percentage"], answer["allow"], answer["deny"]) == (0, [], [ids["ada"]])
    assert (answer["excluded_kinds"], answer["excluded_contracts"], answer["external"]) == (
        ["agency"], ["catalog"], "off",
    )  # fmt: skip
    back = ("--include-kind", "agency", "--include-contract", "catalog", "--external", "on")
    answer = run("gate", "set", "--clear", ids["ada"], *back)[1]
    assert [answer[name] for name in ("allow", "deny", "excluded_kinds", "excluded_contracts")] == [[], [], [], []]
    shown = run("gate", "set", "--deny", ids["ada"], json_too=False)[1].splitlines()
    assert [line.split() for line in shown[:3]] == [["percentage", "0"], ["allow", "-"], ["deny", ids["ada"]]]
    run("gate", "set")  # nothing named, nothing changed, nothing noted
    assert logged(data) == [("admin", "gate.set")] * 4


def test_one_sign_in_or_all_of_an_account_are_ended(run, data):
    first = run("sessions", "list")[1]
    assert {one["email"] for one in first} == {"ada@example.org", "grace@example.org"}
    assert run("sessions", "revoke", first[0]["id"])[1]["ended"] == 1
    assert run("sessions", "list")[1] == first[1:]
    assert run("sessions", "revoke", first[1]["email"])[1]["ended"] == 1
    assert run("sessions", "list", json_too=False)[1] == "There are none.\n"
    assert logged(data) == [("admin", "session.revoke")] * 2


def test_deletions_are_approved_or_refused_once(run, data):
    with database(data) as connection:
        for recording in ("m1", "m2"):
            row = {"recording": recording, "room": "r1", "by": "a1", "reason": "private", "at": 1.0, "state": "pending"}
            connection.execute(deletions.insert().values(**row))
    assert [one["state"] for one in run("deletions", "list")[1]] == ["pending", "pending"]
    assert run("deletions", "approve", "m1")[0] == 0
    assert run("deletions", "refuse", "m2", "  ")[0] == 1
    assert run("deletions", "refuse", "m2", "The contract asks for it.")[0] == 0
    assert run("deletions", "approve", "m2") == (1, "This request has already been answered: it is refused.")
    assert run("deletions", "approve", "m3") == (1, "Nobody has asked for the deletion of m3.")
    assert [(one["state"], one["words"]) for one in run("deletions", "list")[1]] == [
        ("approved", ""),
        ("refused", "The contract asks for it."),
    ]
    assert logged(data) == [("admin", "deletion.approve"), ("admin", "deletion.refuse")]


def test_the_audit_log_can_be_asked_from_a_day_on(run):
    run("accounts", "close", "ada@example.org")
    (line,) = run("audit")[1]
    assert (line["by"], line["action"], line["words"]) == ("admin", "account.close", "")
    assert abs(line["at"] - time.time()) < 60
    assert run("audit", "--since", "2020-01-01")[1] == [line]
    assert run("audit", "--since", "2999-01-01T09:00")[1] == []
    # No name, no address: what it was done to is an id.
    assert "ada" not in json.dumps(line).replace(line["subject"], "")


def test_what_cannot_be_done_changes_nothing_and_says_so(run, data):
    for words in (
        ("accounts", "show", "nobody@example.org"),
        ("accounts", "close", "nobody@example.org"),
        ("sessions", "revoke", "nobody@example.org"),
        ("sessions", "list", "nobody@example.org"),
        ("gate", "set", "--percentage", "5", "--allow", "nobody@example.org"),
    ):
        assert run(*words) == (1, "There is no account nobody@example.org.")
    assert run("sessions", "revoke", "")[0] == 1  # no sign-in of an older version, whose id is empty
    assert run("gate", "show")[1]["percentage"] == 100
    assert logged(data) == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["gate"],
        ["gate", "set", "--percentage", "101"],
        ["audit", "--since", "soon"],
        ["audit", "--since", "0001-01-01"],
        ["dance"],
    ],
)
def test_wrong_options_are_told_apart(data, words, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--data", str(data), *words])
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_folder_that_is_none_is_said_in_a_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("os.umask", lambda mask: 0)
    assert command.main(["--data", str(tmp_path), "accounts", "list"]) == 4
    assert capsys.readouterr().err == f"There is no Parley server data in {tmp_path}. Say where it is: --data FOLDER.\n"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "parley.sqlite").write_bytes(b"this is no database " * 100)
    assert command.main(["--data", str(tmp_path), "accounts", "list"]) == 4
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(("version", "words"), [(99, "newer version"), (1, "older version")])
def test_data_of_another_version_is_left_alone(run, data, version, words):
    with database(data) as connection:
        connection.execute(schema.update().values(version=version))
    code, said = run("accounts", "close", "ada@example.org")
    assert (code, words in said) == (4, True)


def test_the_owner_of_an_embedded_server_is_not_locked_out(tmp_path, run, data):
    with database(data) as connection:
        account = administration.find_account(connection, "ada@example.org")
        connection.exec_driver_sql("INSERT INTO facts VALUES ('owner', ?)", (account.id,))
    assert run("accounts", "close", "ada@example.org")[0] == 1


def test_a_backup_is_restored_elsewhere(run, data, tmp_path, capsys):
    file, other = tmp_path / "parley.backup", tmp_path / "other"
    assert run("backup", str(file))[1]["bytes"] == file.stat().st_size
    assert command.main(["--data", str(other), "restore", str(file)]) == 0
    capsys.readouterr()
    assert command.main(["--data", str(other), "--json", "accounts", "list"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
    assert run("import", str(file), "--owner", "ada@example.org")[1]["words"].startswith("Everything in this backup is")
    code, words = run("import", str(tmp_path / "missing"), "--owner", "ada@example.org")
    assert (code, "Traceback" in words) == (4, False)
    assert logged(data)[0] == ("admin", "data.backup")
    assert logged(other)[-1] == ("admin", "data.restore")


def test_data_that_is_in_use_is_not_imported_into(run, data, tmp_path):
    file = tmp_path / "parley.backup"
    run("backup", str(file))
    lock = FolderLock(data)
    lock.take()
    try:
        assert run("import", str(file), "--owner", "ada@example.org") == (
            3, f"Another server is already using {data}.",
        )  # fmt: skip
    finally:
        lock.release()


def test_a_folder_that_cannot_be_read_is_said_in_a_line(run, data, monkeypatch):
    def fails(*_):
        raise PermissionError(13, "Permission denied", "/srv/parley")

    monkeypatch.setattr("server_stub.admin.moving.files.backup", fails)
    assert run("backup", "x") == (4, "/srv/parley: Permission denied.")


@pytest.mark.processes
def test_beside_a_running_server_what_was_done_counts_soon(tmp_path):
    async def tell():
        async with child_server(tmp_path) as child, contextlib.AsyncExitStack() as stack:
            server = Child(child.port, stack)
            host = await ada(server)
            room = await make_room(host)

            await admin(tmp_path, "gate", "set", "--percentage", "0")
            changed = await host.expect(AccessChanged)
            assert not changed.access.may_start
            assert await host.refused(StartMeeting(room=room, key="k")) == "gate_closed"
            await admin(tmp_path, "gate", "set", "--percentage", "100")
            assert (await host.expect(AccessChanged)).access.may_start

            await admin(tmp_path, "sessions", "revoke", "ada@example.org")
            await host.expect(SignedOut)
            assert await host.refused(StartMeeting(room=room, key="k")) == "not_signed_in"
            assert await (await server.connect()).refused(Resume(token=host.token)) == "bad_token"

            code = (await admin(tmp_path, "accounts", "reset-code", "ada@example.org"))["code"]
            reset = ResetPassword(email="ada@example.org", code=code, password="another password")
            assert isinstance(await host.ask(reset), SignedIn)
            assert await (await server.connect()).refused(reset) == "bad_token"  # once

            await admin(tmp_path, "accounts", "close", "ada@example.org")
            await host.expect(SignedOut)
            for password in ("another password", PASSWORD):
                closed = await (await client_of(stack, child.port)).refused(
                    SignIn(email="ada@example.org", password=password)
                )
                assert closed == ("not_allowed" if password != PASSWORD else "wrong_password")

    asyncio.run(tell())


@pytest.mark.processes
def test_the_command_is_found_by_its_word(tmp_path):
    async def tell():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server_stub", "admin", "--data", str(tmp_path), "audit",
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, words = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 4
        assert words.decode().startswith("There is no Parley server data in")

    asyncio.run(tell())
