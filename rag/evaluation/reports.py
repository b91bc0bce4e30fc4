"""Reports of measures: written after a run, compared in pairs, checked against floors, and shown.

Standard library only, so that a page can show them without loading the measures.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rag.errors import UnreadableSource, UnusableInput
from rag.evaluation.data import bootstrap_interval, mean

FLOORS = "floors.toml"
HELD_OUT = "held_out.toml"
_DRAWS = 2000
_INTERVAL = "_interval"
State = Literal["goal", "floor", "below", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run of one measure. `metrics` are numbers by dotted name; `intervals` their 95 % bootstrap intervals, where
    there are any; `items` the value of each item under each metric that is a mean, by a hash of the item's id.
    """

    name: str
    about: str
    made: str
    code_version: str
    data_sha256: str
    settings: Mapping[str, Any]
    seconds: float
    metrics: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    items: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a metric may not fall below by more than `epsilon` (or rise above, where `better` is lower), on data with
    this hash; `why` justifies the epsilon. `floor` may be absent where there is a goal only.
    """

    measure: str
    metric: str
    floor: float | None = None
    epsilon: float = 0.0
    goal: float | None = None
    better: Literal["higher", "lower"] = "higher"
    data_sha256: str = ""
    why: str = ""

    def holds(self, value: float) -> bool:
        """True if the value is no worse than the floor, epsilon allowed for."""
        return self.floor is None or self._gain(value, self.floor) >= -self.epsilon - 1e-9

    def meets_goal(self, value: float) -> bool:
        """True if the value is as good as the goal."""
        return self.goal is not None and self._gain(value, self.goal) >= -1e-9

    def _gain(self, value: float, other: float) -> float:
        return value - other if self.better == "higher" else other - value


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """A figure that somebody else measured on held-out data: its description and its value. `key` names the line of the
    Quality page that it belongs to, and `plain` is the text of that line.
    """

    what: str
    value: str
    key: str = ""
    plain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A metric as a page shows it: value and interval beside floor and goal. `state` is `goal` (reached), `floor`
    (held, goal missed or none), `below`, or `free` where no floor is set.
    """

    measure: str
    about: str
    metric: str
    value: float
    interval: tuple[float, float] | None
    floor: float | None
    goal: float | None
    better: Literal["higher", "lower"]
    state: State
    made: str
    code_version: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricChange:
    """A metric of two runs. Where both have values by item: how many items rose and fell from the first to the second,
    and the 95 % interval of the mean difference by paired bootstrap.
    """

    metric: str
    first: float
    second: float
    rose: int | None = None
    fell: int | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a check fails: the measure, the metric, and what is wrong in words that name the remedy."""

    measure: str
    metric: str
    reason: str


def folder() -> Path:
    """The folder of the published reports: beside this module in a wheel, else `docs/evaluation`."""
    shipped = Path(__file__).parent / "published"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "docs" / "evaluation"


# -- making


def report_of(result: Mapping[str, Any]) -> Report:
    """The report of a result of `run_measure`."""
    items = {
        metric: {_hashed_id(key): float(value) for key, value in by_item.items()}
        for metric, by_item in result.get("items", {}).items()
    }
    metrics, intervals = _flatten(result["metrics"])
    for metric, values in items.items():
        metrics.setdefault(metric, round(math.fsum(values.values()) / len(values), 4) if values else 0.0)
        if low_high := _bootstrap(list(values.values())):
            intervals.setdefault(metric, low_high)
    return Report(
        name=str(result["name"]),
        about=str(result.get("about", "")),
        made=str(result.get("made", "")),
        code_version=str(result["code_version"]),
        data_sha256=str(result["data_sha256"]),
        settings=dict(result.get("settings", {})),
        seconds=float(result["seconds"]),
        metrics=metrics,
        intervals=intervals,
        items=items,
    )


def write(report: Report, path: Path) -> None:
    """Write a report as JSON; its folder is created if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {name: getattr(report, name) for name in Report.__slots__}
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read(path: Path) -> Report:
    """The report in a file. Raises UnreadableSource."""
    try:
        value = json.loads(path.read_text("utf-8"))
        value["intervals"] = {name: (low, high) for name, (low, high) in value["intervals"].items()}
        return Report(**value)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise UnreadableSource(f"{path} is not a report ({exc}). `onrecord eval NAME --out FILE` writes one.") from exc


