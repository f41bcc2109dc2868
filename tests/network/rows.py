"""Rows of many runs become medians, and a table beside the goals and beside Chromium. Pure."""

import statistics
from collections import defaultdict

KEYS = (
    "audio_pct", "heard_pct", "frames_pct", "broken_frames", "longest_freeze_s", "frozen_s", "back_after_s",
    "mouth_to_ear_ms", "ear_after_5s_ms", "camera_to_tile_ms", "late_after", "full_rate_after_s", "link_kbit_s",
    "packets", "lost", "queue_dropped", "cpu_s",
)  # fmt: skip
#: Counted as "in so many of so many runs".
YES_OR_NO = ("same_seat", "chat_once", "back_on_both_sides", "is_recorded_at_end", "asked_no_more")
#: What each scenario is to reach: at least, at most, or (True) in every run.
GOALS = {
    "clean": {"audio_pct": (">", 99.5), "frames_pct": (">", 97), "mouth_to_ear_ms": ("<", 80)},
    "loss5": {"audio_pct": (">", 99.5), "frames_pct": (">", 97), "longest_freeze_s": ("<", 0.3)},
    "loss10": {"audio_pct": (">", 99), "frames_pct": (">", 95), "longest_freeze_s": ("<", 0.3)},
    "loss20": {"audio_pct": (">", 98), "frames_pct": (">", 88), "longest_freeze_s": ("<", 0.5)},
    "burst5": {"audio_pct": (">", 99), "longest_freeze_s": ("<", 0.3)},
    "bw300": {"audio_pct": (">", 98), "frames_pct": (">", 60), "broken_frames": ("<", 0)},
    # A picture a second, of 20 that are taken.
    "bw100": {"audio_pct": (">", 97), "frames_pct": (">", 5), "broken_frames": ("<", 0)},
    "rtt300": {"full_rate_after_s": ("<", 10)},
    "blackout5": {"back_after_s": ("<", 0.3), "late_after": ("<", 0)},
    "ipchange": {"same_seat": True, "back_after_p95_s": ("<", 2)},
    "server_restart": {"same_seat": True, "chat_once": True, "back_after_s": ("<", 3)},
    # 80 ms, and the link's own 25.
    "recover": {"ear_after_5s_ms": ("<", 105)},
}
#: The table's columns: key, head. Goals of other keys stand at the end of the line.
COLUMNS = (
    ("audio_pct", "audio %"), ("frames_pct", "pictures %"), ("broken_frames", "broken"),
    ("longest_freeze_s", "freeze s"), ("back_after_s", "back s"), ("mouth_to_ear_ms", "ear ms"), ("cpu_s", "cpu s"),
)  # fmt: skip
_WIDTH = 16


def medians(rows):
    """One row per program, scenario and direction over all its runs.

    Args:
        rows: of runs, those with an `error` included.

    Returns:
        Rows with the median of each figure, `runs`, `failed`, the 95th percentile of `back_after_s` and how often
        nothing came back, and for yes-or-no figures [in how many, of how many]: a run that failed is a no.
    """
    groups = defaultdict(list)
    for row in rows:
        groups[row["of"], row["scenario"], row["who"]].append(row)
    return [{"scenario": key[1], "of": key[0], "who": key[2], **_median(of)} for key, of in groups.items()]


def _median(rows):
    good = [row for row in rows if "error" not in row]
    told = {"seed": sorted({row["seed"] for row in rows}), "runs": len(rows), "failed": len(rows) - len(good)}
    for key in KEYS:
        if any(key in row for row in good):
            values = [row[key] for row in good if row.get(key) is not None]
            told[key] = round(statistics.median(values), 2) if values else None
    for key in YES_OR_NO:
        if any(key in row for row in good):
            told[key] = [sum(bool(row.get(key)) for row in good), len(rows)]
    if "back_after_s" in told:
        back = sorted(row["back_after_s"] for row in good if row["back_after_s"] is not None)
        told["never_back"] = len(rows) - len(back)
        told["back_after_p95_s"] = percentile(back, 0.95) if len(back) == len(rows) else None
    return told


def percentile(values, share):
    """The smallest of some sorted values that so great a share of them does not exceed."""
    return values[max(0, -int(-share * len(values) // 1) - 1)]


def meets(goal, value):
    """Whether a median meets a goal of `GOALS`; None, which is nothing measured, does not."""
    if value is None:
        return False
    if goal is True:
        return value[0] == value[1]
    way, bound = goal
    return value >= bound if way == ">" else value <= bound


def missed(rows):
    """[scenario, direction, key, median, goal] of each goal that Parley's medians do not meet."""
    return [
        [row["scenario"], row["who"], key, row.get(key), goal]
        for row in medians(rows)
        if row["of"] == "parley"
        for key, goal in GOALS.get(row["scenario"], {}).items()
        if not meets(goal, row.get(key))
    ]


def table(rows):
    """Medians as lines of text: Parley's with the goal of each and "!" where it is missed, then Chromium's."""
    lines = ["".join(head.ljust(_WIDTH) for head in ("scenario", "", *(head for _, head in COLUMNS)))]
    ordered = sorted(medians(rows), key=lambda row: row["of"] != "parley")
    scenarios = dict.fromkeys(row["scenario"] for row in ordered)
    for scenario in scenarios:
        for row in (one for one in ordered if one["scenario"] == scenario):
            lines.append(_line(row))
    return "\n".join(lines)


def _line(row):
    is_own = row["of"] == "parley"
    goals = GOALS.get(row["scenario"], {}) if is_own else {}
    cells = [row["scenario"] if is_own else "  Chromium", row["who"]]
    cells += [_cell(row.get(key), goals.get(key)) for key, _ in COLUMNS]
    shown = {key for key, _ in COLUMNS}
    extra = [f"{key} {_cell(row.get(key), goal)}" for key, goal in goals.items() if key not in shown]
    extra += [f"{row['failed']} of {row['runs']} failed"] if row["failed"] else []
    return ("".join(cell.ljust(_WIDTH) for cell in cells) + "; ".join(extra)).rstrip()


def _cell(value, goal=None):
    text = "-" if value is None else f"{value[0]}/{value[1]}" if isinstance(value, list) else f"{value:g}"
    if goal is None:
        return text
    wanted = "all" if goal is True else f"{goal[0]}{goal[1]:g}"
    return f"{text}{'' if meets(goal, value) else '!'} ({wanted})"
