"""A relay with too few ports: who finds none to receive by waits for one, and is not told of a loss."""

import asyncio

import pytest

from server_stub.relay import meeting
from server_stub.relay.forwarder import Forwarder
from tests.net.test_gathering import free_ports
from tests.server_stub.relay.clients import MEETING, AiortcClient, Notebook

ADA = 60


@pytest.mark.logs_warnings
def test_who_finds_no_port_to_receive_by_gets_one_when_it_is_free(monkeypatch):
    monkeypatch.setattr(meeting, "_AGAIN_S", 0.05)

    async def main():
        notebook = Notebook()
        engine = Forwarder(notebook, ports=free_ports(2))
        ada, grace, alan = (AiortcClient(engine, notebook, name, ADA) for name in ("ada", "grace", "alan"))
        try:
            await engine.join(MEETING, "ada")
            await ada.publish("camera")
            await engine.join(MEETING, "grace")
            await notebook.until(lambda: grace.sees("ada", ADA))
            await engine.join(MEETING, "alan")
            seen = grace.pictures["ada", "camera"]
            await notebook.until(lambda: grace.pictures["ada", "camera"] > seen + 5)
            assert not notebook.offers["alan"]
            await engine.leave(MEETING, "grace")
            await notebook.until(lambda: alan.sees("ada", ADA))
            assert notebook.lost == []
        finally:
            await engine.shutdown()
            for client in (ada, grace, alan):
                await client.close()

    asyncio.run(main())
