"""Who may import whom, and one door per package: read from the syntax trees, so that lazy imports count too."""

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: layer -> what of ours it may import. A layer is a module or a package, named by its dotted prefix.
MAY_IMPORT = {
    "app.wire": {"app.wire"},
    "app.state": {"app.state", "app.wire", "app"},
    "app.media": {"app.media"},
    "app.net": {"app.net", "app.wire", "app.media"},
    "app.ui": {"app.ui", "app.state", "app.wire", "app.media.types", "app.media.mailbox", "app.settings", "app.paths"},
    "app.conductor": {
        "app.call_media", "app.effects", "app.net.peers", "app.net.signalling", "app.net.usage", "app.parts",
        "app.servers", "app.state", "app.wire",
    },
    "app.effects": {
        "app.effects", "app.awake", "app.call_media", "app.media", "app.net", "app.parts", "app.servers",
        "app.sign_ins", "app.state", "app.wire",
    },
    "app.parts": {"app.keychain", "app.media", "app.net", "app.settings", "app.state"},
    "app.servers": {"app.net.signalling", "app.wire"},
    "app.sign_ins": {"app.keychain", "app.media.worker", "app.net.loop", "app.servers"},
    "app.awake": set(),
    "app.call_media": {"app.call_media", "app.media", "app.net", "app.state", "app.wire", "app.paths"},
    "app.local_server": {"app.paths", "app"},
    "app.own_server": {
        "app.local_server", "app.net.signalling", "app.paths", "app.settings", "app.state", "app.wire", "app",
    },
    "app.keychain": {"app.paths"},
    "app.desktop_bus": set(),
    "app.deep_links": {"app.paths"},
    "app.paths": set(),
    "app.log": {"app.paths"},
    "app.settings": {"app.paths"},
    "server_stub": {"server_stub", "app.wire", "app.net.guard", "app.paths", "app.log", "app"},
}  # fmt: skip

#: package from outside -> the only places of ours that may import it.
DOORS = {
    "PySide6": {"app.ui", "app.start"},
    "websockets": {"app.net.signalling"},
    "httpx": {"app.net.files"},
    "aiortc": {"app.net", "server_stub.relay"},
    "aioice": {"app.net", "server_stub.relay"},
    "pylibsrtp": {"app.net.guard", "server_stub.relay"},
    "av": {"app.media", "app.net", "server_stub.recap", "server_stub.relay"},
    "cv2": {"app.media"},
    "mediapipe": {"app.media"},
    "sounddevice": {"app.media"},
    "pyrnnoise": {"app.media"},
    "noisereduce": {"app.media"},
    "keyring": {"app.keychain"},
    "jeepney": {"app.desktop_bus"},
    "platformdirs": {"app.paths"},
    "wakepy": {"app.awake"},
    "msgspec": {"app.wire", "app.state", "app.settings", "app.net", "server_stub"},
    "sqlalchemy": {"server_stub.storage"},
    "certifi": {"app.net.pins"},
    "starlette": {"server_stub.web", "server_stub.gatekeeper", "server_stub.pages", "server_stub.listening"},
    "uvicorn": {"server_stub.listening"},
    "uvloop": {"server_stub.__main__"},
    "cryptography": {"server_stub.certificates", "server_stub.receipts"},
    "aiosmtplib": {"server_stub.mail"},
    "idna": {"app.wire.addresses"},
    "icalendar": {"server_stub.calendar"},
    "argon2": {"server_stub.passwords"},
    "onnxruntime": {"server_stub.recap"},
    "faster_whisper": {"server_stub.recap.speech"},
    "huggingface_hub": {"server_stub.recap.speech"},
    "pocketsphinx": {"server_stub.recap.speech"},
    "numpy": {"app.media", "app.net", "app.ui", "server_stub.recap"},
}


def dotted(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def modules():
    return [path for folder in ("app", "server_stub") for path in sorted((ROOT / folder).rglob("*.py"))]


@functools.cache
def read(path):
    """What a file imports, and its functions as (line, name, lines): each file is parsed once, its tree is not kept."""
    imported, functions = [], []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative imports hide who imports whom"
            imported += [(_module_of(node.module, alias.name), node.lineno) for alias in node.names]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append((node.lineno, node.name, node.end_lineno - node.lineno + 1))
    return imported, functions


def imports(path):
    """Every dotted name that a file imports, anywhere in it; `from a import b` gives a.b where that is a module."""
    return read(path)[0]


@functools.cache
def _module_of(package, name):
    """What `from package import name` loads."""
    inner = ROOT / f"{package}.{name}".replace(".", "/")
    return f"{package}.{name}" if inner.with_suffix(".py").exists() or inner.is_dir() else package


def is_in(name, prefixes):
    """Whether a dotted name is one of the prefixes or below one; "app" alone means only the package itself."""
    return any(name == prefix or (prefix != "app" and name.startswith(prefix + ".")) for prefix in prefixes)


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
        if lines > 500:
            long.append(f"{path.relative_to(ROOT)}: {lines} lines")
        long += [
            f"{path.relative_to(ROOT)}:{line} {name}: {length} lines"
            for line, name, length in read(path)[1]
            if length > 60
        ]
    assert not long, "\n".join(long)
