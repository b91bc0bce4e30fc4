"""The draft service: every quotation and claim of a text against the record."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from itertools import zip_longest

from rag.display import plural
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
from rag.errors import ModelError, UnusableInput
from rag.retrieval.search import Retriever
from rag.services.drafts.claims import ClaimChecker, DraftClaim
from rag.services.drafts.draft_quotations import DraftQuotation, count_unread_dashes
from rag.services.drafts.parts import DraftPart, PartReader, parts_of
from rag.services.drafts.plain_text import PlainText
from rag.services.drafts.quotations import Place, QuotationChecker, Ruling
from rag.stores.drafts import DraftStore
from rag.stores.library import Library
from rag.text.canonical import digest, fold
from rag.text.language import detect_language, language_name
from rag.text.quotations import quotations
from rag.text.related_words import is_common
from rag.text.terms import STOPWORDS, words
from rag.verification.entailment import EntailmentModel
from rag.verification.model_claims import EntailmentJudge

_LINE_WRAP = re.compile(
    r"(?<=[^\n]{40})(?<=[^\s.!?:”\"»])\r?\n(?=[^\s>\-*•#|\d])"
)  # behind a long line that the next one continues
_HEAD = re.compile(r"(?:^|[.!?”\"’)]\s+)[“\"‘(]*([A-Z][\w’-]+)", re.MULTILINE)
_LAST_NAME = re.compile(r"[A-Z][\w’-]+ ([A-Z][\w’-]+)")
_LANGUAGE_SHOWS = 20_000  # characters of a draft by which its language is recognised
_MOST_CLAIMS = 1_000  # that are checked: nobody reads more findings than that
_INVISIBLE = {number: " " for number in range(32) if number not in (9, 10, 13)} | {
    0xFEFF: " ",
    0x2028: "\n",
    0x2029: "\n",
}


_Pair = tuple[DraftQuotation | DraftClaim, Ruling]


class DraftService:
    """Checks drafts; stores nothing unless `keep` is called. `extract` returns the statements of a text by the rules
    alone; it is None if there is no parser. `entailment` compares what the rules of claims can't; `judge` decides what
    both leave open, and is None without a chat model.
    """

    def __init__(
        self,
        library: Library,
        retriever: Callable[[], Retriever],
        *,
        extract: Callable[[str, date], Sequence[Statement]] | None,
        entailment: Callable[[], EntailmentModel | None],
        judge: Callable[[], EntailmentJudge | None],
        give_way: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._entailment = entailment
        self._judge = judge
        self._store = DraftStore(library)
        self._extract = extract
        self._give_way = give_way

    def stream(
        self, text: str, *, today: date, cancel: threading.Event | None = None
    ) -> Iterator[DraftProgress | DraftCheck]:
        """Yields progress with each finding, then the whole check. `today` is the date of the draft, from which its
        weekdays count. Raises UnusableInput at once for an empty or too long draft.
        """
        if not text.strip():
            raise UnusableInput("The draft is empty. Paste its text, or name a file that has some.")
        if len(text) > MAX_DRAFT_CHARS:
            raise UnusableInput(
                f"The draft has {len(text)} characters; check it in parts of at most {MAX_DRAFT_CHARS}."
            )
        return self._findings(text, today, cancel or threading.Event())

    def keep(self, text: str, check: DraftCheck, day: date) -> KeptDraft:
        """Store a draft with its check. If it was stored before, `changed` counts the findings with another outcome."""
        draft_id = digest("draft", text)
        before = next((item for item in self._store.all() if item.draft_id == draft_id), None)
        changed = _count_changed(before.check, check) if before and before.check else None
        return self._store.put(KeptDraft(draft_id=draft_id, text=text, day=day, check=check, changed=changed))

    def get(self, draft_id: str) -> KeptDraft:
        """As `Newsroom.draft`."""
        return self._store.get(draft_id)

    def list_all(self, limit: int | None) -> list[KeptDraft]:
        """As `Newsroom.drafts`."""
        return self._store.all(limit)

    def forget(self, draft_id: str) -> None:
        """As `Newsroom.forget_draft`."""
        self._store.forget(draft_id)

    def _findings(self, text: str, today: date, cancel: threading.Event) -> Iterator[DraftProgress | DraftCheck]:
        started = time.perf_counter()
        draft = PlainText(_unwrap_lines(text.translate(_INVISIBLE)))  # of the same length, so offsets hold in the text
        clean = draft.text
        notices, has_claims = self._language_notices(clean)
        if half := _count_unpaired(clean):
            notices.append(
                f"{plural(half, 'quotation')} without one of its marks: read to the words that say who speaks, "
                "else as far as the paragraph goes."
            )
        if unread := count_unread_dashes(clean):
            notices.append(
                f"{plural(unread, 'line')} with a dash in front and a speaker: not read as a quotation. Put quotation "
                "marks around what was said word by word."
            )
        if self._extract is None:
            notices.append(
                "Speakers were not compared: the model that reads sentences is missing. "
                "`onrecord doctor` says what to do."
            )
        citations = _CitationList()
        findings: list[Finding] = []
        with self._give_way():
            names = self._names_at_heads(clean)
            parts = parts_of(clean, names)
            claim_count = sum(part.claims for part in parts) if has_claims else 0
            if claim_count > _MOST_CLAIMS:
                notices.append(
                    f"Of {claim_count} sentences with a claim, only the first {_MOST_CLAIMS} were checked. "
                    "Check the rest as a separate draft."
                )
            total = min(claim_count, _MOST_CLAIMS) + sum(len(part.quotations) for part in parts)
            yield DraftProgress(done=0, total=total)
            for item, ruling in self._rulings(
                clean, parts, names, today, cancel, notices, most_claims=_MOST_CLAIMS if has_claims else 0
            ):
                findings.append(_finding(text, draft, item, ruling, citations))
                sources = tuple(citations.items[n - 1] for n in findings[-1].citations)
                yield DraftProgress(
                    done=len(findings), total=max(total, len(findings)), finding=findings[-1], citations=sources
                )
        if not findings and not cancel.is_set():
            notices.append("There is nothing to check: no quotation, and no sentence with a name, a number or a date.")
        yield DraftCheck(
            findings=tuple(findings),
            citations=tuple(citations.items),
            counts=dict(Counter(item.outcome for item in findings)),
            notices=tuple(notices),
            finished=not cancel.is_set(),
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
        )

    def _language_notices(self, text: str) -> tuple[list[str], bool]:
        """What a reader should know of a draft in a language that the rules do not read, and whether its claims can be
        compared with anything.
        """
        language = detect_language(text[:_LANGUAGE_SHOWS])
        if language in (None, "en"):
            return [], True
        name = language_name(language)
        if language not in {code for code, _ in self._library.articles.languages()}:
            rest = f"its claims were not checked, as the library has no article in {name}"
            return [f"The draft is in {name}. Its quotations are looked for by their words; {rest}."], False
        return [
            f"The draft is in {name}. Its quotations are looked for by their words; speakers and claims need English."
        ], True

    def _names_at_heads(self, text: str) -> frozenset[str]:
        """Folded words at the head of a sentence that are last names: of somebody in the library, or in full in the
        draft. Other words have a capital there for the sentence's sake.
        """
        heads = {fold(word) for word in _HEAD.findall(text)}
        in_full = {fold(word) for word in _LAST_NAME.findall(text)}
        known = {words(name)[-1] for name in self._library.statements.actors_ending(heads)}
        return frozenset(word for word in heads & (in_full | known) if not is_common(word) and word not in STOPWORDS)

    def _rulings(
        self,
        text: str,
        parts: Sequence[DraftPart],
        names: frozenset[str],
        today: date,
        cancel: threading.Event,
        notices: list[str],
        *,
        most_claims: int,
    ) -> Iterator[_Pair]:
        """The quotations and claims in the order of the draft with what the record says, until `cancel` is set. Why a
        judge failed is entered in the notices.
        """
        judge = self._judge()
        reader = PartReader(text, names, extract=self._extract, today=today)
        retriever = self._retriever()
        quotation_checker = QuotationChecker(self._library, retriever, today=today)
        claim_checker = ClaimChecker(self._library, retriever, self._entailment(), today=today)
        claims_left = most_claims
        for part in parts:
            if cancel.is_set():
                return
            if not part.quotations and not claims_left:
                continue
            quotations, claims = reader.read(part)
            claims = claims[:claims_left]
            claims_left -= len(claims)
            items: list[DraftQuotation | DraftClaim] = sorted([*quotations, *claims], key=lambda item: item.span)
            pairs = _pairs(items, quotation_checker, claim_checker, cancel)
            yield from pairs if judge is None else _with_verdicts(list(pairs), claim_checker, judge, notices)


def _pairs(
    items: Sequence[DraftQuotation | DraftClaim],
    quotation_checker: QuotationChecker,
    claim_checker: ClaimChecker,
    cancel: threading.Event,
) -> Iterator[_Pair]:
    for item in items:
        if cancel.is_set():
            return
        yield item, quotation_checker.rule(item) if isinstance(item, DraftQuotation) else claim_checker.rule(item)


def _with_verdicts(
    pairs: Sequence[_Pair], claim_checker: ClaimChecker, judge: EntailmentJudge, notices: list[str]
) -> Iterator[_Pair]:
    """The pairs after the judge's verdicts on the claims; as they are where it fails, with a notice."""
    claims = {at: (item, ruling) for at, (item, ruling) in enumerate(pairs) if isinstance(item, DraftClaim)}
    rulings = [ruling for _, ruling in claims.values()]
    try:
        rulings = claim_checker.decide([item for item, _ in claims.values()], rulings, judge)
    except ModelError as exc:
        notice = f"The language model could not decide what the rules leave open. {exc}"
        notices += [notice] if notice not in notices else []
    decisions = dict(zip(claims, rulings, strict=True))
    for at, (item, ruling) in enumerate(pairs):
        yield item, decisions.get(at, ruling)


