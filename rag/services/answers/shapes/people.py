"""Who somebody is, and when or where something was said: from the record of statements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Month, Span, Statement
from rag.question.answer_type import AnswerType, spans_of
from rag.question.compound import merge_evidence
from rag.question.intent import parse_intent
from rag.question.interpret import Interpretation
from rag.services.answers.extractive import draft_of
from rag.services.answers.relevance import best_of
from rag.services.answers.selection import answering
from rag.services.answers.shapes.base import Shaped, Workbench, cited, moved, stands_in, written
from rag.services.answers.stated import Gathered
from rag.text.canonical import fold
from rag.text.grounding import locate
from rag.text.quotations import quotations
from rag.text.terms import STOPWORDS, content_words, stem, words

_MOST = 500  # statements of one person that are counted
_TOPICS = 3
_FEWEST_WORDS = 3  # of a quotation in a question
_SAID = 3  # statements whose day is told
_PASSAGES = 10
_WHEN = re.compile(r"^\W*(?:and |but |so )?(?:when|(?:on )?(?:what|which) (?:day|date))\b", re.IGNORECASE)
_OFFICE = re.compile(r"^(?:the\s+)?(?:current\s+|present\s+|new\s+|acting\s+)*", re.IGNORECASE)
_VAGUE = frozenset(
    stem(word)
    for word in """year years day days time people man men woman thing way week month new first last today country one
    two number part place said say told want need make take get go come good work""".split()
)


def who_is(read: Interpretation, bench: Workbench) -> Shaped | None:
    """A card from the record: the sentence that says who they are, the newest that they said, and, as a note, in what
    role and for whom they speak, since when, and on what. None for somebody of whom there is no statement.
    """
    subject = read.shape.subject
    spoken = _spoken_by(subject, read, bench)
    if not spoken:
        return None
    newest = spoken[0]
    called = next((item for item in spoken if item.role_basis), None)
    basis = [item for item in (called, newest) if item]
    evidence = bench.retriever.evidence((), basis)
    drafts: list[DraftSentence] = []
    if called and called.role_basis and (own := _around(called, called.role_basis.span, evidence)):
        drafts.append(
            DraftSentence(
                text=own.text, sids=(own.sid,), kind="reported", answer_span=_inside(called.role_basis.span, own)
            )
        )
    else:
        evidence, drafts = _told_of(read, bench, evidence)
    if drafts and (later := _later_told(read, bench, called)):
        evidence, drafts = _beside(later, evidence, drafts)
    last = draft_of([newest], evidence.sentences)
    if not drafts or last.text not in drafts[0].text:
        day = newest.said_on or newest.published
        drafts.append(replace(last, remark=f"newest statement, {written(day)}" if day else "newest statement"))
    return Shaped(Gathered(evidence, 1.0, None, (_card(newest.speaker or subject, spoken),)), tuple(drafts))


def _answers(read: Interpretation, bench: Workbench) -> tuple[Evidence, list[EvidenceSentence]]:
    """The sentences that the judge takes for the answer, with the evidence that holds them."""
    hits = bench.retriever.search(read.question.text, k=_PASSAGES, filters=read.filters)
    scored = bench.judged(read.question, bench.retriever.evidence(hits))
    return (scored, answering(scored.sentences)) if scored else (Evidence(), [])


def _later_told(
    read: Interpretation, bench: Workbench, called: Statement | None
) -> tuple[Evidence, EvidenceSentence] | None:
    """The newest sentence that says who they are, where it is newer than the one by which they are known."""
    scored, told = _answers(read, bench)
    newest = max(told, key=lambda one: one.published or date.min, default=None)
    known = called.published if called else None
    if newest is None or known is None or newest.published is None or newest.published <= known:
        return None
    return scored, newest


def _beside(
    later: tuple[Evidence, EvidenceSentence], evidence: Evidence, drafts: Sequence[DraftSentence]
) -> tuple[Evidence, list[DraftSentence]]:
    """A newer sentence before the drafts, over one evidence."""
    scored, one = later
    own = Evidence(sentences=(one,), texts=scored.texts)
    whole = merge_evidence([evidence, own])
    first = moved(DraftSentence(text=one.text, sids=(one.sid,), kind="reported"), own, whole)
    return whole, [first, *(moved(draft, evidence, whole) for draft in drafts)]


def _told_of(read: Interpretation, bench: Workbench, evidence: Evidence) -> tuple[Evidence, list[DraftSentence]]:
    """The sentence that the judge takes for the answer, where no role is known; with the evidence that holds it too."""
    scored, told = _answers(read, bench)
    best = best_of(told)
    if best is None:
        return evidence, []
    whole = merge_evidence([evidence, Evidence(sentences=(best,), texts=scored.texts)])
    place = (best.article_id, best.version, best.start)
    same = next(one for one in whole.sentences if (one.article_id, one.version, one.start) == place)
    return whole, [DraftSentence(text=same.text, sids=(same.sid,), kind="reported")]


def _spoken_by(subject: str, read: Interpretation, bench: Workbench) -> list[Statement]:
    """What they said themselves, newest first."""
    known = parse_intent(f"What did {subject} say?", bench.library.statements.actors_ending(words(subject))).actors
    statements = [
        item
        for actor in known
        for item in bench.library.statements.find(read.filters, actor=actor, limit=_MOST)
        if item.speaker and (fold(item.speaker) == actor or words(item.speaker)[-1:] == words(actor)[-1:])
    ]
    return sorted(dict.fromkeys(statements), key=_day, reverse=True)


def holder_of(read: Interpretation, bench: Workbench) -> Shaped | None:
    """Who holds an office, where no sentence says so: the newest statement of somebody in that role; older holders
    stand below. None for a question of another kind."""
    subject = read.shape.subject
    office = {word for word in words(_OFFICE.sub("", subject)) if word not in STOPWORDS}
    if not office or read.shape.value is not AnswerType.PERSON:
        return None
    hits = bench.retriever.search(subject, k=_PASSAGES, filters=read.filters)
    near = bench.library.statements.find(read.filters, articles=list({hit.article_id for hit in hits}))
    holders: dict[str, Statement] = {}
    for item in sorted(near, key=_day, reverse=True):
        if item.speaker and item.role and office <= set(words(f"{item.role} {item.on_behalf_of or ''}")):
            holders.setdefault(words(item.speaker)[-1], item)
    held = [item for item in holders.values() if "former" not in words(item.role or "") and item.role_basis]
    if not held:
        return None
    evidence = bench.retriever.evidence((), held)
    drafts: list[DraftSentence] = []
    for item in held:
        own = _around(item, item.role_basis.span, evidence) if item.role_basis else None
        name = re.search(re.escape(item.speaker or ""), own.text) if own else None
        if own and own.text not in {draft.text for draft in drafts}:
            drafts.append(
                DraftSentence(
                    text=own.text,
                    sids=(own.sid,),
                    kind="reported",
                    answer_span=(name.start(), name.end()) if name else None,
                )
            )
    return Shaped(Gathered(evidence, 1.0, None), tuple(drafts)) if drafts else None


def _card(name: str, spoken: Sequence[Statement]) -> str:
    """One line: role and for whom, first and last seen, how often and on what."""
    roles = [item.role for item in spoken if item.role]
    bodies = [item.on_behalf_of for item in spoken if item.on_behalf_of and item.on_behalf_of != name]
    role = " ".join(filter(None, [roles[0] if roles else "", f"for {bodies[0]}" if bodies else ""]))
    days = sorted(day for item in spoken if (day := item.published or item.said_on))
    seen = (
        ""
        if not days
        else f", {written(days[0])}"
        if days[0] == days[-1]
        else f", {written(days[0])} to {written(days[-1])}"
    )
    count = f"{len(spoken)} statement{'s' if len(spoken) != 1 else ''}{seen}"
    topics = _topics(name, spoken)
    about = f"; most about {', '.join(topics)}" if topics else ""
    return f"{name}{f': {role}' if role else ''}. {count}{about}."


def _topics(name: str, spoken: Sequence[Statement]) -> list[str]:
    """What they speak of in more than one statement, the most first."""
    own = set(content_words(name))
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for item in spoken:
        for word in dict.fromkeys(words(item.text)):
            key = stem(word)
            if word not in STOPWORDS and key not in own | _VAGUE and len(word) > 2 and not word.isdigit():
                counts[key] += 1
                shown.setdefault(key, word)
    return [shown[key] for key, n in counts.most_common(_TOPICS) if n > 1]


def said_when(read: Interpretation, bench: Workbench) -> Shaped | None:
    """When something was said: each statement with its own day, marked where its sentence names it."""
    text = _WHEN.sub("What", read.scope.topic_of(read.question.text))
    text = re.sub(r"^What was (.+?) (?:stated|said)\W*$", r"What is \1?", text)
    question = parse_intent(text, bench.library.statements.actors_ending(words(text)))
    if not question.actors:
        return None
    filters = read.scope.without_dates
    hits = bench.retriever.search(text, k=_PASSAGES, filters=filters)
    stated = bench.stated.positions(question, hits, filters)
    kept = [item for item in stated.evidence.positions if read.scope.is_within(_day(item))]
    if stated.gap is not None or not kept:
        return None
    stated = stated._replace(evidence=replace(stated.evidence, positions=tuple(kept)))
    statements = stated.evidence.positions[:_SAID]
    drafts, notes = [], []
    for item in statements:
        draft = _whole(item, stated.evidence)
        notes.append(_said_on(item))
        drafts.append(replace(draft, remark=_said_on(item), answer_span=_day_in(draft.text)))
    drafts.sort(key=lambda draft: draft.answer_span is None)
    return Shaped(stated._replace(notes=tuple(dict.fromkeys(notes))), tuple(drafts))


def _whole(item: Statement, evidence: Evidence) -> DraftSentence:
    """A statement in the sentence that has its day, where that is another than its words; else as it is shown."""
    draft = draft_of([item], evidence.sentences)
    if _day_in(draft.text):
        return draft
    places = [part.span for part in (item.cue, item.source) if part] + [part.span for part in item.content]
    for one in evidence.sentences:
        same = (one.article_id, one.version) == (item.article_id, item.version)
        if same and any(one.span.touches(span) for span in places) and _day_in(one.text):
            return DraftSentence(text=one.text, sids=(one.sid,), kind="indirect", statement=item)
    return draft


def _said_on(item: Statement) -> str:
    whose = item.speaker or "This"
    if item.said_on:
        basis = f" (“{item.said_on_basis}”)" if item.said_on_basis and not isinstance(item.said_on, Month) else ""
        return f"{whose}: said {'in' if isinstance(item.said_on, Month) else 'on'} {written(item.said_on)}{basis}."
    if item.published:
        return f"{whose}: the article names no day; it was published on {written(item.published)}."
    return f"{whose}: the article names no day."


def _day_in(text: str) -> tuple[int, int] | None:
    spans = spans_of(AnswerType.DAY, text)
    return (spans[0].start, spans[0].end) if spans else None


def who_said(read: Interpretation, bench: Workbench) -> Shaped | None:
    """Whose a quotation is, or which outlet has it: the sentences that hold the very words. None without one."""
    text = read.question.text
    quoted = [item.inner.of(text) for item in quotations(text)]
    quoted = [piece.strip(" ,.") for piece in quoted if len(words(piece)) >= _FEWEST_WORDS]
    if not quoted:
        return None
    hits = bench.retriever.search(quoted[0], k=_PASSAGES, filters=read.filters)
    near = bench.library.statements.find(read.filters, articles=list({hit.article_id for hit in hits}))
    evidence = bench.retriever.evidence(hits, near)
    drafts = []
    for one in evidence.sentences:
        if not all(locate(piece, one.text) for piece in quoted):
            continue
        item = next((item for item in near if stands_in(item, one)), None)
        if item and not item.stance:
            draft = draft_of([item], evidence.sentences)
            if not all(locate(piece, draft.text) for piece in quoted):
                draft = replace(draft, text=one.text, sids=(one.sid,), kind="indirect")
        else:
            draft = DraftSentence(text=one.text, sids=(one.sid,), kind="reported")
        drafts.append(draft)
    if not drafts:
        return Shaped(Gathered(evidence, 0.0, f"No article that was found has the words “{quoted[0]}”."), ())
    outlets = list(dict.fromkeys(one.outlet for draft in drafts for one in cited(draft, evidence) if one.outlet))
    notes = (f"These words stand in {' and '.join(outlets)}.",) if outlets else ()
    return Shaped(Gathered(evidence, 1.0, None, notes), tuple(drafts))


def _around(item: Statement, span: Span, evidence: Evidence) -> EvidenceSentence | None:
    """The sentence of the statement's article that a span lies in."""
    key = (item.article_id, item.version)
    return next(
        (one for one in evidence.sentences if (one.article_id, one.version) == key and one.span.touches(span)), None
    )


def _inside(span: Span, own: EvidenceSentence) -> tuple[int, int]:
    return max(0, span.start - own.start), min(len(own.text), span.end - own.start)


def _day(item: Statement) -> date:
    return item.said_on or item.published or date.min
