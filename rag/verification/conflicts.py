"""Where sources contradict each other: both sides are shown, never merged, and a correction outranks what it corrects.

Made to be right rather than complete. Rules, each on two sentences of different articles, or of two speakers in
one article:

- `exchange`: the two say the same in nearly the same words, but for one name, number, unit or date;
- `figure`: they share most of their words, and give different numbers of the same thing; or they share a name and more,
  and give different numbers of the dead, the injured or the arrested;
- `denial`: they share most of their words, and one denies the word that the other asserts; or they share a third, and
  one denies in so many words two words in a row ("ruled out a gas leak") that stand so in the other; also a sentence
  that denies "this" or "such accusations" right after the one that it denies;
- `dispute`: two speakers of one article want or foresee what excludes each other (found for briefings alone).

Two that are both against something agree: "banned drones near the line" and "ruled out drones near the line". A number
with "at least" before it agrees with any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from rag.domain import Conflict, DraftSentence, Evidence, EvidenceSentence, Statement
from rag.knowledge.words import SAYING_VERBS, all_forms
from rag.text.grounding import folded_marks
from rag.text.places import same_place
from rag.text.revisions import correction_notes
from rag.verification.alignment import Alignment, align
from rag.verification.citation_ledger import CitationLedger, SentenceEvent
from rag.verification.counts import conflicting_count, conflicting_toll, is_approximate, may_be_same_number
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.polarity import negation_scopes
from rag.verification.premise import content_touches, source_span
from rag.verification.tokens import Kind, Token, names_in, tokens

Rule = Literal["exchange", "figure", "denial", "dispute"]

_LEAST_SHARED = 3  # content words that the two sentences must share
_NEARLY_SAME = 0.7  # share of the words of both that must be the same for an exchange
_DENIED_PAIR_SHARE = 0.3  # the same where two words in a row are denied
_DAY_WITHIN = 2  # words behind a verb of saying
_ABOUT_SAME = 0.5  # share of the content words of the shorter one for a figure or a denial
_CHARGE_REACH = 500  # characters between a charge and its denial
_MOST_CONFLICTS = 3  # of an answer
_MOST_SENTENCES = 200  # sentences that are compared with those in question
_FACT_KINDS: tuple[Kind, ...] = ("name", "number", "unit", "day")
_PLAIN_DENIALS = tuple(LEXICON.plain_denials)
_OPPOSITIONS = all_forms(LEXICON.opposing) | {"against"}
_PAIR_REACH = 2  # function words between two words of a denied claim: "the crew had ignored"
_MODAL_REACH = 5  # words before a word in which a modal bears on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two sentences that contradict each other. The first outranks the second where `corrected`: its article corrects
    what the second still says; else the one that was asked about comes first. `about` is for a reader."""

    about: str
    rule: Rule
    sides: tuple[EvidenceSentence, EvidenceSentence]
    corrected: bool = False


def disagreements(evidence: Evidence, targets: Sequence[EvidenceSentence]) -> list[Disagreement]:
    """What contradicts one of the `targets` among all sentences of the evidence, one for each pair, in the order of the
    targets."""
    others = {item.sid: _Sentence.of(item) for item in evidence.sentences[:_MOST_SENTENCES]}
    pairs: dict[frozenset[str], Disagreement] = {}
    for target in targets:
        one = others.get(target.sid) or _Sentence.of(target)
        for other in others.values():
            pair = frozenset((target.sid, other.evidence.sid))
            if len(pair) == 2 and pair not in pairs and (item := _compare(one, other, evidence)):
                pairs[pair] = _put_corrected_first(item, evidence)
    return list(pairs.values())


def show_both_sides(ledger: CitationLedger, evidence: Evidence) -> tuple[list[SentenceEvent], list[Conflict]]:
    """Enters the other side of what the ledger cites, and tells where sides differ, by citation numbers.

    A side that is not cited yet is entered in the source's own words, checked like every other sentence; the events of
    that are returned with the conflicts. To be called once, after the last draft.
    """
    cited_sentences = [item for item in evidence.sentences if _citation_numbers(item, ledger)]
    events: list[SentenceEvent] = []
    conflicts: dict[tuple[tuple[int, ...], ...], Conflict] = {}
    for item in disagreements(evidence, cited_sentences):
        if len(conflicts) == _MOST_CONFLICTS:
            break
        for side in item.sides:
            if not _citation_numbers(side, ledger):
                events.append(ledger.admit(_verbatim_draft(side, evidence.statements), evidence))
        sides = tuple(_citation_numbers(side, ledger) for side in item.sides)
        if all(sides) and not set(sides[0]) & set(sides[1]):
            conflicts.setdefault(sides, Conflict(about=item.about, sides=sides))
    return events, list(conflicts.values())


