"""The order and the marks of drafts: those with the value that the question asks for, the newest first, older ones
marked, the same words said again as one draft.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from rag import display
from rag.domain import DraftSentence, Evidence, EvidenceSentence
from rag.knowledge.words import COUNTS, DAY_NAMES, NEGATION_WORDS
from rag.providers.base import log_odds
from rag.question.answer_claims import claim_asked
from rag.question.answer_type import TOTALS, VALUE_REQUIRED, AnswerType, answer_span, spans_of
from rag.question.coverage import is_subject, missing_names, shared_words
from rag.question.interpret import Interpretation
from rag.question.kinds import AnswerKind
from rag.question.lexicon import PATTERNS
from rag.question.requirements import requirements
from rag.services.answers.base import best_scores, cited_sentences, report_of
from rag.services.answers.shapes.base import day_of, newest_publication, odds_of
from rag.services.answers.shapes.levels import asks_level, with_levels
from rag.services.answers.shapes.points import with_points
from rag.services.answers.shapes.reasons import reasons
from rag.text.canonical import fold
from rag.text.terms import content_words, stem, words

_ALIKE = 0.8  # share of the words of the longer of two statements that makes one a repetition
_FEWEST_WORDS = 3
_SAME_MATTER = 0.6  # share of the words of the shorter of two statements on the same matter
_IN_FULL = 0.5  # share of the words of a headline in a sentence that reports it in full
_MOST_BEHIND = 3.0  # log-odds behind the best sentence of an article, for a value of the same thing
_SURE = 5.0  # log-odds of a sentence that surely answers, though in other words or without a day
_RECENT = timedelta(days=14)  # what was said within it of the newest is no earlier position
_TIMES = ("", "once", "twice", "three times", "four times", "five times", "six times", "seven times", "eight times")
_PINNED_WORDS = NEGATION_WORDS | (DAY_NAMES - {"may"})
# Kinds whose sentence must have a value of the kind; a denial ("refused to resign") answers a day that never was.
_NEEDS = VALUE_REQUIRED | {AnswerType.DAY}
_SENTENCES_BEFORE = 3  # a pronoun, in which its antecedent may stand
# Kinds of which an article gives one value; others stand for something else.
_SINGLE = _NEEDS - {AnswerType.DAY, AnswerType.MEASURE, AnswerType.SIZE} | {AnswerType.PERSON, AnswerType.PLACE}


class _Dated(NamedTuple):
    draft: DraftSentence
    day: date | None


def arrange(reading: Interpretation, evidence: Evidence, drafts: Sequence[DraftSentence]) -> list[DraftSentence]:
    """The drafts as the kind of the question wants them, without those that lack what the question asks for."""
    items = fold_repeats(list(drafts), evidence)
    value = reading.shape.value
    if reading.kind in (AnswerKind.VALUE, AnswerKind.SAID_WHEN):
        items = _without_headlines(_with_value(reading, items, evidence), evidence)
        articles = list(dict.fromkeys(_article(draft, evidence) for draft in items))
        items.sort(key=lambda draft: (articles.index(_article(draft, evidence)), draft.answer_span is None))
        items = _of_one_age(items, evidence) if value is AnswerType.AGE else items
        items = _each_value_once(items, evidence, most_behind=_MOST_BEHIND if value in _SINGLE else math.inf)
        items = _with_names(reading, items, evidence) if value is AnswerType.PERSON else items
    items = _without_headlines(items, evidence)
    if reading.kind is AnswerKind.REASON:
        items = reasons(reading, items, evidence)
    if reading.kind is AnswerKind.OPEN:
        items = [replace(draft, answer_span=_answer_span(reading, draft.text) or draft.answer_span) for draft in items]
    items = with_points(reading, items, evidence)
    if asks_level(reading) and evidence.judged:
        items = with_levels(reading, items, evidence)
    is_position = reading.kind is AnswerKind.POSITION
    timely = is_position or reading.shape.newest_first
    if reading.kind is AnswerKind.YES_NO:
        items = _only_denied(reading, _without_asides(reading, items, evidence), evidence)
        claim = claim_asked(reading.question.text)  # who said it comes before what bears on it
        items.sort(key=lambda draft: (not (claim and _has_claim(claim, draft)), -odds_of(draft, evidence)))
        timely = timely or len({_denies(draft.text) for draft in items}) > 1  # yes once, and no at another time
    if timely or (reading.kind is AnswerKind.VALUE and value in TOTALS):
        strictly = reading.shape.newest_first or not is_position
        items = newest_first(items, evidence, value=value, acts=is_position, strictly=strictly)
    items = _corrected_last(items, evidence)
    if not reading.shape.latest_only:
        return items
    newest = max((day for draft in items if (day := newest_publication(draft, evidence))), default=None)
    return [draft for draft in items if newest_publication(draft, evidence) == newest]


def _has_claim(claim: str, draft: DraftSentence) -> bool:
    """True for a draft with a claim, or with a sentence of it."""
    mine, wording = set(content_words(draft.text)), set(content_words(claim))
    return wording <= mine or mine <= wording


def _without_asides(
    reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence
) -> list[DraftSentence]:
    """The drafts without those that have no word of the question and are far behind the best sentence of their article:
    they only go on about its event.
    """
    if not evidence.judged:
        return list(drafts)
    stems, best = set(content_words(reading.question.text)), best_scores(evidence.sentences)
    return [
        draft
        for draft in drafts
        if shared_words(stems, draft.text)
        or odds_of(draft, evidence) >= log_odds(best[_article(draft, evidence)]) - _MOST_BEHIND
    ]


def _each_value_once(drafts: Sequence[DraftSentence], evidence: Evidence, *, most_behind: float) -> list[DraftSentence]:
    """Of an article one sentence for each value, the surest, and none more than `most_behind` log-odds behind its best
    sentence, as that has the value of something else. An article that corrects keeps all.
    """
    if not evidence.judged:
        return list(drafts)
    correcting = {_article(draft, evidence) for draft in drafts if PATTERNS.corrects.search(draft.text)}
    surest: dict[object, DraftSentence] = {}
    best = best_scores(evidence.sentences)
    for draft in sorted(drafts, key=lambda draft: -odds_of(draft, evidence)):
        article = _article(draft, evidence)
        span = draft.answer_span
        value = fold(draft.text[span[0] : span[1]]) if span else draft.text
        if article in correcting or odds_of(draft, evidence) >= log_odds(best[article]) - most_behind:
            surest.setdefault((article, value), draft)
    return [draft for draft in drafts if draft in surest.values()]


def _of_one_age(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts with the age of the surest one, or a year beside it: another is somebody else's."""

    def age(draft: DraftSentence) -> int | None:
        span = draft.answer_span
        digits = re.search(r"\d+", draft.text[span[0] : span[1]]) if span else None
        return int(digits[0]) if digits else None

    surest = max(drafts, key=lambda draft: odds_of(draft, evidence), default=None)
    best = age(surest) if surest else None
    if best is None:
        return list(drafts)
    return [draft for draft in drafts if (own := age(draft)) is None or abs(own - best) <= 1]


