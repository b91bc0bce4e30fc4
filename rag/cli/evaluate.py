"""The command that runs measures, compares reports, and checks them against floors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from rag.cli.common import DONE, PARTLY, open_newsroom, print_result
from rag.errors import UnusableInput
from rag.evaluation import reports


def evaluate(args: argparse.Namespace) -> int:
    """`onrecord eval`: a measure by its name, or one of compare, check, pin, report, cases."""
    count, expected = len(args.files), {"compare": 2, "pin": 1}.get(args.name, 0)
    if count != expected:
        raise UnusableInput(f"`onrecord eval {args.name}` takes {expected} report files, not {count}.")
    commands = {
        "compare": _eval_compare,
        "check": _eval_check,
        "pin": _eval_pin,
        "report": _eval_page,
        "cases": _eval_cases,
    }
    return commands.get(args.name, _eval_measure)(args)


def _eval_measure(args: argparse.Namespace) -> int:
    from rag.evaluation.measures import run_measure

    if args.data is None:
        raise UnusableInput("Give the folder of the evaluation data with --data.")
    result: dict[str, Any] = run_measure(args.name, args.data, home=args.home)
    report = reports.report_of(result)
    if args.out:
        reports.write(report, args.out)
        print(f"Wrote {args.out}.", file=sys.stderr)
    means = {name: report.metrics[name] for name in report.items}
    output = {**result, "metrics": {**result["metrics"], **means}, "intervals": report.intervals}
    output.pop("items")
    print_result(args, output, lambda: _print_measures(output))
    return DONE


def _eval_compare(args: argparse.Namespace) -> int:
    differences = reports.compare(*(reports.read(path) for path in args.files))

    def lines() -> None:
        for item in differences:
            interval = f" {item.interval[0]:+g} to {item.interval[1]:+g}," if item.interval else ""
            changes = f" {item.rose} rose, {item.fell} fell" if item.rose is not None else ""
            print(
                f"{item.metric}: {item.first:g} -> {item.second:g} ({item.second - item.first:+.4g}){interval}{changes}"
            )

    print_result(args, {"differences": differences}, lines)
    return DONE


def _eval_check(args: argparse.Namespace) -> int:
    where = args.reports or reports.folder()
    faults = reports.check(reports.latest(where), reports.read_floors(where / reports.FLOORS))
    lines = [f"{fault.measure} {fault.metric}: {fault.reason}" for fault in faults]
    print_result(args, {"faults": faults}, lambda: print("\n".join(lines) or "Every floor holds."))
    return PARTLY if faults else DONE


def _eval_pin(args: argparse.Namespace) -> int:
    path = (args.reports or reports.folder()) / reports.FLOORS
    pinned = reports.pin(reports.read_floors(path), reports.read(args.files[0]), lower=args.lower)
    reports.write_floors(pinned, path)
    print_result(args, {"floors": pinned}, lambda: print(f"Wrote {path}."))
    return DONE


def _eval_page(args: argparse.Namespace) -> int:
    where = args.reports or reports.folder()
    out = args.out or where.with_suffix(".md")
    out.write_text(reports.page(where), "utf-8")
    print_result(args, {"figures": reports.figures(where)}, lambda: print(f"Wrote {out}."))
    return DONE


def _eval_cases(args: argparse.Namespace) -> int:
    """The answers that readers judged, as cases for an evaluation: one JSON object a line."""
    with open_newsroom(args) as room:
        cases = room.cases()
    lines = "".join(f"{json.dumps(case, ensure_ascii=False)}\n" for case in cases)
    if args.out:
        args.out.write_text(lines, "utf-8")
        print(f"Wrote {len(cases)} to {args.out}.", file=sys.stderr)
    print_result(args, {"cases": cases}, lambda: print("" if args.out else lines, end=""))
    return DONE if cases else PARTLY


def _print_measures(values: Mapping[str, Any], indent: str = "") -> None:
    for name, value in values.items():
        if isinstance(value, Mapping):
            print(f"{indent}{name}")
            _print_measures(value, f"{indent}  ")
        else:
            print(f"{indent}{name}: {value}")
