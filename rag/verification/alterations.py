"""How a quotation differs from the record: the nearest stretch of a source word by word, and the kind of change.

Words are compared as they are written, apart from case: a quotation has to have the very words, so that "build" is not
"built". Only `rag.text.grounding.locate` says that a quotation is verbatim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile

from rag.domain import Alteration, Match, Span
from rag.text.canonical import fold
from rag.text.grounding import locate
from rag.text.lexing import FULL_FORMS
from rag.text.places import country_of
from rag.text.terms import STOPWORDS, stem
from rag.verification.quotations import swap_initial_case
from rag.verification.tokens import Token, tokens

# An ellipsis, or an insertion or omission in brackets: what stands on its sides need not be neighbours in the source.
_OMISSION = re.compile(r"\s*(?:[\[(]\s*(?:…|\.\s?\.\s?\.)\s*[\])]|…|\.\s?\.\s?\.(?:\s?\.)?|\[[^\[\]]{0,80}\])\s*")
_INITIAL = re.compile(r"\[([^\W\d_])\](?=[^\W\d_])")  # [T]he
_BRACKET = re.compile(r"[\[\]]")
_JOINT = re.compile(r"[.!?]['\"’”)]*\s+['\"‘“(]*[^\W\d_a-z]")  # where one sentence ends and another begins
_CLAUSE_END = re.compile(r"[.,;:!?()–—]|\s-\s")
_WORD = re.compile(r"\w+")
_EDGE = " \t\n.,;:!?-–—"
_LEAST_SHARE, _LEAST_WORDS = 0.6, 3  # of a quotation, in one stretch of a source, for that to be what was quoted
_MOST_SHARE, _LONG_RUN = 0.85, 8  # the same for a quotation that has hardly a content word
_FEW_CHANGED = 2  # words in the place of others, beside which one content word is enough
_STITCH = 3  # words that each of two pieces has at least
_CUT_MOST = 40  # words between two halves of a quotation that still are one place with words left out
_FEW_CUT = 5  # words left out between two sentences that are still words left out
_PHRASE = 3  # words left out or put in that are more than one change of meaning
_LONER = 3  # words beyond which a single function word in common is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The stretch of a text that comes nearest to a quotation. `share` is 0..1, the quotation's words that it has in
    their order; `changes` are pairs of what the quotation has and what the source has in its place, one may be empty;
    there are none where only marks differ.
    """

    span: Span
    share: float
    alteration: Alteration
    changes: tuple[tuple[str, str], ...]


def locate_pieces(quote: str, text: str) -> tuple[list[Span], Match] | None:
    """Where the words of a quotation stand in a text: one span, or one for each piece between its omissions ("...",
    "[sic]"), in order; None where any of them does not, or where an omission hides a negation of the words beside it
    ("we will ... sign"). A first letter may be small or a capital, and a stop at the end may be missing.
    """
    if whole := locate(quote.strip(_EDGE), text):  # the source's own brackets and dots
        return [whole.span], whole.match
    spans: list[Span] = []
    match: Match = "exact"
    at = 0
    for piece in pieces(quote):
        place = locate(piece, text, start=at) or locate(swap_initial_case(piece), text, start=at)
        if place is None or (spans and _negates_neighbour(text[at : place.span.start])):
            return None
        spans.append(place.span)
        at = place.span.end
        match = match if place.match == "exact" else "typographic"
    return (spans, match) if spans else None


def _negates_neighbour(omitted: str) -> bool:
    """True if omitted words have a negation in the clause of the words before or behind them."""
    clauses = _CLAUSE_END.split(omitted)
    return any(item.kind == "negation" for clause in (clauses[0], clauses[-1]) for item in tokens(clause))


def pieces(quote: str) -> list[str]:
    """The pieces of a quotation that must stand in the source letter by letter."""
    parts = (part.strip(_EDGE) for part in _OMISSION.split(_INITIAL.sub(r"\1", quote)))
    return [part for part in parts if any(map(str.isalnum, part))]


