"""The order and the marks of drafted sentences: the value that is asked for, the newest first, what is older below and
marked, the same words said again folded into one line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from rag.domain import DraftSentence, Evidence, EvidenceSentence
from rag.knowledge.words import CONTRACTED_NEGATIONS, COUNTS, DAY_NAMES, NEGATIONS
from rag.question.answer_type import TOTALS, VALUE_REQUIRED, AnswerType, answer_span, spans_of
from rag.question.coverage import missing_names
from rag.question.interpret import Interpretation
from rag.question.kinds import AnswerKind
from rag.services.answers.relevance import log_odds
from rag.services.answers.shapes.base import cited, day_of, written
from rag.text.canonical import fold
from rag.text.terms import content_words, stem, words

_ALIKE = 0.8  # share of the words of the longer of two statements that makes them the same words again
_FEWEST_WORDS = 3
_SAME_MATTER = 0.6  # share of the words of the shorter of two that are on the same
_TOLD = 0.5  # share of the words of a headline that a sentence has which tells it in full
_SO_FAR = 3.0  # log-odds behind the best of an article from which a sentence gives no value that was asked for
_AS_SURE = 1.5  # log-odds behind the best sentence of all that still make a sentence as sure as that one
_SURE = 5.0  # log-odds of a sentence that surely answers, though in other words or without a day
_RECENT = timedelta(days=14)  # what was said within it of the newest is no earlier position
_TIMES = ("", "once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times")
_NOT = NEGATIONS | {word.replace("'", "") for word in CONTRACTED_NEGATIONS}
_NUMBERS = frozenset(COUNTS)
# Kinds whose sentence must have a value of the kind; a denial ("refused to resign") answers a day that never was.
_NEEDS = VALUE_REQUIRED | {AnswerType.DAY}
_REFUSED = re.compile(r"\b(?:refus\w+|den(?:y|ied|ies)|reject\w*|never|fals\w+|untrue)\b", re.IGNORECASE)
_STAYS = re.compile(r"\b(?:would stay|remains?)\b", re.IGNORECASE)
# Times that are no day: "within weeks", "as soon as the ice melts".
_TIMED = re.compile(
    r"\b(?:soon|immediately|at once|within|end of|start of|beginning of|when|once|until|before|after|during|while"
    r"|hours?|days?|weeks?|months?|years?|decades?|centur\w+|\d{4})\b",
    re.IGNORECASE,
)
_IDENTIFIED = re.compile(
    r"\b(?:named|identified)\b.{0,60}\bas\b|\bnamed (?:him|her|them)\b|\bgave (?:his|her|their) name"
)
_ENDED = re.compile(
    r"\b(?:step(?:s|ped|ping)? down|resign\w*|quit\w*|die[sd]?|dead|killed|ousted|sacked|dismissed|removed|retire[sd]?"
    r"|lost (?:his|her|the)|voted out|replaced)\b",
    re.IGNORECASE,
)
_SUCCEEDS = re.compile(
    r"\b(?:succe(?:ed\w*|ssor)|replac(?:e[sd]?|ing|ement)|(?:takes?|took|taking) (?:over|his|her|the) "
    r"|in (?:his|her) place|new (?:leader|head|chair|boss)|elected|appointed|sworn in|acting)\b",
    re.IGNORECASE,
)
_CORRECTS = re.compile(r"\bcorrect(?:ion|ed|s)\b|\bearlier version\b", re.IGNORECASE)
_REFERS_BACK = re.compile(r"\W*(?:he|she|it|they|his|her|its|their)\b", re.IGNORECASE)
_BACK = 3  # sentences before a pronoun in which whom it means is named
# "It was won by A, not B": what is put right, and in whose place.
_INSTEAD = re.compile(
    r",? (?:and )?not (?:by |in |on |at |to |from )?(?P<wrong>(?:[A-Z\d][\w.,’'-]*)(?: [A-Z\d][\w.’'-]*)*)"
)
_NUMBERS_OF = _NEEDS - {AnswerType.DAY, AnswerType.MEASURE} | {AnswerType.PERSON, AnswerType.PLACE}


class _Dated(NamedTuple):
    draft: DraftSentence
    day: date | None


def arranged(read: Interpretation, evidence: Evidence, drafts: Sequence[DraftSentence]) -> list[DraftSentence]:
    """The drafts as the kind of the question wants them; fewer, where some have nothing of what is asked for."""
    items = folded(list(drafts), evidence)
    value = read.shape.value
    if read.kind in (AnswerKind.VALUE, AnswerKind.SAID_WHEN):
        items = _without_headlines(_with_value(read, items, evidence), evidence)
        items = _each_value_once(items, evidence, most=_SO_FAR if value in _NUMBERS_OF else math.inf)
        items = _with_names(read, items, evidence) if value is AnswerType.PERSON else items
    items = _without_headlines(items, evidence)
    if read.kind is AnswerKind.REASON:
        items = _reasons(items, evidence, strictly=read.question.asks_position)
    if read.kind is AnswerKind.OPEN:
        items = [_marked(read, draft) for draft in items]
    timely = read.kind is AnswerKind.POSITION or read.shape.newest_first
    if read.kind is AnswerKind.YES_NO:
        items = _only_denied(read, items, evidence)
        items.sort(key=lambda draft: -_odds(draft, evidence))
        timely = timely or len({_denies(draft.text) for draft in items}) > 1  # yes once, and no at another time
    if timely or (read.kind is AnswerKind.VALUE and value in TOTALS):
        items = newest_first(
            items,
            evidence,
            value=value,
            acts=read.kind is AnswerKind.POSITION,
            strictly=read.kind is not AnswerKind.POSITION or read.shape.newest_first,
        )
    items = _put_right(items, evidence)
    return _latest(items, evidence) if read.shape.latest_only else items


def _reasons(drafts: Sequence[DraftSentence], evidence: Evidence, *, strictly: bool) -> list[DraftSentence]:
    """Those that say why by a word of reason, or in no words that a pattern knows as surely as the best; where none has
    such a word, all, or `strictly` none."""
    worded = [draft for draft in drafts if spans_of(AnswerType.REASON, draft.text)]
    if strictly or not worded:
        return worded if strictly else list(drafts)
    best = max(_odds(draft, evidence) for draft in drafts)
    return [draft for draft in drafts if draft in worded or _odds(draft, evidence) >= best - _AS_SURE]


def _each_value_once(drafts: Sequence[DraftSentence], evidence: Evidence, *, most: float) -> list[DraftSentence]:
    """Of an article one sentence for each value, the surest, and none that is more than `most` behind the article's
    best: one that is holds the value of something else."""
    if not evidence.judged:
        return list(drafts)
    correcting = {_article(draft, evidence) for draft in drafts if _CORRECTS.search(draft.text)}
    surest: dict[object, DraftSentence] = {}
    best: dict[str, float] = {}
    for one in evidence.sentences:
        best[one.article_id] = max(log_odds(one.score), best.get(one.article_id, -math.inf))
    for draft in sorted(drafts, key=lambda draft: -_odds(draft, evidence)):
        article = _article(draft, evidence)
        span = draft.answer_span
        value = fold(draft.text[span[0] : span[1]]) if span else draft.text
        if _odds(draft, evidence) >= best[article] - most or article in correcting:
            surest.setdefault((article, value), draft)
    return [draft for draft in drafts if draft in surest.values()]


def _without_headlines(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts without the headlines whose words others of the article have, too: these tell it in full."""

    def is_told(draft: DraftSentence) -> bool:
        first = next(iter(cited(draft, evidence)), None)
        if first is None or draft.statement or not set(words(draft.text)) <= set(words(first.title)):
            return False
        told = [one for one in drafts if one is not draft and _article(one, evidence) == first.article_id]
        own = set(content_words(draft.text))
        return any(len(own & set(content_words(one.text))) >= _TOLD * len(own) for one in told)

    return [draft for draft in drafts if not is_told(draft)]


