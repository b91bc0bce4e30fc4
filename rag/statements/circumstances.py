"""Where and when something was said, from the words around its cue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from rag.domain import Span
from rag.statements.attribution import AcceptedCandidate
from rag.statements.cues import QUOTE_CUES
from rag.statements.date_phrases import month_of_saying
from rag.statements.lexicon import LEXICON, OCCASIONS, TELLING_VERBS
from rag.statements.parsed_text import ParsedText
from rag.text.dates.in_text import mentions

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


def circumstances(tree: ParsedText, attribution: AcceptedCandidate, published: date | None) -> Circumstances:
    """What the text around the cue, outside the content, says of place and day. `published` is the day that "today" and
    weekdays are counted from: of the dateline, else of publication."""
    words = _adjuncts(tree, attribution)
    venue = _venue(tree, attribution.candidate.anchor, words)
    day, basis = _day(tree, words, published) if published is not None else (None, None)
    name = venue.of(tree.text) if venue else None
    return Circumstances(venue=name, venue_basis=venue, said_on=day, said_on_basis=basis)


def is_same_time(tree: ParsedText, attribution: AcceptedCandidate) -> bool:
    """True if nothing around the cue points to another time: no month or year, no "had said" or "has said"."""
    is_perfect = any(tree[word].lemma == "have" and tree[word].dep == "aux" for word in attribution.candidate.cue)
    return not is_perfect and all(tree[word].entity != "DATE" for word in _adjuncts(tree, attribution))


def _adjuncts(tree: ParsedText, attribution: AcceptedCandidate) -> set[int]:
    """The words that hang on the cue, or on the verb that it is coordinated with, outside content and source."""
    anchor = attribution.candidate.anchor
    token = tree[anchor]
    words = tree.subtree(anchor)
    is_joined = token.dep in ("conj", "xcomp") or (token.dep == "advcl" and not _is_marked(tree, anchor))
    if is_joined and tree[token.head].pos == "VERB":
        outer_words = tree.subtree(token.head)
        outer_words -= {word for word in outer_words if token.head < word < anchor and _is_apart(tree, anchor)}
        words |= outer_words
    before = [child for child in tree.deps(anchor, "ccomp") if child < anchor]  # stands beside what is said
    words -= attribution.candidate.source.union(*map(tree.subtree, [*tree.deps(anchor, "nsubj"), *before]))
    words -= {word for span in attribution.content for word in tree.words(span)}
    return {word for word in words if not tree.quoted[word] and not _is_other_day(tree, word)}


def _is_other_day(tree: ParsedText, word: int) -> bool:
    """True for a day of something else: *Tuesday's* vote, fewer than on *Friday*, not since *May*."""
    if tree[word].entity != "DATE":
        return False
    above = [word, *takewhile(lambda up: not tree[up].is_verb, tree.ancestors(word))]
    is_name = tree[word].text == "Today" and tree.sentence(word)[0] != word  # the Today programme
    return is_name or tree[word].dep == "poss" or any(tree[up].lower in LEXICON.time_limits for up in above)


def _is_apart(tree: ParsedText, verb: int) -> bool:
    """True for a verb beside one that tells of another time: shot him in May, *but claimed* ...; X did it in May and
    *Y replied* ..."""
    head = tree[verb].head
    is_other = bool(tree.deps(verb, "nsubj")) or tree.has_text(tree.deps(head, "cc"), "but")
    return tree[verb].dep == "conj" and is_other and tree[head].lemma not in QUOTE_CUES


def _is_marked(tree: ParsedText, verb: int) -> bool:
    """True for a clause that a conjunction leads: shares fell on Monday *after* the firm said ..."""
    return bool(tree.deps(verb, "mark")) or any(tree[word].tag == "WRB" for word in tree.deps(verb, "advmod"))


def _venue(tree: ParsedText, cue: int, words: set[int]) -> Span | None:
    for child in tree.deps(cue, "dobj", "dative") if tree[cue].lemma in TELLING_VERBS else ():
        listens = tree[child].entity in _BODIES or tree[child].lemma in LEXICON.addressees | OCCASIONS
        if child in words and listens:
            return _phrase(tree, child, words)
    verbs = [at for at in sorted(words) if tree[at].lemma in LEXICON.speaking_at and tree[at].tag.startswith("VB")]
    for verb in [cue, *verbs]:
        for preposition in tree.deps(verb, "prep", "dative"):
            for noun in tree.deps(preposition, "pobj") if preposition in words else ():
                if noun in words and _is_venue(tree, preposition, noun, speaks=verb != cue):
                    return _phrase(tree, noun, words)
    return None


def _is_venue(tree: ParsedText, preposition: int, noun: int, *, speaks: bool) -> bool:
    """True for a venue that `preposition` governs: *to Bloomberg*, *during a briefing*, *in an interview with CNN*."""
    lemma = tree[preposition].lemma
    is_body = tree[noun].entity in _BODIES and tree[noun].pos == "PROPN"
    if tree[noun].lemma in OCCASIONS or (is_body and lemma in LEXICON.body_prepositions and (speaks or lemma == "on")):
        return True
    return speaks and lemma in ("to", "with") and tree[noun].lemma in LEXICON.addressees


def _phrase(tree: ParsedText, noun: int, words: set[int]) -> Span:
    """The noun phrase without its article's relative clauses, dates and far adjuncts; "a briefing", "Bloomberg"."""
    asides = tree.deps(noun, "relcl", "acl", "appos", "punct", "npadvmod", "conj", "cc")
    is_name = tree[noun].entity in _BODIES and tree[noun].pos == "PROPN"
    asides += [child for child in tree.deps(noun, "prep") if is_name or _has_date(tree, child)]
    return tree.span(*tree.stretch(tree.subtree(noun, without=asides) & words, noun))


def _has_date(tree: ParsedText, word: int) -> bool:
    return any(tree[inner].entity in ("DATE", "TIME") for inner in tree.subtree(word))


def _day(tree: ParsedText, words: set[int], published: date) -> tuple[date | None, str | None]:
    """The one day named among the words around the cue; without a day the one month."""
    days: dict[date, str] = {}
    months: dict[date, str] = {}
    for first, last in tree.runs(words):
        text = tree.text_of(first, last)
        for mention in mentions(text, published):
            if text[: mention.span.start].endswith("the ") and any(map(str.isdigit, mention.span.of(text))):
                continue  # the Sept. 11, 2001, attacks
            if text[mention.span.end :].strip().isdigit():
                continue  # on Sunday 18, of whose month the parser made a name
            days.setdefault(mention.day, mention.span.of(text))
        if (month := month_of_saying(text, published)) is not None:
            months.setdefault(*month)
    dates = days or months
    return next(iter(dates.items())) if len(dates) == 1 else (None, None)
