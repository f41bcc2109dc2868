"""Who may import whom, and one door per package: read from the syntax trees, so that lazy imports count too."""

import pytest

from tests.imports import ROOT, circles, dotted, graph, imports, is_in, modules, read, strangers

#: layer -> what of ours it may import. A layer is a module or a package, named by its dotted prefix.
MAY_IMPORT = {
    "app.wire": {"app.wire"},
    "app.state": {"app.state", "app.wire", "app"},
    "app.media": {"app.media"},
    "app.net": {"app.net", "app.wire", "app.media"},
    "app.ui": {
        "app.ui", "app.state", "app.wire", "app.media.gestures", "app.media.types", "app.media.mailbox",
        "app.settings", "app.paths",
    },
    "app.conductor": {
        "app.call_media", "app.effects", "app.media.types", "app.net.peers", "app.net.signalling", "app.net.usage",
        "app.parts", "app.servers", "app.state", "app.wire",
    },
    "app.effects": {
        "app.effects", "app.awake", "app.call_media", "app.media", "app.net", "app.parts", "app.paths",
        "app.screen_share", "app.servers", "app.sign_ins", "app.state", "app.wire",
    },
    "app.parts": {"app.keychain", "app.media", "app.net", "app.settings", "app.state", "app.wire.pointing"},
    "app.servers": {"app.net.signalling", "app.wire"},
    "app.sign_ins": {"app.keychain", "app.media.worker", "app.net.loop", "app.servers"},
    "app.awake": set(),
    "app.call_media": {
        "app.call_picture", "app.call_voice", "app.media", "app.net", "app.state", "app.wire", "app.paths",
    },
    "app.call_picture": {"app.media", "app.net", "app.state", "app.paths", "app"},
    "app.call_voice": {"app.media", "app.net", "app.state"},
    "app.screen_share": {"app.media", "app.net", "app.state"},
    "app.shell": {
        "app.shell", "app.conductor", "app.file_lock", "app.media.screen.types", "app.media.types",
        "app.net.rounds", "app.net.signalling", "app.paths", "app.rehearsal.options",
        "app.settings", "app.state", "app.ui.bridge", "app.ui.qt", "app.ui.window", "app.wire.headers",
        "app.wire.pointing", "app",
    },
    "app.rehearsal": {"app.rehearsal", "app.media", "app.state", "app.ui", "app.wire"},
    "app.keychain": {"app.paths"},
    "app.paths": set(),
    "app.file_lock": set(),
    "app.log": {"app.paths"},
    "app.settings": {"app.paths"},
    "server_stub": {
        "server_stub", "app.wire", "app.net.beat", "app.net.estimate", "app.net.guard", "app.net.heights",
        "app.net.repair", "app.net.rounds", "app.net.told", "app.file_lock", "app.paths", "app.log", "app",
    },
}  # fmt: skip

#: package from outside -> the only places of ours that may import it.
DOORS = {
    "PySide6": {
        "app.ui", "app.start", "app.rehearsal", "app.shell.attention", "app.shell.collector", "app.shell.first_paint",
        "app.shell.plugs", "app.shell.qt_screens", "app.shell.session_end", "app.shell.single_instance",
    },
    "websockets": {"app.net.attempts", "app.net.signalling"},
    "httpx": {"app.net.files", "server_stub.recap.language_model", "server_stub.recap.speech"},
    "aiortc": {"app.net", "server_stub.relay"},
    "aioice": {"app.net", "server_stub.relay"},
    "pylibsrtp": {"app.net.guard", "server_stub.relay"},
    "av": {"app.media", "app.rehearsal.devices", "app.net", "server_stub.recap", "server_stub.relay"},
    "cv2": {"app.media"},
    "mediapipe": {"app.media"},
    "sounddevice": {"app.media"},
    "pyrnnoise": {"app.media"},
    "livekit": {"app.media"},
    "PIL": {"server_stub.recap"},
    "noisereduce": {"server_stub.recap"},
    "keyring": {"app.keychain"},
    "jeepney": {"app.shell.desktop_bus"},
    "platformdirs": {"app.paths"},
    "wakepy": {"app.awake"},
    "msgspec": {"app.wire", "app.state", "app.settings", "app.net", "server_stub"},
    "sqlalchemy": {"server_stub.storage"},
    "certifi": {"app.net.pins", "server_stub.recap.language_model", "server_stub.recap.speech"},
    "starlette": {"server_stub.doors"},
    "uvicorn": {"server_stub.doors.listening"},
    "uvloop": {"server_stub.__main__"},
    "cryptography": {"server_stub.doors.certificates", "server_stub.kernel.signing"},
    "aiosmtplib": {"server_stub.post.mail"},
    "idna": {"app.wire.addresses"},
    "icalendar": {"server_stub.room.calendar"},
    "argon2": {"server_stub.account.passwords"},
    "onnxruntime": {"app.media", "server_stub.recap"},
    "faster_whisper": {"server_stub.recap.speech"},
    "ctranslate2": {"server_stub.recap.speech", "server_stub.recap.reading"},
    "tokenizers": {"server_stub.recap.speech", "server_stub.recap.reading"},
    "huggingface_hub": {"server_stub.recap.speech"},
    "pocketsphinx": {"server_stub.recap.speech"},
    "mss": {"app.media.screen"},
    "Xlib": {"app.media.screen"},
    "numpy": {"app.media", "app.rehearsal.devices", "app.rehearsal.screens", "app.shell.qt_screens",
        "app.net", "app.ui", "server_stub.recap"},
}  # fmt: skip