def _citation_numbers(sentence: EvidenceSentence, ledger: CitationLedger) -> tuple[int, ...]:
    """The citations of the ledger that show the sentence."""
    return tuple(
        item.n
        for item in ledger.citations
        if (item.article_id, item.version) == (sentence.article_id, sentence.version)
        and item.start <= sentence.start
        and sentence.end <= item.end
    )


def _verbatim_draft(sentence: EvidenceSentence, statements: Sequence[Statement]) -> DraftSentence:
    statement = next((item for item in statements if content_touches(item, source_span(sentence))), None)
    return DraftSentence.verbatim(sentence.text, [sentence.sid], statement)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the evidence with its words, the keys of its content words other than numbers, and the scopes of
    its negations."""

    evidence: EvidenceSentence
    words: Sequence[Token]
    content: frozenset[str]
    scopes: dict[int, str]

    @classmethod
    def of(cls, sentence: EvidenceSentence) -> _Sentence:
        text = folded_marks(sentence.text)
        items = tokens(text, names=names_in(text))
        content = frozenset(item.key for item in items if item.is_content and item.kind != "number")
        return cls(sentence, items, content, negation_scopes(items))

    def overlap(self, other: _Sentence) -> float:
        """Share of the content words of the shorter of the two; 0 where they are too few."""
        both = self.content & other.content
        return len(both) / min(len(self.content), len(other.content)) if len(both) >= _LEAST_SHARED else 0.0

    @property
    def is_opposed(self) -> bool:
        """True if somebody is against something in it."""
        return any(item.form in _OPPOSITIONS for item in self.words)

    def as_written(self, items: Sequence[Token]) -> str:
        """The words from the first to the last of some of its words."""
        return self.evidence.text[items[0].start : items[-1].end]


def _compare(one: _Sentence, other: _Sentence, evidence: Evidence) -> Disagreement | None:
    for rule, about in _contradictions(one, other, evidence):
        if about:
            return Disagreement(about=about, rule=rule, sides=(one.evidence, other.evidence))
    return None


def _contradictions(one: _Sentence, other: _Sentence, evidence: Evidence) -> Iterator[tuple[Rule, str | None]]:
    """What the two contradict each other in by each rule that applies to them, None where they do not."""
    ways = ((one, other), (other, one))
    yield from (("denial", _denied_by_next(a, b, evidence)) for a, b in ways)
    yield from (("denial", _denied_charge(a, b, evidence.statements)) for a, b in ways)
    if _have_same_source(one.evidence, other.evidence, evidence.statements):
        return
    overlap = one.overlap(other)
    if overlap >= _DENIED_PAIR_SHARE:
        yield from (("denial", _denied_pair(a, b)) for a, b in ways)
    if overlap >= _ABOUT_SAME:
        alignment = align(one.words, other.words)
        if alignment.overlap >= _NEARLY_SAME and len(alignment.pairs) >= _NEARLY_SAME * len(other.words):
            yield "exchange", _exchanged_pair(alignment, one, other)
        yield "figure", conflicting_count(one.words, other.words)
    yield "figure", conflicting_toll(one.words, other.words)
    if overlap >= _ABOUT_SAME:
        yield from (("denial", _denied_word(a, b)) for a, b in ways)


def _have_same_source(a: EvidenceSentence, b: EvidenceSentence, statements: Sequence[Statement]) -> bool:
    """True for two sentences of one article, unless two different speakers say them."""
    if a.article_id != b.article_id:
        return False
    mine, its = _speakers(a, statements), _speakers(b, statements)
    return not mine or not its or bool(mine & its)


def _speakers(sentence: EvidenceSentence, statements: Sequence[Statement]) -> set[str]:
    span = source_span(sentence)
    return {item.speaker for item in statements if item.speaker and content_touches(item, span)}


# -- the rules


def _exchanged_pair(alignment: Alignment, one: _Sentence, other: _Sentence) -> str | None:
    """The one pair of names, numbers, units or dates that stand in each other's place. On which day each was said is no
    matter of dispute.
    """
    exchanges: list[str] = []
    for ours, theirs in alignment.replacements:
        mine = [item for item in ours if item.kind in _FACT_KINDS]
        its = [item for item in theirs if item.kind in _FACT_KINDS]
        if not mine or not its or {item.key for item in mine} & {item.key for item in its}:
            continue
        if any(
            _is_beside_saying(items, some)  # two who say the same agree
            or any(item.kind == "number" and is_approximate(items, items.index(item)) for item in some)
            for items, some in ((alignment.claim, mine), (alignment.source, its))
        ):
            continue
        if any(same_place(a.form, b.form) for a in mine for b in its) or may_be_same_number(mine, its):
            continue
        exchanges.append(f"“{one.as_written(mine)}” or “{other.as_written(its)}”")
    return exchanges[0] if len(exchanges) == 1 else None


def _is_beside_saying(items: Sequence[Token], some: Sequence[Token]) -> bool:
    """True if the last of some of the items is a name with a verb of saying behind it, or the first a day with one
    right before it: "said on Monday".
    """
    first, after = items.index(some[0]), items.index(some[-1]) + 1
    if some[0].kind == "day":
        return any(item.form in SAYING_VERBS for item in items[max(0, first - _DAY_WITHIN) : first])
    return some[-1].kind == "name" and after < len(items) and items[after].form in SAYING_VERBS


def _denied_pair(one: _Sentence, other: _Sentence) -> str | None:
    """Two words in a row, of no office, that `one` denies in so many words and `other` has in a row, denied by nothing,
    where they have more in common than these.
    """
    if other.is_opposed:
        return None
    free_places = {
        (other.words[a].key, other.words[b].key): a
        for a, b in _adjacent_pairs(other.words)
        if a not in other.scopes and b not in other.scopes
    }
    common = {item.key for item in one.words if item.is_content and not item.is_reporting} & other.content
    for at, after in _adjacent_pairs(one.words):
        cue = one.scopes.get(at)
        if cue is None or one.scopes.get(after) != cue or not cue.startswith(_PLAIN_DENIALS):
            continue
        if any(place < at and one.scopes[place] == cue for place in one.scopes):
            continue  # not what the denial stands before: "failed to mention the rise of the council tax"
        if after > at + 1 and not cue.startswith(("den", "reject")):
            continue
        a, b = one.words[at], one.words[after]
        place = free_places.get((a.key, b.key))
        if place is None or _follows_modal(one.words, at) != _follows_modal(other.words, place):
            continue
        if a.kind == b.kind == "word" and common - {a.key, b.key} and not _is_of_office(one.words, at):
            return denied_question(one.evidence.text, a.start, b.end)
    return None


def _denied_charge(one: _Sentence, other: _Sentence, statements: Sequence[Statement]) -> str | None:
    """What `one` denies by somebody's words and another calls the like right beside it: "it did not violate any
    accords" and "called it a violation of the July ceasefire".
    """
    a, b = one.evidence, other.evidence
    if (a.article_id, a.version) != (b.article_id, b.version) or abs(a.start - b.start) > _CHARGE_REACH:
        return None
    match = find_charge(b.text)
    deniers = _speakers(a, statements)
    if match is None or not deniers or deniers & _speakers(b, statements):
        return None
    start, end = match.span("charge")
    denied_keys = {one.words[at].key for at in one.scopes}
    charged_keys = {item.key for item in other.words if start <= item.start < end}
    is_asserted = all(other.words[at].start < start for at in other.scopes)
    return f"whether it amounted to “{match['charge']}”" if is_asserted and denied_keys & charged_keys else None


def _adjacent_pairs(items: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Places of each two content words with nothing but a function word or two between them."""
    for at, after in pairwise(at for at, item in enumerate(items) if item.is_content):
        if after - at <= _PAIR_REACH and all(item.is_adjacent for item in items[at + 1 : after + 1]):
            yield at, after


