"""A stranger to a room, and everything that can be asked about one."""

from app.wire.people import StartMeeting
from app.wire.recap import ListRecaps
from app.wire.rooms import (
    EditMessage,
    InviteMember,
    LeaveRoom,
    ListMessages,
    MarkRead,
    PostExternalMeeting,
    PostMessage,
    RemoveMember,
    RenameRoom,
)
from tests.people import make_room, sign_up

URL = "https://meet.example.com/abc"


async def eve(server):
    """Somebody else, who has a room of her own."""
    client = await sign_up(server, email="eve@example.org", name="Eve")
    client.room = await make_room(client, name="Eve's")
    return client


def asks_about(room, message="none", account="none"):
    """Every request about a room that only its members may make."""
    return [
        ListMessages(room=room),
        PostMessage(room=room, text="x", key="k"),
        PostExternalMeeting(room=room, url=URL, key="k"),
        EditMessage(message=message, text="x"),
        MarkRead(room=room),
        InviteMember(room=room),
        RenameRoom(room=room, name="x"),
        LeaveRoom(room=room),
        RemoveMember(room=room, account=account),
        StartMeeting(room=room, key="k"),
        ListRecaps(room=room),
    ]
