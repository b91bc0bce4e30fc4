"""The record, in the sources' own sentences, chosen, ordered and grouped by speaker: extractive and deterministic, it
needs no key and no network, and cannot invent.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Span, Statement, sentence_kind
from rag.knowledge.tables import words_of
from rag.knowledge.words import FULL_NEGATIONS
from rag.question.intent import Question
from rag.retrieval.quarantine import reader_directed
from rag.services.answers.base import overlaps
from rag.services.answers.selection import answering, breadth_of, select_sentences
from rag.text.grounding import locate
from rag.text.sentences import without_dateline
from rag.text.terms import STOPWORDS, content_words, words

_MOST_STATEMENTS = 12
_POLARITY = FULL_NEGATIONS | words_of("questions", "reversing")
_GAP = 2  # characters at most between a sentence and the one after it
_MARKS = "\"“”„‟«»'‘’‚‛ "
_KINDS = ("direct", "mixed", "indirect")


def draft_record(question: Question, evidence: Evidence, cancel: threading.Event) -> Iterator[DraftSentence]:
    """Statements if the question asks for a position, else the sentences that answer best."""
    drafts = _positions(evidence) if evidence.positions else _extracts(question, evidence)
    return takewhile(lambda _: not cancel.is_set(), drafts)


def _positions(evidence: Evidence) -> Iterator[DraftSentence]:
    """What speakers say, grouped by speaker, direct words first; then what the outlet says of them."""
    groups: dict[tuple[str, ...], list[Statement]] = {}
    for item in _by_speaker(evidence.positions):
        spans = _spans_of(item)
        if sids := tuple(one.sid for one in evidence.sentences if overlaps(item, one, spans)):
            groups.setdefault(sids, []).append(item)
    drafts: list[DraftSentence] = []
    for items in groups.values():
        draft = draft_of(items, evidence.sentences)
        if alike := [other for other in drafts if repeats(draft, other) or repeats(other, draft)]:
            drafts[drafts.index(alike[0])] = _with_sources([*alike, draft])
            drafts = [other for other in drafts if other not in alike[1:]]
        elif len(drafts) < _MOST_STATEMENTS:
            drafts.append(draft)
    yield from sorted(drafts, key=lambda item: item.kind == "reported")


def _with_sources(alike: Sequence[DraftSentence]) -> DraftSentence:
    """The longest of drafts of the same words, with the sources of all: one article may quote two sentences together
    that another quotes apart.
    """
    longest = max(alike, key=lambda item: len(item.text))
    sids = dict.fromkeys([*longest.sids, *(sid for item in alike for sid in item.sids)])
    return replace(longest, sids=tuple(sids))


def repeats(draft: DraftSentence, other: DraftSentence) -> bool:
    """True if a draft quotes the same words of the same speaker as another, or says the same in the same words."""
    if draft.kind != other.kind:
        return False
    if draft.kind != "quoted":
        return _same_words(draft.text, other.text)
    if not draft.statement or not other.statement or draft.statement.speaker != other.statement.speaker:
        return False
    return all(locate(part.text.strip(_MARKS).rstrip(","), other.text) for part in draft.statement.content)


def _by_speaker(statements: Sequence[Statement]) -> list[Statement]:
    """Speakers who are quoted directly first, else in the order of the first statement; direct words before others."""
    direct = [item.speaker for item in statements if item.kind == "direct"]
    speakers = list(dict.fromkeys([*direct, *(item.speaker for item in statements)]))
    return sorted(statements, key=lambda item: (speakers.index(item.speaker), _KINDS.index(item.kind)))


def spans_with_source(item: Statement) -> list[Span]:
    """The spans of a statement's content, cue and source."""
    return [part.span for part in (*item.content, item.cue, item.source) if part]


def _spans_of(item: Statement) -> list[Span]:
    """The spans that show the statement: direct words stand by themselves, others need their cue and source."""
    return [part.span for part in item.content] if item.kind == "direct" else spans_with_source(item)


def draft_of(items: Sequence[Statement], sentences: Sequence[EvidenceSentence]) -> DraftSentence:
    """One sentence for statements that stand in the very same sentences of an article."""
    quoting = [item for item in items if item.kind != "indirect" and item.speaker and not item.stance]
    first = quoting[0] if quoting and items[0].stance else items[0]  # in an account, the words that it quotes
    spans = _spans_of(first)
    cited = [one for one in sentences if overlaps(first, one, spans)]
    if cited and first.points_back:
        key, start = (cited[0].article_id, cited[0].version), cited[0].start
        before = [one for one in sentences if (one.article_id, one.version) == key and one.end <= start]
        cited[:0] = [one for one in before if start - one.end <= _GAP]
    name = [part for part in words(first.speaker or "") if part not in STOPWORDS]
    vocabulary = {word for one in cited for word in words(one.text)}
    has_surname, has_name = vocabulary.issuperset(name[-1:]), vocabulary.issuperset(name)
    kind = sentence_kind(next((item for item in items if item.stance), first))
    if kind == "quoted" and len(items) == 1:
        quotation = " … ".join(f"“{part.text.strip(_MARKS).rstrip(',')}”" for part in first.content)
        text = f"{first.speaker}: {quotation}" if first.speaker else quotation
        needs_basis = not has_name
    else:
        text = " ".join(one.text for one in cited)
        text = text if has_surname else f"{first.speaker}: {text}"
        needs_basis = not has_surname
    if needs_basis and first.speaker_basis:  # the draft names the speaker in full: so must its sources
        cited += [one for one in sentences if overlaps(first, one, [first.speaker_basis.span]) and one not in cited]
    return DraftSentence(text=text, sids=tuple(one.sid for one in cited), kind=kind, statement=first)


def _extracts(question: Question, evidence: Evidence) -> Iterator[DraftSentence]:
    """The sentences that answer, in the order of their articles, each with the statement in it, if any. What addresses
    the reader answers only if there is nothing else. Sentences of other articles that say the same become further
    sources.
    """
    addressed = reader_directed(evidence.sentences, evidence.texts)
    reports = [item for item in evidence.sentences if item.sid not in addressed] or evidence.sentences
    groups: list[list[EvidenceSentence]] = []
    breadth = breadth_of(question.text)
    selection = answering(reports, breadth) if evidence.judged else select_sentences(question.text, reports)
    for item in selection:
        for group in groups:
            if group[0].article_id != item.article_id and _same_words(group[0].text, item.text):
                group.append(item)
                break
        else:
            groups.append([item])
    for group in groups:
        statement = next((one for one in evidence.statements if overlaps(one, group[0])), None)
        yield DraftSentence.verbatim(without_dateline(group[0].text), [one.sid for one in group], statement)


def _same_words(text: str, other: str) -> bool:
    """True for the same words that carry meaning, in whatever order; a "no" or a number more is another sentence."""
    mine, theirs = ({*content_words(one), *_POLARITY.intersection(words(one))} for one in (text, other))
    return mine == theirs
