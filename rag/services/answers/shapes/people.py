"""Who somebody is, and when or where something was said: from the record of statements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from operator import attrgetter

from rag import display
from rag.display import plural
from rag.domain import DraftSentence, Evidence, EvidenceSentence, Filters, Fragment, Month, Statement
from rag.knowledge.tables import words_of
from rag.question.answer_claims import claim_asked
from rag.question.answer_type import AnswerType, spans_of
from rag.question.compound import merge_evidence
from rag.question.intent import parse_intent
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import cited_sentences, overlaps, report_of
from rag.services.answers.extractive import draft_of, spans_with_source
from rag.services.answers.relevance import best_of
from rag.services.answers.selection import answering
from rag.services.answers.shapes.base import AnswerDraft, Toolkit, answer_over, no_answer, rebase
from rag.services.answers.stated import Assessment
from rag.text.canonical import fold
from rag.text.grounding import locate
from rag.text.quotations import quotations
from rag.text.terms import STOPWORDS, content_words, stem, words

_MOST_STATEMENTS = 500  # of one person that are counted
_MOST_TOPICS = 3
_USUAL = 0.2  # share of somebody's statements that makes a body the one that they speak for
_FEWEST_WORDS = 3  # of a quotation in a question
_INNER_MARKS = str.maketrans('“”"', "‘’'")  # a quotation inside another has single marks, in its source double ones
_MOST_DAYS = 3  # statements whose day is given
_PASSAGES = 10
_VAGUE = frozenset(map(stem, words_of("questions", "vague")))


def who_is(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """A card from the record: the sentence that says who they are, their newest statement and, as a note, in what role
    and for whom they speak, since when, and on what. None for somebody without statements.
    """
    subject = reading.shape.subject
    statements = _statements_of(subject, reading, tools)
    if not statements:
        return None
    newest = statements[0]
    with_role = next((item for item in statements if item.role_basis), None)
    evidence = tools.retriever.evidence((), [item for item in (with_role, newest) if item])
    drafts: list[DraftSentence] = []
    hits = tools.retriever.search(reading.question.text, k=_PASSAGES, filters=reading.filters)
    scored = tools.judge(reading.question, tools.retriever.evidence(hits)) or Evidence()
    described = answering(scored.sentences)
    one: EvidenceSentence | None
    if with_role and with_role.role_basis and (own := _sentence_of(with_role, with_role.role_basis, evidence)):
        span = with_role.role_basis.span
        answer_span = max(0, span.start - own.start), min(len(own.text), span.end - own.start)
        drafts.append(report_of(own, answer_span=answer_span))
        one = max(described, key=lambda one: one.published or date.min, default=None)
        if own.text.strip(" .") == own.title.strip(" ."):  # a headline says less than what describes best
            one = best_of(described)
        elif one and not (with_role.published and one.published and one.published > with_role.published):
            one = None  # no newer than the role
    else:
        one = best_of(described)
    if one:
        extra = Evidence(sentences=(one,), texts=scored.texts)
        union = merge_evidence([evidence, extra])
        others = [rebase(draft, evidence, union) for draft in drafts if draft.text != one.text]
        drafts, evidence = [rebase(report_of(one), extra, union), *others], union
    last = draft_of([newest], evidence.sentences)
    if not any(last.text in draft.text for draft in drafts):
        day = newest.day
        drafts.append(replace(last, remark=f"newest statement, {display.day(day)}" if day else "newest statement"))
    return answer_over(evidence, drafts, (_card(newest.speaker or subject, statements),))


def _statements_of(subject: str, reading: Interpretation, tools: Toolkit) -> list[Statement]:
    """The person's own statements, newest first."""
    actors = parse_intent(f"What did {subject} say?", tools.finder.actors_in(subject)).actors
    statements = [
        item
        for actor in actors
        for item in tools.library.statements.find(reading.filters, actor=actor, limit=_MOST_STATEMENTS)
        if item.speaker and (fold(item.speaker) == actor or words(item.speaker)[-1:] == words(actor)[-1:])
    ]
    return sorted(dict.fromkeys(statements), key=attrgetter("sort_day"), reverse=True)


