"""The command that measures, compares, and holds figures to floors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from rag.cli.common import DONE, PARTLY, opened, show
from rag.errors import UnusableInput
from rag.evaluation import reports


def evaluate(asked: argparse.Namespace) -> int:
    """`onrecord eval`: a measure by its name, or one of compare, check, pin, report, cases."""
    given, wanted = len(asked.files), {"compare": 2, "pin": 1}.get(asked.name, 0)
    if given != wanted:
        raise UnusableInput(f"`onrecord eval {asked.name}` takes {wanted} report files, not {given}.")
    doing = {
        "compare": _eval_compare,
        "check": _eval_check,
        "pin": _eval_pin,
        "report": _eval_page,
        "cases": _eval_cases,
    }
    return doing.get(asked.name, _eval_measure)(asked)


def _eval_measure(asked: argparse.Namespace) -> int:
    from rag.evaluation.measures import measured

    if asked.data is None:
        raise UnusableInput("Give the folder of the evaluation data with --data.")
    found: dict[str, Any] = measured(asked.name, asked.data, home=asked.home)
    report = reports.report_of(found)
    if asked.out:
        reports.write(report, asked.out)
        print(f"Wrote {asked.out}.", file=sys.stderr)
    means = {name: report.metrics[name] for name in report.items}
    shown = {**found, "metrics": {**found["metrics"], **means}, "intervals": report.intervals}
    shown.pop("items")
    show(asked, shown, lambda: _print_measures(shown))
    return DONE


def _eval_compare(asked: argparse.Namespace) -> int:
    found = reports.compare(*(reports.read(path) for path in asked.files))

    def lines() -> None:
        for item in found:
            sure = f" {item.interval[0]:+g} to {item.interval[1]:+g}," if item.interval else ""
            moved = f" {item.rose} rose, {item.fell} fell" if item.rose is not None else ""
            print(f"{item.metric}: {item.first:g} -> {item.second:g} ({item.second - item.first:+.4g}){sure}{moved}")

    show(asked, {"differences": found}, lines)
    return DONE


def _eval_check(asked: argparse.Namespace) -> int:
    where = asked.reports or reports.folder()
    faults = reports.check(reports.latest(where), reports.read_floors(where / reports.FLOORS))
    told = [f"{fault.measure} {fault.metric}: {fault.told}" for fault in faults]
    show(asked, {"faults": faults}, lambda: print("\n".join(told) or "Every floor holds."))
    return PARTLY if faults else DONE


def _eval_pin(asked: argparse.Namespace) -> int:
    path = (asked.reports or reports.folder()) / reports.FLOORS
    pinned = reports.pin(reports.read_floors(path), reports.read(asked.files[0]), lower=asked.lower)
    reports.write_floors(pinned, path)
    show(asked, {"floors": pinned}, lambda: print(f"Wrote {path}."))
    return DONE


def _eval_page(asked: argparse.Namespace) -> int:
    where = asked.reports or reports.folder()
    out = asked.out or where.with_suffix(".md")
    out.write_text(reports.page(where), "utf-8")
    show(asked, {"figures": reports.figures(where)}, lambda: print(f"Wrote {out}."))
    return DONE


def _eval_cases(asked: argparse.Namespace) -> int:
    """The answers that readers judged, as cases for an evaluation: a JSON object a line."""
    with opened(asked) as room:
        cases = room.cases()
    lines = "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases)
    if asked.out:
        asked.out.write_text(lines, "utf-8")
        print(f"Wrote {len(cases)} to {asked.out}.", file=sys.stderr)
    show(asked, {"cases": cases}, lambda: print("" if asked.out else lines, end=""))
    return DONE if cases else PARTLY


def _print_measures(found: Mapping[str, Any], indent: str = "") -> None:
    for name, value in found.items():
        if isinstance(value, Mapping):
            print(f"{indent}{name}")
            _print_measures(value, f"{indent}  ")
        else:
            print(f"{indent}{name}: {value}")
