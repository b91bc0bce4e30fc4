"""Attributions: whom a sentence names as the source of what it says ("Lund said that ...", "..., according to Lund",
"Lund: “...”"), and whether two attributions name one source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rag.domain import Statement
from rag.knowledge.words import CUE_FORMS, CUE_VERBS, GIVEN_NAMES, all_forms, any_of, verbs_used
from rag.text.canonical import fold
from rag.text.name_forms import TITLES_BEFORE_NAMES, name_words, same_name
from rag.text.places import country_of
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, joint_speakers, stem, words
from rag.verification.lexicon import LEXICON, PATTERNS

_NEUTRAL = all_forms(verbs_used("neutral"), last=-1)
_ADDRESSED = all_forms(verbs_used("addressed"), last=-1)
_PREPOSITIONS = ("according to", "in the words of")
CUES = re.compile(rf"\b(?:{any_of(CUE_FORMS)}|point(?:s|ed) out|{'|'.join(_PREPOSITIONS)})\b", re.IGNORECASE)
"""A word or phrase that attributes."""
_ENDS_WITH_CUE = re.compile(rf"\s+(?:{CUES.pattern})\s*$", re.IGNORECASE)
_SOURCE_AFTER = re.compile(r"\s+((?:the |a |an |[A-Z])[^,.;:“”\"]{1,60})")
_THAT = re.compile(r"[^.;:“”\"]{0,50}?\bthat\b")
_MOST_WORDS_BEHIND = 9  # behind an attribution at the end of a sentence
_CLOSED = re.compile(r"[,”\"—–―]\s*$")
_NAME_ALONE = re.compile(r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*(?! [a-z]|\w)")
_LABEL = re.compile(r"^\s*([^“”\"„«:]{2,80}):\s*[“\"„«‘']")


@dataclass(frozen=True, slots=True)
class Attribution:
    """An attribution. `cue` is its verb or preposition; `source` are the words right before it that name who speaks,
    `clause` all words of its clause before it; `start` of the clause and `end` of the cue are characters, half-open. A
    `is_neutral` cue only says that somebody said something.
    """

    cue: str
    source: str
    clause: str
    start: int
    end: int
    is_neutral: bool


def attributions_in(text: str) -> Iterator[Attribution]:
    """The attributions of a sentence whose quotations have been blanked out."""
    previous: Attribution | None = None
    for match in CUES.finditer(text):
        cue = match.group().lower()
        if cue in _PREPOSITIONS:
            source = re.split(r"[,;.]|\bthat\b", text[match.end() :], maxsplit=1)[0]
            if words(source):
                yield Attribution(cue, source, source, match.start(), match.end() + len(source), True)
            continue
        if match.start() and match.group()[0].isupper():
            continue  # the United States
        if _is_noun_or_not_finite(cue, text[: match.start()]):
            continue
        start = max((item.end() for item in PATTERNS.attribution_bound.finditer(text, 0, match.start())), default=0)
        source, clause = _source_of(text, match, start, previous)
        if (last := words(source)[-1:]) and last[0] in LEXICON.subject_pronouns:
            source = clause = last[0]  # "In a letter to Lund he wrote"
        if source:
            previous = Attribution(cue, source, clause, start, match.end(), cue in _NEUTRAL)
            yield previous


def _source_of(text: str, match: re.Match[str], start: int, previous: Attribution | None) -> tuple[str, str]:
    """The words that name the source of a cue, and those of its clause; the source is empty where it is not named."""
    clause = PATTERNS.auxiliaries.sub("", text[start : match.start()])
    may_be_inverted = match.group().lower() not in _ADDRESSED and _CLOSED.search(text, 0, match.start())
    if inversion := PATTERNS.inverted_source.match(text, match.end()) if may_be_inverted else None:
        source = inversion[1].rstrip(".")  # "..., said Ada Lund."
        return source, source
    if previous and PATTERNS.conjoined.search(clause):
        return previous.source, previous.clause  # "said that ..., and added"
    pieces = [piece for piece in clause.split(",") if _has_content(piece) and not PATTERNS.adverbial.match(piece)]
    if pieces:
        return pieces[-1], clause
    after = _SOURCE_AFTER.match(text, match.end())
    return (after[1], after[1]) if after else ("", clause)


def _is_noun_or_not_finite(cue: str, before: str) -> bool:
    """True for an infinitive, a participle of a passive, and a noun: "the final say", "the first states"."""
    if PATTERNS.no_finite_verb.search(before) or PATTERNS.counted_noun.search(before):
        return True
    return cue in CUE_VERBS and PATTERNS.noun_before.search(before) is not None


def _has_content(piece: str) -> bool:
    return any(word not in STOPWORDS or word in LEXICON.subject_pronouns for word in words(piece))


def named_subjects(text: str) -> list[str]:
    """The folded names in the clauses that attribute, as they stand there alone: "Lund, others said", but not "the
    Norland minister said" or "a spokesman for Lund said".
    """
    clauses = [item.clause for item in attributions_in(text)]
    if any(STOPWORDS.intersection(words(one)) for one in clauses):
        return []
    return [name for one in clauses for match in _NAME_ALONE.finditer(one) for name in words(match[0])]


def speaker_before_colon(text: str) -> str:
    """The name of "Name: “...”"; empty where the sentence has another form."""
    match = _LABEL.match(text)
    return _ENDS_WITH_CUE.sub("", match[1]) if match and re.search(r"[^\W\d_a-z]", match[1]) else ""


def without_attribution(text: str) -> str:
    """The text without the first attribution of each sentence: what is said alone."""
    return " ".join(_without_first_attribution(span.of(text)) for span in sentences(text))


def _without_first_attribution(sentence: str) -> str:
    item = next(attributions_in(sentence), None)
    if item is None:
        return sentence
    if item.cue in _PREPOSITIONS:
        before, after = sentence[: item.start], sentence[item.end :]
        return (before.rstrip(" ,") + after) if before.strip() else after.lstrip(" ,")
    if that := _THAT.match(sentence, item.end):
        return sentence[that.end() :]
    has_mark = any(sentence.rfind(mark, 0, item.end) > 0 for mark in (",", "”", '"'))
    if has_mark and len(words(sentence[item.end :])) <= _MOST_WORDS_BEHIND:
        return sentence[: max(0, sentence.rfind(item.source.strip(), 0, item.end))].rstrip(" ,") or sentence
    return sentence


# -- whether two attributions name one source: a draft's and the library's


_FULL_NAME = 2  # capitalised words at least of a person's name


def same_source(ours: Statement, theirs: Statement, *, is_surname: Callable[[str], bool]) -> bool | None:
    """True where both statements are by, or for, one source as far as names go; False where they name two; None where
    one of them names nobody, or where a body and a person are named who may belong together. `is_surname` says of
    a folded word that stands alone whether it is known as the last name of a person.
    """
    if not ours.speaker or not (theirs.speaker or theirs.on_behalf_of):
        return None
    names = [name for name in (theirs.speaker, theirs.on_behalf_of) if name]
    variants = _name_variants(ours.speaker)
    if any(same_name(one, other) for one in variants for name in names for other in _name_variants(name)):
        return True
    speaker = theirs.speaker or ""
    are_people = [
        any(_is_person(one) or is_surname(fold(one)) for one in _name_variants(name))
        for name in (ours.speaker, speaker)
    ]
    if all(are_people) and not _root_stems(name_words(ours.speaker)) & _root_stems(name_words(speaker)):
        return False
    country = country_of(ours.speaker) or country_of(ours.on_behalf_of or "")
    countries = {country_of(name) for name in (*names, theirs.role or "")} - {None}
    if country and country in countries:
        return True if country_of(ours.speaker) else None
    if _root_stems(words(ours.speaker)) & _root_stems(words(" ".join((*names, theirs.role or "")))):
        return None if are_people[0] else True  # "the defence ministry" and its minister
    return False if country and countries and not any(are_people) else None


def is_described(name: str) -> bool:
    """True for a speaker who is only described, in words without a name: "whose child", "a narrator"."""
    return not any(part[:1].isupper() for part in name.split())


def _name_variants(name: str) -> list[str]:
    """Those who said a thing together, of whom one may only be described, and the name as it stands."""
    return [*dict.fromkeys((*joint_speakers(name), *name.split(" and "), name))]


def _is_person(name: str) -> bool:
    """True for a name that looks like a person's: two or more capitalised words that name no country and no body."""
    parts = [part for part in name.split() if fold(part).rstrip(".") not in TITLES_BEFORE_NAMES]
    return (
        len(parts) >= _FULL_NAME
        and all(part[:1].isupper() or len(part) <= _FULL_NAME + 1 for part in parts)
        and (country_of(name) is None or fold(parts[0]) in GIVEN_NAMES)  # Michael Jordan
        and LEXICON.bodies.isdisjoint(map(fold, parts))
    )


def _root_stems(items: Iterable[str]) -> set[str]:
    """What a ministry and its minister, a president and a presidency share: their first letters."""
    return {stem(word)[:6] for word in items if word not in STOPWORDS and len(word) > _FULL_NAME}
