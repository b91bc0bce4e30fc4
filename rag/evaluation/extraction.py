"""How well articles are read: extracted bodies and dates against gold ones, quotations that survive, and copies."""

from __future__ import annotations

import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.evaluation.data import load_scorers, read_rows, require_path
from rag.readers.html import read_html
from rag.text.duplicates import copies

_QUOTATION = re.compile('[“"„«]([^“”"„«»\n]{15,600})[”"“»]')
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page with the variants of its gold body, of which the best match counts."""

    html: bytes
    url: str
    bodies: Sequence[str]


def extraction(data: Path) -> dict[str, object]:
    """Bodies of the pages in `data/aeb` and `data/fundus_eval`: precision, recall and F1 of 4-word shingles, averaged
    over pages, and the share of the quotations of the gold body that stand in the extracted text word for word.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    return {"aeb": _bodies(_aeb(data), scorers), "fundus_eval": _bodies(_fundus(data, scorers), scorers)}


def dates(data: Path) -> dict[str, object]:
    """Days of publication of the pages in `data/htmldate`: precision, recall, accuracy and F1 (a missing day is a false
    negative, a wrong one a false positive), and `cost`, in which a wrong day counts 2 and a missing one 1.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    rows: list[tuple[str | None, object]] = []
    right: Counter[str] = Counter()
    by_basis: Counter[str] = Counter()
    for item in read_rows(data / "htmldate" / "dev.jsonl"):
        extract = _read((data / "htmldate" / "dev_html" / item["html"]).read_bytes(), item["url"])
        day = extract.published.isoformat() if extract and extract.published else None
        rows.append((day, item["date"]))
        if extract and extract.date_basis and day:
            by_basis[extract.date_basis] += 1
            right[extract.date_basis] += day == item["date"]
    missing = sum(day is None for day, _ in rows)
    wrong = sum(day != gold for day, gold in rows) - missing
    return {
        **scorers.date_scores(rows),
        "pages": len(rows),
        "wrong": wrong,
        "missing": missing,
        "cost": 2 * wrong + missing,
        "right_by_basis": {basis: f"{right[basis]} of {by_basis[basis]}" for basis in sorted(by_basis)},
    }


def _aeb(data: Path) -> Iterator[_Page]:
    gold = json.loads(require_path(data / "aeb" / "dev.json").read_text(encoding="utf-8"))
    for name, item in gold.items():
        html = (data / "aeb" / "dev_html" / f"{name}.html.gz").read_bytes()
        yield _Page(html=html, url=item["url"], bodies=[item["articleBody"]])


def _fundus(data: Path, scorers: ModuleType) -> Iterator[_Page]:
    gold = json.loads(require_path(data / "fundus_eval" / "dev.json").read_text(encoding="utf-8"))
    for name, item in gold.items():
        html = (data / "fundus_eval" / "dev_html" / name).read_bytes()
        yield _Page(html=html, url=item["url"], bodies=scorers.fundus_refs(item["body"]))


def _bodies(pages: Iterable[_Page], scorers: ModuleType) -> dict[str, object]:
    rows = []
    unread = quotations = surviving = 0
    for page in pages:
        extract = _read(page.html, page.url)
        text = extract.text if extract else ""
        unread += extract is None
        rows.append(max((scorers.shingle(body, text) for body in page.bodies), key=lambda row: row[0]))
        words = _words(text)
        for quotation in _quotations(min(page.bodies, key=len)):
            quotations += 1
            surviving += quotation in words
    precision, recall, f1 = scorers.shingle_corpus(rows)
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "pages": len(rows),
        "unread": unread,
        "quotations": quotations,
        "quotations_kept": surviving / quotations if quotations else math.nan,
    }


def _read(html: bytes, url: str) -> Extract | None:
    """The extract of a page; None if it is rejected."""
    try:
        return read_html(gzip.decompress(html), url=url)
    except UnreadableSource:
        return None


def _quotations(body: str) -> Iterator[str]:
    for match in _QUOTATION.finditer(body):
        words = _words(match[1])
        if words.count(" ") > _FEWEST_WORDS:
            yield words


def _words(text: str) -> str:
    """The words of a text with single blanks between and around them, so that a substring matches whole words."""
    return " ".join(["", *re.findall(r"\w+", text), ""])


def duplicates(data: Path) -> dict[str, object]:
    """Pairs of copies among the articles of `data/neardup`: precision, recall and F1 of pairs.

    Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    articles = read_rows(data / "neardup" / "articles.jsonl.gz")
    gold = json.loads((data / "neardup" / "synthetic_pairs_dev.json").read_text(encoding="utf-8"))
    pairs = [(articles[a]["id"], articles[b]["id"]) for a, b in copies([article["text"] for article in articles])]
    precision, recall, f1 = scorers.pair_f1(pairs, gold)
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "articles": len(articles),
        "gold_pairs": len(gold),
    }
