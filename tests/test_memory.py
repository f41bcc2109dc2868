"""Threads share the heaps of their process, so that what one of them leaves the others use."""

import ctypes
import os
import subprocess
import sys

import pytest

#: Eight threads allocate at once; prints how many heaps that took, as the C library says it.
PROGRAM = """
import ctypes, sys, threading
from app import memory

if sys.argv[1] == "shared":
    memory.share_arenas()
library = ctypes.CDLL(None)
library.malloc.restype = library.fopen.restype = ctypes.c_void_p
together = threading.Barrier(8)


def allocate():
    together.wait()
    for _ in range(50):
        library.malloc(ctypes.c_size_t(20_000))
    together.wait()


threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
file = library.fopen(b"/dev/stdout", b"w")
library.malloc_info(0, ctypes.c_void_p(file))
library.fclose(ctypes.c_void_p(file))
"""


def heaps(how):
    done = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="only glibc has heaps for threads"
)
def test_many_threads_share_two_heaps():
    assert heaps("shared") <= 2
    if (os.cpu_count() or 1) > 1:
        assert heaps("as before") > 2
