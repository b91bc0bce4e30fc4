"""Lists over the whole library: the articles on a subject, who speaks on it, and who takes which side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from rag.display import plural
from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement
from rag.knowledge.tables import words_of
from rag.question.answer_type import AnswerType, spans_of
from rag.question.interpret import Interpretation
from rag.question.kinds import Side
from rag.services.answers.base import NEGATION_WORDS, overlaps, report_of, statement_day
from rag.services.answers.extractive import draft_of
from rag.services.answers.relevance import log_odds
from rag.services.answers.selection import ANSWERS, answering
from rag.services.answers.shapes.base import AnswerDraft, Toolkit, answer_over, no_answer
from rag.services.answers.shapes.mentions import (
    Occurrence,
    first_mentions,
    mentioning,
    statements_about,
    subject_of,
    terms_of,
)
from rag.services.answers.shapes.overview import full_text
from rag.text.terms import content_words, joint_speakers, stem, words

_SO_DID = re.compile(r"(?:So|As|Nor|Neither) (?:did|does|do|has|have|had|is|are|was|were|will|would)\b")
# What takes a side without saying on what: the object is a pronoun or a word for any plan, or there is none.
_ANAPHORIC = re.compile(
    rf"\b(?:it|this|that|her|him|them|the (?:{'|'.join(sorted(words_of('sides', 'plans')))}))\b|\bin favou?r\b",
    re.IGNORECASE,
)
_SHOWN = 20  # articles, speakers or statements
_MOST_ARTICLES = 150  # in which those for something, or against it, are looked for, the newest
_NEUTRAL_ODDS = 3.0  # log-odds from which a sentence that takes no side by its words may answer who does
_EXTRA_ODDS = 6.0  # the same if others answer by their words
_PUBLICATION_LAG = timedelta(days=7)
_STRONG, _WEAK = 2, 1
_OBJECT_WITHIN = 4  # words behind a verb
# Log-odds that a statement needs if another one surely answers: one that takes a side by a weak word, one that does so
# on something else, and any other.
_WEAK_ODDS, _OFF_SUBJECT_ODDS, _STRONG_ODDS = -2.0, -5.0, -9.0
_MOST_JUDGED = 30  # statements
_NEGATED_WITHIN = 3  # words behind a "not"
_SIDES = {
    **{stem(word): _WEAK for word in words_of("sides", "good")},
    **{stem(word): -_WEAK for word in words_of("sides", "bad")},
    **{stem(word): _STRONG for word in words_of("sides", "for")},
    **{stem(word): -_STRONG for word in words_of("sides", "against")},
}
_ATTACKS = frozenset(stem(word) for word in words_of("sides", "attacks"))
_HOW = {"for": "in support of", "against": "against"}


def listing(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """A list of articles, of statements or quotations, or of speakers."""
    match reading.shape.items:
        case "articles":
            return _articles(reading, tools)
        case "statements" | "quotations":
            return _statements(reading, tools)
        case _:
            return _speakers(reading, tools)


def _articles(reading: Interpretation, tools: Toolkit) -> AnswerDraft:
    """How many articles mention the subject, or exist at all, and the newest of them, each by its first mention."""
    subject = subject_of(reading)
    if not terms_of(subject):
        total = tools.library.articles.count(reading.filters)
        evidence = full_text(tools, tools.library.articles.page(reading.filters, limit=_SHOWN))
        narrowed = " that fit" if reading.filters else ""
        note = f"The library holds {plural(total, 'article')}{narrowed}.{_rest(total)}"
        subject = ""
    else:
        mentions = mentioning(tools, subject, reading.filters)
        total = len(mentions.hits)
        evidence = tools.retriever.evidence(mentions.hits[:_SHOWN])
        if not total:
            return no_answer(evidence, f"No article mentions “{subject}”.")
        copies = f", not counting {plural(mentions.copies, 'wire copy', 'wire copies')}" if mentions.copies else ""
        verb = "mentions" if total == 1 else "mention"
        note = f"{plural(total, 'article')} {verb} “{subject}”{copies}.{_rest(total)}"
    drafts = [
        report_of(item, remark=", ".join(filter(None, [item.outlet, item.title])))
        for item in first_mentions(subject, evidence)
    ]
    return answer_over(evidence, drafts, (note,))


def _speakers(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """Who has spoken on the subject, each by the newest statement; None without a subject."""
    subject = subject_of(reading)
    if not terms_of(subject):
        return None
    evidence, pairs = statements_about(tools, subject, reading.filters)
    newest = _by_speaker((item for item, _ in pairs), [*reading.shape.besides])
    is_narrowed = bool(reading.shape.besides) or " else " in f" {reading.text.casefold()} "
    if not newest:
        anybody = "anybody else" if is_narrowed else "anybody"
        return no_answer(evidence, f"The articles hold no statement by {anybody} on “{subject}”.")
    count = plural(len(newest), "other speaker" if is_narrowed else "speaker")
    verb = "has" if len(newest) == 1 else "have"
    names = ", ".join([name for name, _ in newest][:_SHOWN])
    note = f"{count} {verb} spoken on “{subject}”: {names}.{_rest(len(newest))}"
    drafts = [draft_of([item], evidence.sentences) for _, item in newest[:_SHOWN]]
    return answer_over(evidence, drafts, (note,))


def _statements(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """What was said on the subject, newest first, within the days of the question by the day of the statement; of
    quotations only direct words. None without a subject and a day, and if no statement has the words of the subject.
    """
    subject = subject_of(reading)
    has_subject = bool(terms_of(subject))
    filters = reading.scope.without_dates
    if reading.scope.is_dated:  # a statement is published on its day or in the week after
        until = reading.filters.until + _PUBLICATION_LAG if reading.filters.until else None
        filters = replace(filters, since=reading.filters.since, until=until)
    evidence = Evidence()
    if has_subject:
        evidence, pairs = statements_about(tools, subject, filters)
        statements = [item for item, _ in pairs]
    elif reading.scope.is_dated:
        statements = tools.library.statements.find(filters)
    else:
        return None
    if reading.scope.is_dated:
        statements = [
            item for item in statements if (day := item.said_on or item.published) and reading.scope.is_within(day)
        ]
    if reading.shape.items == "quotations":
        statements = [item for item in statements if item.kind != "indirect" and not item.stance]
    statements.sort(key=statement_day, reverse=True)
    if not evidence.sentences:
        evidence = tools.retriever.evidence((), statements[:_SHOWN])
    drafts: dict[str, DraftSentence] = {}
    for item in statements:
        draft = draft_of([item], evidence.sentences)
        drafts.setdefault(draft.text, draft)
    noun = "quotation" if reading.shape.items == "quotations" else "statement"
    scope = f" on “{subject}”" if has_subject else " of these days"
    if not drafts:  # a longer subject may be spoken of in other words
        return None if has_subject else no_answer(evidence, f"The articles hold no {noun}{scope}.")
    note = f"{plural(len(drafts), noun)}{scope}, newest first.{_rest(len(drafts))}"
    return answer_over(evidence, tuple(drafts.values())[:_SHOWN], (note,))


def sides(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """Who is for something, or against it: only what takes that side, in its own words or in those of the outlet."""
    side = reading.shape.side or "for"
    subject, opponent = _split_opponent(subject_of(reading))
    if not terms_of(subject):
        return None
    evidence, pairs = statements_about(tools, subject, reading.filters, newest=_MOST_ARTICLES)
    if not evidence.hits:  # no passage has all of its words: a sentence may answer that has others
        return None
    left_out = [*reading.shape.besides, *([opponent] if opponent else [])]
    pairs = [(item, own) for item, own in pairs if not _is_one_of(item, left_out)]
    if opponent:  # whoever else speaks on it may disagree
        selection = [item for item, _ in pairs]
    else:
        selection = _sure(reading, tools, evidence, [pair for pair in pairs if _takes_side(side, _side_of(*pair))])
    drafts = [draft_of([item], evidence.sentences) for _, item in _by_speaker(selection, ())]
    if not opponent:
        evidence, reports = _reports(reading, tools, evidence, side, drafts)
        drafts = _with_followers([*drafts, *reports], evidence)
    if not drafts:
        gap = f"The articles do not say who is {_HOW[side]} “{subject}”."
        gap = f"The articles hold no statement on “{subject}” by anybody but {opponent}." if opponent else gap
        return no_answer(evidence, gap)
    note = f"Others who speak on “{subject}”; whether they disagree with {opponent} is for you to judge."
    return answer_over(evidence, drafts[:_SHOWN], (note,) if opponent else ())


def _with_followers(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts, and the sentences behind theirs that say the same of somebody else ("So did the owner ...")."""
    result = list(drafts)
    shown = {sid for draft in drafts for sid in draft.sids}
    for one, after in pairwise(evidence.sentences):
        follows = one.sid in shown and one.article_id == after.article_id and _SO_DID.match(after.text)
        if follows and after.sid not in shown:
            shown.add(after.sid)
            result.append(report_of(after))
    return result