#: Of app.ui: what every part stands on.
UI_BASE = {
    "app.ui.qt", "app.ui.style", "app.ui.theme", "app.ui.icons", "app.ui.keys", "app.ui.text", "app.ui.bridge",
    "app.ui.stage", "app.ui.session", "app.ui.emoji", "app.ui.motion", "app.ui.reactions", "app.ui.held_key",
}  # fmt: skip
_UI_PANELS = UI_BASE | {"app.ui.widgets", "app.ui.aim", "app.ui.panels"}
#: Of app.ui: each part and what of app.ui it may import. A page imports no other page.
UI_MAY_IMPORT = {
    **dict.fromkeys(sorted(UI_BASE), UI_BASE),
    "app.ui.widgets": UI_BASE | {"app.ui.widgets"},
    "app.ui.aim": UI_BASE | {"app.ui.widgets"},
    "app.ui.panels": _UI_PANELS,
    "app.ui.pages": _UI_PANELS,
    "app.ui.closing": _UI_PANELS,
    "app.ui.overlays": _UI_PANELS,
    "app.ui.pip": _UI_PANELS,
    "app.ui.share_border": UI_BASE,
    "app.ui.window": {"app.ui"},
}

#: Of app.state: what every feature stands on, each with what it may import itself.
STATE_BASE = {
    "stage": set(),
    "floor": set(),
    "app_state": {"stage"},
    "effects": {"app_state"},
    "events": {"app_state"},
    "intents": {"app_state", "events"},
    "call_intents": {"app_state", "events", "stage"},
    "tables": {"app_state", "effects", "events"},
    "toasts": {"app_state", "events", "intents", "tables"},
    "asking": {"app_state", "effects", "tables", "toasts"},
    "forms": set(),
    "capabilities": set(),
    "scope": {"app_state"},
    "whereabouts": {"app_state", "scope"},
}
#: Of app.state: each feature and those others whose rules it needs. `update` knows them all.
STATE_FEATURES = {
    "account_dialog": set(),
    "accounts": set(),
    "captions": {"so_far"},
    "chat": {"prejoin"},
    "closing": set(),
    "devices": set(),
    "gestures": {"hands", "reactions"},
    "hands": set(),
    "host": set(),
    "links": {"accounts", "people", "prejoin", "recap"},
    "lobby": {"prejoin"},
    "messages": {"rooms"},
    "news": {"prejoin", "recap", "rooms"},
    "people": {"chat", "devices", "gestures", "hands", "prejoin", "quality", "recap", "sharing", "so_far"},
    "pinning": set(),
    "pointing": set(),
    "pip": set(),
    "prejoin": set(),
    "privacy": set(),
    "quality": set(),
    "reach": set(),
    "reactions": set(),
    "recap": {"prejoin"},
    "recording": {"people", "so_far"},
    "rooms": {"prejoin", "recap"},
    "schedule": {"prejoin", "rooms"},
    "sharing": set(),
    "so_far": set(),
    "speech": set(),
    "volumes": set(),
    "way": set(),
    "signing_in": {"account_dialog", "accounts", "messages", "people", "prejoin", "recap", "rooms", "schedule"},
}

