"""Counted over the whole library and listed: the articles on a subject, who speaks on it, and who takes which side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement
from rag.knowledge.tables import words_of
from rag.knowledge.words import CONTRACTED_NEGATIONS, NEGATIONS
from rag.question.interpret import Interpretation
from rag.question.kinds import Side
from rag.services.answers.extractive import draft_of
from rag.services.answers.relevance import log_odds
from rag.services.answers.selection import ANSWERS, answering
from rag.services.answers.shapes.base import Shaped, Workbench, stands_in
from rag.services.answers.shapes.mentions import first_mentions, mentioning, statements_about, subject_of, terms_of
from rag.services.answers.shapes.overview import whole_of
from rag.services.answers.stated import Gathered
from rag.text.terms import content_words, joint_speakers, stem, words

_SO_DID = re.compile(r"(?:So|As|Nor|Neither) (?:did|does|do|has|have|had|is|are|was|were|will|would)\b")
_LISTED = 20  # articles, or speakers, that are shown
_HEARD = 150  # articles in which those for something, or against it, are looked for, the newest
_VERY_SURE = 6.0  # the same where others answer by their words
_SURE = 3.0  # log-odds from which a sentence that takes no side by its words may answer who does
_PRINTED_LATER = timedelta(days=7)
_STRONG, _WEAK = 2, 1
_AHEAD = 4  # words behind a verb in which its object stands
# Log-odds that a sentence needs which takes a side by a weak word, and one whose strong word may be on something else,
# where another sentence surely answers.
_WEAKLY, _UNLIKE, _FOREIGN = -2.0, -5.0, -9.0
_JUDGED = 30  # statements that are judged
_BACK = 3  # words in which a "not" turns a word of a side round
_NOT = NEGATIONS | {word.replace("'", "") for word in CONTRACTED_NEGATIONS}
_SIDES = {
    **{stem(word): _WEAK for word in words_of("sides", "good")},
    **{stem(word): -_WEAK for word in words_of("sides", "bad")},
    **{stem(word): _STRONG for word in words_of("sides", "for")},
    **{stem(word): -_STRONG for word in words_of("sides", "against")},
}
_ATTACKS = frozenset(stem(word) for word in words_of("sides", "attacks"))
_HOW = {"for": "in support of", "against": "against"}


def articles(read: Interpretation, bench: Workbench) -> Shaped | None:
    """How many articles mention the subject, and which: the newest of them, each by its first mention."""
    subject = subject_of(read)
    if not terms_of(subject):
        return _all_articles(read, bench)
    mentions = mentioning(bench, subject, read.filters)
    evidence = bench.retriever.evidence(mentions.hits[:_LISTED])
    if not mentions.hits:
        return Shaped(Gathered(evidence, 0.0, f"No article mentions “{subject}”."), ())
    copies = f", not counting {_count(mentions.copies, 'wire copy', 'wire copies')}" if mentions.copies else ""
    verb = "mentions" if len(mentions.hits) == 1 else "mention"
    note = f"{_count(len(mentions.hits), 'article', 'articles')} {verb} “{subject}”{copies}.{_rest(len(mentions.hits))}"
    return _listed(evidence, first_mentions(subject, evidence), note)


def _all_articles(read: Interpretation, bench: Workbench) -> Shaped | None:
    """How many articles there are, within the filters, with the newest."""
    total = bench.library.articles.count(read.filters)
    narrowed = " that fit" if read.filters else ""
    newest = bench.library.articles.page(read.filters, limit=_LISTED)
    evidence = whole_of(bench, newest)
    note = f"The library holds {_count(total, 'article', 'articles')}{narrowed}.{_rest(total)}"
    return _listed(evidence, first_mentions("", evidence), note)


def _listed(evidence: Evidence, items: Sequence[EvidenceSentence], note: str) -> Shaped:
    drafts = tuple(
        DraftSentence(
            text=item.text, sids=(item.sid,), kind="reported", remark=", ".join(filter(None, [item.outlet, item.title]))
        )
        for item in items
    )
    return Shaped(Gathered(evidence, 1.0, None, (note,)), drafts)


def speakers(read: Interpretation, bench: Workbench) -> Shaped | None:
    """Who has spoken on the subject, each by the newest statement; None where that is not said of anything."""
    subject = subject_of(read)
    if not terms_of(subject):
        return None
    evidence, pairs = statements_about(bench, subject, read.filters)
    newest = _by_speaker(pairs, read.shape.besides)
    besides = bool(read.shape.besides) or " else " in f" {read.text.casefold()} "
    else_ = " else" if besides else ""
    if not newest:
        return Shaped(Gathered(evidence, 0.0, f"The articles hold no statement by anybody{else_} on “{subject}”."), ())
    names = [name for name, _ in newest]
    who = (
        _count(len(names), "other speaker", "other speakers") if besides else _count(len(names), "speaker", "speakers")
    )
    verb = "has" if len(names) == 1 else "have"
    note = f"{who} {verb} spoken on “{subject}”: {', '.join(names[:_LISTED])}.{_rest(len(names))}"
    drafts = tuple(draft_of([item], evidence.sentences) for _, item in newest[:_LISTED])
    return Shaped(Gathered(evidence, 1.0, None, (note,)), drafts)


def statements(read: Interpretation, bench: Workbench) -> Shaped | None:
    """What was said on the subject, newest first, and within the days of the question by the day of the saying; of
    quotations only direct words. None where neither a subject nor a day bounds it, and where none has its words."""
    subject = subject_of(read)
    filters = read.scope.without_dates
    if read.scope.is_dated:  # a saying is printed on its day or in the week after
        until = read.filters.until + _PRINTED_LATER if read.filters.until else None
        filters = replace(filters, since=read.filters.since, until=until)
    if terms_of(subject):
        evidence, pairs = statements_about(bench, subject, filters)
        found = [item for item, _ in pairs]
    elif read.scope.is_dated:
        found = bench.library.statements.find(filters)
        evidence = Evidence()
    else:
        return None
    found = [item for item in found if not read.scope.is_dated or _is_of_days(item, read)]
    if read.shape.items == "quotations":
        found = [item for item in found if item.kind != "indirect" and not item.stance]
    found.sort(key=_day, reverse=True)
    if not evidence.sentences:
        evidence = bench.retriever.evidence((), found[:_LISTED])
    drafts: dict[str, DraftSentence] = {}
    for item in found:
        draft = draft_of([item], evidence.sentences)
        drafts.setdefault(draft.text, draft)
    what = "quotation" if read.shape.items == "quotations" else "statement"
    shown = f" on “{subject}”" if terms_of(subject) else " of these days"
    if not drafts and terms_of(subject):
        return None  # a longer subject may be spoken of in other words
    if not drafts:
        return Shaped(Gathered(evidence, 0.0, f"The articles hold no {what}{shown}."), ())
    note = f"{_count(len(drafts), what, f'{what}s')}{shown}, newest first.{_rest(len(drafts))}"
    return Shaped(Gathered(evidence, 1.0, None, (note,)), tuple(drafts.values())[:_LISTED])


def _is_of_days(item: Statement, read: Interpretation) -> bool:
    day = item.said_on or item.published
    return day is not None and read.scope.is_within(day)


def sides(read: Interpretation, bench: Workbench) -> Shaped | None:
    """Who is for something, or against it: only what takes that side, in its own words or in those of the outlet."""
    side = read.shape.side or "for"
    subject, whom = _whom(subject_of(read))
    if not terms_of(subject):
        return None
    evidence, pairs = statements_about(bench, subject, read.filters, newest=_HEARD)
    if not evidence.hits:  # no passage has all of its words: a sentence may answer that has others
        return None
    left_out = [*read.shape.besides, *([whom] if whom else [])]
    spoken = [(item, own) for item, own in pairs if not _is_one_of(item, left_out)]
    # Of another mind than somebody may be whoever else speaks on it.
    taking = [(item, own) for item, own in spoken if whom or _takes(side, item, own)]
    chosen = [item for item, own in taking] if whom else _surely(read, bench, evidence, taking)
    drafts = [draft_of([item], evidence.sentences) for _, item in _by_speaker([(one, []) for one in chosen], ())]
    if not whom:
        more, added = _told(read, bench, evidence, side, drafts)
        evidence, drafts = more, _with_followers([*drafts, *added], more)
    if not drafts:
        gap = f"The articles do not say who is {_HOW[side]} “{subject}”."
        gap = f"The articles hold no statement on “{subject}” by anybody but {whom}." if whom else gap
        return Shaped(Gathered(evidence, 0.0, gap), ())
    notes = (
        (f"Others who speak on “{subject}”; whether they disagree with {whom} is for you to judge.",) if whom else ()
    )
    return Shaped(Gathered(evidence, 1.0, None, notes), tuple(drafts[:_LISTED]))


def _with_followers(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts, each with the sentence behind it that says the same of somebody else ("So did the owner ...")."""
    result = list(drafts)
    shown = {sid for draft in drafts for sid in draft.sids}
    for one, after in pairwise(evidence.sentences):
        follows = one.sid in shown and one.article_id == after.article_id and _SO_DID.match(after.text)
        if follows and after.sid not in shown:
            shown.add(after.sid)
            result.append(DraftSentence(text=after.text, sids=(after.sid,), kind="reported"))
    return result