def _follows_modal(items: Sequence[Token], at: int) -> bool:
    """True for what will, would or may be: it is not denied by what is not so now."""
    return any(item.kind == "modal" for item in items[max(0, at - _MODAL_REACH) : at])


def _denied_word(one: _Sentence, other: _Sentence) -> str | None:
    """A word that `one` has under a negation and `other` without one, beside the same word: "not signing agreements"
    and "signed agreements", but not "after the agreement is signed".
    """
    if other.is_opposed:
        return None
    free_places = [at for at, item in enumerate(other.words) if item.is_content and at not in other.scopes]
    asserted_keys = {other.words[at].key for at in free_places}
    denied_keys = {other.words[at].key for at in other.scopes}
    for at, cue in one.scopes.items():
        item = one.words[at]
        if item.kind != "word" or item.key in denied_keys or _is_of_office(one.words, at):
            continue
        if cue == "yet to" and _is_newer(other.evidence, one.evidence):
            continue  # by then it had
        scope = [place for place, form in one.scopes.items() if form == cue]
        before = max((place for place in scope if place < at), default=None)
        if before is not None and one.words[before].key not in asserted_keys and not cue.startswith("den"):
            continue  # "did not raise interest rates" denies no interest rates
        if any(
            other.words[place].key == item.key
            and _has_same_neighbour(one.words, at, other.words, place)
            and _follows_modal(one.words, at) == _follows_modal(other.words, place)
            for place in free_places
        ):
            return denied_question(one.evidence.text, item.start, one.words[max(scope)].end)
    return None