def latest(where: Path | None = None) -> list[Report]:
    """The newest report of each measure in a folder, by name. Raises UnreadableSource."""
    newest: dict[str, Report] = {}
    for path in sorted((where or folder()).glob("*.json")):
        report = read(path)
        if report.name not in newest or newest[report.name].made < report.made:
            newest[report.name] = report
    return [newest[name] for name in sorted(newest)]


# -- comparing


def compare(first: Report, second: Report) -> list[MetricChange]:
    """The difference of two runs, metric by metric. Raises UnusableInput if measure or data are not the same."""
    if (first.name, first.data_sha256) != (second.name, second.data_sha256):
        raise UnusableInput(
            f"The runs don't compare: {first.name} on data {first.data_sha256[:8]}, {second.name} on data"
            f" {second.data_sha256[:8]}. Run the same measure on the same data twice."
        )
    differences = []
    for metric in (name for name in first.metrics if name in second.metrics):
        one = MetricChange(metric=metric, first=first.metrics[metric], second=second.metrics[metric])
        before, after = first.items.get(metric, {}), second.items.get(metric, {})
        if common_items := sorted(before.keys() & after.keys()):
            gains = [after[key] - before[key] for key in common_items]
            one = replace(
                one,
                rose=sum(gain > 0 for gain in gains),
                fell=sum(gain < 0 for gain in gains),
                interval=_bootstrap(gains),
            )
        differences.append(one)
    return differences


# -- floors


def read_floors(path: Path | None = None) -> list[Floor]:
    """The floors in a file. Raises UnreadableSource."""
    path = path or folder() / FLOORS
    try:
        return [Floor(**row) for row in tomllib.loads(path.read_text("utf-8")).get("floor", [])]
    except (OSError, ValueError, TypeError) as exc:
        raise UnreadableSource(f"{path} holds no floors that can be read ({exc}).") from exc


def check(reports: Iterable[Report], floors: Iterable[Floor]) -> list[Fault]:
    """The faults: metrics below their floor, floors whose data has changed, floors without a report or a metric."""
    by_name = {report.name: report for report in reports}
    faults = []
    for floor in floors:
        report = by_name.get(floor.measure)
        if reason := _fault(floor, report):
            faults.append(Fault(floor.measure, floor.metric, reason))
    return faults


def _fault(floor: Floor, report: Report | None) -> str | None:
    if report is None:
        return f"there is no report; run `onrecord eval {floor.measure} --data DIR --out FILE`"
    value = report.metrics.get(floor.metric)
    if value is None:
        return "the report has no such metric; correct the floors file"
    if floor.data_sha256 and floor.data_sha256 != report.data_sha256:
        return "the data is not what the floor was set on; look at both and run `onrecord eval pin`"
    if not floor.holds(value):
        return f"{value} is worse than the floor {floor.floor} by more than {floor.epsilon}"
    return None


def pin(floors: Sequence[Floor], report: Report, *, lower: bool = False) -> list[Floor]:
    """The floors, with those of the report's measure set to its values; a floor that holds stays if it is stricter.
    Raises UnusableInput if a floor would be lowered and `lower` does not allow it.
    """
    pinned = []
    for floor in floors:
        value = report.metrics.get(floor.metric) if floor.measure == report.name else None
        if value is None or floor.floor is None:
            pinned.append(floor)
            continue
        if not floor.holds(value) and not lower:
            raise UnusableInput(
                f"{floor.measure} {floor.metric} was measured as {value}, worse than its floor {floor.floor}."
                " Mend what made it worse, or give --lower and say why in the floors file."
            )
        stricter = max if floor.better == "higher" else min
        new_floor = stricter(value, floor.floor) if floor.holds(value) else value
        pinned.append(replace(floor, floor=round(new_floor, 4), data_sha256=report.data_sha256))
    return pinned


