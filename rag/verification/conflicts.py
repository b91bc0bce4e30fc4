"""Where sources contradict each other: both sides are shown, never merged, and a correction outranks what it corrects.

Made to be right rather than complete. Rules, each on two sentences of different articles, or of two speakers in
one article:

- `exchange`: the two say the same in nearly the same words, but for one name, number, unit or date;
- `figure`: they share most of their words, and give different numbers of the same thing; or they share a name and more,
  and give different numbers of the dead, the injured or the arrested;
- `denial`: they share most of their words, and one denies the word that the other asserts; or they share a third, and
  one denies in so many words two words in a row ("ruled out a gas leak") that stand so in the other; also a sentence
  that denies "this" or "such accusations" right after the one that it denies.

Two that are both against something agree: "banned drones near the line" and "ruled out drones near the line". A number
with "at least" before it agrees with any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.domain import (
    Conflict,
    DraftSentence,
    Evidence,
    EvidenceSentence,
    SentenceKind,
    SentenceShown,
    SentenceWithheld,
    Statement,
)
from rag.knowledge.words import SAYING_PATTERN, SAYING_VERBS
from rag.text.grounding import folded_marks
from rag.text.places import same_place
from rag.text.revisions import correction_notes
from rag.verification.alignment import Alignment, align, negation_scopes
from rag.verification.comparisons import conflicting_count, conflicting_toll, is_approximate, may_be_same_number
from rag.verification.ledger import CitationLedger
from rag.verification.tokens import Token, names_in, tokens

Rule = Literal["exchange", "figure", "denial"]

_LEAST_SHARED = 3  # carrying words that the two sentences must share
_NEARLY_SAME = 0.7  # share of the words of both that must be the same for an exchange
_DENIED_PAIR_SHARE = 0.3  # the same where two words in a row are denied
_ABOUT_SAME = 0.5  # share of the carrying words of the shorter one for a figure or a denial
_CHARGE_REACH = 500  # characters between a charge and its denial
_MOST_SENTENCES = 200  # sentences that are compared with those in question
_PLAIN_DENIALS = ("not", "no", "never", "rul", "den", "reject", "disput")  # of what stands right behind them
_AGAINST = frozenset(
    """ban bans banned banning bar bars barred barring forbid forbids forbade forbidden forbidding prohibit prohibits
    prohibited prohibiting outlaw outlaws outlawed block blocks blocked blocking halt halts halted stop stops stopped
    cancel cancels cancelled canceled end ends ended oppose opposes opposed opposing against""".split()
)
_PAIR_REACH = 2  # function words between two words of a denied claim: "the crew had ignored"
_MODAL_REACH = 5  # words before a word in which a modal bears on it
_POINTS_BACK = re.compile(
    r"\b(?:den(?:y|ies|ied)|reject(?:s|ed)?|dismiss(?:es|ed)?|disput(?:es?|ed)|contradict(?:s|ed)?)\s+"
    r"(?:(?:this|that|it|them)(?=\s*(?:[.,;:!?\"”’)]|$)|\s+(?:and|but|as|when|again|repeatedly|on\s+[A-Z])\b)|(?:such|these|those|the|any)\s+(?:accusation|allegation|charge|claim|report|suggestion|idea)s?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two sentences that contradict each other. The first outranks the second where `corrected`: its article corrects
    what the second still says; else the one that was asked about comes first. `about` is for a reader."""

    about: str
    rule: Rule
    sides: tuple[EvidenceSentence, EvidenceSentence]
    corrected: bool = False


def disagreements(evidence: Evidence, shown: Sequence[EvidenceSentence]) -> list[Disagreement]:
    """What contradicts one of the sentences `shown` among all sentences of the evidence, one for each pair, in the
    order of `shown`."""
    read = {item.sid: _Sentence.of(item) for item in evidence.sentences[:_MOST_SENTENCES]}
    pairs: list[Disagreement] = []
    seen: set[frozenset[str]] = set()
    for one in shown:
        mine = read.get(one.sid) or _Sentence.of(one)
        for other in read.values():
            pair = frozenset((one.sid, other.sentence.sid))
            if len(pair) == 2 and pair not in seen and (item := _compare(mine, other, evidence)):
                seen.add(pair)
                pairs.append(_put_corrected_first(item, evidence))
    return pairs


