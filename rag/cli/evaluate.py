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


def evaluate(args: argparse.Namespace) -> int:
    """`onrecord eval`: a measure by its name, or one of compare, check, pin, report, cases."""
    count, wanted = len(args.files), {"compare": 2, "pin": 1}.get(args.name, 0)
    if count != wanted:
        raise UnusableInput(f"`onrecord eval {args.name}` takes {wanted} report files, not {count}.")
    doing = {
        "compare": _eval_compare,
        "check": _eval_check,
        "pin": _eval_pin,
        "report": _eval_page,
        "cases": _eval_cases,
    }
    return doing.get(args.name, _eval_measure)(args)


def _eval_measure(args: argparse.Namespace) -> int:
    from rag.evaluation.measures import measured

    if args.data is None:
        raise UnusableInput("Give the folder of the evaluation data with --data.")
    result: dict[str, Any] = measured(args.name, args.data, home=args.home)
    report = reports.report_of(result)
    if args.out:
        reports.write(report, args.out)
        print(f"Wrote {args.out}.", file=sys.stderr)
    means = {name: report.metrics[name] for name in report.items}
    shown = {**result, "metrics": {**result["metrics"], **means}, "intervals": report.intervals}
    shown.pop("items")
    show(args, shown, lambda: _print_measures(shown))
    return DONE


def _eval_compare(args: argparse.Namespace) -> int:
    differences = reports.compare(*(reports.read(path) for path in args.files))

    def lines() -> None:
        for item in differences:
            sure = f" {item.interval[0]:+g} to {item.interval[1]:+g}," if item.interval else ""
            moved = f" {item.rose} rose, {item.fell} fell" if item.rose is not None else ""
            print(f"{item.metric}: {item.first:g} -> {item.second:g} ({item.second - item.first:+.4g}){sure}{moved}")

    show(args, {"differences": differences}, lines)
    return DONE


def _eval_check(args: argparse.Namespace) -> int:
    where = args.reports or reports.folder()
    faults = reports.check(reports.latest(where), reports.read_floors(where / reports.FLOORS))
    lines = [f"{fault.measure} {fault.metric}: {fault.reason}" for fault in faults]
    show(args, {"faults": faults}, lambda: print("\n".join(lines) or "Every floor holds."))
    return PARTLY if faults else DONE


def _eval_pin(args: argparse.Namespace) -> int:
    path = (args.reports or reports.folder()) / reports.FLOORS
    pinned = reports.pin(reports.read_floors(path), reports.read(args.files[0]), lower=args.lower)
    reports.write_floors(pinned, path)
    show(args, {"floors": pinned}, lambda: print(f"Wrote {path}."))
    return DONE


def _eval_page(args: argparse.Namespace) -> int:
    where = args.reports or reports.folder()
    out = args.out or where.with_suffix(".md")
    out.write_text(reports.page(where), "utf-8")
    show(args, {"figures": reports.figures(where)}, lambda: print(f"Wrote {out}."))
    return DONE


def _eval_cases(args: argparse.Namespace) -> int:
    """The answers that readers judged, as cases for an evaluation: a JSON object a line."""
    with opened(args) as room:
        cases = room.cases()
    lines = "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases)
    if args.out:
        args.out.write_text(lines, "utf-8")
        print(f"Wrote {len(cases)} to {args.out}.", file=sys.stderr)
    show(args, {"cases": cases}, lambda: print("" if args.out else lines, end=""))
    return DONE if cases else PARTLY


def _print_measures(values: Mapping[str, Any], indent: str = "") -> None:
    for name, value in values.items():
        if isinstance(value, Mapping):
            print(f"{indent}{name}")
            _print_measures(value, f"{indent}  ")
        else:
            print(f"{indent}{name}: {value}")
