"""The real server, for which small models take the place of the real ones, and an installation without any."""

import sys
from pathlib import Path

from server_stub.__main__ import main
from server_stub.recap.reading import files
from server_stub.recap.speech import catalogue, keeper, models
from tests.fakes import tiny_reader
from tests.fakes.depot import MODEL

for module in (catalogue, models, keeper):
    module.known = lambda: {"base": MODEL}  # type: ignore[attr-defined]
models.installed_folder = files.installed_home = lambda: Path("/nowhere")
files.published = tiny_reader.published

if __name__ == "__main__":
    from server_stub.recap.speech import pulling

    lessons = Path(sys.argv[sys.argv.index("--data") + 1]) / "lessons.npz"
    lessons.parent.mkdir(parents=True, exist_ok=True)
    tiny_reader.lessons(lessons)
    files.lessons = lambda: lessons

    pulling.known = lambda: {"base": MODEL}
    sys.exit(main())
