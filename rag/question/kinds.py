"""The kind of answer that a question asks for, which gives the answer its shape.

Each row of `knowledge/questions.toml` is one way of asking. A question is matched in lower case with the misspelt words
of the table corrected, and the first matching row gives the kind. Without a match the kind is OPEN, or VALUE where the
question word asks for one (`answer_type`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Literal, get_args

from rag.knowledge.tables import expand, table, words_of
from rag.question.answer_type import AnswerType, answer_type
from rag.question.lexicon import LEXICON, PATTERNS, VERBS
from rag.question.spelling import edit_distance
from rag.text.canonical import fold
from rag.text.terms import content_words, is_english

Side = Literal["for", "against"]
ListItems = Literal["articles", "outlets", "speakers", "statements", "quotations"]


class AnswerKind(StrEnum):
    """What an answer looks like."""

    WHO_IS = "who_is"  # a card from the record
    WHO_SAID = "who_said"  # the speaker first
    SAID_WHEN = "said_when"  # the day of a statement
    VALUE = "value"  # the sentence that holds a day, a place, a number, an age, a name
    YES_NO = "yes_no"  # the deciding sentence first
    REASON = "reason"
    COMPARISON = "comparison"  # both sides
    SIDE = "side"  # who is for, who is against
    REACTION = "reaction"  # everybody who reacts, or one of them
    CHANGE = "change"  # before and after
    LIST = "list"  # counted over the whole library
    TIMELINE = "timeline"  # dated events
    CONFLICTS = "conflicts"  # sentences that contradict each other, in pairs
    OVERVIEW = "overview"  # a short brief
    POSITION = "position"  # newest first, what is older below
    OPEN = "open"

    @property
    def is_counted(self) -> bool:
        """True for what is counted or compared over the whole library, which no model writes."""
        return self in (AnswerKind.LIST, AnswerKind.TIMELINE, AnswerKind.CONFLICTS)

    @property
    def weighs_sources(self) -> bool:
        """True where contradictions between sources belong in the answer: not where each source is asked for by its day
        or its side.
        """
        return self in _WEIGHING_SOURCES


_WEIGHING_SOURCES = frozenset(
    {
        AnswerKind.VALUE, AnswerKind.YES_NO, AnswerKind.REASON, AnswerKind.OPEN, AnswerKind.WHO_IS, AnswerKind.WHO_SAID,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The kind of a question with its parameters.

    `subject` is whom or what it is about, in the question's own letters and empty for everything; `side` belongs to
    SIDE, as does `group`, of whom it asks ("which ministers"), `items` to LIST, `party` to REACTION and quotations
    (whose; empty for everybody's). `newest_first` holds for "current", "so far" and states ("what is the rate"),
    `latest_only` where the newest is all that is wanted, `is_brief` where one sentence is, `is_event` for questions
    about what happened, `is_claim` for whether something said is true. `besides` are the names that the answer leaves
    out ("who else").
    """

    kind: AnswerKind
    value: AnswerType = AnswerType.OPEN
    subject: str = ""
    side: Side | None = None
    group: str = ""
    items: ListItems | None = None
    party: str = ""
    newest_first: bool = False
    latest_only: bool = False
    is_brief: bool = False
    is_event: bool = False
    is_claim: bool = False
    besides: tuple[str, ...] = ()


_OPENERS = "and |but |so |ok |please "
_FEWEST_CONTENT_WORDS = 2  # of each clause
_EXACT_WORDS = LEXICON.cues | words_of("questions", "near_cues")
_KIND_OF_TYPE = {
    AnswerType.OPEN: AnswerKind.OPEN,
    AnswerType.YES_NO: AnswerKind.YES_NO,
    AnswerType.REASON: AnswerKind.REASON,
}
_PRESUPPOSING: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), polar) for pattern, polar in table("questions")["presupposing"]
)
_SHORT_FORMS = tuple((re.compile(pattern), expansion) for pattern, expansion in table("questions")["short_forms"])
# Letters: the fewest of a word that is corrected, the most of a cue where only swapped, missing and surplus letters
# count, the fewest of a word with two wrong ones.
_SHORTEST, _SHORT, _LONG = 3, 5, 8


@cache
def _patterns() -> tuple[tuple[AnswerKind, re.Pattern[str], Mapping[str, str]], ...]:
    """Kind, pattern and row of each way of asking."""
    patterns = []
    for row in table("questions")["rows"]:
        pattern = expand("questions", row["pattern"], **VERBS)
        patterns.append((AnswerKind(row["kind"]), re.compile(rf"\W*(?:{_OPENERS})?{pattern}\W*$"), row))
    return tuple(patterns)


