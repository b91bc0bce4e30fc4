"""Lexical support: what it takes to cut a claim out of the words of its source, and which of its words nothing in the
source accounts for.

Every word that the source does not have, and every place where words of different places are joined, is a doubt; doubts
add up. A content word counts 1, a function word a tenth; words that are left out within a sentence 0.2, a
step back in it 0.5, a join with another sentence 0.8 (half of it before a function word). The numbers
are round and were chosen among some on the development data of `onrecord eval qags`, which measures them.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rag.knowledge.tables import words_of
from rag.knowledge.words import verbs_used
from rag.text.related_words import has_similar, opposite
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, stem, words
from rag.verification.attributions import attributions_in
from rag.verification.lexicon import PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.polarity import NO_OPPOSITES
from rag.verification.premise import PRONOUNS, Premise
from rag.verification.tokens import Token, names_in, tokens

_MISSING, _MISSING_FUNCTION = 1.0, 0.1
_SKIP, _BACK, _JOIN = 0.2, 0.5, 0.8
_FUNCTION_SHARE = 0.5  # of the cost of a join before a function word
_SCALE = 3.0  # doubts at which support has fallen to about a third
_BEAM_WIDTH = 2.2  # a way that costs so much more than the cheapest is given up
_REPORTING_VERBS = words_of("function_words", "reporting") - {"according"}  # stop words for a search, but not here
SUPPORT_FLOOR = 0.54  # from which on `onrecord eval qags` counts a sentence as supported

_Word = tuple[str, bool]  # a stem, and whether it is a content word


def support(sentence: str, source: str) -> float:
    """0..1: how far the words of `source` bear `sentence` out.

    `exp(-doubts / 3)`, the doubts eased by the fourth root of the number of content words, so that a long sentence may
    differ a little more than a short one. 1 for words that stand there in one piece; 0 where no content word stands in
    the source.
    """
    claim = _stemmed_words(sentence)
    content = [word for word, is_content in claim if is_content]
    source_words = [_stemmed_words(span.of(source)) for span in sentences(source)]
    if {word for one in source_words for word, _ in one}.isdisjoint(content):
        return 0.0
    doubts = _least_cost(claim, source_words) / len(content) ** 0.25
    return math.exp(-doubts / _SCALE)


def _stemmed_words(text: str) -> list[_Word]:
    return [(stem(word), word not in STOPWORDS or word in _REPORTING_VERBS) for word in words(text)]


def _least_cost(claim: Sequence[_Word], source: Sequence[Sequence[_Word]]) -> float:
    """The least cost of making the words out of the sentences of a source, by dynamic programming over where each
    stands."""
    places: dict[str, list[int]] = defaultdict(list)
    sentence_at: list[int] = []
    for number, one in enumerate(source):
        for word, _ in one:
            places[word].append(len(sentence_at))
            sentence_at.append(number)
    ways: dict[int, float] = {-1: 0.0}  # place of the last word that is in the source -> cost so far
    for word, is_content in claim:
        missing, share = (_MISSING, 1.0) if is_content else (_MISSING_FUNCTION, _FUNCTION_SHARE)
        costs = {at: cost + missing for at, cost in ways.items()}
        for place in places.get(word, ()):
            cost = min(cost + _step_cost(at, place, sentence_at) * share for at, cost in ways.items())
            costs[place] = min(cost, costs.get(place, math.inf))
        most = min(costs.values()) + _BEAM_WIDTH
        ways = {at: cost for at, cost in costs.items() if cost <= most}
    return min(ways.values())


def _step_cost(at: int, place: int, sentence_at: Sequence[int]) -> float:
    if at < 0 or place == at + 1:
        return 0.0
    if sentence_at[at] != sentence_at[place]:
        return _JOIN
    return _SKIP if place > at else _BACK


# -- every content word is accounted for: the sources have it or one that means the same, it describes a person of
# theirs by the rest of the article, or it only says that somebody spoke


def _stems_of(key: str) -> frozenset[str]:
    return frozenset(map(stem, words_of("verification", key)))


_LEFT_OVER = 0.3  # share of the content words which may be of the writer's own
_FOREIGN, _FEW = 0.7, 3  # share and number of words left over from which on it says something else
_REPORTED_SHARE = 0.6  # share of the words of what it attributes to somebody, from which on they did not say it
_SPAN_SHARE = 0.5  # share of the words that the cited spans themselves must have, for what stands before them to count
_MOST_SHOWN = 4  # words in a reason
_LEXICAL_KINDS = ("hedge", "word", "name", "quantifier")
_CONTENT_KINDS = (*_LEXICAL_KINDS, "number", "day")
_DEGREE_WORDS = _stems_of("degree_words")
_GAP = re.compile(r"\s{3}|[^\w\s’'-]")  # a quotation that was blanked, or a mark
_PREFIXES = words_of("negation", "prefixes")
_DESCRIPTION_REACH = 6  # words around a person's name that may describe them
_REPORTING = _stems_of("reporting") | frozenset(map(stem, verbs_used("empty")))


def check_lexical_support(text: str, premise: Premise) -> Iterator[Objection]:
    """One doubt that names the words left over, where there are too many, and one for each opposite."""
    all_tokens = tokens(text, names=names_in(f"{text}\n{premise.article_text}"))
    claim = [item for item in all_tokens if item.kind in _LEXICAL_KINDS and item.form not in PRONOUNS]
    source = {item.key for item in tokens(premise.text)} | premise.stems
    has_negation = any(item.kind == "negation" for item in all_tokens)
    yield from _check_opposites(claim, source, premise, has_negation)
    yield from _check_reported_words(text, premise, source)
    yield from _check_opposite_clauses(text, premise)
    plain = [item for item in claim if item.kind == "word"]
    antecedents = frozenset(item.key for item in tokens(premise.antecedents))
    if sum(_is_supported(item, source) for item in plain) < _SPAN_SHARE * len(plain):
        antecedents = frozenset()  # what points back says something itself
    unsupported = [item for item in claim if not _is_accounted_for(item, claim, source, antecedents, premise)]
    size = sum(item.kind in _CONTENT_KINDS and item.key not in _REPORTING for item in all_tokens)
    if len(unsupported) > _LEFT_OVER * size:
        is_foreign = len(unsupported) > _FOREIGN * size and len(unsupported) >= _FEW
        yield Objection(
            f"its source does not say “{_phrases(text, unsupported, all_tokens)}”",
            "missing" if is_foreign and not premise.has_half_of(unsupported) else "soft",
            (unsupported[0].start, unsupported[-1].end),
        )


def _check_opposites(
    claim: Sequence[Token], source: set[str], premise: Premise, has_negation: bool
) -> Iterator[Objection]:
    """A word is not the opposite of one in the closest sentence of the sources."""
    keys = {item.key for item in claim}
    candidates = sorted({item.key for item in tokens(premise.closest)} - keys)
    for item in claim:
        if item.kind == "name" or item.key in _DEGREE_WORDS or has_similar(item.key, source):
            continue
        if other := next((key for key in candidates if _are_opposites(item.key, key, has_negation)), None):
            yield _opposite_objection(item, other, premise, (item.start, item.end))


def _opposite_objection(item: Token, other: str, premise: Premise, span: tuple[int, int] | None = None) -> Objection:
    form = next((one.form for one in tokens(premise.text) if one.key == other), other)
    return Objection(f"it says “{item.form}” where its source says the opposite (“{form}”)", "soft", span)


def _listed(forms: Iterable[str]) -> str:
    return ", ".join(f"“{form}”" for form in list(forms)[:_MOST_SHOWN])


def _phrases(text: str, items: Sequence[Token], all_tokens: Sequence[Token]) -> str:
    """The words of a claim that nothing accounts for, with the function words around them and dots for what lies
    between: “likely to sell … at sea”.
    """
    groups: list[tuple[int, int]] = []
    start: int | None = None  # of the next group; None within one
    for item in all_tokens:
        if item in items:
            if start is None and groups and not _GAP.search(text[groups[-1][1] : item.start]):
                groups[-1] = (groups[-1][0], item.end)
            else:
                lead = start if groups and start is not None and not _GAP.search(text[start : item.start]) else None
                groups.append((item.start if lead is None else lead, item.end))
            start = None
        elif item.kind in _CONTENT_KINDS:
            start = item.end
    return " … ".join(" ".join(text[first:last].split()) for first, last in groups[:_MOST_SHOWN])


def _check_reported_words(text: str, premise: Premise, source: set[str]) -> Iterator[Objection]:
    """What a claim attributes to somebody has most of its words from the sources."""
    attributions = [item for item in attributions_in(text) if item.is_neutral]
    ends = [*(item.start for item in attributions[1:]), len(text)]
    for attribution, end in zip(attributions, ends, strict=False):
        content = [
            item
            for item in tokens(text[attribution.end : end], names=premise.name_words)
            if item.kind == "word" and item.key not in _REPORTING and item.form not in PRONOUNS
        ]
        unsupported = [item.form for item in content if not _is_supported(item, source)]
        if len(unsupported) > _REPORTED_SHARE * len(content):
            where = (attribution.start, attribution.end)
            yield Objection(f"its source does not have this said ({_listed(unsupported)})", "soft", where)


def _check_opposite_clauses(text: str, premise: Premise) -> Iterator[Objection]:
    """A clause does not say of somebody the opposite of what the clause of its source says that names them."""
    theirs = [tokens(one, names=premise.name_words) for one in PATTERNS.supported_clause.split(premise.closest)]
    for clause in PATTERNS.supported_clause.split(text) if len(theirs) > 1 else ():
        mine = tokens(clause, names=premise.name_words)
        names = _name_keys(mine)
        keys = sorted({item.key for one in theirs if names and _name_keys(one) == names for item in one})
        for item in mine:
            if item.kind != "word" or has_similar(item.key, keys):
                continue
            if other := next((key for key in keys if opposite(item.key, key)), None):
                yield _opposite_objection(item, other, premise)


def _name_keys(items: Sequence[Token]) -> set[str]:
    return {item.key for item in items if item.kind == "name"}


def _is_supported(item: Token, source: set[str]) -> bool:
    return item.key in _REPORTING or has_similar(item.key, source)


def _are_opposites(word: str, other: str, has_negation: bool) -> bool:
    """True for opposites, and for one word with a negating prefix before it in a claim without a negation."""
    if opposite(word, other):
        return True
    short, long = sorted((word, other), key=len)
    if has_negation or len(short) <= 3 or long in NO_OPPOSITES:
        return False
    return any(long == prefix + short for prefix in _PREFIXES)


def _is_accounted_for(
    item: Token, claim: Sequence[Token], source: set[str], antecedents: frozenset[str], premise: Premise
) -> bool:
    keys = {item.key, stem(item.form)}
    if item.kind == "name" or keys & (_REPORTING | antecedents) or any(has_similar(key, source) for key in keys):
        return True
    if item.tense == "past":
        return False  # what somebody has done does not describe who they are
    return any(has_similar(key, premise.descriptions) for key in keys) and _is_beside_name(item, claim, premise)


def _is_beside_name(item: Token, claim: Sequence[Token], premise: Premise) -> bool:
    """True if a name of one of the premise's people stands a few words away, or if the claim has no name at all."""
    at = claim.index(item)
    around = claim[max(0, at - _DESCRIPTION_REACH) : at + _DESCRIPTION_REACH + 1]
    return any(one.form in premise.people for one in around) or not any(one.kind == "name" for one in claim)