def _reports(
    reading: Interpretation, tools: Toolkit, evidence: Evidence, side: Side, drafts: Sequence[DraftSentence]
) -> tuple[Evidence, list[DraftSentence]]:
    """What the articles report beyond the drafts: sentences that answer and take this side by their words, or that
    surely answer and take none. With them the judged evidence.
    """
    scored = tools.judge(reading.question, evidence)
    if scored is None:
        return evidence, []
    shown = {sid for draft in drafts for sid in draft.sids}
    left_out = [set(words(name)[-1:]) for name in reading.shape.besides]
    least = _EXTRA_ODDS if drafts else _NEUTRAL_ODDS

    def answers(item: EvidenceSentence) -> bool:
        value = side_in(item.text)
        if value:
            return _takes_side(side, value)
        is_spoken = not drafts or any(overlaps(one, item) for one in scored.statements)
        return is_spoken and log_odds(item.score) >= least

    items = [item for item in answering(scored.sentences) if answers(item)]
    items += [item for item in _beside(scored, reading) if _takes_side(side, side_in(item.text)) and item not in items]
    return scored, [
        report_of(item)
        for item in items
        if item.sid not in shown and not any(name <= set(words(item.text)) for name in left_out)
    ]


def _beside(evidence: Evidence, reading: Interpretation) -> list[EvidenceSentence]:
    """Sentences that name somebody and take a side without saying on what ("is in favour", "also opposes it"), in
    articles with the subject in their headline or first sentence.
    """
    subject = {stem(term) for term in terms_of(subject_of(reading))}
    about = {
        one.article_id
        for one in evidence.sentences
        if subject <= set(content_words(f"{one.title} {one.text}"))
        and not evidence.texts.get((one.article_id, one.version), "")[: one.start].strip()
    }
    return [
        one
        for one in evidence.sentences
        if one.article_id in about
        and abs(side_in(one.text)) >= _STRONG
        and _ANAPHORIC.search(one.text)
        and spans_of(AnswerType.PERSON, one.text)
    ]


