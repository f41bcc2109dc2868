"""The databases by which the contract of storage is tested."""

import pytest

#: Each kind of database and its URL in a fresh folder; another one comes here and has to pass the same.
DATABASES = {"sqlite": lambda folder: f"sqlite:///{folder / 'test.sqlite'}"}


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """Of an empty database."""
    return DATABASES[request.param](tmp_path)
