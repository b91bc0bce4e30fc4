"""The mutation suite of verification over the PolNeAR articles: altered drafts are withheld, faithful ones kept."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from rag.evaluation.asking import evidence_of
from rag.evaluation.data import read_rows
from rag.evaluation.drafts import named_utterances
from rag.evaluation.mutations import Mutation, SourceText, Utterance, altered_drafts, faithful_drafts
from rag.statements import extract_statements
from rag.statements.parsed_text import Parser
from rag.text.quotations import quotations
from rag.verification import verify

_EXAMPLES = 5
_MOST_DRAFTS = 1200  # drafts of a class, spread over all articles
_QUOTATION = re.compile("“[^”]*”")  # a quotation of the draft in a reason
_FOREIGN = 15  # quotations of the article before


def quotes(data: Path, parser: Parser) -> dict[str, object]:
    """Drafts made of the articles of `data/polnear/dev.jsonl`, against verification.

    `altered`: for each class how many were `generated` and how many of them `accepted` (the target is none), with
    examples and the reasons of the others; `faithful`: the same with `rejected`. Swapped speakers are taken from the
    annotations, so that errors of our own extraction show. Raises UnreadableSource if the data is absent.
    """
    rows = read_rows(data / "polnear" / "dev.jsonl")
    articles = [_article(row, rows[at - 1], parser) for at, row in enumerate(rows)]
    altered, faithful = _run(articles, altered_drafts, wanted=False), _run(articles, faithful_drafts, wanted=True)
    return {
        "articles": len(articles),
        "accepted": sum(int(item["accepted"]) for item in altered.values()),
        "rejected": sum(int(item["rejected"]) for item in faithful.values()),
        "fewest": min((int(item["generated"]) for item in (altered | faithful).values()), default=0),
        "altered": altered,
        "faithful": faithful,
    }


def _run(
    articles: list[SourceText], make: Callable[[SourceText], Iterator[Mutation]], *, wanted: bool
) -> dict[str, dict[str, Any]]:
    """Counts for each class. `wanted` is True for drafts that should be kept."""
    fault_name = "rejected" if wanted else "accepted"
    counts: Counter[str] = Counter()
    faults: dict[str, list[str]] = defaultdict(list)
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for item, article in _sample((item, one) for one in articles for item in make(one)):
        counts[item.kind] += 1
        check = verify(item.draft, article.evidence)
        is_kept = check.outcome == "supported"
        if is_kept != wanted:
            faults[item.kind].append(f"{item.draft.text} ({check.note})" if check.note else item.draft.text)
        elif check.note:
            reasons[item.kind][" ".join(_QUOTATION.sub("…", check.note).split()[:3])] += 1
    return {
        kind: {
            "generated": count,
            fault_name: len(faults[kind]),
            "examples": faults[kind][:_EXAMPLES],
            **({} if wanted else {"reasons": dict(reasons[kind].most_common(4))}),
        }
        for kind, count in counts.items()
    }


def _sample(mutations: Iterable[tuple[Mutation, SourceText]]) -> Iterator[tuple[Mutation, SourceText]]:
    """At most `_MOST_DRAFTS` drafts of each class, spread evenly over all of them."""
    kinds: dict[str, list[tuple[Mutation, SourceText]]] = defaultdict(list)
    for item, article in mutations:
        kinds[item.kind].append((item, article))
    for items in kinds.values():
        share = max(1.0, len(items) / _MOST_DRAFTS)
        yield from (items[int(number * share)] for number in range(int(len(items) / share)))


def _article(row: dict[str, Any], other: dict[str, Any], parser: Parser) -> SourceText:
    text, key = row["text"], (row["id"], "1")
    statements = tuple(extract_statements(text, parser=parser, article_id=key[0], version=key[1]))
    foreign = [item.inner.of(other["text"]) for item in quotations(other["text"]) if len(item.inner) > 30][:_FOREIGN]
    return SourceText(
        text=text,
        evidence=evidence_of(
            text, key, title=row.get("title") or "", outlet=row.get("publisher"), statements=statements
        ),
        utterances=[Utterance(*one) for one in named_utterances(row)],
        foreign_quotations=foreign,
    )