def shape_of(question: str) -> Shape:
    """The kind of answer that a question asks for, with its parameters."""
    line = _normalize(question)
    newest = bool(PATTERNS.newest.search(line))
    value = answer_type(line)
    for kind, pattern, row in _patterns():
        match = pattern.match(line)
        if match is None or (kind is AnswerKind.WHO_IS and not _is_person_or_office(match["topic"])):
            continue
        parts = {name: part or "" for name, part in match.groupdict().items()}
        topic = parts.get("topic", "")
        if kind is AnswerKind.WHO_IS and PATTERNS.office_phrase.match(topic):
            office = _original_wording(question, topic.strip())
            return Shape(kind=AnswerKind.VALUE, value=AnswerType.PERSON, subject=office, newest_first=True)
        if PATTERNS.on_topic.match(since := parts.get("since", "")):
            topic = f"{topic} {since}"
        left_out = parts.get("besides", "")
        if behind := PATTERNS.besides.search(topic):  # "Who has commented besides Holm?"
            topic, left_out = topic[: behind.start()], behind["besides"]
        besides = re.split(r",|\band\b", _original_wording(question, left_out.strip()))
        return Shape(
            kind=kind,
            value=value,
            subject=_original_wording(question, topic.strip(" ?.!,:")),
            group=_original_wording(question, parts.get("group", "")),
            side="for" if row.get("side") == "for" else "against" if "side" in row else None,
            items=next((item for item in get_args(ListItems) if item == row.get("items")), None),
            party=_original_wording(question, parts.get("party", "").strip()),
            newest_first=newest,
            is_event="event" in row,
            besides=tuple(name.strip() for name in besides if name.strip()),
        )
    if PATTERNS.yes_no_claim.match(line):
        return Shape(kind=AnswerKind.YES_NO, value=AnswerType.YES_NO, newest_first=newest, is_claim=True)
    latest = bool(PATTERNS.latest.search(line))
    may_be_position = value in (AnswerType.OPEN, AnswerType.YES_NO)
    if PATTERNS.stands.search(line) or (may_be_position and PATTERNS.position.search(line)):
        return Shape(kind=AnswerKind.POSITION, newest_first=newest, latest_only=latest)
    if asks_several(line):  # a sentence may answer one of them
        return Shape(kind=AnswerKind.OPEN, newest_first=newest)
    kind = _KIND_OF_TYPE.get(value, AnswerKind.VALUE)
    latest = latest and kind is AnswerKind.OPEN
    is_state = PATTERNS.state.search(line) or PATTERNS.by_now.match(line) or PATTERNS.leadership.search(line)
    newest = newest or bool(is_state) or latest
    return Shape(kind=kind, value=value, newest_first=newest, latest_only=latest)


def asks_several(question: str) -> bool:
    """True for a question with several question words; "the runner who fell" has none of its own."""
    return len(PATTERNS.clause_question_word.findall(question.casefold())) > 1


def clauses_of(question: str) -> list[str]:
    """The questions that one sentence asks, in its own words; the question itself if it asks one, or if a part leans on
    another: "who designed and who built the tower?"
    """
    starts = [match.end() - len(match["word"]) for match in PATTERNS.clause_question_word.finditer(question.casefold())]
    if len(starts) < 2 or len(question) != len(question.casefold()):
        return [question]
    bounds = [0, *starts[1:], len(question)]
    clauses = [PATTERNS.clause_link.sub("", question[start:end]) for start, end in pairwise(bounds)]
    is_each_whole = all(len(content_words(clause)) >= _FEWEST_CONTENT_WORDS for clause in clauses)
    return [f"{clause}?" for clause in clauses] if is_each_whole else [question]


def presupposition_of(question: str) -> str | None:
    """Whether that holds which a question takes for granted, roughly worded: "Did any people died in the flood?" for
    "How many people died in the flood?". None for a question that takes nothing for granted.
    """
    for pattern, replacement in _PRESUPPOSING:
        polar, count = pattern.subn(replacement, question.strip(), count=1)
        if count:
            return polar[:1].upper() + polar[1:]
    return None


def _is_person_or_office(topic: str) -> bool:
    """True for a name or an office, False for a predicate behind "who is": "leading", "hurt"."""
    first = topic.split()[0]
    return (
        not PATTERNS.leadership.search(f"who is {topic}")
        and first not in LEXICON.after_who_is
        and not first.endswith(("ing", "ed"))
    )


def _normalize(question: str) -> str:
    """The question in lower case with its short forms expanded and its cues spelled correctly."""
    line = re.sub(r"\s+", " ", question.strip().casefold())
    for pattern, expansion in _SHORT_FORMS:
        line = pattern.sub(expansion, line)
    return re.sub(r"[^\W\d_]+", lambda match: _correct_cue(match.group(), line[match.end() :]), line)


def _correct_cue(word: str, after: str) -> str:
    """The one cue that a misspelt word is nearest to, else the word; `after` decides between "who" and "how"."""
    key = fold(word)
    is_another = is_english(key) and key.removesuffix("s") not in LEXICON.cues  # "criticism", but not "positions"
    if key in _EXACT_WORDS or len(key) < _SHORTEST or is_another:
        return word
    most = 2 if len(key) >= _LONG else 1
    distances = {cue: edit_distance(key, cue, most) for cue in sorted(LEXICON.cues) if _is_candidate(key, cue, most)}
    least = min(distances.values(), default=most + 1)
    nearest = [cue for cue, distance in distances.items() if distance == least <= most]
    if len(nearest) > 1 and {"who", "how"} <= set(nearest):
        return "how" if PATTERNS.after_how.match(after) else "who"
    return nearest[0] if nearest and all(cue[:4] == nearest[0][:4] for cue in nearest) else word


def _is_candidate(key: str, cue: str, most: int) -> bool:
    """True where a cue is worth measuring; a short one only with swapped ("hwo"), missing or surplus letters."""
    if abs(len(key) - len(cue)) > most:
        return False
    if len(cue) <= _SHORT:
        return sorted(key) == sorted(cue) or (abs(len(key) - len(cue)) == 1 and key[0] == cue[0])
    return key[0] == cue[0]


def _original_wording(question: str, part: str) -> str:
    """A part of the normalized question in the question's own letters; unchanged where its words were corrected."""
    line = re.sub(r"\s+", " ", question.strip())
    start = line.casefold().find(part) if part else -1
    return line[start : start + len(part)] if start >= 0 else part


def is_cue(word: str) -> bool:
    """True for a folded word that marks a kind of question, or is so near to one that it is never corrected."""
    return word in _EXACT_WORDS