def find_nearest(quote: str, text: str) -> Nearest | None:
    """The stretch of a text that a quotation was most likely made from; None where no stretch has most of its words."""
    quotation = " ".join(pieces(quote))
    ours = _tokens(quotation)
    content = [at for at, item in enumerate(ours) if item.form not in STOPWORDS]
    if len(ours) < _LEAST_WORDS or not content:
        return None
    folded_text = fold(text)
    missing = sum(ours[at].form not in folded_text for at in content)
    few = missing <= _FEW_CHANGED <= len(ours) - _LEAST_WORDS and missing < len(content)
    has_most = len(content) - missing >= _LEAST_SHARE * len(content) or len(ours) - missing >= _MOST_SHARE * len(ours)
    if not few and not has_most:
        return None  # without reading all its words
    stretch = _stretch(quotation, text)
    theirs = _tokens(stretch.of(text))
    start, end = _window([item.form for item in ours], [item.form for item in theirs])
    window = [replace(one, start=one.start + stretch.start, end=one.end + stretch.start) for one in theirs[start:end]]
    blocks = _blocks(ours, window)
    size = sum(size for _, _, size in blocks)
    common = {a + step for a, _, size in blocks for step in range(size)}
    in_order = size >= max(_LEAST_WORDS - 1, _LEAST_SHARE * len(ours))
    has_content = len(common.intersection(content)) >= max(1, _LEAST_SHARE * len(content))
    is_long = size >= _LONG_RUN and size >= _MOST_SHARE * len(ours)
    has_few_changes = (
        few
        and len(ours) - size <= _FEW_CHANGED
        and len({b - a for a, b, _ in blocks}) == 1  # word for word
        and not common.isdisjoint(content)
    )
    if not in_order or not (has_content or is_long or has_few_changes):
        return _reordered(ours, window, quotation, text)
    first, last = _widen_to_edges(blocks, len(ours), len(window))
    source = window[first:last]
    changes = tuple(_changes(ours, source))
    kind = _kind_of_change(changes)
    if kind == "cut" and any(
        len(its) > _FEW_CUT and _has_joint(text, its[0].start - 3, its[-1].end) for _, its in changes
    ):
        kind = "stitched"  # two sentences made one
    return Nearest(
        span=Span(source[0].start, source[-1].end),
        share=size / len(ours),
        alteration=kind,
        changes=tuple((_as_written(mine, quotation), _as_written(its, text)) for mine, its in changes),
    )


def _stretch(quotation: str, text: str) -> Span:
    """Where the best `_window` lies, with as much on both sides: reading a whole article closely takes long."""
    ours = [match.group().lower() for match in _WORD.finditer(quotation)]
    places = list(_WORD.finditer(text))
    start, end = _window(ours, [place.group().lower() for place in places])
    around = end - start
    first, last = max(0, start - around), min(len(places), end + around)
    return Span(
        places[first - 1].end() if first else 0, places[last].start() if last < len(places) else len(text)
    )  # with the marks around its words


def _reordered(ours: Sequence[Token], window: Sequence[Token], quotation: str, text: str) -> Nearest | None:
    """The stretch of a window that has a quotation's words in another order; None where it lacks any of them."""
    counts = Counter(item.form for item in ours)
    for start in range(len(window) - len(ours) + 1):
        stretch = window[start : start + len(ours) + _LONER]
        if window[start].form in counts and not counts - Counter(item.form for item in stretch):
            break
    else:
        return None
    while counts <= Counter(item.form for item in stretch[:-1]):
        stretch = stretch[:-1]
    span = Span(stretch[0].start, stretch[-1].end)
    return Nearest(span=span, share=1.0, alteration="order", changes=((quotation, span.of(text)),))


def find_stitched_places(quote: str, texts: Sequence[str]) -> tuple[tuple[int, Span], tuple[int, Span]] | None:
    """The two places from which a quotation was joined, as (index in `texts`, span): one has its beginning, the other
    the rest, word for word. None for any other quotation, and where both are one place with words left out.
    """
    ours = [item.form for item in _tokens(" ".join(pieces(quote)))]
    if len(ours) < 2 * _STITCH:
        return None
    folded = [fold(_BRACKET.sub("", text)) for text in texts]
    heads, tails = (
        [
            (_longest_run(ours, _tokens(text), from_end=from_end), at)
            for at, text in enumerate(texts)
            if _may_have(edge, folded[at])
        ]
        for edge, from_end in ((ours[:_STITCH], False), (ours[-_STITCH:], True))
    )
    (head, head_start), one = max(heads, key=lambda item: (item[0][0], -item[1]), default=((0, 0), 0))
    (tail, tail_start), other = max(tails, key=lambda item: (item[0][0], -item[1]), default=((0, 0), 0))
    if head < _STITCH or tail < _STITCH or head + tail < len(ours) or len(ours) in (head, tail):
        return None
    first, second = _span(texts[one], head_start, head), _span(texts[other], tail_start, tail)
    near = one == other and 0 <= tail_start - (head_start + head) <= _CUT_MOST
    if near and not _has_joint(texts[one], first.end, second.start):
        return None
    return (one, first), (other, second)


def _may_have(forms: Sequence[str], folded_text: str) -> bool:
    """False if a folded text lacks one of these words, without reading all its words; function words may be cut short
    in it.
    """
    return all(form in folded_text for form in forms if form.isalnum() and form not in STOPWORDS | FULL_FORMS)


def _has_joint(text: str, start: int, end: int) -> bool:
    """True if a sentence ends and another begins there."""
    return _JOINT.search(text, max(0, start), end + 1) is not None


@lru_cache(maxsize=256)
def _tokens(text: str) -> tuple[Token, ...]:
    """The words of a text, "[T]he" as one."""
    items: list[Token] = []
    for item in tokens(text):
        bracket = _INITIAL.match(text, items[-1].start - 1) if items else None
        if bracket and bracket.end() == item.start:
            initial = items.pop()
            form = initial.form + item.form
            item = replace(item, form=form, key=stem(form), start=initial.start - 1)
        items.append(item)
    return tuple(items)


