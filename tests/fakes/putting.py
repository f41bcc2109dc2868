"""A state that is different in one deep place."""

from dataclasses import replace


def put(whole, path, value):
    """The same with another value at a dotted path: `put(state, "call.lobby.waiting", ())`."""
    name, _, rest = path.partition(".")
    return replace(whole, **{name: put(getattr(whole, name), rest, value) if rest else value})
