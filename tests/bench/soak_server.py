"""The real server in a process that can be asked about its loop: `python -m tests.bench.soak_server FOLDER`."""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from app import log
from server_stub.kernel.config import ServerSettings
from server_stub.serving import forwarder_of_own_process, running
from tests.bench.soak_inside import Inside
from tests.network.answering import own_output, serve


class Asked(Inside):
    """What the server can be asked; each method is a word of `serve`."""

    def __init__(self, loop, url):
        super().__init__(loop)
        self._url = url

    def url(self):
        return {"url": self._url}


async def _serve(folder, answers):
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(stopped.set))
    settings = ServerSettings(data=folder, port=0)
    async with running(settings, relay=forwarder_of_own_process) as server:
        asked = Asked(loop, f"http://127.0.0.1:{server.port}")
        threading.Thread(target=serve, args=(asked, "the server", answers), name="asked", daemon=True).start()
        await stopped.wait()


def main():
    os.umask(0o077)
    answers = own_output()
    log.set_up(None)
    try:
        from uvloop import new_event_loop
    except ImportError:  # there is none for Windows
        new_event_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(Path(sys.argv[1]), answers))


if __name__ == "__main__":
    main()