def show_both_sides(
    book: CitationLedger, evidence: Evidence, *, most: int = 3
) -> tuple[list[SentenceShown | SentenceWithheld], list[Conflict]]:
    """Enters the other side of what the book cites, and tells where sides differ, by citation numbers.

    A side that is not cited yet is entered in the source's own words, checked like every other sentence; the events of
    that are returned with the conflicts, at most `most`. To be called once, after the last draft.
    """
    cited = [item for item in evidence.sentences if _citation_numbers(item, book)]
    events: list[SentenceShown | SentenceWithheld] = []
    conflicts: dict[tuple[tuple[int, ...], ...], Conflict] = {}
    for item in disagreements(evidence, cited):
        if len(conflicts) == most:
            break
        for side in item.sides:
            if not _citation_numbers(side, book):
                events.append(book.admit(_verbatim_draft(side, evidence.statements), evidence))
        sides = tuple(_citation_numbers(side, book) for side in item.sides)
        if all(sides) and not set(sides[0]) & set(sides[1]):
            conflicts.setdefault(sides, Conflict(about=item.about, sides=sides))
    return events, list(conflicts.values())


def _citation_numbers(sentence: EvidenceSentence, book: CitationLedger) -> tuple[int, ...]:
    """The citations of the book that show the sentence."""
    return tuple(
        item.n
        for item in book.citations
        if (item.article_id, item.version) == (sentence.article_id, sentence.version)
        and item.start <= sentence.start
        and sentence.end <= item.end
    )


def _verbatim_draft(sentence: EvidenceSentence, statements: Sequence[Statement]) -> DraftSentence:
    own = (item for item in statements if (item.article_id, item.version) == (sentence.article_id, sentence.version))
    statement = next((item for item in own if any(part.span.touches(sentence.span) for part in item.content)), None)
    kind: SentenceKind = "reported"
    if statement and not statement.stance:
        kind = "quoted" if statement.kind == "direct" else "indirect"
    return DraftSentence(text=sentence.text, sids=(sentence.sid,), kind=kind, statement=statement)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with its words."""

    sentence: EvidenceSentence
    words: Sequence[Token]
    carrying: frozenset[str]

    @classmethod
    def of(cls, sentence: EvidenceSentence) -> _Sentence:
        text = folded_marks(sentence.text)
        items = tokens(text, names=names_in(text))
        return cls(sentence, items, frozenset(item.key for item in items if item.carries and item.kind != "number"))

    def shared(self, other: _Sentence) -> float:
        """Share of the carrying words of the shorter of the two; 0 where they are too few."""
        both = self.carrying & other.carrying
        return len(both) / min(len(self.carrying), len(other.carrying)) if len(both) >= _LEAST_SHARED else 0.0


def _compare(one: _Sentence, other: _Sentence, evidence: Evidence) -> Disagreement | None:
    a, b = one.sentence, other.sentence
    if about := _denied_by_next(a, b, evidence) or _denied_by_next(b, a, evidence):
        return Disagreement(about=about, rule="denial", sides=(a, b))
    if about := _denied_charge(one, other, evidence.statements) or _denied_charge(other, one, evidence.statements):
        return Disagreement(about=about, rule="denial", sides=(a, b))
    shared = one.shared(other)
    if _same_source(a, b, evidence.statements):
        return None
    if shared >= _DENIED_PAIR_SHARE and (about := _denied_pair(one, other) or _denied_pair(other, one)):
        return Disagreement(about=about, rule="denial", sides=(a, b))
    if shared < _ABOUT_SAME:
        about = conflicting_toll(one.words, other.words)
        return Disagreement(about=about, rule="figure", sides=(a, b)) if about else None
    alignment = align(one.words, other.words)
    same = alignment.copied >= _NEARLY_SAME and len(alignment.pairs) >= _NEARLY_SAME * len(other.words)
    if same and (about := _exchanged_pair(alignment, one, other)):
        return Disagreement(about=about, rule="exchange", sides=(a, b))
    if about := conflicting_count(one.words, other.words) or conflicting_toll(one.words, other.words):
        return Disagreement(about=about, rule="figure", sides=(a, b))
    if about := _denied_word(one, other) or _denied_word(other, one):
        return Disagreement(about=about, rule="denial", sides=(a, b))
    return None


def _same_source(a: EvidenceSentence, b: EvidenceSentence, statements: Sequence[Statement]) -> bool:
    """True for two sentences of one article, unless two different speakers say them."""
    if a.article_id != b.article_id:
        return False
    mine, its = _speakers(a, statements), _speakers(b, statements)
    return not mine or not its or bool(mine & its)


def _speakers(sentence: EvidenceSentence, statements: Sequence[Statement]) -> set[str]:
    return {
        item.speaker
        for item in statements
        if item.speaker
        and (item.article_id, item.version) == (sentence.article_id, sentence.version)
        and any(part.span.touches(sentence.span) for part in item.content)
    }


# -- the rules


def _exchanged_pair(alignment: Alignment, one: _Sentence, other: _Sentence) -> str | None:
    """The one pair of names, numbers, units or dates that stand in each other's place."""
    exchanges: list[str] = []
    for ours, theirs in alignment.exchanged:
        mine = [item for item in ours if item.kind in ("name", "number", "unit", "day")]
        its = [item for item in theirs if item.kind in ("name", "number", "unit", "day")]
        if not mine or not its or {item.key for item in mine} & {item.key for item in its}:
            continue
        if _is_followed_by_saying(alignment.claim, mine) or _is_followed_by_saying(alignment.source, its):
            continue  # two who say the same agree
        if _has_approximate_number(alignment.claim, mine) or _has_approximate_number(alignment.source, its):
            continue
        if any(same_place(item.form, other.form) for item in mine for other in its) or may_be_same_number(mine, its):
            continue
        exchanges.append(f"“{_as_written(mine, one)}” or “{_as_written(its, other)}”")
    return exchanges[0] if len(exchanges) == 1 else None