def holder_of(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """Who holds an office, if no sentence says so: the newest statement of somebody in that role, then those of earlier
    holders. None for a question of another kind.
    """
    subject = reading.shape.subject
    office = {word for word in words(PATTERNS.before_office.sub("", subject)) if word not in STOPWORDS}
    if not office or reading.shape.value is not AnswerType.PERSON:
        return None
    near = tools.finder.near(tools.retriever.search(subject, k=_PASSAGES, filters=reading.filters), reading.filters)
    by_name: dict[str, Statement] = {}
    for item in sorted(near, key=attrgetter("sort_day"), reverse=True):
        if item.speaker and item.role and office <= set(words(f"{item.role} {item.on_behalf_of or ''}")):
            by_name.setdefault(words(item.speaker)[-1], item)
    holders = [item for item in by_name.values() if "former" not in words(item.role or "") and item.role_basis]
    if not holders:
        return None
    evidence = tools.retriever.evidence((), holders)
    drafts: dict[str, DraftSentence] = {}
    for item in holders:
        if item.role_basis and (own := _sentence_of(item, item.role_basis, evidence)):
            name = re.search(re.escape(item.speaker or ""), own.text)
            drafts.setdefault(own.text, report_of(own, answer_span=name.span() if name else None))
    return answer_over(evidence, list(drafts.values())) if drafts else None


def _card(name: str, statements: Sequence[Statement]) -> str:
    """One line: role and for whom, first and last day, how many statements and on what."""
    roles = [item.role for item in statements if item.role]
    bodies = Counter(item.on_behalf_of for item in statements if item.on_behalf_of and item.on_behalf_of != name)
    usual = [body for body, count in bodies.most_common(1) if count >= _USUAL * len(statements)]
    role = " ".join([*roles[:1], *(f"for {body}" for body in usual)])
    days = sorted(day for item in statements if (day := item.published or item.said_on))
    first_and_last = dict.fromkeys((days[0], days[-1])) if days else ()
    period = f", {' to '.join(map(display.day, first_and_last))}" if days else ""
    topics = _topics(name, statements)
    about = f"; most about {', '.join(topics)}" if topics else ""
    return f"{name}{f': {role}' if role else ''}. {plural(len(statements), 'statement')}{period}{about}."


_PLAIN_WORD = re.compile(r"[^\W\d_]+")


def _topics(name: str, statements: Sequence[Statement]) -> list[str]:
    """The words that occur in more than one of their statements, the most frequent first."""
    left_out = set(content_words(name)) | _VAGUE
    counts: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for item in statements:
        written = {words(one)[0]: one for one in reversed(_PLAIN_WORD.findall(item.text)) if words(one)}
        for word in dict.fromkeys(words(item.text)):
            key = stem(word)
            if word not in STOPWORDS and key not in left_out and len(word) > 2 and not word.isdigit():
                counts[key] += 1
                in_sentence = written.get(word, word)
                if in_sentence[0].isupper() and not item.text.startswith(in_sentence):
                    word = in_sentence  # a name
                texts.setdefault(key, word)
    return [texts[key] for key, n in counts.most_common(_MOST_TOPICS) if n > 1]


def said_when(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """When something was said: each statement with its own day, marked where its sentence names the day; one for each
    day. Of a question that shows the words ("this: ...") only the statements with them.
    """
    filters = reading.scope.without_dates
    assessment = _shown_statements(reading, tools, filters)
    if assessment is None:
        text = PATTERNS.asks_when.sub("What", reading.scope.topic_of(reading.question.text))
        text = re.sub(r"^What was (.+?) (?:stated|said)\W*$", r"What is \1?", text)
        question = parse_intent(text, tools.finder.actors_in(text))
        if not question.actors:
            return None
        hits = tools.retriever.search(text, k=_PASSAGES, filters=filters)
        assessment = tools.finder.positions(question, hits, filters)
    positions = tuple(item for item in assessment.evidence.positions if reading.scope.is_within(item.sort_day))
    if assessment.gap is not None or not positions:
        return None
    occasions = {id(item): _occasion(item, assessment.evidence) for item in positions}
    dated = (
        replace(
            _with_day(item, assessment.evidence),
            remark=_day_note(item, assessment.evidence.statements, occasions[id(item)]),
        )
        for item in positions
    )
    drafts: list[DraftSentence] = []
    for draft in sorted(dated, key=lambda draft: draft.answer_span is None):
        if not any(_is_same_day(draft, other) for other in drafts):
            drafts.append(draft)
    drafts = drafts[:_MOST_DAYS]
    if not any(draft.answer_span for draft in drafts):
        drafts += [one for one in dict.fromkeys(occasions.values()) if one and one.text not in {d.text for d in drafts}]
    notes = tuple(dict.fromkeys(draft.remark for draft in drafts if draft.remark))
    evidence = replace(assessment.evidence, positions=positions)
    return AnswerDraft(assessment._replace(evidence=evidence, notes=notes), tuple(drafts))


def _shown_statements(reading: Interpretation, tools: Toolkit, filters: Filters) -> Assessment | None:
    """The statements with the words that the question shows; None where it shows none, or nobody said them."""
    claim = claim_asked(reading.question.text)
    if claim is None:
        return None
    hits = tools.retriever.search(claim, k=_PASSAGES, filters=filters)
    near = tools.finder.near(hits, filters)
    evidence = tools.retriever.evidence(hits, near)
    match = PATTERNS.said_this.match(reading.question.text)
    who = match["who"] if match else ""
    piece = _plain(claim.removeprefix(who))
    statements = tuple(
        item
        for item in near
        if (not who or words(item.speaker or "")[-1:] == words(who)[-1:])
        and any(locate(piece, _plain(text)) for text in _texts_of(item, evidence))
    )
    return Assessment(replace(evidence, positions=statements), 1.0, None) if statements else None


def _texts_of(item: Statement, evidence: Evidence) -> list[str]:
    """The words of a statement, and its sentences."""
    cited = [one.text for one in evidence.sentences if overlaps(item, one, spans_with_source(item))]
    return [item.text, " ".join(cited), *cited]


def _plain(text: str) -> str:
    """A text for comparison: in small letters, with one kind of inner marks."""
    return text.strip(" ,.?").casefold().translate(_INNER_MARKS)


def _is_same_day(draft: DraftSentence, other: DraftSentence) -> bool:
    """True for two statements of one speaker of whom no more is to be said than of one: the same words, or the same
    day.
    """
    if draft.statement is None or other.statement is None or draft.statement.speaker != other.statement.speaker:
        return False
    return draft.text == other.text or (draft.remark == other.remark and draft.statement.said_on is not None)


def _with_day(item: Statement, evidence: Evidence) -> DraftSentence:
    """A statement by its sentence that names its day, which is marked; else by its draft."""
    draft = draft_of([item], evidence.sentences)
    spans = spans_with_source(item)
    own = [one for one in evidence.sentences if overlaps(item, one, spans)]
    for text, sids in [(draft.text, draft.sids), *((one.text, (one.sid,)) for one in own)]:
        if span := _day_in(text, item):
            kind = draft.kind if text == draft.text else "indirect"
            return replace(draft, text=text, sids=sids, kind=kind, answer_span=span)
    return draft


def _occasion(item: Statement, evidence: Evidence) -> DraftSentence | None:
    """The last sentence before a statement that says when its speaker spoke: "by phone in May"."""
    surname = set(words(item.speaker or "")[-1:])
    own = [one for one in evidence.sentences if overlaps(item, one)]
    if not surname or not own:
        return None
    for one in sorted(evidence.sentences, key=lambda one: -one.end):
        is_before = one.article_id == item.article_id and one.end <= own[0].start
        days = spans_of(AnswerType.DAY, one.text)
        if is_before and days and surname <= set(words(one.text)) and PATTERNS.speaks_to.search(one.text):
            return report_of(one, answer_span=(days[-1].start, days[-1].end))
    return None


def _day_note(item: Statement, others: Sequence[Statement], occasion: DraftSentence | None) -> str:
    """The day of a statement, else of the speaker's other words in the article, of the occasion, of publication."""
    speaker = item.speaker or "This"
    if item.said_on:
        return f"{speaker}: said {_day_of(item)}."
    days = {
        one.said_on: one
        for one in others
        if one.article_id == item.article_id and one.speaker == item.speaker and one.said_on
    }
    if len(days) == 1:
        return f"{speaker}: said {_day_of(*days.values())}, by the speaker’s other words in the article."
    if occasion and occasion.answer_span:
        start, end = occasion.answer_span
        return f"{speaker}: the article names no day; of the occasion it says “{occasion.text[start:end]}”."
    if item.published:
        return f"{speaker}: the article names no day; it was published on {display.day(item.published)}."
    return f"{speaker}: the article names no day."


def _day_of(item: Statement) -> str:
    """The day or month of a statement that has one, with its words in the article: "on 2 Feb 2022 (“on Wednesday”)"."""
    if isinstance(item.said_on, Month):
        return f"in {display.day(item.said_on)}"
    basis = f" (“{item.said_on_basis}”)" if item.said_on_basis else ""
    return f"on {display.day(item.said_on)}{basis}" if item.said_on else ""


def _day_in(text: str, item: Statement) -> tuple[int, int] | None:
    """Where a text names the day on which its statement was made: never within what is said."""
    basis = item.said_on_basis if item.said_on else None
    matches = [locate(part.text, text) for part in item.content]
    content = [match.span for match in matches if match]
    for match in re.finditer(re.escape(basis), text) if basis else ():
        if not any(span.start < match.end() and match.start() < span.end for span in content):
            return match.span()
    return None


def who_said(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """Whose a quotation is, or which outlet has it: the sentences with its exact words, whatever their case. None
    without a quotation, and for words without quotation marks that no sentence has.
    """
    text = reading.question.text
    claim = claim_asked(text)  # whole, with the quotations in it
    excerpts = [claim] if claim else [item.inner.of(text) for item in quotations(text)]
    match = PATTERNS.said_what.match(text)
    pieces = excerpts or ([match["words"]] if match else [])
    pieces = [_plain(piece) for piece in pieces if len(words(piece)) >= _FEWEST_WORDS]
    if not pieces:
        return None
    hits = tools.retriever.search(pieces[0], k=_PASSAGES, filters=reading.filters)
    near = tools.finder.near(hits, reading.filters)
    evidence = tools.retriever.evidence(hits, near)

    def is_in(text: str) -> bool:
        line = text.casefold().translate(_INNER_MARKS)
        return all(locate(piece, line) for piece in pieces)

    drafts = []
    for one in evidence.sentences:
        if not is_in(one.text):
            continue
        item = next((item for item in near if overlaps(item, one)), None)
        draft = draft_of([item], evidence.sentences) if item and not item.stance else report_of(one)
        drafts.append(draft if is_in(draft.text) else replace(draft, text=one.text, sids=(one.sid,), kind="indirect"))
    if not drafts:
        if not excerpts:
            return None
        return no_answer(evidence, f"None of the articles has the words “{excerpts[0].strip(' ,.?')}”.")
    sentences = [one for draft in drafts for one in cited_sentences(draft, evidence)]
    outlets = list(dict.fromkeys(one.outlet for one in sentences if one.outlet))
    notes = (f"These words stand in {' and '.join(outlets)}.",) if outlets else ()
    return answer_over(evidence, drafts, notes)


def _sentence_of(item: Statement, fragment: Fragment, evidence: Evidence) -> EvidenceSentence | None:
    """The sentence of the statement's article that a fragment lies in."""
    return next((one for one in evidence.sentences if overlaps(item, one, [fragment.span])), None)
