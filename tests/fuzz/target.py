"""What a fuzzer needs to know of a parser."""

import asyncio
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Target:
    """One parser.

    Attributes:
        feed: takes one input.
        seeds: good ones.
        allowed: what it may raise.
        is_text: whether its inputs are lines and words.
        past: inputs that were finds once.
        awaits: `feed` is a coroutine function.
        end: what is put away when no input follows: folders, threads.
    """

    feed: Callable[[bytes], object]
    seeds: list[bytes]
    allowed: tuple[type[Exception], ...] = ()
    is_text: bool = False
    past: list[bytes] = field(default_factory=list)
    awaits: bool = False
    end: AsyncExitStack = field(default_factory=AsyncExitStack)


def passing_folder():
    """A new folder, and what removes it at the end."""
    end = AsyncExitStack()
    return Path(end.enter_context(tempfile.TemporaryDirectory(prefix="parley-fuzz-"))), end


async def feed_one(target, data):
    """Gives one input; what leaves the parser that may not is raised."""
    try:
        fed = target.feed(data)
        if target.awaits:
            await fed
    except target.allowed:
        return
    await asyncio.sleep(0)
