"""Rows of many runs become medians, and a table beside the goals. Pure."""

import statistics
from collections import defaultdict

KEYS = (
    "audio_pct", "heard_pct", "frames_pct", "broken_frames", "longest_freeze_s", "frozen_s", "back_after_s",
    "mouth_to_ear_ms", "ear_after_5s_ms", "camera_to_tile_ms", "late_after", "link_kbit_s", "lost", "queue_dropped",
    "cpu_s",
)  # fmt: skip
#: Counted as "in so many of so many runs".
YES_OR_NO = ("same_seat", "chat_once", "back_on_both_sides", "is_recorded_at_end")


def medians(rows):
    """One row per scenario and direction over all its runs.

    Args:
        rows: of runs, those with an `error` included.

    Returns:
        Rows with the median of each figure, `runs`, `failed`, the 95th percentile of `back_after_s` where there are
        several runs, and for yes-or-no figures [in how many, of how many].
    """
    groups = defaultdict(list)
    for row in rows:
        groups[row["scenario"], row["who"]].append(row)
    return [_median(scenario, who, of) for (scenario, who), of in groups.items()]


def _median(scenario, who, rows):
    good = [row for row in rows if "error" not in row]
    told = {"scenario": scenario, "who": who, "seed": sorted({row["seed"] for row in rows}), "runs": len(rows)}
    told["failed"] = len(rows) - len(good)
    for key in KEYS:
        values = [row[key] for row in good if row.get(key) is not None]
        if values:
            told[key] = round(statistics.median(values), 2)
        elif any(key in row for row in good):
            told[key] = None
    for key in YES_OR_NO:
        if any(key in row for row in good):
            told[key] = [sum(bool(row.get(key)) for row in good), len(rows)]
    back = [row["back_after_s"] for row in good if row.get("back_after_s") is not None]
    if len(back) > 1:
        told["back_after_p95_s"] = _percentile(back, 0.95)
    if any("back_after_s" in row for row in good):
        told["never_back"] = len(good) - len(back)
    return told


def _percentile(values, share):
    """The smallest value that so great a share does not exceed."""
    values = sorted(values)
    return values[min(len(values) - 1, max(0, -int(-share * len(values) // 1) - 1))]


def table(rows):
    """Medians as lines of text, with the goals beside them."""
    lines = []
    for row in medians(rows):
        shown = {key: row[key] for key in row if key not in ("scenario", "who", "seed")}
        lines.append(f"{row['scenario']:<15} {row['who']:<5} " + " ".join(f"{k}={v}" for k, v in shown.items()))
    return "\n".join(lines)
