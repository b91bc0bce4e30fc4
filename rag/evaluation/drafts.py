"""Whether the check of drafts notices altered quotations, on drafts made by rule from annotated articles.

A draft has one quotation of an article with its annotated speaker, unchanged or changed in one way.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from rag.domain import Finding, Span
from rag.evaluation.data import read_rows
from rag.knowledge.words import COUNTS
from rag.newsroom import Newsroom
from rag.text.name_forms import name_words
from rag.text.quotations import quotations

_FEWEST_WORDS, _MOST_WORDS = 7, 50  # words of a quotation that is used
_QUOTATIONS_PER_ARTICLE = 3  # quotations of an article
_EXAMPLES = 8
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|will|would|can|could|should|has|have|had|do|does|did)\b(?! not\b)", re.IGNORECASE
)
_NEGATION = re.compile(r" (?:not|never)\b| ?n['’]t\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\d.,])\d{1,3}(?![\d.,])")
_INVENTED = "Every harbour on the northern coast shall be closed to the red tractors before the snow"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A quotation of an article with its speaker; `others` are other speakers and other quotations of that article."""

    quote: str
    speaker: str
    speakers: Sequence[str]
    quotes: Sequence[str]


_Maker = Callable[[_Case], tuple[str, str] | None]  # the quotation and speaker of a draft; None if it can't be made


