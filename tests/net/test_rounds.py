"""The guard of a loop's rounds, and that every loop of ours that waits and looks again has one."""

import ast
import asyncio
import logging
from pathlib import Path

import pytest

from app.net.rounds import Rounds

ROOT = Path(__file__).parents[2]
LOG = logging.getLogger("app.test")


def go(rounds, *errors):
    for error in errors:
        with rounds:
            if error is not None:
                raise error


def told(caplog):
    return [(one.levelname, one.getMessage()) for one in caplog.records]


@pytest.mark.logs_warnings
def test_only_the_first_failure_in_a_row_is_told_and_without_its_text(caplog):
    caplog.set_level(logging.INFO)
    rounds = Rounds(LOG, "watching the link")
    go(rounds, ValueError("a secret"), OSError("another"))
    assert rounds.failures == 2
    ((level, words),) = told(caplog)
    assert level == "ERROR"
    assert words.startswith("watching the link failed and goes on: ValueError at test_rounds.py:")
    go(rounds, None, None)
    assert rounds.failures == 0
    assert told(caplog)[1:] == [("INFO", "watching the link works again; rounds that failed: 2")]
    go(rounds, KeyError("a third"))
    assert len(told(caplog)) == 3
    assert "secret" not in caplog.text


@pytest.mark.parametrize("error", [asyncio.CancelledError(), KeyboardInterrupt(), SystemExit()], ids=type)
def test_what_is_to_end_the_loop_passes(error):
    with pytest.raises(type(error)):
        go(Rounds(LOG, "watching"), error)


def loops():
    """Each endless loop of a coroutine that waits by the clock: where it is, and the loop."""
    for path in [*ROOT.glob("app/**/*.py"), *ROOT.glob("server_stub/**/*.py")]:
        for work in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(work, ast.AsyncFunctionDef):
                for loop in ast.walk(work):
                    if isinstance(loop, ast.While) and is_endless(loop) and waits(loop):
                        yield f"{path.relative_to(ROOT)} {work.name}", loop


def is_endless(loop):
    return isinstance(loop.test, ast.Constant) or any(isinstance(one, ast.NamedExpr) for one in ast.walk(loop.test))


def waits(loop):
    awaited = [one.value.value for one in loop.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Await)]
    return any(isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "sleep" for call in awaited)


def is_guarded(loop):
    """Nothing but waiting and sums of time stands outside of the guard."""
    return any(
        isinstance(one, ast.With) and getattr(one.items[0].context_expr, "id", "") == "rounds" for one in ast.walk(loop)
    )


#: Loops that may end with an error, or cannot have one, and why.
BY_THEMSELVES = {
    "app/net/receive.py keep_asking": "its end is seen: new connections are made",
    "server_stub/backend.py _beat": "what it does has a guard of its own",
}


def test_every_loop_that_waits_by_the_clock_outlasts_an_error():
    found = dict(loops())
    assert len(found) > 8
    assert BY_THEMSELVES.keys() <= found.keys()
    assert [where for where, loop in found.items() if not is_guarded(loop) and where not in BY_THEMSELVES] == []
