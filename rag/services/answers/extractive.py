"""The built-in engine: it speaks in the sources' own sentences, chosen, ordered and grouped by who speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.domain import DraftSentence, Evidence, EvidenceSentence, SentenceKind, Span, Statement, Usage
from rag.question.intent import Question
from rag.retrieval.quarantine import reader_directed
from rag.services.answers.selection import answering, select_sentences
from rag.text.grounding import locate
from rag.text.terms import STOPWORDS, content_words, words

_MOST_STATEMENTS = 12
_TURNS = frozenset("no not never none nobody nothing without neither nor before after until under over up down".split())
_POINTING = frozenset("this that it these those so such".split())
_POINTS_WITH = 3  # words at most: "such accusations"
_NEXT = 2  # characters at most between a sentence and the one after it: they follow each other
_MARKS = "\"“”„‟«»'‘’‚‛ "


class BuiltinEngine:
    """Extractive and deterministic: needs no key and no network, and cannot invent."""

    name = "built-in"

    def draft(self, question: Question, evidence: Evidence, cancel: threading.Event) -> Iterator[DraftSentence | Usage]:
        """Statements where the question asks for a position, else the sentences that answer best."""
        drafts = _positions(evidence) if evidence.positions else _extract(question, evidence)
        for item in drafts:
            if cancel.is_set():
                return
            yield item


def _positions(evidence: Evidence) -> Iterator[DraftSentence]:
    """What speakers say, grouped by speaker, their direct words first; then what the outlet says of them."""
    groups: dict[tuple[str, ...], list[Statement]] = {}
    for item in _grouped(evidence.positions):
        sids = tuple(one.sid for one in evidence.sentences if _holds(one, item, _told_in(item)))
        if sids:
            groups.setdefault(sids, []).append(item)
    drafts: list[DraftSentence] = []
    for items in groups.values():
        draft = draft_of(items, evidence.sentences)
        if (at := _said_before(draft, drafts)) is not None:
            drafts[at] = replace(drafts[at], sids=(*drafts[at].sids, *draft.sids))
        elif len(drafts) < _MOST_STATEMENTS:
            drafts.append(draft)
    yield from sorted(drafts, key=lambda item: item.kind == "reported")


def _said_before(draft: DraftSentence, drafts: Sequence[DraftSentence]) -> int | None:
    """Which earlier draft quotes the same words of the same speaker from another article, or tells the same in the same
    words: one more source for it."""
    for at, other in enumerate(drafts):
        if draft.kind == other.kind != "quoted" and _telling(draft.text) == _telling(other.text):
            return at
    if draft.kind != "quoted" or not draft.statement:
        return None
    pieces = [part.text for part in draft.statement.content]
    for at, other in enumerate(drafts):
        same = other.kind == "quoted" and other.statement and other.statement.speaker == draft.statement.speaker
        if same and all(locate(piece.strip(_MARKS).rstrip(","), other.text) for piece in pieces):
            return at
    return None


def _grouped(statements: Sequence[Statement]) -> list[Statement]:
    """Speakers who are quoted directly first, else in the order of first statement; direct words before others."""
    kinds = ("direct", "mixed", "indirect")
    quoted = [item.speaker for item in statements if item.kind == "direct"]
    speakers = list(dict.fromkeys([*quoted, *(item.speaker for item in statements)]))
    return sorted(statements, key=lambda item: (speakers.index(item.speaker), kinds.index(item.kind)))


def _told_in(item: Statement) -> list[Span]:
    """Where the statement stands: direct words by themselves, others together with who says so."""
    pieces = [part.span for part in item.content]
    return pieces if item.kind == "direct" else pieces + [part.span for part in (item.cue, item.source) if part]


def draft_of(items: Sequence[Statement], sentences: Sequence[EvidenceSentence]) -> DraftSentence:
    """One sentence for statements that stand in the very same sentences of an article."""
    first = items[0]
    cited = [one for one in sentences if _holds(one, first, _told_in(first))]
    if cited and points_back(first):
        before = [one for one in sentences if _same_article(one, first) and one.end <= cited[0].start]
        cited[:0] = [one for one in before if cited[0].start - one.end <= _NEXT]
    named, in_full = _named(first, cited)
    if any(item.stance for item in items):
        kind: SentenceKind = "reported"  # the sentence is the outlet's account of a stance, in the outlet's words
    else:
        kind = "quoted" if first.kind == "direct" else "indirect"
    if kind == "quoted" and len(items) == 1:
        quotation = " ".join(f"“{part.text.strip(_MARKS).rstrip(',')}”" for part in first.content)
        text = f"{first.speaker}: {quotation}" if first.speaker else quotation
    else:
        text = " ".join(one.text for one in cited)
        in_full = in_full or named
        text = text if named else f"{first.speaker}: {text}"
    if not in_full and first.speaker_basis:  # the draft names the speaker in full: so must its sources
        cited += [one for one in sentences if _holds(one, first, [first.speaker_basis.span]) and one not in cited]
    return DraftSentence(text=text, sids=tuple(one.sid for one in cited), kind=kind, statement=first)


def points_back(item: Statement) -> bool:
    """True for a content that says nothing without the sentence before it: "denied this", "such accusations"."""
    tokens = words(item.text)
    return len(tokens) <= _POINTS_WITH and bool(_POINTING.intersection(tokens[:1]))


def _same_article(sentence: EvidenceSentence, item: Statement) -> bool:
    return (sentence.article_id, sentence.version) == (item.article_id, item.version)


def _holds(sentence: EvidenceSentence, item: Statement, spans: Sequence[Span]) -> bool:
    return _same_article(sentence, item) and any(sentence.span.touches(span) for span in spans)


def _named(item: Statement, cited: Sequence[EvidenceSentence]) -> tuple[bool, bool]:
    """Whether the cited sentences call the speaker by last name, and by the whole name."""
    name = [part for part in words(item.speaker or "") if part not in STOPWORDS]
    vocabulary = {word for one in cited for word in words(one.text)}
    return not name or name[-1] in vocabulary, set(name) <= vocabulary


def _extract(question: Question, evidence: Evidence) -> Iterator[DraftSentence]:
    """The sentences that answer, in the order of their articles, each with the statement that it hands on, if any. What
    speaks to the reader answers only where there is nothing else.
    """
    spoken = reader_directed(evidence.sentences, evidence.texts)
    telling = [item for item in evidence.sentences if item.sid not in spoken] or evidence.sentences
    for item, others in _once(answering(telling) if evidence.judged else select_sentences(question.text, telling)):
        statement = next((one for one in evidence.statements if _holds(item, one, [p.span for p in one.content])), None)
        kind: SentenceKind = "reported"
        if statement and not statement.stance:
            kind = "quoted" if statement.kind == "direct" else "indirect"
        sids = (item.sid, *(other.sid for other in others))
        yield DraftSentence(text=item.text, sids=sids, kind=kind, statement=statement)


def _once(items: Sequence[EvidenceSentence]) -> list[tuple[EvidenceSentence, list[EvidenceSentence]]]:
    """The sentences, each with those of other articles that tell the same in the same words, which are further sources
    for it."""
    kept: list[tuple[EvidenceSentence, list[EvidenceSentence]]] = []
    for item in items:
        same = [others for one, others in kept if one.article_id != item.article_id and _tell_the_same(one, item)]
        if same:
            same[0].append(item)
        else:
            kept.append((item, []))
    return kept


def _tell_the_same(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """True for the same words that carry meaning, in whatever order; a "no" or a figure more is another sentence."""
    return _telling(one.text) == _telling(other.text)


def _telling(text: str) -> set[str]:
    return {*content_words(text), *(word for word in words(text) if word in _TURNS)}
