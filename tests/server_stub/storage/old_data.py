"""A data folder as the version before wrote it: the database as SQL text, and the files of two meetings.

Ada, Grace and Alan, a guest, have met; the recap was made again once. A second recap had failed.
"""

import shutil
import sqlite3
from pathlib import Path

from server_stub.storage import sqlite

OLD = Path(__file__).parents[2] / "data" / "version_4"


def old_folder(data):
    """Makes the folder and returns it."""
    data.mkdir()
    with sqlite3.connect(data / sqlite.FILE) as connection:
        connection.executescript((OLD / "parley.sql").read_text(encoding="utf-8"))
    connection.close()
    shutil.copytree(OLD / "meetings", data / "meetings")
    return data