def _is_followed_by_saying(items: Sequence[Token], some: Sequence[Token]) -> bool:
    """True if a verb of saying follows the last of some of the items."""
    after = items.index(some[-1]) + 1
    return some[-1].kind == "name" and after < len(items) and items[after].form in SAYING_VERBS


def _has_approximate_number(items: Sequence[Token], some: Sequence[Token]) -> bool:
    """True if one of some of the items is a number that is no exact one."""
    return any(item.kind == "number" and is_approximate(items, items.index(item)) for item in some)


def _denied_pair(one: _Sentence, other: _Sentence) -> str | None:
    """Two words in a row that `one` denies in so many words and `other` has in a row, denied by nothing, where they
    have more in common than these.
    """
    if _opposes(other):
        return None
    elsewhere = negation_scopes(other.words)
    free = {
        (other.words[a].key, other.words[b].key): a
        for a, b in _adjacent_pairs(other.words)
        if not {a, b} & elsewhere.keys()
    }
    denied = negation_scopes(one.words)
    both = {item.key for item in one.words if item.carries and not item.reports} & other.carrying
    for at, after in _adjacent_pairs(one.words):
        cue = denied.get(at)
        if cue is None or denied.get(after) != cue or not cue.startswith(_PLAIN_DENIALS):
            continue
        if any(place < at and denied[place] == cue for place in denied):
            continue  # not what the denial stands before: "failed to mention the rise of the council tax"
        if after > at + 1 and not cue.startswith(("den", "reject")):
            continue
        a, b = one.words[at], one.words[after]
        place = free.get((a.key, b.key))
        if place is None or _follows_modal(one.words, at) != _follows_modal(other.words, place):
            continue
        if a.kind == b.kind == "word" and both - {a.key, b.key}:
            return denied_question(one.sentence.text, a.start, b.end)
    return None


def _denied_charge(one: _Sentence, other: _Sentence, statements: Sequence[Statement]) -> str | None:
    """What `one` denies by somebody's words and another calls the like right beside it: "it did not violate any
    accords" and "called it a violation of the July ceasefire".
    """
    a, b = one.sentence, other.sentence
    if (a.article_id, a.version) != (b.article_id, b.version) or abs(a.start - b.start) > _CHARGE_REACH:
        return None
    match = find_charge(b.text)
    deniers = _speakers(a, statements)
    if match is None or not deniers or deniers & _speakers(b, statements):
        return None
    denied = {one.words[at].key for at in negation_scopes(one.words)}
    charged = {item.key for item in other.words if match.start("charge") <= item.start < match.end("charge")}
    clear = not any(match.start("charge") <= other.words[at].start for at in negation_scopes(other.words))
    return f"whether it amounted to “{match['charge']}”" if clear and denied & charged else None