def _sure(reading: Interpretation, tools: Toolkit, evidence: Evidence, pairs: Sequence[Occurrence]) -> list[Statement]:
    """Of statements that take a side, if one of them surely answers, those that score well enough beside it; else
    those with at least half of the subject's words.
    """
    subject = {stem(term) for term in terms_of(subject_of(reading))}

    def overlap(own: Sequence[EvidenceSentence]) -> int:
        return len(subject & {term for one in own for term in content_words(f"{one.title} {one.text}")})

    nearest = {id(item) for item, _ in sorted(pairs, key=lambda pair: -overlap(pair[1]))[:_MOST_JUDGED]}
    pairs = [(item, own) for item, own in pairs if id(item) in nearest]
    sentences = {one.sid: one for _, own in pairs for one in own}
    scored = tools.judge(reading.question, replace(evidence, hits=(), sentences=tuple(sentences.values())))
    if scored is None:
        return [item for item, _ in pairs]
    odds = {one.sid: log_odds(one.score) for one in scored.sentences}
    best = {id(item): max(odds[one.sid] for one in own) for item, own in pairs}
    if max(best.values(), default=_OFF_SUBJECT_ODDS) < ANSWERS:
        return [item for item, own in pairs if len(subject) <= 2 * overlap(own)]

    def least(item: Statement, own: Sequence[EvidenceSentence]) -> float:
        if abs(_side_of(item, own)) < _STRONG:
            return _WEAK_ODDS
        return _STRONG_ODDS if overlap(own) else _OFF_SUBJECT_ODDS

    return [item for item, own in pairs if best[id(item)] > least(item, own)]


def _takes_side(side: Side, value: int) -> bool:
    return value > 0 if side == "for" else value < 0


def _side_of(item: Statement, own: Sequence[EvidenceSentence]) -> int:
    """Above 0 for support, below for opposition: by the cue and the content, else by the whole sentence."""
    value = sum(side_in(text) for text in (item.cue.text if item.cue else "", item.text))
    return (-value if item.denied else value) or sum(side_in(one.text) for one in own)


def side_in(text: str) -> int:
    """How far the words of a text take a side: above 0 for it, below 0 against it; a "not" close before turns it, and
    so does what is said against something behind it ("rejected the criticism").
    """
    value, tokens = 0, words(text)
    stems = [stem(word) for word in tokens]
    targets = set[int]()
    for at, word in enumerate(stems):
        weight = 0 if at in targets else _SIDES.get(word, 0)
        if weight == -_STRONG:
            within = range(at + 1, min(at + 1 + _OBJECT_WITHIN, len(stems)))
            if attacks := [n for n in within if stems[n] in _ATTACKS]:
                weight, targets = -weight, targets | set(attacks)
        value += -weight if NEGATION_WORDS.intersection(tokens[max(0, at - _NEGATED_WITHIN) : at]) else weight
    return value


def _by_speaker(statements: Iterable[Statement], left_out: Sequence[str]) -> list[tuple[str, Statement]]:
    """Each speaker by the fullest name, with the newest statement; without those who are left out."""
    groups: dict[str, tuple[str, Statement]] = {}
    for item in statements:
        if not item.speaker or _is_one_of(item, left_out):
            continue
        for name in joint_speakers(item.speaker):
            key = words(name)[-1] if words(name) else name
            longest, newest = groups.get(key, (name, item))
            newest = max(newest, item, key=statement_day)
            groups[key] = max(longest, name, key=len), newest
    return list(groups.values())


def _is_one_of(item: Statement, names: Sequence[str]) -> bool:
    own = {word for name in (item.speaker, item.on_behalf_of) if name for word in words(name)[-1:]}
    return any(set(words(name)[-1:]) & own for name in names)


def _split_opponent(subject: str) -> tuple[str, str]:
    """The subject and whom it is set against: "Ida Holm on the levy" is about the levy."""
    match = re.match(
        r"(?:with\s+)?(?P<whom>[A-Z][\w’'.-]*(?:\s+[A-Z][\w’'.-]*)*)\s+(?:on|about|over)\s+(?P<what>.+)$", subject
    )
    return (match["what"], match["whom"]) if match else (subject, "")


def _rest(total: int) -> str:
    return f" The newest {_SHOWN} are listed." if total > _SHOWN else ""
