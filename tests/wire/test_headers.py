"""The names of headers that both sides know."""

import re

from app.wire import headers


def test_headers_are_our_own_ones_and_differ():
    names = [value for name, value in vars(headers).items() if name.endswith("_HEADER")]
    assert len(names) == len({name.lower() for name in names}) > 1
    # Source: RFC 9110, section 5.6.2 (token); none is one that other programs give a meaning to.
    assert all(re.fullmatch(r"X-Parley[A-Za-z-]*", name) for name in names)
