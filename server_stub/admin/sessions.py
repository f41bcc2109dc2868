"""`admin sessions`: where accounts are signed in, and ending that."""

from __future__ import annotations

from argparse import Namespace

from server_stub.admin.accounts import the_account
from server_stub.admin.answers import Answer
from server_stub.storage import Connection, administration, audit


def show_all(connection: Connection, options: Namespace, now: float) -> Answer:
    """Lists the sign-ins, of one account or of all."""
    account = the_account(connection, options.account).id if options.account else None
    return Answer(
        records=[
            {
                "id": sign_in.id,
                "account": sign_in.account,
                "email": sign_in.email,
                "device": sign_in.device,
                "since": sign_in.created_at,
                "last_seen": sign_in.last_seen,
            }
            for sign_in in administration.list_sign_ins(connection, account)
        ]
    )


def revoke(connection: Connection, options: Namespace, now: float) -> Answer:
    """Ends one sign-in by its id, or all of an account."""
    owner = administration.end_sign_in(connection, options.which)
    if owner is not None:
        audit.note(connection, now, "admin", "session.revoke", owner, "1 sign-in")
        return Answer("The sign-in is ended.", record={"ended": 1})
    account = the_account(connection, options.which)
    count = administration.end_sign_ins(connection, account.id)
    audit.note(connection, now, "admin", "session.revoke", account.id, f"{count} sign-ins")
    return Answer(f"Sign-ins ended: {count}.", record={"ended": count})
