"""A team's server and a TURN server in one network, and a client in another, with a firewall between; needs root.

Threads of this process enter the namespaces, so that real servers and clients without windows meet over real sockets.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.namespaces import ip

#: Nobody else's addresses; the last is one that the router has for the server. Source: RFC 1918.
SERVER, TURN, CLIENT, PUBLIC = "10.113.2.1", "10.113.2.2", "10.113.1.2", "10.113.1.9"
_GATE_IN, _GATE_OUT = "10.113.1.1", "10.113.2.254"
TURN_PORT, TLS_PORT = 3478, 5349
SECRET = "a secret that only tests have"
_NAT = f"""
table ip nat {{
  chain before {{ type nat hook prerouting priority -100; ip daddr {PUBLIC} dnat to {SERVER}; }}
  chain after {{ type nat hook postrouting priority 100; oifname "in" ip saddr {SERVER} snat to {PUBLIC}; }}
}}
"""
_NEW_NET = 0x40000000  # CLONE_NEWNET of sched.h


def enter(name):
    """Brings the calling thread into a namespace; sockets that it opens from now on are there."""
    descriptor = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, _NEW_NET):
            raise OSError(ctypes.get_errno(), "the namespace cannot be entered")
    finally:
        os.close(descriptor)


class Networks:
    """Both networks; nothing is blocked at first.

    Attributes:
        inside: the namespace of the client behind the firewall.
        outside: that of the servers, and of clients whom nothing blocks.
    """

    def __init__(self, inside, gate, outside):
        self.inside, self.outside, self._gate = inside, outside, gate

    def block(self, *what):
        """Drops what goes through the firewall from now on, as `ip rule` selects it, without a word."""
        ip("-n", self._gate, "rule", "add", *what, "blackhole")

    def block_udp_to_the_relay(self):
        """UDP between client and relay does not come through in either direction; everything else does."""
        self.block("to", SERVER, "ipproto", "udp")
        self.block("from", SERVER, "ipproto", "udp")

    def translate(self):
        """The server is reached at `PUBLIC`, which the router has: a 1:1 NAT."""
        if shutil.which("nft") is None:
            pytest.skip("nftables is not installed")
        ip("-n", self._gate, "address", "add", f"{PUBLIC}/24", "dev", "in")
        command = ["ip", "netns", "exec", self._gate, "nft", "-f", "-"]
        made = subprocess.run(command, input=_NAT, capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"a NAT is not permitted here: {made.stderr.strip()[:200]}")

    def block_all_udp(self):
        """Only TCP comes through."""
        self.block("ipproto", "udp")


@contextlib.contextmanager
def networks():
    """The two networks, with a router between."""
    inside, gate, outside = (f"pl{side}{os.getpid()}" for side in "igo")
    with contextlib.ExitStack() as stack:
        for name in (inside, gate, outside):
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
            ip("-n", name, "link", "set", "lo", "up")
        for name, end, addresses, gateway in (
            (inside, "in", (CLIENT,), _GATE_IN),
            (outside, "out", (SERVER, TURN), _GATE_OUT),
        ):
            ip("-n", name, "link", "add", "cable", "type", "veth", "peer", "name", end, "netns", gate)
            for address in addresses:
                ip("-n", name, "address", "add", f"{address}/24", "dev", "cable")
            ip("-n", gate, "address", "add", f"{gateway}/24", "dev", end)
            ip("-n", name, "link", "set", "cable", "up")
            ip("-n", gate, "link", "set", end, "up")
            ip("-n", name, "route", "add", "default", "via", gateway)
        ip("netns", "exec", gate, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        yield Networks(inside, gate, outside)


@contextlib.contextmanager
def coturn(folder: Path, place: str, *options: str):
    """Debian's coturn at `TURN`, with time-limited credentials.

    Args:
        folder: takes its log and files; the log's path is yielded.
        place: the namespace to run in.
        options: further ones of its command line.
    """
    if shutil.which("turnserver") is None:
        pytest.skip("Debian's coturn is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "turn.log"
    command = [
        "ip", "netns", "exec", place, "turnserver", "-n", "--listening-ip", TURN, "--relay-ip", TURN,
        "--listening-port", str(TURN_PORT), "--realm", "example.org", "--use-auth-secret",
        "--static-auth-secret", SECRET, "--no-dtls", "--no-cli",
        "--denied-peer-ip=0.0.0.0-255.255.255.255", f"--allowed-peer-ip={SERVER}",
        "--min-port", "50000", "--max-port", "50100", "--pidfile", str(folder / "turn.pid"),
        "--db", str(folder / "turn.db"), "--log-file", str(log), "--simple-log", "--verbose", *options,
    ]  # fmt: skip
    with (folder / "out").open("wb") as out:
        running = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    try:
        _wait_listening(place)
        yield log
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def _wait_listening(place):
    """Until coturn takes connections."""
    end = time.monotonic() + 20
    looked = f"{TURN}:{TURN_PORT}"
    while time.monotonic() < end:
        found = subprocess.run(
            ["ip", "netns", "exec", place, "ss", "-Hltn"], capture_output=True, text=True, check=True
        )
        if looked in found.stdout:
            return
        time.sleep(0.05)
    raise AssertionError("coturn did not start")