def _told(
    read: Interpretation, bench: Workbench, evidence: Evidence, side: Side, drafts: Sequence[DraftSentence]
) -> tuple[Evidence, list[DraftSentence]]:
    """What the articles tell in sentences without a statement: of this side by their words, and about the subject."""
    scored = bench.judged(read.question, evidence)
    if scored is None:
        return evidence, []
    shown = {sid for draft in drafts for sid in draft.sids}
    left_out = [set(words(name)[-1:]) for name in read.shape.besides]
    added = []
    for item in answering(scored.sentences):
        worth = side_in(item.text)
        fits = worth > 0 if side == "for" else worth < 0
        if any(name <= set(words(item.text)) for name in left_out):
            continue
        least = _VERY_SURE if drafts else _SURE
        says = not drafts or any(stands_in(one, item) for one in scored.statements)
        if item.sid not in shown and (fits or (worth == 0 and says and log_odds(item.score) >= least)):
            added.append(DraftSentence(text=item.text, sids=(item.sid,), kind="reported"))
    return scored, added


def _surely(
    read: Interpretation,
    bench: Workbench,
    evidence: Evidence,
    taking: Sequence[tuple[Statement, Sequence[EvidenceSentence]]],
) -> list[Statement]:
    """Of statements that take a side, without those that do so by a weak word only and that the judge takes for none
    where it takes another for an answer."""
    subject = {stem(term) for term in terms_of(subject_of(read))}

    def held(own: Sequence[EvidenceSentence]) -> int:
        return len(subject & {term for one in own for term in content_words(f"{one.title} {one.text}")})

    nearest = {id(item) for item, _ in sorted(taking, key=lambda pair: -held(pair[1]))[:_JUDGED]}
    taking = [(item, own) for item, own in taking if id(item) in nearest]
    spoken = {one.sid: one for _, own in taking for one in own}
    scored = bench.judged(read.question, replace(evidence, hits=(), sentences=tuple(spoken.values())))
    if scored is None:
        return [item for item, _ in taking]
    odds = {one.sid: log_odds(one.score) for one in scored.sentences}
    best = {id(item): max(odds[one.sid] for one in own) for item, own in taking}
    if max(best.values(), default=_UNLIKE) < ANSWERS:
        return [item for item, own in taking if len(subject) <= 2 * held(own)]

    def least(item: Statement, own: Sequence[EvidenceSentence]) -> float:
        if abs(_side_of(item, own)) < _STRONG:
            return _WEAKLY
        return _FOREIGN if held(own) else _UNLIKE

    return [item for item, own in taking if best[id(item)] > least(item, own)]