def drafts(data: Path, room: Newsroom) -> dict[str, object]:
    """Checks drafts over the articles of `data/polnear/dev.jsonl`, separately for each half: for each kind of change
    how many were `made`, `noticed` (the check objects) and `named` (as that kind); `doubted` ones are not confirmed;
    `accused` is the share of unchanged ones to which the check objects. Raises UnreadableSource if the data is absent.
    """
    rows = read_rows(data / "polnear" / "dev.jsonl")
    for row in rows:
        room.add_text(
            row["text"], title=row["title"], outlet=row["publisher"], published=row["published"],
            url=f"https://articles.example/{row['id']}",
        )  # fmt: skip
    room.wait()
    halves = {"first half": rows[::2], "second half": rows[1::2]}
    seconds: list[float] = []
    result: dict[str, object] = {name: _measure(half, room, seconds) for name, half in halves.items()}
    cuts = quantiles(seconds, n=20) if len(seconds) > 1 else [0.0] * 19
    return {"articles": len(rows), **result, "p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}


def _measure(rows: Sequence[dict[str, Any]], room: Newsroom, times: list[float]) -> dict[str, object]:
    counts: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    doubted: Counter[str] = Counter()
    classified: Counter[str] = Counter()
    missed: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for case in _cases(row):
            for kind, make in _MAKERS.items():
                if (draft := make(case)) is None:
                    continue
                started = time.perf_counter()
                finding = _finding(room, *draft, day=date.fromisoformat(row["published"]))
                times.append((time.perf_counter() - started) * 1000)
                counts[kind] += 1
                noticed[kind] += finding is None or not finding.stands
                doubted[kind] += finding is not None and finding.outcome == "unconfirmed"
                is_named = finding is not None and kind in (finding.outcome, finding.alteration)
                classified[kind] += is_named
                if not is_named:
                    missed[kind].append(f"{draft[1]}: {draft[0]} -> {finding and (finding.outcome, finding.why)}")
    altered = [kind for kind in counts if kind != "as_said"]
    total = max(1, sum(counts[kind] for kind in altered))
    return {
        "kinds": {
            kind: {
                "made": counts[kind],
                "noticed": noticed[kind],
                "doubted": doubted[kind],
                "named": classified[kind],
                "examples": missed[kind][:_EXAMPLES],
            }
            for kind in counts
        },
        "noticed": round(sum(noticed[kind] for kind in altered) / total, 4),
        "named": round(sum(classified[kind] for kind in altered) / total, 4),
        "accused": round(noticed["as_said"] / max(1, counts["as_said"]), 4),
    }


def _finding(room: Newsroom, quote: str, speaker: str, *, day: date) -> Finding | None:
    check = room.check(f"“{quote},” {speaker} said.", day=day)
    return next((item for item in check.findings if item.kind == "quotation"), None)


def _cases(row: dict[str, Any]) -> Iterator[_Case]:
    text = row["text"]
    utterances = named_utterances(row)
    quotes = [
        (item.inner.of(text).rstrip(".,"), source)
        for item in quotations(text)
        if item.opened and item.closed and _FEWEST_WORDS <= len(item.inner.of(text).split()) <= _MOST_WORDS
        for source, span in utterances
        if span.holds(item.inner)
    ]
    for quote, speaker in list(dict(quotes).items())[:_QUOTATIONS_PER_ARTICLE]:
        yield _Case(
            quote=quote,
            speaker=speaker,
            speakers=[name for name, _ in utterances],
            quotes=[other for other, _ in quotes if other != quote],
        )


def named_utterances(row: dict[str, Any]) -> list[tuple[str, Span]]:
    """The annotated speakers with a name in an article of PolNeAR, each with the span of their words."""
    return [
        (item["source"], Span(min(a for a, _ in item["content_spans"]), max(b for _, b in item["content_spans"])))
        for item in row["attributions"]
        if item["source_kind"] == "named" and item["content_spans"]
    ]


def _with_other_speaker(case: _Case) -> tuple[str, str] | None:
    own = name_words(case.speaker)
    other = next(
        (name for name in case.speakers if len(name_words(name)) > 1 and not set(own).intersection(name_words(name))),
        None,
    )
    return (case.quote, other) if other and own else None


def _with_negation_changed(case: _Case) -> tuple[str, str] | None:
    if _NEGATION.search(case.quote):
        return _NEGATION.sub("", case.quote, count=1), case.speaker
    if _AUXILIARY.search(case.quote):
        return _AUXILIARY.sub(r"\1 not", case.quote, count=1), case.speaker
    return None


def _with_other_number(case: _Case) -> tuple[str, str] | None:
    if _DIGITS.search(case.quote):
        return _DIGITS.sub(lambda match: str(int(match[0]) + 3), case.quote, count=1), case.speaker
    for word in case.quote.split():
        if word in COUNTS and word not in ("one", "second"):
            return case.quote.replace(word, "eleven" if word != "eleven" else "four", 1), case.speaker
    return None


def _with_words_removed(case: _Case) -> tuple[str, str] | None:
    items = case.quote.split()
    if len(items) < 2 * _FEWEST_WORDS:
        return None
    middle = len(items) // 2
    return " ".join(items[: middle - 2] + items[middle + 1 :]), case.speaker


def _with_word_added(case: _Case) -> tuple[str, str] | None:
    items = case.quote.split()
    middle = len(items) // 2
    return " ".join([*items[:middle], "frankly", *items[middle:]]), case.speaker


def _with_words_reordered(case: _Case) -> tuple[str, str] | None:
    items = case.quote.rstrip(".").split()
    middle = len(items) // 2
    return " ".join(
        [*items[: middle - 1], items[middle + 1], items[middle], items[middle - 1], *items[middle + 2 :]]
    ), case.speaker


def _with_other_word(case: _Case) -> tuple[str, str] | None:
    items = case.quote.split()
    longest = max(
        range(1, len(items)), key=lambda at: len(items[at]) if items[at].isalpha() and items[at].islower() else 0
    )
    if not items[longest].islower():
        return None
    return " ".join([*items[:longest], "lanterns", *items[longest + 1 :]]), case.speaker


def _with_other_end(case: _Case) -> tuple[str, str] | None:
    other = next((one for one in case.quotes if len(one.split()) >= 2 * _FEWEST_WORDS), None)
    items = case.quote.split()
    if other is None or len(items) < _FEWEST_WORDS:
        return None
    return " ".join([*items[:_FEWEST_WORDS], *other.split()[-_FEWEST_WORDS:]]), case.speaker


_MAKERS: dict[str, _Maker] = {
    "as_said": lambda case: (case.quote, case.speaker),
    "other_speaker": _with_other_speaker,
    "negation": _with_negation_changed,
    "number": _with_other_number,
    "cut": _with_words_removed,
    "added": _with_word_added,
    "order": _with_words_reordered,
    "wording": _with_other_word,
    "stitched": _with_other_end,
    "not_found": lambda case: (_INVENTED, case.speaker),
}
