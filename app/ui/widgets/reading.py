"""The Tab order: reading order, as the parts are laid out now.

Qt goes in the order in which widgets were made, so that rows that come later would follow the whole page.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLayout, QScrollArea, QWidget


def stops(root: QWidget) -> list[QWidget]:
    """Where Tab stops below a widget: what takes the focus by Tab and can be used, in reading order.

    Layouts tell the order (a column from its head to its foot, a row from left to right, so panels follow each other as
    wholes); parts that no layout places follow, from top to bottom.
    """
    return [stop for part in _parts(root) for stop in _stops(part)]


def _stops(part: QWidget) -> Iterator[QWidget]:
    if part.isHidden() or not part.isEnabled():
        return
    if _takes_tab(part) and part.focusProxy() is None and part.isVisible():
        yield part
        if not isinstance(part, QScrollArea) and part.layout() is None:
            return  # a field's own parts are no stops
    for child in _parts(part):
        yield from _stops(child)


def _takes_tab(part: QWidget) -> bool:
    """Of words of which one is chosen that one is the stop, also where a click chose it: Qt moves it with the focus."""
    group = part.group() if isinstance(part, QAbstractButton) else None
    chosen = group.checkedButton() if group is not None and group.exclusive() else None
    if chosen is not None and chosen.isVisible() and chosen.isEnabled():
        return part is chosen
    return bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _parts(part: QWidget) -> list[QWidget]:
    if isinstance(part, QScrollArea):
        inside = part.widget()
        return [inside] if inside is not None else []
    placed = list(_placed(part.layout()))
    known = set(map(id, placed))
    rest = [one for one in part.children() if isinstance(one, QWidget) and not one.isWindow() and id(one) not in known]
    return placed + sorted(rest, key=lambda one: (one.y(), one.x()))


def _placed(layout: QLayout | None) -> Iterator[QWidget]:
    if layout is None:
        return
    for item in map(layout.itemAt, range(layout.count())):
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _placed(inner)


def step(root: QWidget, *, is_next: bool) -> bool:
    """Moves the focus to the next stop below a widget, or the one before, round and round, and shows it.

    Returns:
        Whether there was one.
    """
    found = stops(root)
    if not found:
        return False
    now: QWidget | None = root.window().focusWidget()
    while now is not None and now not in found and now is not root:
        now = now.parentWidget()
    place = found.index(now) + (1 if is_next else -1) if now in found else (0 if is_next else -1)
    target = found[place % len(found)]
    target.setFocus(Qt.FocusReason.TabFocusReason if is_next else Qt.FocusReason.BacktabFocusReason)
    above = target.parentWidget()
    while above is not None and above is not root:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(target)
        above = above.parentWidget()
    return True