def _article(draft: DraftSentence, evidence: Evidence) -> str:
    return next((one.article_id for one in cited(draft, evidence)), "")


def _odds(draft: DraftSentence, evidence: Evidence) -> float:
    return max((log_odds(one.score) for one in cited(draft, evidence)), default=0.0)


def _put_right(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts with what a later one puts right ("A, not B") below all others and marked."""
    kept, wrong = [], []
    for draft in drafts:
        mended = next((other for other in drafts if _puts_right(other, draft, evidence)), None)
        if mended is None:
            kept.append(draft)
        elif day := _published(mended, evidence):
            wrong.append(replace(draft, remark=f"put right on {written(day)}"))
    return [*kept, *wrong]


def _puts_right(later: DraftSentence, draft: DraftSentence, evidence: Evidence) -> bool:
    """True where a draft from a later article says "not" of a name or number that the other one gives."""
    days = _published(later, evidence), _published(draft, evidence)
    if not all(days) or days[0] <= days[1]:  # type: ignore[operator]
        return False
    own = words(draft.text)
    for match in _INSTEAD.finditer(later.text):
        wrong = words(match["wrong"])
        if wrong and any(own[at : at + len(wrong)] == wrong for at in range(len(own))):
            return not _INSTEAD.search(draft.text)
    return False


def _latest(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """Those of the newest articles alone."""
    dated = [(draft, _published(draft, evidence)) for draft in drafts]
    newest = max((day for _, day in dated if day), default=None)
    return [draft for draft, day in dated if day == newest]


def _marked(read: Interpretation, draft: DraftSentence) -> DraftSentence:
    span = answer_span(read.question.text, draft.text)
    return replace(draft, answer_span=(span.start, span.end)) if span else draft


def _with_value(read: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """Those with a value of the kind that is asked for, marked; others only where they deny what is asked after."""
    kind = read.shape.value
    kept = []
    for draft in _of_the_named(read, _only_denied(read, drafts, evidence), evidence):
        span = answer_span(read.question.text, draft.text)
        if span:
            kept.append(replace(draft, answer_span=(span.start, span.end)))
        elif kind not in _NEEDS or _denies(draft.text) or _may_hold(kind, draft.text):
            kept.append(draft)
        elif kind is AnswerType.DAY and (day := _published(draft, evidence)) and _is_sure(draft, evidence):
            kept.append(replace(draft, remark=f"no day is named; published on {written(day)}"))
    return kept


def _with_names(read: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts, each behind the sentence of its article that names whom it leaves open: the victim, and who came
    after the one that holds the office no longer."""
    result: list[DraftSentence] = []
    for draft in drafts:
        ended = read.shape.newest_first and _ENDED.search(draft.text)
        names = _SUCCEEDS if ended else None if draft.answer_span else _IDENTIFIED
        if names and (one := _further(draft, names, evidence)):
            span = answer_span(read.question.text, one.text)
            named = DraftSentence(text=one.text, sids=(one.sid,), kind="reported")
            result.append(replace(named, answer_span=(span.start, span.end) if span else None))
        result.append(draft)
    return list({item.sids: item for item in result}.values())


def _further(draft: DraftSentence, pattern: re.Pattern[str], evidence: Evidence) -> EvidenceSentence | None:
    """The first sentence further down in a draft's article that has a pattern and a name."""
    first = next(iter(cited(draft, evidence)), None)
    return next(
        (
            one
            for one in evidence.sentences
            if first and one.article_id == first.article_id and one.start > first.start
            if pattern.search(one.text) and spans_of(AnswerType.PERSON, one.text)
        ),
        None,
    )


def _of_the_named(read: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """Where a draft has the names of the question with its headline, only such: a value of another place or person is
    no newer one."""
    names = read.question.names

    def has(draft: DraftSentence) -> bool:
        titles = " ".join(one.title for one in cited(draft, evidence))
        before = _before(draft, evidence) if _REFERS_BACK.match(draft.text) else ""
        return not missing_names(names, f"{titles} {before} {draft.text}")

    named = [draft for draft in drafts if has(draft)]
    return named if names and any(spans_of(read.shape.value, draft.text) for draft in named) else list(drafts)


def _before(draft: DraftSentence, evidence: Evidence) -> str:
    """What stands right before a draft in its article: whom or what its pronoun means."""
    first = next(iter(cited(draft, evidence)), None)
    if first is None:
        return ""
    before = [one for one in evidence.sentences if one.article_id == first.article_id and one.end <= first.start]
    return " ".join(one.text for one in sorted(before, key=lambda one: one.start)[-_BACK:])


def _is_sure(draft: DraftSentence, evidence: Evidence) -> bool:
    return evidence.judged and _odds(draft, evidence) >= _SURE


def _only_denied(read: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """Where a sentence denies what is asked after, only what tells of that, and what came later; else all."""
    names = {term for name in read.question.names for term in content_words(name)}
    terms = set(content_words(read.question.text)) - names
    telling = [draft for draft in drafts if terms and terms <= set(content_words(draft.text))]
    if not any(_denies(draft.text) for draft in telling):
        return list(drafts)
    newest = max((day.toordinal() for draft in telling if (day := day_of(draft, evidence))), default=0)

    def is_later(draft: DraftSentence) -> bool:
        day = day_of(draft, evidence)
        if day is None or day.toordinal() <= newest:
            return False
        return bool(terms & set(content_words(draft.text))) or _is_sure(draft, evidence)

    return [draft for draft in drafts if draft in telling or is_later(draft)]


def _may_hold(kind: AnswerType, text: str) -> bool:
    """True for a value that the question has itself, for a time that is no day, and for what goes on as it was."""
    timed = kind is AnswerType.DAY and _TIMED.search(text)
    return bool((kind is not AnswerType.NAME and spans_of(kind, text)) or timed or _STAYS.search(text))


def _denies(text: str) -> bool:
    return bool(_NOT.intersection(words(text))) or bool(_REFUSED.search(text))


def folded(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The same words of the same speaker on several days as one draft, the newest, which says how often they were
    said."""
    groups: list[list[_Dated]] = []
    for draft in drafts:
        dated = _Dated(draft, day_of(draft, evidence))
        group = next((one for one in groups if _said_again(one[0].draft, draft)), None)
        if group is None:
            groups.append([dated])
        else:
            group.append(dated)
    return [_as_one(group) for group in groups]


def _said_again(one: DraftSentence, other: DraftSentence) -> bool:
    if not one.statement or not other.statement or one.statement.denied != other.statement.denied:
        return False
    if fold(one.statement.speaker or "") != fold(other.statement.speaker or "") or not one.statement.speaker:
        return False
    mine, theirs = one.statement.text, other.statement.text
    own, its = set(content_words(mine)), set(content_words(theirs))
    if min(len(own), len(its)) < _FEWEST_WORDS or _pinned(one) != _pinned(other):
        return False
    return len(own & its) >= _ALIKE * max(len(own), len(its))


def _pinned(draft: DraftSentence) -> set[str]:
    """The denials and weekdays of a draft and its numbers, each with the word behind it, but for the day on which it
    was said: with others it says something else."""
    basis = draft.statement.said_on_basis if draft.statement else None
    line = words(draft.text.replace(basis, " ") if basis else draft.text)
    pinned = {word for word in line if word in _NOT or word in DAY_NAMES - {"may"}}
    for word, after in zip(line, [*line[1:], ""], strict=True):
        if word in _NUMBERS or any(map(str.isdigit, word)):
            pinned.add(f"{word} {stem(after)}")
    return pinned


def _as_one(group: Sequence[_Dated]) -> DraftSentence:
    if len(group) == 1:
        return group[0].draft
    newest = max(group, key=lambda item: item.day.toordinal() if item.day else 0).draft
    sids = tuple(dict.fromkeys([*newest.sids, *(sid for item in group for sid in item.draft.sids)]))
    days = sorted({item.day for item in group if item.day}, key=lambda day: day.toordinal())
    often = _TIMES[len(group)] if len(group) < len(_TIMES) else f"{len(group)} times"
    return replace(newest, sids=sids, remark=f"said {often}{_from_to(days)}")


def _from_to(days: Sequence[date]) -> str:
    if not days or days[0] == days[-1]:
        return ""
    first, last = days[0], days[-1]
    if (first.year, first.month) == (last.year, last.month):
        return f", {first.day} to {written(last)}"
    if first.year == last.year:
        return f", {first:%B} to {last:%B} {last.year}"
    return f", {first:%B} {first.year} to {last:%B} {last.year}"


def newest_first(
    drafts: Sequence[DraftSentence],
    evidence: Evidence,
    *,
    value: AnswerType = AnswerType.OPEN,
    acts: bool = False,
    strictly: bool = True,
) -> list[DraftSentence]:
    """The drafts by day, the newest first, or not `strictly` so within the last fortnight.

    What is older is marked, and says what superseded it where a later sentence of the same source says otherwise. With
    `acts`, what is no statement is an act of the party, which supersedes its words. Words of the last fortnight are no
    earlier position.
    """
    dated = [_Dated(draft, day_of(draft, evidence)) for draft in drafts]
    days = {id(item): _published(item.draft, evidence) for item in dated}
    newest = max((day for day in days.values() if day), default=None)
    turned = strictly or any(
        _supersedes(one, other, evidence, value, acts=acts) for one in dated for other in dated if one is not other
    )

    def age(item: _Dated) -> int:
        """Days behind the newest; none within an article, nor within the last days where nothing turned."""
        day = days[id(item)]
        behind = newest.toordinal() - day.toordinal() if newest and day else 0
        return behind if turned or behind > _RECENT.days else 0

    dated.sort(key=age)
    result: list[DraftSentence] = []
    for at, item in enumerate(dated):
        before = dated[:at]
        later = next((one for one in before if _supersedes(one, item, evidence, value, acts=acts)), None)
        within = timedelta() if later or value in TOTALS else _RECENT
        if item.day is None or not any(_is_later(one, item, evidence, by=within) for one in before):
            result.append(item.draft)
            continue
        remark = f"earlier, {written(item.day)}"
        if later and later.day:
            number = _number(later.draft, value)
            by = f"{number} on {written(later.day)}" if number else f"what followed on {written(later.day)}"
            remark = f"{remark}; superseded by {by}"
        if item.draft.remark:
            remark = f"{remark}; {item.draft.remark}"
        result.append(replace(item.draft, remark=remark))
    return result


def _published(draft: DraftSentence, evidence: Evidence) -> date | None:
    return max((item.published for item in cited(draft, evidence) if item.published), default=None)


def _is_later(one: _Dated, item: _Dated, evidence: Evidence, *, by: timedelta = timedelta()) -> bool:
    """True for a draft of a later day from another article, later by more than `by`."""
    if one.day is None or item.day is None or one.day.toordinal() - item.day.toordinal() <= by.days:
        return False
    return not {x.article_id for x in cited(one.draft, evidence)} & {x.article_id for x in cited(item.draft, evidence)}


def _supersedes(later: _Dated, item: _Dated, evidence: Evidence, value: AnswerType, *, acts: bool) -> bool:
    """True where a later draft of the same source has another number, or takes the other side of a denial, and where it
    is an act."""
    if acts and later.draft.statement is None and item.draft.statement is not None:
        return _is_later(later, item, evidence)
    if not _is_later(later, item, evidence) or not _sources(later.draft, evidence) & _sources(item.draft, evidence):
        return False
    if value in TOTALS:
        return _number(later.draft, value) != _number(item.draft, value)
    return _denies(later.draft.text) != _denies(item.draft.text) and _on_the_same(later.draft, item.draft)


def _on_the_same(one: DraftSentence, other: DraftSentence) -> bool:
    """True for drafts whose words are mostly those of the other, as of "will rise" and "will not rise"."""
    mine, theirs = (
        set(content_words(draft.statement.text if draft.statement else draft.text)) for draft in (one, other)
    )
    return len(mine & theirs) >= _SAME_MATTER * min(len(mine), len(theirs))


def _sources(draft: DraftSentence, evidence: Evidence) -> set[str]:
    """Who tells it: the speaker and for whom, else the outlet."""
    names = draft.statement
    if names and (names.speaker or names.on_behalf_of):
        return {fold(name) for name in (names.speaker, names.on_behalf_of) if name}
    return {fold(item.outlet) for item in cited(draft, evidence) if item.outlet}


def _number(draft: DraftSentence, value: AnswerType) -> str:
    if value not in TOTALS or draft.answer_span is None:
        return ""
    number = draft.text[draft.answer_span[0] : draft.answer_span[1]]
    return number.lower() if number.isalpha() else number
