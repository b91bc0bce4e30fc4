"""How far the words of a source bear a sentence out: what it takes to cut the sentence out of the source, and which of
its words nothing in the source accounts for.

Every word that the source does not have, and every place where words of different places are joined, is a doubt; doubts
add up. A word that says something counts 1, a function word a tenth; words that are left out within a sentence 0.2, a
step back in it 0.5, a join with another sentence 0.8 (half of it before a function word). The numbers
are round and were chosen among some on the development data of `onrecord eval qags`, which measures them.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, stem, words
from rag.verification.credits import credits_of
from rag.verification.record import PRONOUNS, Objection, Record
from rag.verification.tokens import Token, names_in, opposite, similar, tokens

_MISSING, _MISSING_FUNCTION = 1.0, 0.1
_SKIP, _BACK, _JOIN = 0.2, 0.5, 0.8
_FUNCTION_SHARE = 0.5  # of the cost of a join before a function word
_SCALE = 3.0  # doubts at which support has fallen to about a third
_BEAM_WIDTH = 2.2  # a way that costs so much more than the cheapest is given up
_CONTENT = frozenset("said say says tell told".split())  # stop words for a search, but not here
SUPPORT_FLOOR = 0.54  # from which on `onrecord eval qags` counts a sentence as supported

_Word = tuple[str, bool]


def support(sentence: str, source: str) -> float:
    """0..1: how far the words of `source` bear `sentence` out.

    `exp(-doubts / 3)`, the doubts eased by the fourth root of the number of words that carry meaning, so that a long
    sentence may differ a little more than a short one. 1 for words that stand there in one piece; 0 where no word with
    a meaning stands in the source.
    """
    claim = _stemmed_words(sentence)
    size = sum(content for _, content in claim)
    source_words = [_stemmed_words(span.of(source)) for span in sentences(source)]
    known = {word for one in source_words for word, _ in one}
    if not any(word in known for word, content in claim if content):
        return 0.0
    doubts = _least_cost(claim, source_words) / size**0.25
    return math.exp(-doubts / _SCALE)


def _stemmed_words(text: str) -> list[_Word]:
    """Stems, and whether each says something."""
    return [(stem(word), word not in STOPWORDS or word in _CONTENT) for word in words(text)]


def _least_cost(claim: Sequence[_Word], source: Sequence[Sequence[_Word]]) -> float:
    """The least cost of making the words out of the sentences given, by dynamic programming over where each stands."""
    places: dict[str, list[int]] = defaultdict(list)
    owner: list[int] = []
    for number, one in enumerate(source):
        for word, _ in one:
            places[word].append(len(owner))
            owner.append(number)
    ways: dict[int, float] = {-1: 0.0}  # where the last word found stands -> cost so far
    for word, content in claim:
        missing = _MISSING if content else _MISSING_FUNCTION
        after = {at: cost + missing for at, cost in ways.items()}
        for place in places.get(word, ()):
            cost = min(
                cost + _step_cost(at, place, owner) * (1.0 if content else _FUNCTION_SHARE) for at, cost in ways.items()
            )
            after[place] = min(cost, after.get(place, math.inf))
        best = min(after.values())
        ways = {at: cost for at, cost in after.items() if cost <= best + _BEAM_WIDTH}
    return min(ways.values())


def _step_cost(at: int, place: int, owner: Sequence[int]) -> float:
    if at < 0 or place == at + 1:
        return 0.0
    if owner[at] != owner[place]:
        return _JOIN
    return _SKIP if place > at else _BACK


# -- every word that says something is accounted for: the sources have it or one that means the same, it tells who a
# person of theirs is by the rest of the article, or it only says that somebody spoke


_LEFT_OVER = 0.3  # share of the words that say something which may be of the writer's own
_FOREIGN, _FEW = 0.7, 3  # share and number of words left over from which on it tells something else
_REPORTED_SHARE = 0.6  # the same of what somebody is told to have said, from which on they did not say it
_SPAN_SHARE = 0.5  # share of the words that the cited spans themselves must have, for what stands before them to count
_CHECKED_KINDS = {"hedge": 1.0, "word": 1.0, "name": 1.0, "quantifier": 1.0}
_CARRIES = frozenset(_CHECKED_KINDS) | {"number", "day"}
_DEGREE_WORDS = frozenset(
    stem(word) for word in "early late new old long short now first last high low".split()
)  # of what?
_CLAUSE = re.compile(r"[,;:]|\b(?:while|whereas|but|although|though)\b", re.IGNORECASE)
_PREFIXES = ("un", "in", "im", "dis", "non")
# Words that begin like an opposite and are none.
_PREFIXED = frozenset(
    stem(word)
    for word in """imprison inform install impose impress improve import impart implant include intend invest inside
    income insure incite inflate invent dismiss display discover discount dispose dissolve dispatch discharge uniform
    union input inland index disclose""".split()
)
_DESCRIBES = 6  # words around a person's name that may tell who that is
# Words with which one tells what somebody said or how things hang together; they claim nothing by themselves.
_TELLING = frozenset(
    stem(word)
    for word in """say tell add state note explain report mention point declare announce statement remark comment
    according also however meanwhile both same still yet while whereas though although as well since then there one
    thing article source time place way make take have do be get give go come put case part concern regard relate
    speak word call describe term question issue matter turn respect fact whether among amid during including
    former latter would warn complain feel admit concede insist acknowledge think number compare already all see
    note publish anonymous himself herself themselves able possible seem appear who whose former long""".split()
)


def check_accounts(text: str, record: Record) -> Iterator[Objection]:
    """One doubt that names the words left over, where there are too many, and one for each opposite."""
    names = names_in(f"{text}\n{record.full_text}")
    claim = [item for item in tokens(text, names=names) if item.kind in _CHECKED_KINDS and item.form not in PRONOUNS]
    source = {item.key for item in tokens(record.body)} | record.cited_stems
    near = _preceding_stems(record)
    if sum(_is_supported(item, source) for item in claim if item.kind == "word") < _SPAN_SHARE * sum(
        item.kind == "word" for item in claim
    ):
        near = frozenset()  # what points back says something itself
    unsupported = [item for item in claim if not _is_accounted_for(item, claim, source, near, record)]
    carrying = [item for item in tokens(text, names=names) if item.kind in _CARRIES and item.key not in _TELLING]
    held = {item.key for item in claim}
    close = {item.key for item in tokens(record.closest)}
    denied = any(item.kind == "negation" for item in tokens(text))
    for item in claim:
        if (
            item.key in source
            or item.kind == "name"
            or item.key in _DEGREE_WORDS
            or any(similar(item.key, one) for one in source)
        ):
            continue
        if other := next((one for one in sorted(close - held) if _are_opposites(item.key, one, denied=denied)), None):
            yield Objection(
                f"it says “{item.form}” where its source says the opposite (“{_form_in_source(other, record)}”)",
                "soft",
                (item.start, item.end),
            )
    yield from _check_reported_words(text, record, source)
    yield from _check_opposite_clauses(text, record)
    if len(unsupported) > _LEFT_OVER * len(carrying):
        most = (
            len(unsupported) > _FOREIGN * len(carrying)
            and len(unsupported) >= _FEW
            and not record.has_half(unsupported)
        )
        shown = ", ".join(f"“{text[item.start : item.end]}”" for item in unsupported[:4])
        yield Objection(
            f"its source does not say as much ({shown})",
            "hard" if most else "soft",
            (unsupported[0].start, unsupported[-1].end),
        )


def _check_reported_words(text: str, record: Record, source: set[str]) -> Iterator[Objection]:
    """What somebody is told to have said has most of its words from the sources."""
    attributions = [one for one in credits_of(text) if one.pure]
    for at, credit in enumerate(attributions):
        end = attributions[at + 1].start if at + 1 < len(attributions) else len(text)
        reported = [item for item in tokens(text[credit.end : end], names=record.name_words) if item.kind == "word"]
        reported = [item for item in reported if item.key not in _TELLING and item.form not in PRONOUNS]
        unsupported = [item for item in reported if not _is_supported(item, source)]
        if unsupported and len(unsupported) > _REPORTED_SHARE * len(reported):
            shown = ", ".join(f"“{item.form}”" for item in unsupported[:4])
            yield Objection(f"its source does not have this said ({shown})", "soft", (credit.start, credit.end))


def _check_opposite_clauses(text: str, record: Record) -> Iterator[Objection]:
    """A clause does not tell of somebody the opposite of what the clause of its source tells that names them."""
    theirs = [tokens(one, names=record.name_words) for one in _CLAUSE.split(record.closest)]
    for clause in _CLAUSE.split(text) if len(theirs) > 1 else ():
        mine = tokens(clause, names=record.name_words)
        named = {item.key for item in mine if item.kind == "name"}
        beside = [one for one in theirs if named and {item.key for item in one if item.kind == "name"} == named]
        keys = {item.key for one in beside for item in one}
        for item in mine:
            if item.kind != "word" or item.key in keys or any(similar(item.key, key) for key in keys):
                continue
            if other := next((key for key in sorted(keys) if opposite(item.key, key)), None):
                shown = _form_in_source(other, record)
                yield Objection(f"it says “{item.form}” where its source says the opposite (“{shown}”)")


def _is_supported(item: Token, source: set[str]) -> bool:
    return item.key in source or item.key in _TELLING or any(similar(item.key, other) for other in source)


def _are_opposites(word: str, other: str, *, denied: bool) -> bool:
    """True for opposites, and for one word with "un" or "in" before it."""
    if opposite(word, other):
        return True
    long, short = (word, other) if len(word) > len(other) else (other, word)
    return not denied and len(short) > 3 and long not in _PREFIXED and any(long == one + short for one in _PREFIXES)


def _form_in_source(key: str, record: Record) -> str:
    return next((item.form for item in tokens(record.body) if item.key == key), key)


def _preceding_stems(record: Record) -> frozenset[str]:
    """Stems of the sentences before the spans, where a span points back to them."""
    return frozenset(item.key for item in tokens(record.text_before)) if record.points_back else frozenset()


def _is_accounted_for(
    item: Token, claim: Sequence[Token], source: set[str], near: frozenset[str], record: Record
) -> bool:
    keys = {item.key, stem(item.form)}
    if keys & source or keys & _TELLING:
        return True
    if any(similar(key, other) for key in keys for other in source):
        return True
    if keys & near:
        return True
    if item.tense == "past":
        return item.kind == "name"  # what somebody has done is no description of who they are
    described = keys & record.descriptions or any(similar(key, other) for key in keys for other in record.descriptions)
    return bool(described and _is_beside_name(item, claim, record)) or item.kind == "name"


def _is_beside_name(item: Token, claim: Sequence[Token], record: Record) -> bool:
    """True if a name of one of the record's people, or nothing but their description, stands a few words away."""
    at = claim.index(item)
    around = claim[max(0, at - _DESCRIBES) : at + _DESCRIBES + 1]
    return any(one.form in record.cited_people for one in around) or not any(one.kind == "name" for one in claim)
