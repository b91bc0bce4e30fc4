"""Whether a day belongs to the main clause of its sentence: the day of what the sentence tells, not of an aside.

"The mayor, who resigned on Monday, will move" names the day of an aside, and so does "a week after he resigned on
Monday". The clauses are recognised by closed classes of words; where they leave it open, the day is the main clause's.
"""

from __future__ import annotations

import re

from rag.domain import Span
from rag.knowledge.tables import pattern_of, words_of
from rag.knowledge.words import BASE_FORMS, MODALS, SAYING_FORMS

_FINITE = words_of("function_words", "finite")
_RELATIVE = re.compile(r"(?P<comma>,\s+(?:[\w’']+\s+){0,3}?)?\b(?:who|whose|whom|which|where)\b", re.IGNORECASE)
_OTHER_TIME, _COUNTED = (pattern_of("calendar", key) for key in ("other_time", "counted_time"))
_OF_NOUN = re.compile(r"(?P<noun>\w+)\s+(?:from|of|dated)\s+(?:on\s+)?$")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_NEXT_WORD = re.compile(r"\s+([a-z]+)")


def is_in_main_clause(sentence: str, day: Span) -> bool:
    """False for a day in a relative clause, in a clause of another time, or beside a noun ("his letter of 5 May")."""
    before = sentence[: day.start]
    of_noun = _OF_NOUN.search(before)
    if of_noun and not _is_verb(of_noun["noun"]):
        return False
    return not (_in_relative_clause(before) or _in_clause_of_other_time(before) or _in_participle(sentence, day))


def verb_count(text: str) -> int:
    """The number of verb groups in the past or in a form that can only be finite: "was hit", "will have gone"."""
    count, was_verb = 0, False
    for word in _WORD.findall(text):
        is_verb = _is_verb(word)
        if is_verb and not was_verb:
            count += 1
        was_verb = is_verb or (was_verb and (word in ("not", "be", "have", "also") or word.endswith("ly")))
    return count


def _in_relative_clause(before: str) -> bool:
    """True if the last relative clause that opens before the day is still open at it: it ends at its second verb, and
    behind a comma not before the next one."""
    for opener in reversed(list(_RELATIVE.finditer(before))):
        rest = before[opener.end() :]
        if not opener["comma"]:
            return verb_count(rest) < 2
        if not any(_closes(rest[: at.start()], rest[at.end() :]) for at in re.finditer(",", rest)):
            return True
    return False


def _closes(clause: str, after: str) -> bool:
    """True if a comma after a relative clause ends it: a verb follows ("who won, said"), or the day ("who won, on")."""
    first = _WORD.search(after)
    return bool((first and _is_verb(first[0])) or (verb_count(clause) and (verb_count(after) or not first)))


def _in_clause_of_other_time(before: str) -> bool:
    for opener in _OTHER_TIME.finditer(before):
        rest = before[opener.end() :]
        if "," in rest:
            continue
        if _COUNTED.search(before[: opener.start()]) or not before[: opener.start()].strip("“\"‘' "):
            return True
        if verb_count(rest):
            return True
    return False


def _in_participle(sentence: str, day: Span) -> bool:
    """True for "the messages released on Tuesday included": a participle before the day, and the verb after it."""
    before = _WORD.findall(sentence[: day.start])
    if before and before[-1] == "on":
        before.pop()
    if len(before) < 2 or not _is_participle(before[-1]) or verb_count(" ".join(before[:-1])):
        return False
    after = _NEXT_WORD.match(sentence, day.end)
    return bool(after and _is_verb(after[1]) and after[1] not in SAYING_FORMS)


def _is_participle(word: str) -> bool:
    return word.islower() and (word.endswith("ed") or word in BASE_FORMS) and word not in _FINITE


def _is_verb(word: str) -> bool:
    """True for a verb in the past or in a form that can only be finite."""
    return word in _FINITE or word in MODALS or word in BASE_FORMS or (word.islower() and word.endswith("ed"))