def _without_headlines(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts without headlines that other drafts of the article report in full."""

    def is_redundant(draft: DraftSentence) -> bool:
        first = _first_cited(draft, evidence)
        if first is None or draft.statement or not set(words(draft.text)) <= set(words(first.title)):
            return False
        others = [one for one in drafts if one is not draft and _article(one, evidence) == first.article_id]
        own = set(content_words(draft.text))
        return any(len(own & set(content_words(one.text))) >= _IN_FULL * len(own) for one in others)

    return [draft for draft in drafts if not is_redundant(draft)]


def _first_cited(draft: DraftSentence, evidence: Evidence) -> EvidenceSentence | None:
    return next(iter(cited_sentences(draft, evidence)), None)


def _article(draft: DraftSentence, evidence: Evidence) -> str:
    first = _first_cited(draft, evidence)
    return first.article_id if first else ""


def _corrected_last(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts with what a later one corrects ("A, not B") below all others and marked."""
    current, wrong = [], []
    for draft in drafts:
        correction = next((other for other in drafts if _corrects(other, draft, evidence)), None)
        if correction is None:
            current.append(draft)
        elif day := newest_publication(correction, evidence):
            wrong.append(replace(draft, remark=f"put right on {display.day(day)}"))
    return [*current, *wrong]


def _corrects(later: DraftSentence, draft: DraftSentence, evidence: Evidence) -> bool:
    """True if a draft from a later article says "not" of a name or number that the other one gives."""
    after, before = newest_publication(later, evidence), newest_publication(draft, evidence)
    if not after or not before or after <= before or PATTERNS.corrected_value.search(draft.text):
        return False
    line = f" {' '.join(words(draft.text))} "
    wrong = (" ".join(words(match["wrong"])) for match in PATTERNS.corrected_value.finditer(later.text))
    return any(value and f" {value} " in line for value in wrong)


def _answer_span(reading: Interpretation, text: str) -> tuple[int, int] | None:
    span = answer_span(reading.question.text, text)
    return (span.start, span.end) if span else None


def _with_value(reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """Those with a value of the kind that the question asks for, marked; others only if they deny it or may hold it."""
    kind, needs = reading.shape.value, requirements(reading.question)
    items = []
    for draft in _of_the_named(reading, _only_denied(reading, drafts, evidence), evidence):
        if kind is AnswerType.DAY and _is_unrelated(reading, draft, evidence):
            continue
        if span := _answer_span(reading, draft.text):
            items.append(replace(draft, answer_span=span))
        elif kind not in _NEEDS or needs.left_open(draft.text) or _denies(draft.text) or _may_hold(kind, draft.text):
            items.append(draft)
        elif kind is AnswerType.DAY and (day := newest_publication(draft, evidence)) and _is_sure(draft, evidence):
            items.append(replace(draft, remark=f"no day is named; published on {display.day(day)}"))
    if kind is AnswerType.DAY:  # what names no day adds nothing to a surer sentence that does
        surest = max((odds_of(draft, evidence) for draft in items if draft.answer_span), default=-math.inf)
        items = [draft for draft in items if draft.answer_span or odds_of(draft, evidence) >= surest]
    return items


def _is_unrelated(reading: Interpretation, draft: DraftSentence, evidence: Evidence) -> bool:
    """True for a draft that is not sure and that, with its headline and the sentences before it, has no word of what
    the question says of those whom it names: of a resignation that never was.
    """
    names = {term for name in reading.question.names for term in content_words(name)}
    terms = set(content_words(reading.question.text)) - names
    titles = " ".join(one.title for one in cited_sentences(draft, evidence))
    context = content_words(f"{titles} {_before(draft, evidence)} {draft.text}")
    return bool(names and terms) and not terms & set(context) and not _is_sure(draft, evidence)


def _with_names(reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts, each behind the sentence of its article that names whom it leaves open: the victim, or the successor
    of one who no longer holds the office.
    """
    result: dict[tuple[str, ...], DraftSentence] = {}
    for draft in drafts:
        has_left = reading.shape.newest_first and PATTERNS.leaves_office.search(draft.text)
        pattern = PATTERNS.succeeds if has_left else None if draft.answer_span else PATTERNS.identifies
        if pattern and (one := _further_down(draft, pattern, evidence)):
            report = report_of(one, answer_span=_answer_span(reading, one.text))
            result[report.sids] = report
        result[draft.sids] = draft
    return list(result.values())


def _further_down(draft: DraftSentence, pattern: re.Pattern[str], evidence: Evidence) -> EvidenceSentence | None:
    """The first sentence further down in a draft's article that matches a pattern and names a person."""
    first = _first_cited(draft, evidence)
    return next(
        (
            one
            for one in evidence.sentences
            if first and one.article_id == first.article_id and one.start > first.start
            if pattern.search(one.text) and spans_of(AnswerType.PERSON, one.text)
        ),
        None,
    )


def _of_the_named(reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """If some drafts with a value hold the names of the question, together with headline and antecedents, only such and
    surer ones: a value of another place or person is no newer one.
    """
    needs = requirements(reading.question)
    names = needs.names

    def has_names(draft: DraftSentence) -> bool:
        titles = " ".join(one.title for one in cited_sentences(draft, evidence))
        before = _before(draft, evidence) if PATTERNS.opens_with_pronoun.match(draft.text) else ""
        return not missing_names(names, f"{titles} {before} {draft.text}", actors=needs.actors)

    with_names = [draft for draft in drafts if has_names(draft)]
    if not names or not any(spans_of(reading.shape.value, draft.text) for draft in with_names):
        return list(drafts)
    surest = max(odds_of(draft, evidence) for draft in with_names)
    return [draft for draft in drafts if draft in with_names or odds_of(draft, evidence) > surest]


def _before(draft: DraftSentence, evidence: Evidence) -> str:
    """The sentences right before a draft in its article, for the antecedent of its pronoun."""
    first = _first_cited(draft, evidence)
    if first is None:
        return ""
    before = [one for one in evidence.sentences if one.article_id == first.article_id and one.end <= first.start]
    return " ".join(one.text for one in sorted(before, key=lambda one: one.start)[-_SENTENCES_BEFORE:])


def _is_sure(draft: DraftSentence, evidence: Evidence) -> bool:
    return evidence.judged and odds_of(draft, evidence) >= _SURE


def _only_denied(reading: Interpretation, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """If a sentence with all words of the question denies it, only such sentences and what came later; else all."""
    names = {term for name in reading.question.names for term in content_words(name)}
    terms = set(content_words(reading.question.text)) - names
    matches = [draft for draft in drafts if terms and terms <= set(content_words(draft.text))]
    if not any(_denies(draft.text) for draft in matches):
        return list(drafts)
    newest = max((day.toordinal() for draft in matches if (day := day_of(draft, evidence))), default=0)

    def is_later(draft: DraftSentence) -> bool:
        day = day_of(draft, evidence)
        if day is None or day.toordinal() <= newest:
            return False
        return bool(terms & set(content_words(draft.text))) or _is_sure(draft, evidence)

    return [draft for draft in drafts if draft in matches or is_later(draft)]


def _may_hold(kind: AnswerType, text: str) -> bool:
    """True for a value that the question has itself, for a time that is no day, and for an unchanged state."""
    has_time = kind is AnswerType.DAY and PATTERNS.time_words.search(text)
    return bool((kind is not AnswerType.NAME and spans_of(kind, text)) or has_time or PATTERNS.unchanged.search(text))


def _denies(text: str) -> bool:
    return bool(NEGATION_WORDS.intersection(words(text)) or PATTERNS.refuses.search(text))


def fold_repeats(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The same words of the same speaker on several days as one draft, the newest, with a remark on how often."""
    groups: list[list[_Dated]] = []
    for draft in drafts:
        dated = _Dated(draft, day_of(draft, evidence))
        group = next((one for one in groups if _is_repeat(one[0].draft, draft)), None)
        if group is None:
            groups.append([dated])
        else:
            group.append(dated)
    return [group[0].draft if len(group) == 1 else _as_one(group) for group in groups]


def _is_repeat(one: DraftSentence, other: DraftSentence) -> bool:
    if not one.statement or not other.statement or one.statement.denied != other.statement.denied:
        return False
    if fold(one.statement.speaker or "") != fold(other.statement.speaker or "") or not one.statement.speaker:
        return False
    mine, theirs = set(content_words(one.statement.text)), set(content_words(other.statement.text))
    if min(len(mine), len(theirs)) < _FEWEST_WORDS or _pinned(one) != _pinned(other):
        return False
    return len(mine & theirs) >= _ALIKE * max(len(mine), len(theirs))


def _pinned(draft: DraftSentence) -> set[str]:
    """What two drafts must share to say the same: negations, weekdays, and numbers with the word behind each; the day
    of the statement itself apart.
    """
    basis = draft.statement.said_on_basis if draft.statement else None
    tokens = words(draft.text.replace(basis, " ") if basis else draft.text)
    numbers = {
        f"{word} {stem(after)}"
        for word, after in zip(tokens, [*tokens[1:], ""], strict=True)
        if word in COUNTS or any(map(str.isdigit, word))
    }
    return numbers | _PINNED_WORDS.intersection(tokens)


def _as_one(group: Sequence[_Dated]) -> DraftSentence:
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
        return f", {first.day} to {display.day(last)}"
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
    """The drafts by day, the newest first; unless `strictly`, those of the last fortnight stay in order if none
    supersedes another.

    Older ones are marked as earlier, with what superseded them if a later sentence of the same source says otherwise.
    With `acts`, a draft without a statement is an act of the party, which supersedes its words.
    """
    dated = [_Dated(draft, day_of(draft, evidence)) for draft in drafts]
    days = {id(item): newest_publication(item.draft, evidence) for item in dated}
    newest = max((day for day in days.values() if day), default=None)
    by_day = strictly or any(
        _supersedes(one, other, evidence, value, acts=acts) for one in dated for other in dated if one is not other
    )

    def age(item: _Dated) -> int:
        """Days behind the newest; 0 within the last fortnight unless that is sorted by day, too."""
        day = days[id(item)]
        behind = newest.toordinal() - day.toordinal() if newest and day else 0
        return behind if by_day or behind > _RECENT.days else 0

    dated.sort(key=age)
    result: list[DraftSentence] = []
    for at, item in enumerate(dated):
        before = dated[:at]
        later = next((one for one in before if _supersedes(one, item, evidence, value, acts=acts)), None)
        within = timedelta() if later or value in TOTALS else _RECENT
        if item.day is None or not any(_is_later(one, item, evidence, by=within) for one in before):
            result.append(item.draft)
            continue
        remark = f"earlier, {display.day(item.day)}"
        if later and later.day:
            number = _number(later.draft, value)
            by = f"{number} on {display.day(later.day)}" if number else f"what followed on {display.day(later.day)}"
            remark = f"{remark}; superseded by {by}"
        if item.draft.remark:
            remark = f"{remark}; {item.draft.remark}"
        result.append(replace(item.draft, remark=remark))
    return result


def _articles(draft: DraftSentence, evidence: Evidence) -> set[str]:
    return {one.article_id for one in cited_sentences(draft, evidence)}


def _is_later(one: _Dated, item: _Dated, evidence: Evidence, *, by: timedelta = timedelta()) -> bool:
    """True for a draft of a later day from another article, later by more than `by`."""
    if one.day is None or item.day is None or one.day.toordinal() - item.day.toordinal() <= by.days:
        return False
    return not _articles(one.draft, evidence) & _articles(item.draft, evidence)


def _supersedes(later: _Dated, item: _Dated, evidence: Evidence, value: AnswerType, *, acts: bool) -> bool:
    """True if a later draft of the same source has another number, or takes the other side of a denial, or if it is an
    act of whoever spoke.
    """
    if acts and later.draft.statement is None and (words_of := item.draft.statement):
        agents = [name for name in (words_of.speaker, words_of.on_behalf_of) if name]
        return _is_later(later, item, evidence) and any(is_subject(name, later.draft.text) for name in agents)
    if not _is_later(later, item, evidence) or not _sources(later.draft, evidence) & _sources(item.draft, evidence):
        return False
    if value in TOTALS:
        return _number(later.draft, value) != _number(item.draft, value)
    return _denies(later.draft.text) != _denies(item.draft.text) and _on_same_matter(later.draft, item.draft)


def _on_same_matter(one: DraftSentence, other: DraftSentence) -> bool:
    """True if most words of one draft are in the other, as of "will rise" and "will not rise"; "denied this" has none
    that say what about.
    """
    mine, theirs = (
        set(content_words(draft.statement.text if draft.statement else draft.text)) for draft in (one, other)
    )
    return bool(mine & theirs) and len(mine & theirs) >= _SAME_MATTER * min(len(mine), len(theirs))


def _sources(draft: DraftSentence, evidence: Evidence) -> set[str]:
    """Whose account it is: the speaker's and the actor's, else the outlet's."""
    item = draft.statement
    if item and (item.speaker or item.on_behalf_of):
        return {fold(name) for name in (item.speaker, item.on_behalf_of) if name}
    return {fold(one.outlet) for one in cited_sentences(draft, evidence) if one.outlet}


def _number(draft: DraftSentence, value: AnswerType) -> str:
    if value not in TOTALS or draft.answer_span is None:
        return ""
    number = draft.text[draft.answer_span[0] : draft.answer_span[1]]
    return number.lower() if number.isalpha() else number
