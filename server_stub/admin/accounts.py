"""`admin accounts`: who there is, closing and opening, and a code for who forgot the password."""

from __future__ import annotations

from argparse import Namespace

from app.wire.addresses import is_address, same_key
from server_stub.admin.answers import Answer, CannotDo, Record
from server_stub.kernel import links
from server_stub.storage import Connection, administration, audit, facts
from server_stub.storage import accounts as accounts_table
from server_stub.storage.administration import AccountRow

#: A code that is read out on the telephone is good for a day.
RESET_GOOD_FOR_S = 86_400.0


def the_account(connection: Connection, which: str) -> AccountRow:
    """The account of an id or e-mail address.

    Raises:
        CannotDo: there is none.
    """
    found = administration.find_account(connection, which)
    if found is None:
        raise CannotDo(f"There is no account {which}.")
    return found


def show_all(connection: Connection, options: Namespace, now: float) -> Answer:
    """Lists the accounts."""
    return Answer(records=[_record(account) for account in administration.list_accounts(connection)])


def show(connection: Connection, options: Namespace, now: float) -> Answer:
    """Shows one."""
    account = the_account(connection, options.account)
    rooms = administration.count_rooms(connection, account.id)
    sign_ins = len(administration.list_sign_ins(connection, account.id))
    return Answer(record={**_record(account), "rooms": rooms, "sign_ins": sign_ins})


def addresses(connection: Connection, options: Namespace, now: float) -> Answer:
    """Lists the accounts whose address needs a look: one that others have in another spelling, or an invalid one."""
    by_key: dict[str, list[AccountRow]] = {}
    for account in administration.list_accounts(connection):
        if account.email:
            by_key.setdefault(same_key(account.email), []).append(account)
    found: list[Record] = []
    for group in by_key.values():
        for account in group:
            others = [other.id for other in group if other is not account]
            if others or not is_address(account.email):
                trouble = "the same address as" if others else "no mail can be sent there"
                found.append({**_record(account), "trouble": trouble, "others": others})
    return Answer(records=found)


def close(connection: Connection, options: Namespace, now: float) -> Answer:
    """Closes one: it is signed out everywhere, and cannot sign in."""
    account = the_account(connection, options.account)
    if facts.read(connection, "owner") == account.id:
        raise CannotDo("This account owns the server: with it closed, nobody could sign in.")
    if account.is_closed:
        return Answer("The account is closed already.")
    administration.set_closed(connection, account.id, True)
    audit.note(connection, now, "admin", "account.close", account.id)
    return Answer("The account is closed.")


def reopen(connection: Connection, options: Namespace, now: float) -> Answer:
    """Opens a closed one again."""
    account = the_account(connection, options.account)
    if not account.is_closed:
        return Answer("The account is open.")
    administration.set_closed(connection, account.id, False)
    audit.note(connection, now, "admin", "account.open", account.id)
    return Answer("The account is open again.")


def reset_code(connection: Connection, options: Namespace, now: float) -> Answer:
    """Makes a one-use code for a new password."""
    account = the_account(connection, options.account)
    if account.is_closed or not account.email:
        raise CannotDo("This account is closed." if account.is_closed else "This account has no password.")
    code, until = links.new_code(), now + RESET_GOOD_FOR_S
    accounts_table.add_reset(connection, account.id, links.fingerprint(code), until)
    audit.note(connection, now, "admin", "account.reset_code", account.id)
    return Answer(record={"code": code, "good_until": until})


def _record(account: AccountRow) -> Record:
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "kind": account.kind,
        "since": account.created_at,
        "is_closed": account.is_closed,
    }
