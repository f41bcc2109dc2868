"""Two computers in one: network namespaces with a cable between them, as Linux makes them. Needs root."""

import contextlib
import os
import shutil
import subprocess

#: Where the two are; nobody else's addresses. Source: RFC 1918.
HOST, GUEST, ELSEWHERE = "10.113.7.1", "10.113.7.2", "10.113.7.77"


def why_not():
    """Why there can be no namespaces here, in words; empty: there can."""
    if shutil.which("ip") is None:
        return "network namespaces need Linux with iproute2"
    name = f"plq{os.getpid()}"
    try:
        ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        return f"network namespaces are not permitted here: {error.stderr.decode().strip()}"
    try:
        ip("-n", name, "link", "set", "lo", "up")
    except subprocess.CalledProcessError as error:
        # In a chroot that is no mount point, say.
        return f"network namespaces cannot be entered here: {error.stderr.decode().strip()}"
    finally:
        ip("netns", "del", name)
    return ""


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextlib.contextmanager
def two_computers():
    """The names of two namespaces, each with an address of its own and a cable to the other."""
    one, other = (f"pl{side}{os.getpid()}" for side in "hg")
    with contextlib.ExitStack() as stack:
        for name in (one, other):
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", one, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", other)
        for name, address in ((one, HOST), (other, GUEST)):
            ip("-n", name, "address", "add", f"{address}/24", "dev", "cable")
            ip("-n", name, "link", "set", "cable", "up")
        yield one, other


def move(name, before, after):
    """A computer goes to another network: its address is another one."""
    ip("-n", name, "address", "del", f"{before}/24", "dev", "cable")
    ip("-n", name, "address", "add", f"{after}/24", "dev", "cable")


def inside(name):
    """What a command begins with that is to run on that computer."""
    return ("ip", "netns", "exec", name)