_SERVER_BASE = {"server_stub.errors", "server_stub.kernel", "server_stub.storage"}
#: Of server_stub: each room and what of the server it may import beside itself; lower rooms stand first.
SERVER_ROOMS = {
    "relay": set(),
    "recap": set(),
    "errors": set(),
    "storage": {"server_stub.errors"},
    "kernel": {
        "server_stub.errors",
        "server_stub.recap.model_server",
        "server_stub.relay.engine",
        "server_stub.storage",
    },
    "post": _SERVER_BASE,
    # A meeting that runs knows neither its room nor what becomes of it: it says events.
    "call": _SERVER_BASE | {"server_stub.relay.engine"},
    "room": _SERVER_BASE | {"server_stub.call", "server_stub.post"},
    "entry": _SERVER_BASE | {"server_stub.call", "server_stub.room"},
    "account": _SERVER_BASE | {"server_stub.call", "server_stub.post", "server_stub.room"},
    "after": _SERVER_BASE | {"server_stub.call", "server_stub.post", "server_stub.recap", "server_stub.room"},
    "doors": _SERVER_BASE | {"server_stub.account", "server_stub.after", "server_stub.call"},
    "admin": _SERVER_BASE | {"server_stub.room.gate"},
}
#: Of server_stub: what puts the rooms together, and is imported by none of them.
SERVER_TOP = {"__main__", "backend", "embedded", "features", "restoring", "serving", "watching", "wiring"}


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_each_layer_that_is_named_exists(layer):
    place = ROOT / layer.replace(".", "/")
    assert place.with_suffix(".py").exists() or any(place.glob("*.py"))


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_layers_import_only_what_is_below_them(layer):
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules()
        if is_in(dotted(path), {layer})
        for name, line in imports(path)
        if name.split(".")[0] in ("app", "server_stub", "tests", "main") and not is_in(name, MAY_IMPORT[layer])
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", DOORS)
def test_each_package_has_one_door(package):
    users = {
        (dotted(path), line) for path in modules() for name, line in imports(path) if name.split(".")[0] == package
    }
    wrong = [f"{name}:{line}" for name, line in users if not is_in(name, DOORS[package])]
    assert users, f"nothing imports {package}: take it out of the project"
    assert not wrong, f"{package} is imported by {wrong}"


def breaches_in_ui(imported):
    """Which imports inside of app.ui are not allowed; a module of no part may import nothing.

    Args:
        imported: each module of app.ui and what of app.ui it imports.
    """
    parts = {name: next((part for part in UI_MAY_IMPORT if is_in(name, {part})), None) for name in imported}
    return [
        f"{name} imports {other}"
        for name, part in parts.items()
        for other in sorted(imported[name])
        if not is_in(other, UI_MAY_IMPORT.get(part, ()))
    ]


def test_pages_stand_on_panels_and_panels_on_widgets():
    assert breaches_in_ui(graph("app.ui")) == []


def test_a_planted_import_of_a_page_by_a_widget_is_found():
    planted = {
        "app.ui.widgets.cards": {"app.ui.theme", "app.ui.pages.call"},
        "app.ui.pages.call": {"app.ui.pages.ended"},
    }
    assert breaches_in_ui(planted) == [
        "app.ui.widgets.cards imports app.ui.pages.call",
        "app.ui.pages.call imports app.ui.pages.ended",
    ]


def in_state(rules):
    return {f"app.state.{name}": {f"app.state.{other}" for other in others} for name, others in rules.items()}


def test_features_of_the_state_import_only_those_that_are_listed():
    imported = graph("app.state")
    slices = {name for name in imported if is_in(name, {"app.state.slices"})}
    base = in_state(STATE_BASE)
    features = {name: others | set(base) for name, others in in_state(STATE_FEATURES).items()}
    above = {**base, **features, "app.state": set(), "app.state.update": {*base, *features}}
    # What is true by feature is seen by all, and sees none of the rules; what the stage consists of is no rule.
    below = slices | {"app.state.stage"}
    listed = {name: others | slices for name, others in above.items()} | dict.fromkeys(slices, below)
    assert not strangers(imported, listed)


