"""A relay with too few ports: who finds none to receive by waits for one, and is not told of a loss."""

import asyncio
import logging
import socket

import pytest

from app.net import guard
from server_stub.relay import meeting, transport
from server_stub.relay.forwarder import Forwarder
from tests.net.test_gathering import free_ports
from tests.server_stub.relay.clients import MEETING, AiortcClient, Notebook

ADA = 60


@pytest.fixture
def refusals():
    """Told of each refusal that is logged: `refusals.emit` is to be set."""
    handler, log = logging.Handler(), logging.getLogger(transport.__name__)
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


@pytest.mark.logs_warnings
def test_who_finds_no_port_to_receive_by_gets_one_when_it_is_free(monkeypatch, refusals):
    monkeypatch.setattr(meeting, "_AGAIN_S", 0.05)

    async def main():
        notebook, ports, refused = Notebook(), free_ports(2), []

        def note(record):
            refused.append(record)
            notebook.change()

        refusals.emit = note
        engine = Forwarder(notebook, addresses=[guard.LOOPBACK], ports=ports)
        ada, grace = (AiortcClient(engine, notebook, name, ADA) for name in ("ada", "grace"))
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind((guard.LOOPBACK, ports[0]))
                await engine.join(MEETING, "ada")
                await ada.publish("camera")
                await engine.join(MEETING, "grace")
                await notebook.until(lambda: len(refused) > 2)
                assert not notebook.offers["grace"]
            await notebook.until(lambda: grace.sees("ada", ADA))
            assert notebook.lost == []
        finally:
            await engine.shutdown()
            for client in (ada, grace):
                await client.close()

    asyncio.run(main())