def _is_of_office(items: Sequence[Token], at: int) -> bool:
    """True for "prime" and "minister" in "denied that the prime minister knew": they say who, and are not denied."""
    return any(item.form in LEXICON.titles for item in items[at : at + 2])


def _is_newer(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    return one.published is not None and other.published is not None and one.published > other.published


def _has_same_neighbour(one: Sequence[Token], at: int, other: Sequence[Token], place: int) -> bool:
    """True if the next content word on one side of both places, names apart, is the same."""
    return any(
        (mine := _neighbour_key(one, at, step)) is not None and mine == _neighbour_key(other, place, step)
        for step in (1, -1)
    )


def _neighbour_key(items: Sequence[Token], at: int, step: int) -> str | None:
    places = range(at + step, len(items) if step > 0 else -1, step)
    return next((items[place].key for place in places if items[place].is_content and items[place].kind != "name"), None)


def _denied_by_next(one: _Sentence, other: _Sentence, evidence: Evidence) -> str | None:
    """What `one` says, where `other` stands right behind it and denies "this"."""
    a, b = one.evidence, other.evidence
    if (a.article_id, a.version) != (b.article_id, b.version) or not 0 <= b.start - a.end <= 2:
        return None
    between = evidence.texts.get((a.article_id, a.version), "")[a.end : b.start]
    if between.strip() or not PATTERNS.denial_anaphor.search(b.text):
        return None
    return reported_question(a.text) or f"“{shorten(a.text)}”"


# -- corrections


def _put_corrected_first(item: Disagreement, evidence: Evidence) -> Disagreement:
    """The side whose article has a correction that names the matter comes first."""
    for first, second in (item.sides, item.sides[::-1]):
        text = evidence.texts.get((first.article_id, first.version), "")
        notes = (note.span.of(text) for note in correction_notes(text) if note.kind != "update")
        if any(_corrects(note, first, second) for note in notes):
            return replace(item, about=f"{item.about} (corrected)", sides=(first, second), corrected=True)
    return item


def _corrects(note: str, first: EvidenceSentence, second: EvidenceSentence) -> bool:
    """True if the note names what only the second says: "an earlier version said 15"."""
    in_note, in_second = (
        {item.key for item in tokens(text) if item.kind in _FACT_KINDS} for text in (note, second.text)
    )
    return bool(in_note & in_second - {item.key for item in tokens(first.text)})


# -- what two sides dispute, as a question where it can be read off a sentence


_LONGEST_QUESTION, _LONGEST_EXCERPT = 90, 60  # characters


def denied_question(text: str, start: int, end: int) -> str:
    """What the words from `start` to `end` of a sentence deny, as a question in words where it can be read off; else
    these words.
    """
    excerpt = f"“{shorten(text[start:end])}”"
    match = PATTERNS.denied_claim.search(text) or PATTERNS.negated_claim.search(text)
    if match is None or not match.start("claim") <= start < match.end("claim"):
        return excerpt
    claim = match["claim"]
    if match.re is PATTERNS.negated_claim:
        subject = match["subject"].removeprefix("that ").rpartition(" that ")[2]
        verbs = [at for at, word in enumerate(subject.split()) if word.lower() in SAYING_VERBS]
        if verbs and verbs[-1] + 1 < len(subject.split()):  # "Holm says the bridge is not closed"
            subject = " ".join(subject.split()[verbs[-1] + 1 :])
        if match.start() == 0 and subject.split()[0] in ("The", "A", "An"):
            subject = subject[0].lower() + subject[1:]
        claim = f"{subject} {match['verb']} {match['rest']}"
    return _question(claim) or excerpt


def _question(claim: str) -> str | None:
    is_readable = len(claim) <= _LONGEST_QUESTION and not PATTERNS.pronoun_subject.match(claim)
    return f"whether {claim}" if is_readable else None


def shorten(text: str) -> str:
    """Words of a text without the end of its sentence, cut where they are many."""
    text = text.rstrip('.!?"”’ ')
    return text if len(text) <= _LONGEST_EXCERPT else text[:_LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"


def reported_question(text: str) -> str | None:
    """What a sentence says that somebody says, as a question in words; None where it can't be read off."""
    match = PATTERNS.reported_claim.search(text)
    return _question(match["claim"]) if match else None


def find_charge(text: str) -> re.Match[str] | None:
    """What a sentence says that somebody calls something or accuses somebody of, as the group `charge`."""
    match = PATTERNS.charge.search(text)
    return match if match and len(match["charge"]) <= _LONGEST_QUESTION else None