def test_only_the_conductor_updates_the_state():
    users = {dotted(path) for path in modules() for name, _ in imports(path) if name == "app.state.update"}
    assert users == {"app.conductor"}


def test_no_modules_of_the_client_import_each_other_in_a_circle():
    assert circles(graph("app")) == []


def breaches_in_server(imported):
    """Which imports inside of server_stub are not allowed, as "a imports b", and modules of no room.

    Args:
        imported: each module of server_stub and what of server_stub it imports.
    """
    wrong = []
    for name in sorted(imported):
        room = name.removeprefix("server_stub.").split(".")[0]
        if room in SERVER_ROOMS:
            allowed = SERVER_ROOMS[room] | {f"server_stub.{room}"}
            wrong += [f"{name} imports {other}" for other in sorted(imported[name]) if not is_in(other, allowed)]
        elif name != "server_stub" and room not in SERVER_TOP:
            wrong.append(f"{name} is in no room")
    return wrong


def test_rooms_of_the_server_import_only_what_is_listed():
    assert breaches_in_server(graph("server_stub")) == []


def test_rooms_of_the_server_stand_on_those_that_are_listed_before_them():
    rooms = list(SERVER_ROOMS)
    for room, allowed in SERVER_ROOMS.items():
        assert {name.split(".")[1] for name in allowed} <= set(rooms[: rooms.index(room)])


def test_a_planted_breach_in_the_server_is_found():
    planted = {
        "server_stub.call.ongoing": {"server_stub.kernel.hub", "server_stub.after.recaps"},
        "server_stub.room.rooms": {"server_stub.call.ongoing", "server_stub.backend"},
        "server_stub.backend": {"server_stub.after.recaps"},
        "server_stub.extra": set(),
    }
    assert breaches_in_server(planted) == [
        "server_stub.call.ongoing imports server_stub.after.recaps",
        "server_stub.extra is in no room",
        "server_stub.room.rooms imports server_stub.backend",
    ]


def test_no_modules_of_the_server_import_each_other_in_a_circle():
    assert circles(graph("server_stub")) == []


@pytest.mark.parametrize(
    "back",
    [
        "from server_stub.call import calls",
        "from server_stub.call.calls import Calls",
        "if TYPE_CHECKING:\n    from server_stub.call.calls import Calls",
        "def late():\n    from server_stub.call.calls import Calls",
    ],
)
def test_an_import_that_closes_a_circle_counts_wherever_it_stands(tmp_path, back):
    path = tmp_path / "ongoing.py"
    path.write_text(f"{back}\n")
    planted = graph("server_stub") | {"server_stub.call.ongoing": {name for name, _ in imports(path)}}
    assert circles(planted) == [["server_stub.call.calls", "server_stub.call.ongoing"]]


def test_a_planted_circle_is_found():
    made_up = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set(), "f": {"g"}, "g": {"f"}, "h": {"h"}}
    assert circles(made_up) == [["a", "b", "c"], ["f", "g"], ["h"]]
    assert circles({**made_up, "c": {"d"}, "g": set(), "h": set()}) == []


def test_a_planted_import_that_is_not_listed_is_found():
    listed = {"chat": {"base"}, "rooms": {"base", "chat"}, "base": set()}
    assert strangers({"chat": {"base"}, "rooms": {"chat"}, "base": set()}, listed) == []
    assert strangers({"chat": {"base", "rooms"}, "new": {"base"}}, listed) == [
        "new is not listed",
        "chat imports rooms",
    ]


def test_nothing_imports_the_composition():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        for name, line in imports(path)
        if is_in(name, {"app.start", "main"})
    ]
    assert not wrong


def test_only_main_and_the_tests_know_the_server():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / "app").rglob("*.py")
        for name, line in imports(path)
        if is_in(name, {"server_stub"})
    ]
    assert not wrong


def test_files_and_functions_keep_their_size():
    long = []
    for path in (*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "packaging").glob("*.py"), ROOT / "main.py"):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > 400:
            long.append(f"{path.relative_to(ROOT)}: {lines} lines")
        long += [
            f"{path.relative_to(ROOT)}:{line} {name}: {length} lines"
            for line, name, length in read(path)[1]
            if length > 60
        ]
    assert not long, "\n".join(long)