def write_floors(floors: Sequence[Floor], path: Path) -> None:
    """Write a floors file."""
    lines = [
        "# What `onrecord eval check` holds the reports to. `onrecord eval pin` raises floors; --lower lowers them."
    ]
    for floor in floors:
        lines += ["", "[[floor]]"]
        values = ((name, getattr(floor, name)) for name in Floor.__slots__)
        lines += [
            f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values if value not in (None, "")
        ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


# -- showing


def held_out_figures(where: Path | None = None) -> tuple[HeldOut, ...]:
    """The figures measured by others on data that the project has not seen; empty if none are published."""
    path = (where or folder()) / HELD_OUT
    if not path.is_file():
        return ()
    return tuple(HeldOut(**item) for item in tomllib.loads(path.read_text("utf-8"))["figure"])


def figures(where: Path | None = None) -> tuple[Figure, ...]:
    """The metrics of the latest report of each measure with floors and goals; those that have one come first. Empty if
    no report is published. Raises UnreadableSource.
    """
    where = where or folder()
    reports = latest(where) if where.is_dir() else []
    floors = read_floors(where / FLOORS) if (where / FLOORS).is_file() else []
    return tuple(figure for report in reports for figure in _figures_of(report, floors))


def _figures_of(report: Report, floors: Sequence[Floor]) -> Iterator[Figure]:
    floor_by_metric = {floor.metric: floor for floor in floors if floor.measure == report.name}
    for metric in sorted(report.metrics, key=lambda name: name not in floor_by_metric):
        value = report.metrics[metric]
        floor = floor_by_metric.get(metric, Floor(measure=report.name, metric=metric))
        state: State = "free"
        if floor.floor is not None or floor.goal is not None:
            state = "goal" if floor.meets_goal(value) else "floor" if floor.holds(value) else "below"
        yield Figure(
            measure=report.name,
            about=report.about,
            metric=metric,
            value=value,
            interval=report.intervals.get(metric),
            floor=floor.floor,
            goal=floor.goal,
            better=floor.better,
            state=state,
            made=report.made,
            code_version=report.code_version,
            seconds=report.seconds,
        )


_INTRODUCTION = """# Evaluation

Made by `onrecord eval report` from the reports in `docs/evaluation`; don't edit it. The data is **development data**:
rules were worked out with it or beside it, so expect less on other text. It is no part of the project. An interval is
the 95 % bootstrap interval over the items: on small sets, differences within it say little. `missed` marks a goal that
is not reached.
"""
_HELD_OUT_NOTE = "Measured from outside, held out: on data that this project has not seen."


def page(where: Path | None = None) -> str:
    """The reports as a page in Markdown, with missed goals."""
    where = where or folder()
    lines = [_INTRODUCTION]
    if external := held_out_figures(where):
        lines += ["## Held out", "", _HELD_OUT_NOTE, "", "| measure | value |", "|---|---|"]
        lines += [*(f"| {item.what} | {item.value} |" for item in external), ""]
    values = figures(where)
    for name in dict.fromkeys(figure.measure for figure in values):
        rows = [figure for figure in values if figure.measure == name]
        first = rows[0]
        lines += [
            f"## {name}",
            "",
            f"{_sentence(first.about)} {first.made[:10]}, code {first.code_version}, {first.seconds:g} s.",
            "",
            "| metric | value | interval | floor | goal | |",
            "|---|---|---|---|---|---|",
        ]
        for figure in rows:
            interval = "{:g} to {:g}".format(*figure.interval) if figure.interval else ""
            floor, goal = ("" if value is None else f"{value:g}" for value in (figure.floor, figure.goal))
            lines.append(
                f"| {figure.metric} | {figure.value:g} | {interval} | {floor} | {goal} | {_state_label(figure)} |"
            )
        lines.append("")
        if (where.parent / "images" / f"{name}.svg").is_file():
            lines += [f"![{first.about}](images/{name}.svg)", ""]
    return "\n".join(lines)


def _state_label(figure: Figure) -> str:
    if figure.state == "below":
        return "**below its floor**"
    return {"goal": "reached", "floor": "missed" if figure.goal is not None else "held", "free": ""}[figure.state]


def _sentence(about: str) -> str:
    return f"{about[:1].upper()}{about[1:].rstrip('.')}." if about else ""


# -- numbers


def _flatten(metrics: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Numbers and intervals by dotted name; other values, such as lists of missed items, are left out."""
    numbers: dict[str, float] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            inner = _flatten(value, f"{prefix}{name}.")
            numbers |= inner[0]
            intervals |= inner[1]
        elif name.endswith(_INTERVAL) and isinstance(value, Sequence):
            metric = name.removesuffix(_INTERVAL)
            interval_name = f"{metric}.f1" if isinstance(metrics.get(metric), Mapping) else metric
            intervals[f"{prefix}{interval_name}"] = (float(value[0]), float(value[1]))
        elif isinstance(value, bool | int | float) and math.isfinite(value):
            numbers[f"{prefix}{name}"] = round(float(value), 4)
    return numbers, intervals


def _bootstrap(values: Sequence[float]) -> tuple[float, float] | None:
    """The 95 % interval of the mean."""
    return bootstrap_interval(values, mean, draws=_DRAWS, digits=4)


def _hashed_id(key: str) -> str:
    """A hash of an item's id: ids of evaluation data may contain its text, which must not be in reports."""
    return hashlib.sha256(key.encode()).hexdigest()[:10]
