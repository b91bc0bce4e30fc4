"""The built-in engine: it speaks in the sources' own sentences, chosen, ordered and grouped by who speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from rag.domain import DraftSentence, EvidenceSentence, SentenceKind, Span, Statement, Usage
from rag.evidence.question import Question
from rag.evidence.retrieval import Evidence
from rag.text.words import STOPWORDS, words

_MOST_STATEMENTS = 12
_MOST_SENTENCES = 4
_NEAR_BEST = 0.75  # a further sentence must score this share of the best
_MARKS = "\"“”„‟«»'‘’‚‛ "


class BuiltinEngine:
    """Extractive and deterministic: needs no key and no network, and cannot invent."""

    name = "built-in"

    def draft(self, question: Question, evidence: Evidence, cancel: threading.Event) -> Iterator[DraftSentence | Usage]:
        """Statements where the question asks for a position, else the sentences that answer best."""
        drafts = _positions(evidence) if question.asks_position and evidence.statements else _extract(evidence)
        for item in drafts:
            if cancel.is_set():
                return
            yield item


def _positions(evidence: Evidence) -> Iterator[DraftSentence]:
    """Statements grouped by speaker: what they say, direct words first, then what the outlet says of them."""
    shown: set[tuple[str, ...]] = set()
    drafts = [_statement(item, evidence.sentences) for item in _grouped(evidence.statements)[:_MOST_STATEMENTS]]
    said = [item for item in drafts if item and item.kind != "reported"]
    told = [item for item in drafts if item and item.kind == "reported"]
    for item in said + told:
        # Two statements of one sentence are shown by one draft, unless they are different quoted words.
        key = (item.text,) if item.kind == "quoted" else item.sids
        if key not in shown:
            shown.add(key)
            yield item


def _grouped(statements: Sequence[Statement]) -> list[Statement]:
    """Speakers in the order of their first statement; within one, direct before mixed before indirect."""
    speakers = list(dict.fromkeys(item.speaker for item in statements))
    kinds = ("direct", "mixed", "indirect")
    return sorted(statements, key=lambda item: (speakers.index(item.speaker), kinds.index(item.kind)))


def _statement(item: Statement, sentences: Sequence[EvidenceSentence]) -> DraftSentence | None:
    pieces = [part.span for part in item.content]
    if item.kind != "direct":
        pieces += [part.span for part in (item.cue, item.source) if part]
    cited = [one for one in sentences if _holds(one, item, pieces)]
    if not cited:
        return None
    named = _named(item, cited)
    kind: SentenceKind = "quoted" if item.kind == "direct" else "reported" if item.stance else "indirect"
    if kind == "quoted":
        said = " ".join(f"“{part.text.strip(_MARKS).rstrip(',')}”" for part in item.content)
        text = f"{item.speaker}: {said}" if item.speaker else said
    else:
        text = " ".join(one.text for one in cited)
        text = text if named or not item.speaker else f"{item.speaker}: {text}"
    if item.speaker and not named and item.speaker_basis:
        cited += [one for one in sentences if _holds(one, item, [item.speaker_basis.span]) and one not in cited]
    return DraftSentence(text=text, sids=tuple(one.sid for one in cited), kind=kind, statement=item)


def _holds(sentence: EvidenceSentence, item: Statement, spans: Sequence[Span]) -> bool:
    same = (sentence.article_id, sentence.version) == (item.article_id, item.version)
    return same and any(sentence.span.touches(span) for span in spans)


def _named(item: Statement, cited: Sequence[EvidenceSentence]) -> bool:
    """True if the cited sentences call the speaker by last name."""
    name = [part for part in words(item.speaker or "") if part not in STOPWORDS]
    return not name or any(name[-1] in words(one.text) for one in cited)


def _extract(evidence: Evidence) -> Iterator[DraftSentence]:
    """The best sentences in the order of their articles, each with the statement that it hands on, if any."""
    ranked = sorted(evidence.sentences, key=lambda item: (-item.score, item.sid))
    best = [item for item in ranked[:_MOST_SENTENCES] if item.score >= _NEAR_BEST * ranked[0].score]
    for item in sorted(best, key=lambda one: evidence.sentences.index(one)):
        found = next((one for one in evidence.statements if _holds(item, one, [p.span for p in one.content])), None)
        kind: SentenceKind = "reported"
        if found and not found.stance:
            kind = "quoted" if found.kind == "direct" else "indirect"
        yield DraftSentence(text=item.text, sids=(item.sid,), kind=kind, statement=found)
