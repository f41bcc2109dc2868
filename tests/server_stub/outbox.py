"""What a server has mailed."""

import asyncio
from email import message_from_string
from email.policy import default

from server_stub.storage import mails as mails_table


async def mails_of(server):
    """The mails in the outbox, once none waits and no code for a new password is under way."""
    under_way = [task for task in asyncio.all_tasks() if task.get_name() == "mailing a code for a new password"]
    if under_way:
        await asyncio.wait(under_way)
    while await server.backend.store.do(mails_table.next_try) is not None:
        pass
    outbox = server.backend.settings.data / "outbox"
    return [message_from_string(path.read_bytes().decode(), policy=default) for path in outbox.glob("*.eml")]
