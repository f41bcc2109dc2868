"""All SQL: `store.Store` runs functions of this package in its one thread, each in a transaction.

The functions take a `Connection` and give back plain structs; outside this package it is only handed through.
"""

from sqlalchemy import Connection

__all__ = ["Connection"]
