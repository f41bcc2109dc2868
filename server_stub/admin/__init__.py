"""`python -m server_stub admin`: what an administrator may see and do, while the server runs and while it does not.

It works on the database itself, in one transaction for each command, and notes what it did in the audit log. A running
server notices within a second (`server_stub.watching`).

Modules: `command` (options, exit codes), `accounts`, `gate`, `sessions`, `deletions`, `log`, `moving` (the words), and
`answers` (what they print).
"""

from server_stub.admin.command import main

__all__ = ["main"]
