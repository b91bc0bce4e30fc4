"""Who is for something and who is against it, and how others react to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement
from rag.knowledge.tables import table, words_of
from rag.knowledge.words import NEGATION_WORDS
from rag.providers.base import log_odds
from rag.question.interpret import Interpretation
from rag.question.kinds import Side
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import report_of
from rag.services.answers.extractive import draft_of
from rag.services.answers.selection import ANSWERS, answering
from rag.services.answers.shapes.base import AnswerDraft, Toolkit, answer_over, no_answer
from rag.services.answers.shapes.lists import MOST_LISTED, by_speaker, is_one_of
from rag.services.answers.shapes.mentions import (
    Occurrence,
    is_ambiguous,
    mentioned_part,
    statements_about,
    subject_of,
    terms_of,
)
from rag.text.related_words import has_similar
from rag.text.terms import content_words, stem, words

_NAME_WORD = re.compile(r"\b[A-Z][\w’'-]+")
_OBJECT_WORDS = 6  # behind a word that takes a side, in which its object stands
_SENTENCE_END = re.compile(r"[.!?]\W*\s")
_OPENING_SENTENCES = 3  # of an article, which say what it is about
_MOST_ARTICLES = 150  # in which those for something, or against it, are looked for, the newest
_NEUTRAL_ODDS = 5.0  # log-odds from which a sentence without a side or a subject by its words may answer who does
_STRONG, _WEAK = 2, 1
_OBJECT_WITHIN = 4  # words behind a verb
# Log-odds that a statement needs if another one surely answers: one that takes a side by a weak word, one that does so
# on something else, and any other.
_WEAK_ODDS, _OFF_SUBJECT_ODDS, _STRONG_ODDS = -2.0, 5.0, -9.0
_MOST_OPPONENTS = 8  # who may disagree
_MOST_JUDGED = 30  # statements
_NEGATED_WITHIN = 3  # words behind a "not"
_SIDES = {
    **{stem(word): _WEAK for word in words_of("sides", "good")},
    **{stem(word): -_WEAK for word in words_of("sides", "bad")},
    **{stem(word): _STRONG for word in words_of("sides", "plainly_for", "for")},
    **{stem(word): -_STRONG for word in words_of("sides", "plainly_against", "against")},
}
_FEELINGS = {
    **{tuple(phrase.split()): _STRONG for phrase in table("sides")["pleased"]},
    **{tuple(phrase.split()): -_STRONG for phrase in table("sides")["displeased"]},
}
_LONGEST_PHRASE = max(map(len, _FEELINGS))
_ATTACKS = frozenset(stem(word) for word in words_of("sides", "attacks"))
_PLANS = frozenset(stem(word) for word in words_of("sides", "plans"))
_WANTS = frozenset(stem(word) for word in words_of("sides", "wants"))
_AVOIDING = words_of("sides", "avoiding")
_RIVALS = words_of("sides", "before_rivals")
_GENERAL = frozenset(stem(word) for word in words_of("sides", "general_groups"))
_TITLES = tuple(frozenset(map(stem, line.split())) for line in table("sides")["titles"])
_OWNER = re.compile(r"(?P<owner>[A-Z][\w-]*(?:\s[A-Z][\w-]*)*)['’]s?\s")
_HOW = {"for": "in support of", "against": "against"}


def sides(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """Who is for something, or against it: only what takes that side, in its own words or in those of the outlet."""
    side = reading.shape.side or "for"
    subject, opponent = _split_opponent(subject_of(reading))
    core = core_of(subject, tools)
    if not core:
        return None
    evidence, pairs = statements_about(tools, core, reading.filters, newest=_MOST_ARTICLES)
    if is_ambiguous(tools, core, evidence.hits) and (whole := " ".join(terms_of(subject))) != core:
        core = whole
        evidence, pairs = statements_about(tools, core, reading.filters, newest=_MOST_ARTICLES)
    if is_ambiguous(tools, core, evidence.hits):
        gap = f"Articles on different subjects mention “{subject}”. Ask again with a name or a place."
        return no_answer(evidence, gap)
    if not evidence.hits:  # no passage has all of its words: a sentence may answer that has others
        return None
    owners = [match["owner"] for match in _OWNER.finditer(subject)]  # of "Holm's plan" Holm is no critic
    left_out = [*reading.shape.besides, *owners, *([opponent] if opponent else [])]
    if side == "against" and subject[:1].isupper():  # nobody criticises whom they speak for
        left_out.append(subject)
    whom = _bearer(subject)
    pairs = [
        (item, own)
        for item, own in pairs
        if not is_one_of(item, left_out) and not all(_sides_with_other(one.text, whom) for one in own)
    ]
    if opponent:  # whoever else speaks on it may disagree
        selection = _answering_back(opponent, core, pairs)
    else:
        selection = _sure(
            reading, tools, evidence, core, [pair for pair in pairs if _takes_side(side, _side_of(*pair))]
        )
    drafts = [draft_of([item], evidence.sentences) for _, item in by_speaker(selection, ())]
    if not opponent:
        evidence, reports = _reports(reading, tools, evidence, core, drafts)
        drafts = _most_certain([*drafts, *reports], side, subject, reading.shape.group)
        drafts = _with_followers(drafts, evidence)
    if not drafts:
        gap = f"The articles do not say who is {_HOW[side]} “{subject}”."
        gap = f"The articles have no statement on “{subject}” by anybody but {opponent}." if opponent else gap
        return no_answer(evidence, gap)
    note = f"Others who speak on “{subject}”; whether they disagree with {opponent} is for you to judge."
    return answer_over(evidence, drafts[: _MOST_OPPONENTS if opponent else MOST_LISTED], (note,) if opponent else ())


def _most_certain(drafts: Sequence[DraftSentence], side: Side, subject: str, group: str) -> list[DraftSentence]:
    """Of the drafts those that take the side on the very name of a subject that has one, and those of a `group`
    ("senators") where one is asked for, by its word or the speaker's office; all where none does.
    """
    whom = _bearer(subject)
    members = _members(group)

    def is_on_name(draft: DraftSentence) -> bool:
        return any(stems & whom and _takes_side(side, value) for value, stems in _objects(draft.text))

    def is_of_group(draft: DraftSentence) -> bool:
        item = draft.statement
        office = f"{item.role or ''} {item.on_behalf_of or ''}" if item else ""
        return not members.isdisjoint(content_words(f"{office} {draft.text}"))

    on_name = list(filter(is_on_name, drafts)) or list(drafts)
    return list(filter(is_of_group, on_name)) or on_name


def _members(group: str) -> set[str]:
    """The stems by which one of a group may be known; empty for a group whose members are seldom called so."""
    stems = set(content_words(group)) - _GENERAL
    return stems.union(*(titles for titles in _TITLES if stems & titles))


def _answering_back(opponent: str, core: str, pairs: Sequence[Occurrence]) -> list[Statement]:
    """Those who name the opponent or take a side in a sentence on the subject; if nobody does, all."""
    subject, name = {stem(term) for term in words(core)}, set(words(opponent)[-1:])
    near = [
        item
        for item, own in pairs
        if any(subject & set(content_words(one.text)) for one in own)
        and (_side_of(item, own) or any(name & set(words(one.text)) for one in own))
    ]
    return near or [item for item, _ in pairs]


def core_of(subject: str, tools: Toolkit) -> str:
    """The words of a subject that carry meaning, without those that no article has, and those for any plan ("the port's
    decision"), if others are left.
    """
    terms = terms_of(mentioned_part(subject, tools))
    return " ".join([term for term in terms if stem(term) not in _PLANS] or terms)


def _with_followers(drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """The drafts, and the sentences behind theirs that say the same of somebody else ("So did the owner ...")."""
    result = list(drafts)
    sids = {sid for draft in drafts for sid in draft.sids}
    for one, after in pairwise(evidence.sentences):
        follows = one.sid in sids and one.article_id == after.article_id and PATTERNS.so_did.match(after.text)
        if follows and after.sid not in sids:
            sids.add(after.sid)
            result.append(report_of(after))
    return result


def _reports(
    reading: Interpretation, tools: Toolkit, evidence: Evidence, core: str, drafts: Sequence[DraftSentence]
) -> tuple[Evidence, list[DraftSentence]]:
    """What the articles report beyond the drafts: sentences that take this side and answer, or do so in an article on
    the subject; if there are none, those that surely answer and take no side. With them the judged evidence.
    """
    side = reading.shape.side or "for"
    scored = tools.judge(reading.question, evidence)
    if scored is None:
        return evidence, []
    sids = {sid for draft in drafts for sid in draft.sids}
    left_out = [set(words(name)[-1:]) for name in reading.shape.besides]
    answers = [item for item in answering(scored.sentences) if not is_about_other(item.text, core)]
    near = _on_subject(core, scored)
    whom = _bearer(subject_of(reading))
    items = [
        item
        for item in answers
        if not _sides_with_other(item.text, whom)
        if _takes_side(side, side_in(item.text)) and (item.sid in near or log_odds(item.score) >= _NEUTRAL_ODDS)
    ]
    items += [
        item
        for item in taking_sides(scored, core)
        if _takes_side(side, side_in(item.text)) and item not in items
        if not _sides_with_other(item.text, whom)
        if item.sid in near or log_odds(item.score) > _STRONG_ODDS
    ]
    if not drafts and not items:
        items = [item for item in answers if not side_in(item.text) and log_odds(item.score) >= _NEUTRAL_ODDS]
    return scored, [
        report_of(item)
        for item in items
        if item.sid not in sids and not any(name <= set(words(item.text)) for name in left_out)
    ]


def taking_sides(evidence: Evidence, core: str) -> list[EvidenceSentence]:
    """The sentences that take a side by strong words and name who does, in articles on the subject: with its words in
    headline and opening, or in such a sentence.
    """
    terms = {stem(term) for term in words(core)}
    about = opening_words(evidence)
    strong = [one for one in evidence.sentences if is_strong(one.text) and not PATTERNS.subject_opening.match(one.text)]
    own = {one.article_id for one in strong if any(terms <= stems for _, stems in _objects(one.text))}
    return [
        one
        for one in strong
        if (one.article_id in own or terms <= about.get(one.article_id, set()))
        and not is_about_other(one.text, core, about.get(one.article_id, ()))
    ]


def _on_subject(core: str, evidence: Evidence) -> set[str]:
    """The ids of the sentences with a word of the subject, and of those whose pronoun stands for what the sentence
    before has of it: "Her party would support it."
    """
    subject, near = {stem(term) for term in words(core)}, set[str]()
    has_subject, article = False, ""
    for one in evidence.sentences:
        is_behind = has_subject and one.article_id == article and PATTERNS.refers_back.search(one.text) is not None
        has_subject, article = bool(subject & set(content_words(one.text))), one.article_id
        if has_subject or is_behind:
            near.add(one.sid)
    return near


def opening_words(evidence: Evidence) -> dict[str, set[str]]:
    """The stems of the headline and the first sentences of each article, by article id."""
    stems: dict[str, set[str]] = {}
    for one in evidence.sentences:
        before = evidence.texts.get((one.article_id, one.version), "")[: one.start]
        if len(_SENTENCE_END.findall(before)) < _OPENING_SENTENCES:
            stems.setdefault(one.article_id, set()).update(content_words(f"{one.title} {one.text}"))
    return stems


def _sure(
    reading: Interpretation, tools: Toolkit, evidence: Evidence, core: str, pairs: Sequence[Occurrence]
) -> list[Statement]:
    """Of statements that take a side, if one of them surely answers, those that score well enough beside it; else
    those with at least half of the subject's words.
    """
    subject = {stem(term) for term in words(core)}

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

    near = _on_subject(core, evidence)

    def least(item: Statement, own: Sequence[EvidenceSentence]) -> float:
        if abs(_side_of(item, own)) < _STRONG:
            return _WEAK_ODDS
        return _STRONG_ODDS if any(one.sid in near for one in own) else _OFF_SUBJECT_ODDS

    return [item for item, own in pairs if best[id(item)] > least(item, own)]


def _takes_side(side: Side, value: int) -> bool:
    return value > 0 if side == "for" else value < 0


def _side_of(item: Statement, own: Sequence[EvidenceSentence]) -> int:
    """Above 0 for support, below for opposition: by the cue and the content, else by the whole sentence."""
    cue = item.cue.text if item.cue else ""
    value = sum(side_in(text) for text in (cue, item.text)) or _WEAK * (not _WANTS.isdisjoint(content_words(cue)))
    return (-value if item.denied else value) or sum(side_in(one.text) for one in own)


def side_in(text: str) -> int:
    """How far the words of a text take a side: above 0 for it, below 0 against it; a "not" close before turns it, and
    so does what is said against something behind it ("rejected the criticism").
    """
    return sum(weight for _, weight in _weights(words(text)))


def _weights(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """(index behind it, weight) of each word or phrase that takes a side."""
    stems = [stem(word) for word in tokens]
    weights, targets, at = list[tuple[int, int]](), set[int](), 0
    while at < len(tokens):
        sizes = range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1)
        size = next((size for size in sizes if tuple(tokens[at : at + size]) in _FEELINGS), 1)
        weight = _FEELINGS.get(tuple(tokens[at : at + size])) or (0 if at in targets else _SIDES.get(stems[at], 0))
        if weight == -_STRONG:
            within = range(at + 1, min(at + 1 + _OBJECT_WITHIN, len(stems)))
            if attacks := [n for n in within if stems[n] in _ATTACKS]:
                weight, targets = -weight, targets | set(attacks)
        if (NEGATION_WORDS | _AVOIDING).intersection(tokens[max(0, at - _NEGATED_WITHIN) : at]):
            weight = -weight
        if weight:
            weights.append((at + size, weight))
        at += size
    return weights


def is_strong(text: str) -> bool:
    """True for a text that takes a side by more than a word that judges, or judges a plan in somebody's own words."""
    value = abs(side_in(text))
    return value >= _STRONG or (value > 0 and bool(PATTERNS.calls.search(text)))


def is_about_other(text: str, core: str, context: Collection[str] = ()) -> bool:
    """True if what a text takes a side on is named, and neither in the words of the subject nor in a word for any plan
    or of the `context` (stems).
    """
    stems_of_subject = {stem(term) for term in words(core)} | _PLANS | set(context)
    objects = [stems for _, stems in _objects(text)]
    return bool(objects) and not any(
        not stems or any(has_similar(one, stems_of_subject) for one in stems) for stems in objects
    )


def _name_stems(text: str) -> set[str]:
    """The stems of the words of a text with a capital."""
    return {stem(word) for name in _NAME_WORD.findall(text) for word in words(name)}


def _bearer(subject: str) -> set[str]:
    """The stems of a subject that is a name and nothing more; empty for "the Halden dam"."""
    stems = _name_stems(subject)
    return stems if stems >= {stem(term) for term in terms_of(subject)} else set()


def _sides_with_other(text: str, whom: Collection[str]) -> bool:
    """True if `whom` are the stems of a name, and what a text takes a side on are others with a name."""
    objects, names = [stems for _, stems in _objects(text)], _name_stems(text)
    return bool(whom) and any(stems & names for stems in objects) and not any(stems & set(whom) for stems in objects)


def _objects(text: str) -> list[tuple[int, set[str]]]:
    """Of each clause that takes a side by a strong word the side and the stems of what it does so on; these are empty
    if it does not say.
    """
    objects = []
    for clause in PATTERNS.clause_end.split(text):
        tokens = words(clause)
        if strong := [(end, weight) for end, weight in _weights(tokens) if abs(weight) >= _STRONG]:
            end, weight = strong[-1]
            behind = " ".join(takewhile(lambda word: word not in _RIVALS, tokens[end:][:_OBJECT_WORDS]))
            objects.append((weight, set[str]() if PATTERNS.from_whom.match(behind) else set(content_words(behind))))
    return objects


def _split_opponent(subject: str) -> tuple[str, str]:
    """The subject and whom it is set against: "Ida Holm on the levy" is about the levy."""
    match = re.match(
        r"(?:with\s+)?(?P<whom>[A-Z][\w’'.-]*(?:\s+[A-Z][\w’'.-]*)*)\s+(?:on|about|over)\s+(?P<what>.+)$", subject
    )
    return (match["what"], match["whom"]) if match else (subject, "")
