"""What comes one after the other in rooms: names of `context.locks`."""

#: Who plans, changes or cancels.
PLANNING = "planning"


def starting(room: str) -> str:
    """Whatever starts a meeting in one room: a click, a plan's doors, a change of that plan."""
    return f"starting in {room}"