def _adjacent_pairs(items: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Places of each two carrying words with nothing but a function word or two between them."""
    carrying = [at for at, item in enumerate(items) if item.carries]
    for at, after in pairwise(carrying):
        if after - at <= _PAIR_REACH and all(items[place].near for place in range(at + 1, after + 1)):
            yield at, after


def _follows_modal(items: Sequence[Token], at: int) -> bool:
    """True for what will, would or may be: it is not denied by what is not so now."""
    return any(item.kind == "modal" for item in items[max(0, at - _MODAL_REACH) : at])


def _opposes(read: _Sentence) -> bool:
    return any(item.form in _AGAINST for item in read.words)


def _denied_word(one: _Sentence, other: _Sentence) -> str | None:
    """A word that `one` has under a negation and `other` without one, beside the same word: "not signing agreements"
    and "signed agreements", but not "after the agreement is signed".
    """
    if _opposes(other):
        return None
    denied, elsewhere = negation_scopes(one.words), negation_scopes(other.words)
    free = [at for at, item in enumerate(other.words) if item.carries and at not in elsewhere]
    known = {other.words[at].key for at in free}
    for at in denied:
        item = one.words[at]
        if item.kind != "word" or _is_negated(other, elsewhere, item.key):
            continue
        if denied[at] == "yet to" and _is_newer(other.sentence, one.sentence):
            continue  # by then it had
        before = max((place for place in denied if place < at and denied[place] == denied[at]), default=None)
        if before is not None and one.words[before].key not in known and not denied[at].startswith("den"):
            continue  # "did not raise interest rates" denies no interest rates
        if any(
            other.words[place].key == item.key
            and _has_same_neighbour(one.words, at, other.words, place)
            and _follows_modal(one.words, at) == _follows_modal(other.words, place)
            for place in free
        ):
            start = one.words[at].start
            last = max(place for place, cue in denied.items() if cue == denied[at] and place >= at)
            return denied_question(one.sentence.text, start, one.words[last].end)
    return None


def _is_newer(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    return one.published is not None and other.published is not None and one.published > other.published


def _has_same_neighbour(one: Sequence[Token], at: int, other: Sequence[Token], place: int) -> bool:
    """True if the next carrying word on one side of both places, names apart, is the same."""
    return any(
        (mine := _neighbour_key(one, at, step)) is not None and mine == _neighbour_key(other, place, step)
        for step in (1, -1)
    )


def _neighbour_key(items: Sequence[Token], at: int, step: int) -> str | None:
    places = range(at + step, len(items) if step > 0 else -1, step)
    return next((items[place].key for place in places if items[place].carries and items[place].kind != "name"), None)


def _is_negated(read: _Sentence, denied: dict[int, str], key: str) -> bool:
    return any(read.words[at].key == key for at in denied)


def _denied_by_next(a: EvidenceSentence, b: EvidenceSentence, evidence: Evidence) -> str | None:
    """`b` denies "this", and `a` is the sentence right before it."""
    if (a.article_id, a.version) != (b.article_id, b.version) or not 0 <= b.start - a.end <= 2:
        return None
    between = evidence.texts.get((a.article_id, a.version), "")[a.end : b.start]
    if between.strip() or not _POINTS_BACK.search(b.text):
        return None
    return reported_question(a.text) or f"“{shorten(a.text)}”"


def _as_written(items: Sequence[Token], read: _Sentence) -> str:
    return read.sentence.text[items[0].start : items[-1].end]


# -- corrections


def _put_corrected_first(item: Disagreement, evidence: Evidence) -> Disagreement:
    """The side whose article has a correction that names the matter comes first."""
    a, b = item.sides
    for first, second in ((a, b), (b, a)):
        for note in _corrections(first, evidence):
            if _corrects(note, first, second):
                return Disagreement(
                    about=f"{item.about} (corrected)", rule=item.rule, sides=(first, second), corrected=True
                )
    return item


def _corrections(sentence: EvidenceSentence, evidence: Evidence) -> Iterator[str]:
    text = evidence.texts.get((sentence.article_id, sentence.version), "")
    return (note.span.of(text) for note in correction_notes(text) if note.kind != "update")


def _corrects(note: str, first: EvidenceSentence, second: EvidenceSentence) -> bool:
    """True if the note names what only the second says: "an earlier version said 15"."""
    noted = {item.key for item in tokens(note) if item.kind in ("name", "number", "unit", "day")}
    mine = {item.key for item in tokens(first.text)}
    its = {item.key for item in tokens(second.text) if item.kind in ("name", "number", "unit", "day")}
    return bool(noted & its - mine)


# -- what two sides dispute, as a question where it can be read off a sentence


_LONGEST_QUESTION = 90  # characters
_END = r"[.!?]?[”\"]?$"
_DENIED_CLAIM = re.compile(rf"\bden(?:y|ies|ied|ying) that (?P<claim>[^,;:.!?“”\"()]+){_END}")
_SAID_CLAIM = re.compile(
    rf"\b(?:{SAYING_PATTERN}|warn(?:s|ed)?|alarm)\b[^,;:.!?“”\"()]{{0,40}}? that (?P<claim>[^,;:.!?“”\"()]+){_END}",
    re.IGNORECASE,
)
# "called it a violation of the ceasefire", "was condemned as violating a ceasefire that ..."
_CHARGE = re.compile(
    r"\b(?:call(?:s|ed)? (?:it|this|that|them|the \w+)|(?:condemn|denounc|describ|brand|criticis|criticiz)"
    r"(?:e?s|ed|ing)(?: [\w’'-]+){0,3} as|accus(?:es?|ed|ing) [^,;:.!?]{1,40}? of)\s+"
    r"(?!(?:only|to|and|or|but|for|from|about|on|in|at|when|after|before|by|with)\b)(?P<charge>[^,;:.!?“”\"()]+?)"
    r"(?=\s+(?:that|which|who)\b|[,;:.!?“”\"()]|$)",
    re.IGNORECASE,
)
_NEGATED_CLAIM = re.compile(
    r"(?:^|\bthat )(?P<claim>(?P<subject>[^,;:.!?“”\"()]+?) "
    r"(?P<verb>did|does|do|is|are|was|were|has|have|had|will|would|can|could)"
    rf" (?:not|never) (?P<rest>[^,;:.!?“”\"()]+)){_END}"
)
_PRONOUN_SUBJECT = re.compile(r"\b(?:he|she|it|they|this|that|these|those|we|i|you|there|who|which)\b", re.IGNORECASE)


def denied_question(text: str, start: int, end: int) -> str:
    """What the words from `start` to `end` of a sentence deny, as a question in words where it can be read off; else
    these words.
    """
    denied = f"“{shorten(text[start:end])}”"
    match = _DENIED_CLAIM.search(text) or _NEGATED_CLAIM.search(text)
    if match is None or not match.start("claim") <= start < match.end("claim"):
        return denied
    claim = match["claim"]
    if match.re is _NEGATED_CLAIM:
        subject = match["subject"].removeprefix("that ").rpartition(" that ")[2]
        if match.start() == 0 and subject.split()[0] in ("The", "A", "An"):
            subject = subject[0].lower() + subject[1:]
        claim = f"{subject} {match['verb']} {match['rest']}"
    return denied if len(claim) > _LONGEST_QUESTION or _PRONOUN_SUBJECT.match(claim) else f"whether {claim}"


def shorten(text: str, most: int = 60) -> str:
    """Words of a text without the end of its sentence, cut where they are many."""
    text = text.rstrip('.!?"”’ ')
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def reported_question(text: str) -> str | None:
    """What a sentence says that somebody says, as a question in words; None where it can't be read off."""
    match = _SAID_CLAIM.search(text)
    if match is None or _PRONOUN_SUBJECT.match(match["claim"]) or len(match["claim"]) > _LONGEST_QUESTION:
        return None
    return f"whether {match['claim']}"


def find_charge(text: str) -> re.Match[str] | None:
    """What a sentence says that somebody calls something or accuses somebody of, as the group `charge`."""
    match = _CHARGE.search(text)
    return match if match and len(match["charge"]) <= _LONGEST_QUESTION else None
