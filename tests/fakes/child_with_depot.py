"""The real server, for which a small model takes the place of base, and an installation without one."""

import sys
from pathlib import Path

from server_stub.__main__ import main
from server_stub.recap.speech import catalogue, keeper, models
from tests.fakes.depot import MODEL

for module in (catalogue, models, keeper):
    module.known = lambda: {"base": MODEL}  # type: ignore[attr-defined]
models.installed_folder = lambda: Path("/nowhere")

if __name__ == "__main__":
    from server_stub.recap.speech import pulling

    pulling.known = lambda: {"base": MODEL}
    sys.exit(main())
