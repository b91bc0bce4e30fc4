"""The ledger of checked sentences: numbers citations in the order of first use, and keeps withheld sentences with
their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from rag.domain import (
    AnswerSentence,
    Citation,
    Conflict,
    DraftSentence,
    Evidence,
    SentenceShown,
    SentenceWithheld,
    Usage,
    Withheld,
    answer_text,
)
from rag.verification.outcomes import CheckedDraft, CitedSpan
from rag.verification.quotations import wording
from rag.verification.verify import verify

SentenceEvent: TypeAlias = SentenceShown | SentenceWithheld


def renumbered(met: Iterable[int], citations: Iterable[Citation]) -> tuple[dict[int, int], tuple[Citation, ...]]:
    """New numbers by the old ones, in the order in which a reader meets them, and the citations under them."""
    citations = list(citations)
    old = dict.fromkeys((*met, *(item.n for item in citations)))
    new = {n: at for at, n in enumerate(old, 1)}
    return new, tuple(sorted((replace(item, n=new[item.n]) for item in citations), key=lambda item: item.n))


def with_numbers(item: AnswerSentence, new: Mapping[int, int]) -> AnswerSentence:
    """A sentence with its citations under their new numbers."""
    return replace(item, citations=tuple(new[n] for n in item.citations))


def conflict_with_numbers(item: Conflict, new: Mapping[int, int]) -> Conflict:
    """A conflict with its citations under their new numbers."""
    return replace(item, sides=tuple(tuple(new[n] for n in side) for side in item.sides))


class CitationLedger:
    """What was shown and withheld so far, under one numbering of citations (from 1)."""

    def __init__(self) -> None:
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []
        self.withheld: list[Withheld] = []
        self.usage = Usage()

    def admit(self, draft: DraftSentence, evidence: Evidence) -> SentenceEvent:
        """Check a drafted sentence against the evidence that it was drafted from, and enter it."""
        return self.enter(verify(draft, evidence, before=self.sentences[-1].text if self.sentences else None), evidence)

    def enter(self, check: CheckedDraft, evidence: Evidence, *, remark: str | None = None) -> SentenceEvent:
        """Enter a sentence as shown or withheld, by the outcome of its check. `remark` is the note of a supported
        one."""
        draft = check.draft
        if check.outcome == "withheld":
            withheld = Withheld(text=draft.text, reason=check.note or "")
            self.withheld.append(withheld)
            return SentenceWithheld(withheld=withheld)
        citations = tuple(self._cite(source, evidence) for source in check.sources)
        spans = [(item.span, evidence.texts[item.article_id, item.version]) for item in check.sources]
        sentence = AnswerSentence(
            text=draft.text,
            kind=draft.kind,
            citations=tuple(item.n for item in citations),
            statement=draft.statement,
            outcome=check.outcome,
            note=check.note or remark or draft.remark,
            answer_span=draft.answer_span,
            wording=wording(draft.text, spans, draft.statement.speaker if draft.statement else None),
        )
        self.sentences.append(sentence)
        return SentenceShown(sentence=sentence, citations=citations)

    def _cite(self, source: CitedSpan, evidence: Evidence) -> Citation:
        """The citation of a span, a new one where it has none yet."""
        place = (source.article_id, source.version, source.span.start, source.span.end)
        for citation in self.citations:
            if (citation.article_id, citation.version, citation.start, citation.end) == place:
                return citation
        article = next(item for item in evidence.sentences if item.article_id == source.article_id)
        citation = Citation(
            n=len(self.citations) + 1,
            article_id=source.article_id,
            version=source.version,
            start=source.span.start,
            end=source.span.end,
            quote=source.quote,
            match=source.match,
            title=article.title,
            outlet=article.outlet,
            published=article.published,
            url=article.url,
        )
        self.citations.append(citation)
        return citation

    def text(self) -> str:
        """The sentences as plain text, one a line, each with its `[n]` marks."""
        return answer_text(self.sentences)
