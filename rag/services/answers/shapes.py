"""Answers that list: articles counted, everybody who spoke, one side only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.domain import EvidenceSentence, Filters, Statement
from rag.knowledge.tables import words_of
from rag.question.intent import Question
from rag.question.kind import QuestionKind, question_kind, subject_of
from rag.retrieval.search import Retriever
from rag.services.answers.ordering import stands_in
from rag.services.answers.stated import Gathered
from rag.stores.library import Library
from rag.text.terms import content_words, words

LISTING = frozenset({QuestionKind.COUNT, QuestionKind.LIST, QuestionKind.AGAINST, QuestionKind.FOR})
_MOST_PASSAGES = 5000
_MOST_LISTED = 40
_TURNS = frozenset("not no never neither nor without hardly".split())
_REACH = 4  # words before a cue in which a negation turns it


def listed(question: Question, library: Library, retriever: Retriever, filters: Filters) -> Gathered | None:
    """One sentence an article of a counted subject, or one a speaker who is on the side asked for, from all of the
    library; None where the question lists nothing, or nothing is found.
    """
    kind, subject = question_kind(question.text), subject_of(question.text)
    terms = content_words(subject)
    if kind not in LISTING or not terms:
        return None
    passages = library.match(words(subject), k=_MOST_PASSAGES, filters=filters)
    hits = retriever.hits(passages)
    spoken = library.statements(filters, articles=list({hit.article_id for hit in hits}))
    evidence = retriever.evidence(hits, spoken)
    holding = [item for item in evidence.sentences if set(terms) <= set(content_words(item.text))]
    if kind is QuestionKind.COUNT:
        kept = list({item.article_id: item for item in reversed(holding)}.values())[::-1]
        size = len(kept)
        note = f"{size} {'article mentions' if size == 1 else 'articles mention'} “{subject}”."
    else:
        kept = _one_a_speaker([item for item in holding if _takes(kind, item, spoken)], spoken)
        note = ""
    if not kept:
        return None
    if len(kept) > _MOST_LISTED:
        note = f"{note} The newest {_MOST_LISTED} of {len(kept)} are shown.".strip()
    kept = sorted(kept, key=lambda item: item.published or date.min, reverse=True)[:_MOST_LISTED]
    shown = replace(evidence, sentences=tuple(kept), statements=tuple(spoken), listed=True)
    return Gathered(shown, 1.0, None, (note,) if note else ())


def _one_a_speaker(items: Sequence[EvidenceSentence], spoken: Sequence[Statement]) -> list[EvidenceSentence]:
    """The first sentence of each speaker; those whose speaker is not known stand for themselves."""
    found: dict[str, EvidenceSentence] = {}
    for item in items:
        own = next((one.speaker for one in spoken if stands_in(one, item) and one.speaker), item.sid)
        found.setdefault(own, item)
    return list(found.values())


def _takes(kind: QuestionKind, item: EvidenceSentence, spoken: Sequence[Statement]) -> bool:
    sides = sides_of(item.text)
    if kind is QuestionKind.LIST:
        return bool(sides) or any(stands_in(one, item) for one in spoken)
    other = {QuestionKind.AGAINST, QuestionKind.FOR} - {kind}
    return kind in sides and not other & sides


def sides_of(text: str) -> set[QuestionKind]:
    """The sides that the words of a sentence take; a negation shortly before a word turns it."""
    line, found = words(text), set[QuestionKind]()
    for kind, other in ((QuestionKind.AGAINST, QuestionKind.FOR), (QuestionKind.FOR, QuestionKind.AGAINST)):
        for at, word in enumerate(line):
            if any(word.startswith(cue) for cue in words_of("sides", kind.value)):
                turned = _TURNS.intersection(line[max(0, at - _REACH) : at])
                found.add(other if turned else kind)
    return found
