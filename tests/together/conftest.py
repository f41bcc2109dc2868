"""A real server for each test, and a cast of clients that is closed after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# Now: a server and clients in one process would each import it in a thread of their own, and since its modules import
# each other in a circle, two threads at once can each get half of it. The real client has its server in another
# process, and imports this under a lock.
import aiortc  # noqa: F401
import av
import numpy as np
import pytest

from tests.together.cast import PAGE, Cast, ServerThread


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerThread]:
    thread = ServerThread(tmp_path / "server")
    yield thread
    thread.stop()


@pytest.fixture
def cast(server: ServerThread, tmp_path: Path) -> Iterator[Cast]:
    cast = Cast(server.url, tmp_path / "clients")
    (tmp_path / "clients").mkdir()
    yield cast
    for client in cast.clients:
        client.close()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A picture in place of a screen: it never moves."""
    path = tmp_path / "page.png"
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "rgb24"
        pixels = np.full((720, 1280, 3), PAGE[::-1], np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
    return path
