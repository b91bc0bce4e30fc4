"""Where and when something was said, from the words around its cue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from rag.domain import Span
from rag.knowledge.tables import words_of
from rag.statements.attribution import Attribution
from rag.statements.date_phrases import month_of_saying
from rag.statements.nouns import OCCASIONS
from rag.statements.parsed_text import ParsedText
from rag.text.dates.in_text import mentions

_SPEAKING_AT = words_of("statements", "speaking_at")
_TELLING = words_of("statements", "telling")
_ADDRESSEES = words_of("statements", "addressees")
_TIME_LIMITS = words_of("statements", "time_limits")
_BODY_PREPOSITIONS = words_of("statements", "body_prepositions")
_BODIES = frozenset({"ORG", "WORK_OF_ART", "GPE", "PRODUCT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Venue or addressee, and the day, each with the words that tell it."""

    venue: str | None = None
    venue_basis: Span | None = None
    said_on: date | None = None
    said_on_basis: str | None = None

    def filled(self, other: Circumstances) -> Circumstances:
        """These, with what is missing taken from `other`, unless the two tell of different occasions."""
        if (self.venue and other.venue) or (self.said_on and self.said_on != other.said_on):
            return self
        return Circumstances(
            venue=self.venue or other.venue,
            venue_basis=self.venue_basis or other.venue_basis,
            said_on=self.said_on or other.said_on,
            said_on_basis=self.said_on_basis or other.said_on_basis,
        )


def circumstances(tree: ParsedText, attribution: Attribution, published: date | None) -> Circumstances:
    """What the text around the cue, outside the content, says of place and day. `published` is the day that "today" and
    weekdays are counted from: of the dateline, else of publication."""
    around = _around(tree, attribution)
    venue = _venue(tree, attribution.candidate.anchor, around)
    day, words = _day(tree, around, published) if published is not None else (None, None)
    return Circumstances(
        venue=venue.of(tree.text) if venue else None,
        venue_basis=venue,
        said_on=day,
        said_on_basis=words,
    )


def goes_on(tree: ParsedText, attribution: Attribution) -> bool:
    """True if nothing around the cue points to another time: no month or year, no "had said" or "has said"."""
    perfect = any(tree[word].lemma == "have" and tree[word].dep == "aux" for word in attribution.candidate.cue)
    return not perfect and not any(tree[word].entity == "DATE" for word in _around(tree, attribution))


def _around(tree: ParsedText, attribution: Attribution) -> set[int]:
    """The words that hang on the cue, or on the verb that it is coordinated with, outside content and source."""
    anchor = attribution.candidate.anchor
    words = tree.subtree(anchor)
    under = tree[anchor].dep in ("conj", "xcomp") or (tree[anchor].dep == "advcl" and not _marked(tree, anchor))
    if under and tree[tree[anchor].head].pos == "VERB":
        words |= tree.subtree(tree[anchor].head)
    words -= attribution.candidate.source
    before = [part for part in tree.deps(anchor, "ccomp") if part < anchor]  # told beside what is said
    words -= {inner for part in [*tree.deps(anchor, "nsubj"), *before] for inner in tree.subtree(part)}
    return {
        word
        for word in words
        if not tree.quoted[word]
        and not any(tree[word].start < s.end and s.start < tree[word].end for s in attribution.content)
        and not (tree[word].entity == "DATE" and _of_other(tree, word))
    }


def _of_other(tree: ParsedText, word: int) -> bool:
    """True for a day of something else: *Tuesday's* vote, fewer than on *Friday*, not since *May*."""
    above = [word, *takewhile(lambda up: not tree[up].is_verb, tree.ancestors(word))]
    named = tree[word].text == "Today" and tree.sentence(word)[0] != word  # the Today programme
    return named or tree[word].dep == "poss" or any(tree[up].lower in _TIME_LIMITS for up in above)


def _marked(tree: ParsedText, verb: int) -> bool:
    """True for a clause that a conjunction leads: shares fell on Monday *after* the firm said ..."""
    return bool(tree.deps(verb, "mark")) or any(tree[word].tag == "WRB" for word in tree.deps(verb, "advmod"))


def _venue(tree: ParsedText, cue: int, around: set[int]) -> Span | None:
    if tree[cue].lemma in _TELLING:
        for child in tree.deps(cue, "dobj", "dative"):
            heard = tree[child].entity in _BODIES or tree[child].lemma in _ADDRESSEES | OCCASIONS
            if child in around and heard:
                return _phrase(tree, child, around)
    verbs = [
        cue,
        *(word for word in sorted(around) if tree[word].lemma in _SPEAKING_AT and tree[word].tag.startswith("VB")),
    ]
    for verb in verbs:
        for preposition in tree.deps(verb, "prep", "dative"):
            if preposition in around and (venue := _after(tree, preposition, around, verb != cue)) is not None:
                return venue
    return None


def _after(tree: ParsedText, preposition: int, around: set[int], talking: bool) -> Span | None:
    """The venue that `preposition` governs: *to Bloomberg*, *during a briefing*, *in an interview with CNN*."""
    for noun in tree.deps(preposition, "pobj"):
        lemma = tree[preposition].lemma
        if noun not in around:
            continue
        body = tree[noun].entity in _BODIES and tree[noun].pos == "PROPN"
        if tree[noun].lemma in OCCASIONS or (body and lemma in _BODY_PREPOSITIONS and (talking or lemma == "on")):
            return _phrase(tree, noun, around)
        if talking and lemma in ("to", "with") and tree[noun].lemma in _ADDRESSEES:
            return _phrase(tree, noun, around)
    return None


def _phrase(tree: ParsedText, noun: int, around: set[int]) -> Span:
    """The noun phrase without its article's relative clauses, dates and far adjuncts; "a briefing", "Bloomberg"."""
    barred = [
        child
        for child in tree.children[noun]
        if tree[child].dep in ("relcl", "acl", "appos", "punct", "npadvmod", "conj", "cc")
        or (tree[child].dep == "prep" and _dated(tree, child))
    ]
    words = tree.subtree(noun, without=barred) & around
    first = last = noun
    while first - 1 in words:
        first -= 1
    while last + 1 in words:
        last += 1
    return tree.span(first, last)


def _dated(tree: ParsedText, word: int) -> bool:
    return any(tree[inner].entity in ("DATE", "TIME") for inner in tree.subtree(word))


def _day(tree: ParsedText, around: set[int], published: date) -> tuple[date | None, str | None]:
    """The one day named among the words around the cue; without a day the one month."""
    days: dict[date, str] = {}
    months: dict[date, str] = {}
    for first, last in tree.runs(around):
        text = tree.span(first, last).of(tree.text)
        for mention in mentions(text, published):
            days.setdefault(mention.day, mention.span.of(text))
        if (month := month_of_saying(text, published)) is not None:
            months.setdefault(*month)
    named = days or months
    return next(iter(named.items())) if len(named) == 1 else (None, None)
