"""Who imports whom: read from the syntax trees, so that lazy imports and those for types alone count too."""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def dotted(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def modules():
    return [path for folder in ("app", "server_stub") for path in sorted((ROOT / folder).rglob("*.py"))]


@functools.cache
def read(path):
    """What a file imports, and its functions as (line, name, lines): each file is parsed once, its tree is not kept."""
    imported, functions = [], []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative imports hide who imports whom"
            imported += [(_module_of(node.module, alias.name), node.lineno) for alias in node.names]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions.append((node.lineno, node.name, node.end_lineno - node.lineno + 1))
    return imported, functions


def imports(path):
    """Every dotted name that a file imports, anywhere in it; `from a import b` gives a.b where that is a module."""
    return read(path)[0]


@functools.cache
def _module_of(package, name):
    """What `from package import name` loads."""
    inner = ROOT / f"{package}.{name}".replace(".", "/")
    return f"{package}.{name}" if inner.with_suffix(".py").exists() or inner.is_dir() else package


def is_in(name, prefixes):
    """Whether a dotted name is one of the prefixes or below one; "app" alone means only the package itself."""
    return any(name == prefix or (prefix != "app" and name.startswith(prefix + ".")) for prefix in prefixes)


def graph(top):
    """Each module of a package and what of the same package it imports."""
    known = {
        dotted(path): path for path in modules() if is_in(dotted(path), {top}) or dotted(path).startswith(f"{top}.")
    }
    return {name: {other for other, _ in imports(path) if other in known} for name, path in known.items()}


def circles(imported):
    """Modules that import each other, directly or by others: a sorted list for each group.

    Args:
        imported: each module and what it imports.
    """
    reached = {name: _all_below(name, imported) for name in imported}
    groups = {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
        for name in imported
        if name in reached[name]
    }
    return sorted(map(list, groups))


def _all_below(name, imported):
    found, open_ones = set(), list(imported[name])
    while open_ones:
        one = open_ones.pop()
        if one not in found:
            found.add(one)
            open_ones.extend(imported.get(one, ()))
    return found


def strangers(imported, allowed):
    """Imports that are not listed, as "a imports b"; and modules of which it is not listed what they may import.

    Args:
        imported: each module and what it imports.
        allowed: each module and what it may import.
    """
    unlisted = [f"{name} is not listed" for name in sorted(imported) if name not in allowed]
    wrong = {name: imported[name] - allowed[name] for name in sorted(imported) if name in allowed}
    return unlisted + [f"{name} imports {other}" for name, others in wrong.items() for other in sorted(others)]