def _count_unpaired(text: str) -> int:
    """How many quotations lack a mark, except for the last one of a paragraph from which the next one goes on."""
    items = quotations(text)
    return sum(
        not (item.opened or item.continues) or not (item.closed or (after is not None and after.continues))
        for item, after in zip_longest(items, items[1:])
    )


def _count_changed(before: DraftCheck, after: DraftCheck) -> int:
    """How many findings have an outcome that differs from before."""
    earlier = {(item.start, item.end): item.outcome for item in before.findings}
    return sum(earlier.get((item.start, item.end)) != item.outcome for item in after.findings)


def _unwrap_lines(text: str) -> str:
    """The text with blanks for the line breaks that only wrap a long line, as mail programs do. Keeps its length."""
    return _LINE_WRAP.sub(lambda wrap: " " if len(wrap[0]) == 1 else "  ", text)


class _CitationList:
    """The citations of a check, each place once."""

    def __init__(self) -> None:
        self.items: list[Citation] = []
        self._numbers: dict[tuple[str, str, Span], int] = {}

    def number_of(self, place: Place) -> int:
        """The number of a place; adds a new place."""
        article = place.article
        key = (article.article_id, article.version, place.span)
        if key not in self._numbers:
            self._numbers[key] = len(self.items) + 1
            self.items.append(
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


def _finding(
    text: str, draft: PlainText, item: DraftQuotation | DraftClaim, ruling: Ruling, citations: _CitationList
) -> Finding:
    inner, statement = (item.inner, item.statement) if isinstance(item, DraftQuotation) else (item.span, None)
    span = draft.in_draft(inner)
    return Finding(
        text=span.of(text),
        start=span.start,
        end=span.end,
        kind="quotation" if isinstance(item, DraftQuotation) else "claim",
        outcome=ruling.outcome,
        why=ruling.why,
        speaker=statement.speaker if statement else None,
        said_on=statement.said_on if statement else None,
        citations=tuple(dict.fromkeys(citations.number_of(place) for place in ruling.places)),
        alteration=ruling.alteration,
    )