def _span(text: str, first: int, count: int) -> Span:
    items = _tokens(text)[first : first + count]
    return Span(items[0].start, items[-1].end)


def _longest_run(ours: Sequence[str], items: Sequence[Token], *, from_end: bool) -> tuple[int, int]:
    """How many words of the beginning (or of the end) of a quotation stand in a text in a row, and where they begin."""
    step = -1 if from_end else 1
    forms, edges = [item.form for item in items][::step], ours[::step]
    best, place = 0, 0
    for at in [at for at, form in enumerate(forms) if form == edges[0]][::step]:
        pairs = zip(edges, forms[at : at + len(edges)], strict=False)
        size = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if size > best:
            best, place = size, len(forms) - at - size if from_end else at
    return best, place


def _window(ours: Sequence[str], theirs: Sequence[str]) -> tuple[int, int]:
    """The stretch of half as many words again that has most of the quotation's, function words counting a quarter."""
    width = len(ours) + len(ours) // 2 + 10
    counts = Counter(ours)
    inside: Counter[str] = Counter()
    best, place, score = 0.0, 0, 0.0
    for at, form in enumerate(theirs):
        if form in counts:
            inside[form] += 1
            score += _word_weight(form) if inside[form] <= counts[form] else 0.0
        if at >= width and (first := theirs[at - width]) in counts:
            score -= _word_weight(first) if inside[first] <= counts[first] else 0.0
            inside[first] -= 1
        if score > best + 1e-9:
            best, place = score, at + 1
    return max(0, place - width), min(len(theirs), place + len(ours) // 2)


def _word_weight(form: str) -> float:
    return 0.25 if form in STOPWORDS else 1.0


def _blocks(ours: Sequence[Token], theirs: Sequence[Token]) -> list[tuple[int, int, int]]:
    """The runs of words that both have, without single function words far from any other."""
    matcher = SequenceMatcher(None, [item.form for item in ours], [item.form for item in theirs], autojunk=False)
    blocks = [(item.a, item.b, item.size) for item in matcher.get_matching_blocks() if item.size]
    while len(blocks) > 1 and _is_chance(ours, blocks[0], blocks[1]):
        blocks = blocks[1:]
    while len(blocks) > 1 and _is_chance(ours, blocks[-1], blocks[-2]):
        blocks = blocks[:-1]
    return blocks


def _is_chance(ours: Sequence[Token], edge: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    first, second = sorted((edge, other), key=lambda item: item[1])
    apart = second[1] - (first[1] + first[2]) - (second[0] - (first[0] + first[2]))
    return edge[2] == 1 and ours[edge[0]].form in STOPWORDS and apart > _LONER


def _widen_to_edges(blocks: Sequence[tuple[int, int, int]], ours: int, theirs: int) -> tuple[int, int]:
    """The stretch of the window that the quotation lies beside, with as many words at its edges as it has there."""
    a, b, _ = blocks[0]
    last_a, last_b, size = blocks[-1]
    return max(0, b - a), min(theirs, last_b + size + (ours - last_a - size))


def _changes(ours: Sequence[Token], theirs: Sequence[Token]) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    matcher = SequenceMatcher(None, [item.form for item in ours], [item.form for item in theirs], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield ours[a:b], theirs[c:d]


def _kind_of_change(changes: Sequence[tuple[Sequence[Token], Sequence[Token]]]) -> Alteration:
    mine = [item for some, _ in changes for item in some]
    its = [item for _, some in changes for item in some]
    if Counter(item.form for item in mine) == Counter(item.form for item in its):
        return "order"
    if (not mine or not its) and len(mine) + len(its) >= _PHRASE:  # a whole phrase, whatever is in it
        return "cut" if its else "added"
    if _differ(mine, its, "negation"):
        return "negation"
    if _differ(mine, its, "number", "unit"):
        return "number"
    replacements = [(some, other) for some, other in changes if some and other]
    if any(_has_name(some) and _has_name(other) for some, other in replacements):
        return "name"
    return "cut" if not mine else "added" if not its else "wording"


def _differ(mine: Sequence[Token], its: Sequence[Token], *kinds: str) -> bool:
    return Counter(item.key for item in mine if item.kind in kinds) != Counter(
        item.key for item in its if item.kind in kinds
    )


def _has_name(items: Sequence[Token]) -> bool:
    """True for a name or a day; a country is a name at the head of a sentence too."""
    return any(item.kind in ("name", "day") or country_of(item.form.title()) is not None for item in items)


def _as_written(items: Sequence[Token], text: str) -> str:
    """The words as they are written, a contracted "not" with its verb."""
    if not items:
        return ""
    start = items[0].start
    while items[0].form == "n't" and start and text[start - 1].isalpha():
        start -= 1
    return text[start : items[-1].end]
