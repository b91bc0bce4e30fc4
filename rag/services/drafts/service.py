"""The draft service: every quotation and claim of a text against the record."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date

from rag.domain import (
    MAX_DRAFT_CHARS,
    Citation,
    DraftCheck,
    DraftProgress,
    Finding,
    KeptDraft,
    Span,
    Statement,
)
from rag.errors import UnusableInput
from rag.retrieval.search import Retriever
from rag.services.drafts.claims import ClaimChecker, DraftClaim, claims_of
from rag.services.drafts.quotations import DraftQuotation, Place, QuotationChecker, Ruling, quotations_of
from rag.stores.drafts import DraftStore
from rag.stores.library import Library
from rag.text.canonical import digest
from rag.text.sentences import sentences

_LINE_WRAP = re.compile(r"(?<=[^\n]{40})(?<=[^\s.!?:”\"»])\r?\n(?=[^\s>\-*•#|\d])")  # after a long line that goes on
_MOST_CLAIMS = 1_000  # that are looked up: of a book nobody reads more
_INVISIBLE = {number: " " for number in range(32) if number not in (9, 10, 13)} | {
    0xFEFF: " ",
    0x2028: "\n",
    0x2029: "\n",
}


class DraftService:
    """Checks drafts. `extract` gives the statements of a text, by the rules alone; None where there is no parser.
    Nothing of a draft is stored unless it is kept, and no
    model outside is asked.
    """

    def __init__(
        self,
        library: Library,
        retriever: Callable[[], Retriever],
        *,
        extract: Callable[[str, date], Sequence[Statement]] | None,
        give_way: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._store = DraftStore(library)
        self._extract = extract
        self._give_way = give_way

    def stream(
        self, text: str, *, today: date, cancel: threading.Event | None = None
    ) -> Iterator[DraftProgress | DraftCheck]:
        """A step for each finding, then the whole check. `today` is the day that the draft is of, from which its
        weekdays count. Raises UnusableInput at once for an empty or endless draft.
        """
        if not text.strip():
            raise UnusableInput("The draft is empty. Paste its text, or name a file that has some.")
        if len(text) > MAX_DRAFT_CHARS:
            raise UnusableInput(
                f"The draft has {len(text)} characters; check it in parts of at most {MAX_DRAFT_CHARS}."
            )
        return self._findings(text, today, cancel or threading.Event())

    def keep(self, text: str, check: DraftCheck, day: date) -> KeptDraft:
        """Keep a draft with its check. One that is kept already is checked anew: how many findings changed is noted."""
        name = digest("draft", text)
        known = next((item for item in self._store.all() if item.draft_id == name), None)
        changed = _count_changed(known.check, check) if known and known.check else None
        return self._store.put(KeptDraft(draft_id=name, text=text, day=day, check=check, changed=changed))

    def kept(self, draft_id: str) -> KeptDraft:
        """As `Newsroom.draft`."""
        return self._store.get(draft_id)

    def all_kept(self, limit: int | None) -> list[KeptDraft]:
        """As `Newsroom.drafts`."""
        return self._store.all(limit)

    def forget(self, draft_id: str) -> None:
        """As `Newsroom.forget_draft`."""
        self._store.forget(draft_id)

    def _findings(self, text: str, today: date, cancel: threading.Event) -> Iterator[DraftProgress | DraftCheck]:
        started = time.perf_counter()
        clean = _unwrap_lines(
            text.translate(_INVISIBLE)
        )  # one character for one, so that every offset is the draft's own
        notices: list[str] = []
        with self._give_way():
            around = sentences(clean)
            quoted = quotations_of(clean, self._statements(clean, today, notices), around)
            claimed = claims_of(clean, around, [item.span for item in quoted])
            if len(claimed) > _MOST_CLAIMS:
                notices.append(
                    f"Of {len(claimed)} sentences without a quotation, only the first {_MOST_CLAIMS} were checked. "
                    "Check the rest as a separate draft."
                )
                claimed = claimed[:_MOST_CLAIMS]
            items: list[DraftQuotation | DraftClaim] = sorted([*quoted, *claimed], key=lambda item: item.span)
            if not items:
                notices.append(
                    "There is nothing to check: no quotation, and no sentence with a name, a number or a date."
                )
            retriever = self._retriever()
            words_of, facts_of = (
                QuotationChecker(self._library, retriever, today=today),
                ClaimChecker(self._library, retriever),
            )
            book = _Book()
            findings: list[Finding] = []
            yield DraftProgress(done=0, total=len(items))
            for item in items:
                if cancel.is_set():
                    break
                if isinstance(item, DraftQuotation):
                    findings.append(_on_quotation(text, item, words_of.rule(item), book))
                else:
                    findings.append(_on_claim(text, item, facts_of.rule(item), book))
                yield DraftProgress(done=len(findings), total=len(items), finding=findings[-1])
        yield DraftCheck(
            findings=tuple(findings),
            citations=tuple(book.citations),
            counts=dict(Counter(item.outcome for item in findings)),
            notices=tuple(notices),
            finished=len(findings) == len(items),
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
        )

    def _statements(self, text: str, today: date, notices: list[str]) -> Sequence[Statement]:
        if self._extract is None:
            notices.append(
                "Speakers were not compared: the model that reads sentences is missing. "
                "`onrecord doctor` says what to do."
            )
            return ()
        return self._extract(text, today)


def _count_changed(before: DraftCheck, after: DraftCheck) -> int:
    """How many findings have another outcome than before."""
    earlier = {(item.start, item.end): item.outcome for item in before.findings}
    return sum(earlier.get((item.start, item.end)) != item.outcome for item in after.findings)


def _unwrap_lines(text: str) -> str:
    """The text with a blank for each line break that only wraps a long line, as mail programs break them."""
    return _LINE_WRAP.sub(lambda wrap: " " if len(wrap[0]) == 1 else "  ", text)


class _Book:
    """The citations of a check, each place once."""

    def __init__(self) -> None:
        self.citations: list[Citation] = []
        self._numbers: dict[tuple[str, str, Span], int] = {}

    def enter(self, place: Place) -> int:
        """The number of a place, new or known."""
        article = place.article
        key = (article.article_id, article.version, place.span)
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(
                Citation(
                    n=self._numbers[key],
                    article_id=article.article_id,
                    version=article.version,
                    start=place.span.start,
                    end=place.span.end,
                    quote=article.quote(place.span),
                    match=place.match,
                    title=article.title,
                    outlet=article.outlet,
                    published=article.published,
                    url=article.url,
                )
            )
        return self._numbers[key]


def _on_quotation(text: str, item: DraftQuotation, ruling: Ruling, book: _Book) -> Finding:
    statement = item.statement
    return Finding(
        text=item.inner.of(text),
        start=item.inner.start,
        end=item.inner.end,
        kind="quotation",
        outcome=ruling.outcome,
        why=ruling.why,
        speaker=statement.speaker if statement else None,
        said_on=statement.said_on if statement else None,
        citations=tuple(dict.fromkeys(book.enter(place) for place in ruling.places)),
        alteration=ruling.alteration,
    )


def _on_claim(text: str, item: DraftClaim, ruling: Ruling, book: _Book) -> Finding:
    return Finding(
        text=item.span.of(text),
        start=item.span.start,
        end=item.span.end,
        kind="claim",
        outcome=ruling.outcome,
        why=ruling.why,
        citations=tuple(dict.fromkeys(book.enter(place) for place in ruling.places)),
    )
