"""Accounts: making one, signing in, passwords."""
