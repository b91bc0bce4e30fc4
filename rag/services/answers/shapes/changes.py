"""Side by side: what changed between two days, and how two parties differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Filters
from rag.question.compound import merge_evidence
from rag.question.coverage import is_subject
from rag.question.intent import Question, is_intent_word, parse_intent
from rag.question.interpret import Interpretation
from rag.services.answers.extractive import draft_of
from rag.services.answers.selection import answering
from rag.services.answers.shapes.arrange import folded, newest_first
from rag.services.answers.shapes.base import Shaped, Workbench, day_of, moved, stands_in, written
from rag.services.answers.shapes.mentions import subject_of, terms_of
from rag.services.answers.shapes.positions import with_acts
from rag.services.answers.stated import Gathered
from rag.text.terms import STOPWORDS, content_words, stem, words

_PASSAGES = 20
_SINCE = re.compile(r"\b(?:about|on|over|regarding)\s+(?P<what>.+?)\W*$", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\b|\bfrom\b.+\bto\b", re.IGNORECASE)
_EACH = 3  # sentences of each side
_COMPARING = frozenset(
    "difference differences disagree diverge clash agree contrast point points way ways main".split()
)
_HELD = 0.5  # share of the subject's words that a sentence has with its headline


def changed(read: Interpretation, bench: Workbench) -> Shaped | None:
    """The state before and what came after it: of a party its statements, else the sentences on the subject, oldest
    first, cut at the day that the question names. None where all that is told is of one day.
    """
    filters = read.scope.without_dates
    subject = subject_of(read)
    for period in read.days:
        subject = subject.replace(period.span.of(read.question.text), " ")
    subject = subject.strip() or _since_what(read)
    if not terms_of(subject):
        return None
    evidence = _on(subject, read, bench, filters)
    dated = [(day, item) for item in evidence if (day := day_of(item[0], item[1]))]
    dated.sort(key=lambda one: one[0].toordinal())
    days = [day for day, _ in dated]
    if len(set(days)) < 2:
        return None
    cut = _cut_at(read) or days[0] + timedelta(days=1)
    before = [(day, item) for day, item in dated if day < cut][-_EACH:]
    after = [(day, item) for day, item in dated if day >= cut]
    if not after:
        return None
    kept = [*before, *after[-2 * _EACH :]]
    return _shaped([(item, f"{'before' if day < cut else 'after'}: {written(day)}") for day, item in kept])


def compared(read: Interpretation, bench: Workbench) -> Shaped | None:
    """What each of two parties or more says on the subject, party by party. None where the question names fewer."""
    names = list(dict.fromkeys(read.question.names))
    parties = [name for name in names if name in read.shape.subject.partition(" on ")[0]]
    names = parties if len(parties) > 1 else names  # "how do they differ on Esk": Esk is no party
    if len(names) < 2:
        return None
    own = {word for name in names for word in words(name)} | STOPWORDS | _COMPARING
    topic = " ".join(word for word in words(read.question.text) if word not in own and not is_intent_word(word))
    pieces: list[tuple[DraftSentence, Evidence]] = []
    missing = []
    for name in names[:4]:
        side = _of_party(name, topic, read, bench)
        pieces += side
        missing += [] if side else [name]
    if len(missing) == len(names[:4]):
        return None
    notes = tuple(f"The articles hold nothing of {name} on this." for name in missing)
    return _shaped([(item, item[0].remark) for item in pieces], notes)


def _of_party(name: str, topic: str, read: Interpretation, bench: Workbench) -> list[tuple[DraftSentence, Evidence]]:
    text = f"What does {name} say about {topic}?" if topic else f"What does {name} say?"
    question = parse_intent(
        text, bench.library.statements.actors_ending(words(text)), replace(read.scope, understood=())
    )
    hits = bench.retriever.search(text, k=_PASSAGES, filters=read.filters)
    if question.actors:
        stated = bench.stated.positions(question, hits, read.filters)
        if stated.gap is None:
            drafts = tuple(draft_of([item], stated.evidence.sentences) for item in stated.evidence.positions)
            shaped = with_acts(replace(read, question=question), bench, stated, drafts)
            return _newest(shaped.drafts, shaped.gathered.evidence)
    spoken = bench.library.statements.find(read.filters, articles=list({hit.article_id for hit in hits}))
    evidence = bench.judged(question, bench.retriever.evidence(hits, spoken))
    if evidence is None:
        return []
    tokens = set(words(name)) - STOPWORDS
    others = [
        item for item in spoken if item.speaker and not tokens & set(words(f"{item.speaker} {item.on_behalf_of}"))
    ]
    answers = [
        DraftSentence(text=item.text, sids=(item.sid,), kind="reported")
        for item in sorted(answering(evidence.sentences), key=lambda item: -item.score)
        if tokens & set(words(item.text))
        and (_opens_with_own(name, item.text) or not any(stands_in(one, item) for one in others))
    ]
    return _newest(answers, evidence)


def _opens_with_own(name: str, text: str) -> bool:
    """True for a sentence that begins with the party, or with what is its own: "Deepway's tunnel would cost ..."."""
    return is_subject(name, text) or bool(re.match(rf"\W*(?:the\s+)?{re.escape(name)}['’]s?\s", text, re.IGNORECASE))


def _newest(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[tuple[DraftSentence, Evidence]]:
    return [(draft, evidence) for draft in newest_first(folded(drafts[: 2 * _EACH], evidence), evidence)[:_EACH]]


def _on(subject: str, read: Interpretation, bench: Workbench, filters: Filters) -> list[tuple[DraftSentence, Evidence]]:
    """What the articles hold on the subject: of a party what it says, else the best sentence of each article."""
    hits = bench.retriever.search(subject, k=_PASSAGES, filters=filters)
    question: Question = parse_intent(
        f"What is the position of {subject}?", bench.library.statements.actors_ending(words(subject)), None
    )
    pairs: list[tuple[DraftSentence, Evidence]] = []
    if question.actors:
        stated = bench.stated.positions(question, hits, filters)
        if stated.gap is None:
            pairs = [
                (draft_of([item], stated.evidence.sentences), stated.evidence) for item in stated.evidence.positions
            ]
    evidence = bench.retriever.score(subject, bench.retriever.evidence(hits))
    texts = {draft.text for draft, _ in pairs}
    topic = {stem(word) for word in question.topic} if len(pairs) > 1 else set[str]()
    for item in _best_of_each(subject, evidence.sentences):
        if item.text not in texts and topic <= set(content_words(item.text)):
            pairs.append((DraftSentence(text=item.text, sids=(item.sid,), kind="reported"), evidence))
    return pairs


def _best_of_each(subject: str, items: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """The best sentence of each article, if it is about the subject by its own words and those of its headline."""
    terms = {stem(word) for word in terms_of(subject)}
    best: dict[str, EvidenceSentence] = {}
    for item in items:
        held = terms & set(content_words(f"{item.title} {item.text}"))
        if len(held) >= _HELD * len(terms) and terms & set(content_words(item.text)):
            known = best.get(item.article_id)
            if known is None or item.score > known.score:
                best[item.article_id] = item
    return list(best.values())


def _since_what(read: Interpretation) -> str:
    """What a question is about that names no subject but since when: "since the first talks about the toll"."""
    match = _SINCE.search(read.question.text)
    return match["what"] if match else ""


def _cut_at(read: Interpretation) -> date | None:
    """The day that the question sets before and after apart: the first one that it names."""
    for period in read.days:
        if _BETWEEN.search(read.question.text) and period.until:  # the state of the first is the one before
            return period.until + timedelta(days=1)
        if cut := period.since or period.until:
            return cut
    return None


def _shaped(items: Sequence[tuple[tuple[DraftSentence, Evidence], str | None]], notes: tuple[str, ...] = ()) -> Shaped:
    """Drafts over one evidence, each with its remark."""
    whole = merge_evidence(list({id(evidence): evidence for (_, evidence), _ in items}.values()))
    drafts = [replace(moved(draft, evidence, whole), remark=remark) for (draft, evidence), remark in items]
    return Shaped(Gathered(whole, 1.0, None, notes), tuple(drafts))
