"""Makes the picture models in resources/models/ out of MediaPipe's own published wheel.

    python3.11 packaging/make_models.py [--out resources/models] [--wheel mediapipe-0.10.21-...whl]

Wheels newer than 0.10.21 no longer carry model files, so the files are taken out of that one. It is fetched by pip
and looked into in a throwaway environment, because its library must not meet the newer one that the client uses.
The person model becomes ONNX (`person_model.py`). The hand models first get the picture normalisation (mean 0,
deviation 255) which the Tasks API asks for, and are put in pairs into `.task` bundles (plain zips with fixed times).

The result is the same byte for byte on each run: each file is checked against `SHA256`, and nothing is written if
one differs. Needs Linux x86-64 and Python 3.11, which the wheel was built for.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import platform
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.10.21"
WHEEL_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
# What the wheel's metadata writer imports; exact, so that the same bytes come out in a year.
WRITER_PACKAGES = [
    "numpy==1.26.4",
    "flatbuffers==25.2.10",
    "absl-py==2.1.0",
    "protobuf==4.25.8",
    "attrs==25.3.0",
    "opencv-python-headless==4.10.0.84",
    "matplotlib==3.10.1",
]
MODULES = "mediapipe/modules/"
#: What `person_model.py` needs, exact for the same reason.
CONVERTER_PACKAGES = [
    "tflite==2.18.0",
    "onnx==1.23.2",
    "numpy==2.4.6",
    "flatbuffers==25.12.19",
    "protobuf==7.36.2",
]
PERSON = f"{MODULES}selfie_segmentation/selfie_segmentation_landscape.tflite"
PERSON_SHA256 = "a77d03f4659b9f6b6c1f5106947bf40e99d7655094b6527f214ea7d451106edd"
HANDS = {
    "hand_full.task": {
        "hand_detector.tflite": f"{MODULES}palm_detection/palm_detection_full.tflite",
        "hand_landmarks_detector.tflite": f"{MODULES}hand_landmark/hand_landmark_full.tflite",
    }
}
LICENCE = "LICENSE.mediapipe.txt"
SHA256 = {
    "person.onnx": "20ddd05fc6f4f0124bd0bd8fdec60346958e152ba597ffa4800ef34557db839b",
    "hand_full.task": "56f8f650b950b4acf7e8055170d80b8f9fa24e93fdd8d83ee0910e1dcaa2cbc3",
    "LICENSE.mediapipe.txt": "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8",
}
# Run inside the throwaway environment: model file in, model file with normalisation out. The writer repacks the
# landmark model's label file and stamps it with the time of day: the clock stands still so that the bytes repeat.
ADD_NORMALISATION = """
import sys, time
from pathlib import Path
time.localtime = lambda *ignored: time.struct_time((1980, 1, 1, 0, 0, 0, 1, 1, 0))
from mediapipe.tasks.python.metadata.metadata_writers.metadata_writer import MetadataWriter
for name in sys.argv[1:]:
    writer = MetadataWriter.create(bytearray(Path(name).read_bytes()))
    writer.add_image_input([0.0], [255.0])
    made = writer.populate()
    Path(name).write_bytes(bytes(made[0] if isinstance(made, tuple) else made))
"""


def run(*command: str | Path) -> None:
    """Runs a command quietly; its words are shown if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"make_models: {command[0]} did not succeed:\n{done.stdout}{done.stderr}")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fetch_wheel(folder: Path) -> Path:
    """Downloads the one wheel that this script knows."""
    target = ("--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--only-binary=:all:")
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *target, f"mediapipe=={VERSION}", "-d", folder)
    return next(folder.glob("mediapipe-*.whl"))


def make_environment(folder: Path, packages: list[str], *wheels: Path) -> Path:
    """Makes a throwaway environment with those packages; returns its Python."""
    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, *packages)
    for wheel in wheels:
        run(*install, "--no-deps", wheel)
    return python


def convert_person(data: bytes, folder: Path) -> bytes:
    """Turns the person model into ONNX."""
    if digest(data) != PERSON_SHA256:
        raise SystemExit("make_models: the person model is not the one that was tested")
    source, target = folder / "person.tflite", folder / "person.onnx"
    source.write_bytes(data)
    python = make_environment(folder / "converter", CONVERTER_PACKAGES)
    run(python, ROOT / "packaging" / "person_model.py", source, target)
    return target.read_bytes()


def stored_zip(files: dict[str, bytes]) -> bytes:
    """Zips without compression and with fixed times, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in files.items():
            bundle.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def take_models(wheel: Path, folder: Path) -> dict[str, bytes]:
    """Takes the models out of the wheel and prepares them; returns file names with their content."""
    files: dict[str, bytes] = {}
    bare: dict[str, dict[str, Path]] = {}
    with zipfile.ZipFile(wheel) as archive:
        files["person.onnx"] = convert_person(archive.read(PERSON), folder)
        files[LICENCE] = archive.read(next(n for n in archive.namelist() if n.endswith("dist-info/LICENSE")))
        for bundle, parts in HANDS.items():
            bare[bundle] = {part: folder / f"{bundle}-{part}" for part in parts}
            for part, inside in parts.items():
                bare[bundle][part].write_bytes(archive.read(inside))
    python = make_environment(folder / "venv", WRITER_PACKAGES, wheel)
    run(python, "-c", ADD_NORMALISATION, *(path for parts in bare.values() for path in parts.values()))
    for bundle, parts in bare.items():
        files[bundle] = stored_zip({part: path.read_bytes() for part, path in parts.items()})
    return files


def check(files: dict[str, bytes]) -> None:
    """Stops if a file is not the one that was tested."""
    wrong = {name: digest(data) for name, data in files.items() if SHA256.get(name) != digest(data)}
    if wrong:
        raise SystemExit(f"make_models: other content than expected, nothing was written: {wrong}")


def main() -> None:
    options = argparse.ArgumentParser(description="Fills resources/models/ out of MediaPipe's wheel.")
    options.add_argument("--out", type=Path, default=ROOT / "resources" / "models")
    options.add_argument("--wheel", type=Path, help="the wheel, where it is already at hand")
    chosen = options.parse_args()
    if sys.version_info[:2] != (3, 11) or (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise SystemExit("make_models: needs Python 3.11 on Linux x86-64, which the wheel was built for")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = chosen.wheel or fetch_wheel(folder)
        if digest(wheel.read_bytes()) != WHEEL_SHA256:
            raise SystemExit(f"make_models: {wheel.name} is not the wheel that was tested")
        files = take_models(wheel, folder)
    check(files)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        (chosen.out / file).write_bytes(data)
        print(f"{digest(data)}  {file}  {len(data)} bytes")


if __name__ == "__main__":
    main()