def _takes(side: Side, item: Statement, own: Sequence[EvidenceSentence]) -> bool:
    worth = _side_of(item, own)
    return worth > 0 if side == "for" else worth < 0


def _side_of(item: Statement, own: Sequence[EvidenceSentence]) -> int:
    """Above 0 for support, below for opposition: by the cue and the content, else by the whole sentence."""
    worth = sum(side_in(text) for text in (item.cue.text if item.cue else "", item.text))
    if item.denied:
        worth = -worth
    return worth or sum(side_in(one.text) for one in own)


def side_in(text: str) -> int:
    """How far the words of a text take a side: above 0 for it, below 0 against it; a "not" close before turns it, and
    so does what is said against something behind it ("rejected the criticism").
    """
    worth, line = 0, [stem(word) for word in words(text)]
    plain, answered = words(text), set[int]()
    for at, word in enumerate(line):
        weight = 0 if at in answered else _SIDES.get(word, 0)
        if weight == -_STRONG and (
            attacks := [n for n in range(at + 1, at + 1 + _AHEAD) if line[n : n + 1] and line[n] in _ATTACKS]
        ):
            weight, answered = -weight, answered | set(attacks)
        worth += -weight if _NOT.intersection(plain[max(0, at - _BACK) : at]) else weight
    return worth


def _by_speaker(
    pairs: Iterable[tuple[Statement, Sequence[EvidenceSentence]]], besides: Iterable[str]
) -> list[tuple[str, Statement]]:
    """Each speaker by the fullest name, with the newest statement; without those who are left out."""
    left_out = list(besides)
    groups: dict[str, tuple[str, Statement]] = {}
    for item, _ in pairs:
        if not item.speaker or _is_one_of(item, left_out):
            continue
        for name in joint_speakers(item.speaker):
            key = words(name)[-1] if words(name) else name
            known = groups.get(key)
            if known is None:
                groups[key] = (name, item)
            else:
                newest = item if _day(item) > _day(known[1]) else known[1]
                groups[key] = (max(known[0], name, key=len), newest)
    return list(groups.values())


def _day(item: Statement) -> int:
    day = item.said_on or item.published
    return day.toordinal() if day else 0


def _is_one_of(item: Statement, names: Sequence[str]) -> bool:
    own = {word for name in (item.speaker, item.on_behalf_of) if name for word in words(name)[-1:]}
    return any(set(words(name)[-1:]) & own for name in names)


def _whom(subject: str) -> tuple[str, str]:
    """The subject and whom it is set against: "Ida Holm on the levy" is about the levy."""
    match = re.match(
        r"(?:with\s+)?(?P<whom>[A-Z][\w’'.-]*(?:\s+[A-Z][\w’'.-]*)*)\s+(?:on|about|over)\s+(?P<what>.+)$", subject
    )
    return (match["what"], match["whom"]) if match else (subject, "")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _rest(total: int) -> str:
    return f" The newest {_LISTED} are listed." if total > _LISTED else ""


def listed(read: Interpretation, bench: Workbench) -> Shaped | None:
    """A list of articles, of speakers or of what they said."""
    make = {"articles": articles, "statements": statements, "quotations": statements}.get(
        read.shape.items or "", speakers
    )
    return make(read, bench)
