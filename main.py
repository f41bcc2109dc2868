"""Parley: opens the application; `--role server`, `worker` and `voice` are for the application itself.

One entry for all four: a frozen bundle, which has no other program in it, can start its own server and workers.
"""

from __future__ import annotations

import multiprocessing
import sys


def main(argv: list[str]) -> int:
    """Takes `--role client|server|worker|voice` off the options and runs that part; returns the exit code."""
    role, rest = "client", argv
    if argv[:1] == ["--role"] and len(argv) > 1:
        role, rest = argv[1], argv[2:]
    if role == "server":
        from server_stub.__main__ import main as run_server

        return run_server(rest)
    if role == "worker":
        from server_stub.recap.worker import main as run_worker

        return int(run_worker() or 0)
    if role == "voice":
        from app.media.voice_process import main as run_voice

        return run_voice()
    if role != "client":
        print(f"There is no role {role!r}: client, server, worker or voice.", file=sys.stderr)
        return 2
    from app.start import main as run_client

    return run_client(rest)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main(sys.argv[1:]))
