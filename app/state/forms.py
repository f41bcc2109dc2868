"""What is said of an invalid address or password, before it is sent anywhere."""

from __future__ import annotations

import re

NO_ADDRESS = "Please enter an e-mail address such as name@example.com."
SHORT_PASSWORD = "Please choose a password of 8 to 256 characters."


def is_address(text: str) -> bool:
    """Whether a text can be the address of an account, also of one that an older program made."""
    return bool(re.fullmatch(r"[^@\s]+@[^@\s]+", text.strip())) and len(text.strip()) <= 254
