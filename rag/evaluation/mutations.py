"""Mutations of an article's sentences by rule: some change the meaning, others only the typography.

`altered_drafts` makes drafts that must be withheld, `faithful_drafts` drafts that must be kept, from one article whose
sentences are the sources. A draft is made only if the rule truly changes the words: a number becomes another number, a
speaker another speaker of the article, and so on. The result is the same on every run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Span
from rag.knowledge.words import COUNTS
from rag.text.quotations import quotations
from rag.text.terms import words

_FEWEST_WORDS, _MOST_WORDS = 5, 60
_TENSES = {
    "will": ("would", "did"), "would": ("will",), "is": ("was",), "was": ("is",), "are": ("were",), "were": ("are",),
    "has": ("had",), "had": ("has",),
}  # fmt: skip
_UNITS = {
    "percent": ("percentage points", "per mille"), "%": (" percentage points",), "million": ("billion", "thousand"),
    "billion": ("million", "trillion"), "thousand": ("million",), "hundred": ("thousand",), "trillion": ("billion",),
    "$": ("€", "£"), "dollars": ("euros",), "miles": ("kilometers",), "feet": ("meters",), "days": ("weeks", "months"),
    "weeks": ("days", "months"), "months": ("weeks", "years"), "years": ("months", "days"), "hours": ("minutes",),
    "minutes": ("hours", "seconds"), "year": ("month",), "month": ("week",), "week": ("month",), "day": ("week",),
    "points": ("percent",), "seconds": ("minutes",), "pounds": ("tons",), "acres": ("miles",), "decades": ("years",),
}  # fmt: skip
_NUMBER_WORDS = [word for word, value in COUNTS.items() if 2 <= value <= 12]
_OPPOSITES = {
    "unable": ("able",), "unlikely": ("likely",), "without": ("with",), "nothing": ("something",), "none": ("some",),
    "nobody": ("somebody",), "refused to": ("agreed to",), "failed to": ("managed to",), "denied": ("confirmed",),
    "declined to": ("agreed to",), "denies": ("confirms",), "refuses to": ("agrees to",), "rejected": ("accepted",),
    "neither": ("both",), "nor": ("and",), "hardly": ("surely",), "cannot": ("can",), "deny": ("confirm",),
    "opposed": ("backed",), "opposes": ("backs",), "fails to": ("manages to",),
}  # fmt: skip
_HEDGE = re.compile(r"\b(may|might|could|reportedly|allegedly|possibly|perhaps|probably|likely|apparently) ")
_QUANTITIES = {
    "more than": "less than", "at least": "at most", "always": "sometimes", "often": "rarely", "before": "after",
    "after": "before", "all": "some", "some": "all", "most": "some", "many": "few", "every": "some", "few": "many",
    "several": "all",
}  # fmt: skip
_OTHER_WORDS = {
    "really": "truly", "new": "fresh", "first": "last", "against": "for", "one": "each", "our": "my", "we": "they",
    "who": "that", "this": "that", "there": "here", "border": "frontier", "any": "every", "said": "thought",
    "people": "persons", "country": "state", "think": "believe", "going": "about", "very": "quite", "great": "fine",
    "big": "large", "know": "see", "good": "decent", "make": "create", "never": "rarely", "because": "since",
    "about": "over", "just": "only",
}  # fmt: skip
_NEGATION = re.compile(r"\b(?:not|never)\b ?|\bno (?=[a-z])| ?n['’]t\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A draft and the class of change that made it."""

    kind: str
    draft: DraftSentence


@dataclass(frozen=True, slots=True)
class Utterance:
    """A speaker in an article, from annotations or statements, and the span of their words."""

    speaker: str
    span: Span


Maker = Callable[["SourceText"], Iterator[tuple[str, tuple[str, ...]]]]


@dataclass(frozen=True)
class SourceText:
    """An article to mutate: its text, its evidence (all sentences), its utterances, and quotations of another."""

    text: str
    evidence: Evidence
    utterances: Sequence[Utterance]
    foreign_quotations: Sequence[str]

    @cached_property
    def words(self) -> str:
        """The words of the text, to look up runs of words in."""
        return _words(self.text)

    def ids(self, span: Span) -> tuple[str, ...]:
        """The ids of the sentences that the span touches."""
        return tuple(item.sid for item in self.evidence.sentences if item.span.touches(span))

    def quotations_with_ids(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The quotations of the article, with the ids of their sentences."""
        for item in quotations(self.text):
            inner = item.inner.of(self.text)
            if item.opened and item.closed and _FEWEST_WORDS <= len(inner.split()) <= _MOST_WORDS:
                yield inner, self.ids(item.inner)

    def plain_sentences(self) -> Iterator[EvidenceSentence]:
        """The sentences of the article without quotation marks."""
        for item in self.evidence.sentences:
            if _FEWEST_WORDS <= len(item.text.split()) <= _MOST_WORDS and not re.search("[\"“”«»]|``|''", item.text):
                yield item

    def texts_to_change(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Texts to change: a format for the draft (quotation or plain sentence), the words, and sentence ids."""
        for inner, ids in self.quotations_with_ids():
            yield "“{}”", inner, ids
        for item in self.plain_sentences():
            yield "“{}”", item.text, (item.sid,)
            yield "{}", item.text, (item.sid,)


def altered_drafts(article: SourceText) -> Iterator[Mutation]:
    """Drafts that must be withheld, by class."""
    makers: dict[str, Maker] = {
        "dropped negation": _drop_negation,
        "added negation": _add_negation,
        "swapped speaker": _swap_speaker,
        "changed number": _change_number,
        "changed tense": _change_tense,
        "changed unit": _change_unit,
        "elision": _elide,
        "stitching": _stitch,
        "reordering": _reorder,
        "another article": _quote_another_article,
        "hedge or quantity": _change_hedge_or_quantity,
        "bracketed insertion": _insert_bracket,
        "field: negation dropped": _drop_negation_in_field,
        "field: words exchanged": _replace_words_in_field,
        "field: recombined": _recombine_in_field,
    }
    yield from _drafts(article, makers)


def faithful_drafts(article: SourceText) -> Iterator[Mutation]:
    """Drafts that differ from their source in typography alone and must be kept, by class."""

    def maker(*changes: Callable[[str], str]) -> Maker:
        def make(one: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
            for form, inner, ids in one.texts_to_change():
                for new in {change(inner): None for change in changes}:
                    if new != inner:
                        yield form.format(new), ids

        return make

    changes: dict[str, tuple[Callable[[str], str], ...]] = {
        "quotation marks": (_change_marks,),
        "dashes": (
            lambda text: re.sub("[-–—]", lambda dash: {"-": "‐", "–": "—", "—": "–"}[dash.group()], text),
            lambda text: re.sub("[-–—]", lambda dash: "−" if dash.group() == "-" else "-", text),
        ),
        "non-breaking spaces": (lambda text: text.replace(" ", "\u00a0"),),
        "line wraps": (lambda text: re.sub(r"((?:\S+ ){3}\S+) ", "\\1\n", text),),
        "soft hyphens": (lambda text: re.sub(r"\b([A-Za-z]{3})(?=[a-z]{3})", "\\1\u00ad", text),),
        "ligatures": (lambda text: text.replace("ffi", "ﬃ").replace("ff", "ﬀ").replace("fi", "ﬁ").replace("fl", "ﬂ"),),
    }
    yield from _drafts(article, {name: maker(*functions) for name, functions in changes.items()})


def _drafts(article: SourceText, makers: dict[str, Maker]) -> Iterator[Mutation]:
    for kind, make in makers.items():
        for text, ids in make(article):
            yield Mutation(kind, DraftSentence(text=text, sids=ids))


def _change_marks(text: str) -> str:
    text = re.sub(r"(?<=\w)['’](?=\w)", lambda mark: "’" if mark.group() == "'" else "'", text)
    return text.replace("“", "„").replace("”", "‟")


# -- what changes the meaning


def _drop_negation(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    for form, inner, ids in article.texts_to_change():
        for match in _NEGATION.finditer(inner):
            if re.match(r"(?:not|no) (?:only|just|doubt|matter|longer|one)\b", inner[match.start() :], re.IGNORECASE):
                continue  # without it the sentence still means the same
            if re.search(r"(?:whether or|or|if|why) $", inner[: match.start()], re.IGNORECASE):
                continue
            rest = re.sub(r"\b([Cc])a$", r"\1an", re.sub(r"\b([Ww])o$", r"\1ill", inner[: match.start()]))
            mutant = (rest + inner[match.end() :]).strip()
            if _words(mutant) not in article.words:
                yield form.format(mutant), ids
    yield from _replace_words(article, _OPPOSITES)


def _add_negation(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    for form, inner, ids in article.texts_to_change():
        for match in re.finditer(
            r"\b(?:will|would|is|was|are|were|has|can|should) (?=[a-z]+(?:ed|en|ing)\b|be\b)", inner
        ):
            yield form.format(inner[: match.end()] + "not " + inner[match.end() :]), ids


def _swap_speaker(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    utterances = [item for item in article.utterances if _plain_name(item.speaker)]
    names = list(dict.fromkeys(item.speaker for item in utterances))
    for item in utterances:
        name_words = set(words(item.speaker))
        others = [name for name in names if not name_words & set(words(name))]
        pieces = [q.inner for q in quotations(article.text) if q.span.touches(item.span) and q.opened and q.closed]
        for other in others[:3]:
            at = article.text.find(other)
            near = article.ids(Span(at, at + len(other))) if at >= 0 else ()
            for inner in pieces:
                quotation = inner.of(article.text)
                ids = tuple(dict.fromkeys((*article.ids(inner), *near)))
                if len(quotation.split()) >= _FEWEST_WORDS:
                    yield f"{other}: “{quotation}”", ids
                    yield f"{other} said: “{quotation}”", ids
                    yield f"“{quotation},” {other} said.", ids
            for sentence in article.evidence.sentences:
                if sentence.span.touches(item.span) and not pieces and item.speaker in sentence.text:
                    mutant = sentence.text.replace(item.speaker, other)
                    if other not in sentence.text:
                        yield mutant, tuple(dict.fromkeys((sentence.sid, *near)))


def _plain_name(name: str) -> bool:
    parts = name.split()
    return 1 <= len(parts) <= 3 and all(part[0].isupper() and part[1:].islower() for part in parts)


def _change_number(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    numbers = list(dict.fromkeys(re.findall(r"\b\d+(?:[.,]\d+)*\b", article.text)))
    for form, inner, ids in article.texts_to_change():
        for match in re.finditer(r"\b\d+(?:[.,]\d+)*\b", inner):
            others = [other for other in numbers if other != match.group()][:2]
            for other in (*others, _next(match.group())):
                yield form.format(inner[: match.start()] + other + inner[match.end() :]), ids
        for match in re.finditer(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", inner):
            other = _NUMBER_WORDS[(_NUMBER_WORDS.index(match.group()) + 3) % len(_NUMBER_WORDS)]
            yield form.format(inner[: match.start()] + other + inner[match.end() :]), ids


def _next(figure: str) -> str:
    last = figure[-1]
    return figure[:-1] + str((int(last) + 1) % 10 or 1)


def _replace_words(article: SourceText, table: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in table))
    for form, inner, ids in article.texts_to_change():
        for match in pattern.finditer(inner):
            for other in table[match.group()]:
                yield form.format(inner[: match.start()] + other + inner[match.end() :]), ids


def _change_tense(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from _replace_words(article, _TENSES)


def _change_unit(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    pattern = "|".join(rf"{re.escape(unit)}\b" if unit.isalpha() else re.escape(unit) for unit in _UNITS if unit != "$")
    number = rf"\b(?:\d+(?:[.,]\d+)*|{'|'.join(_NUMBER_WORDS)})"
    for form, inner, ids in article.texts_to_change():
        for match in re.finditer(rf"(?:{number} ?)({pattern})|(\$)(?= ?\d)", inner):
            group = 1 if match[1] else 2
            for other in _UNITS[match[group]]:
                yield form.format(inner[: match.start(group)] + other + inner[match.end(group) :]), ids


def _elide(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    for inner, ids in _quotable_texts(article):
        parts = inner.split()
        for mark in (" … ", " ... ", " [...] ", " "):
            start = len(parts) // 3
            stop = start + max(1, len(parts) // 4)
            mutant = " ".join(parts[:start]) + mark + " ".join(parts[stop:])
            if _words(mutant) not in article.words:
                yield f"“{mutant}”", ids
        yield f"“{' '.join(parts[: len(parts) - 2])} …”", ids


def _stitch(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    pieces = list(_quotable_texts(article))
    for (first, ids), (second, second_ids) in pairwise(pieces):
        head, tail = first.split(), second.split()
        for mark in (" ", ", ", " … "):
            mutant = " ".join(head[: len(head) // 2 + 1]) + mark + " ".join(tail[len(tail) // 2 :])
            if _words(mutant) not in article.words:
                yield f"“{mutant}”", tuple(dict.fromkeys((*ids, *second_ids)))


def _reorder(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    for inner, ids in _quotable_texts(article):
        parts = inner.split()
        at = len(parts) // 2
        for order in (
            [*parts[:at - 1], parts[at], parts[at - 1], *parts[at + 1 :]],
            [*parts[at:], *parts[:at]],
        ):  # fmt: skip
            if _words(" ".join(order)) not in article.words:
                yield f"“{' '.join(order)}”", ids
    for item in article.plain_sentences():
        names = list(_NAME.finditer(item.text))
        for a, b in pairwise(names):
            between = item.text[a.end() : b.start()]
            verb = re.search(r"\b(?!and\b|or\b|in\b|of\b|at\b|by\b|from\b)[a-z]{3,}", between)
            if verb and not set(words(a.group())) & set(words(b.group())) and "," not in between:
                yield item.text[: a.start()] + b.group() + between + a.group() + item.text[b.end() :], (item.sid,)


def _quote_another_article(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    ids = [item.sid for item in article.evidence.sentences]
    for number, quotation in enumerate(article.foreign_quotations):
        if _words(quotation) not in article.words:
            yield f"“{quotation}”", (ids[number % len(ids)],)
            yield f"“{quotation}”", tuple(ids[:20])


def _change_hedge_or_quantity(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    for form, inner, ids in article.texts_to_change():
        for match in _HEDGE.finditer(inner):
            mutant = inner[: match.start()] + inner[match.end() :]
            graded = re.search(r"\b(?:more|less|very|as|most|so|un) $", inner[: match.start()])
            if not graded and _words(mutant) not in article.words:
                yield form.format(mutant), ids
        for match in re.finditer(rf"\b(?:{'|'.join(_QUANTITIES)}) (?=[a-z]{{3,}})", inner):
            other = _QUANTITIES[match.group().strip()]
            yield form.format(inner[: match.start()] + other + " " + inner[match.end() :]), ids


def _insert_bracket(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = [item.speaker for item in article.utterances] or ["Erdogan"]
    for number, (inner, ids) in enumerate(_quotable_texts(article)):
        parts = inner.split()
        name = names[number % len(names)]
        for at in (1, len(parts) // 2):
            yield f"“{' '.join([*parts[:at], f'[{name}]', *parts[at:]])}”", ids
            yield f"“{' '.join([*parts[:at], f'[{name}]', *parts[at + 1 :]])}”", ids


def _drop_negation_in_field(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sentences without their negation in quotation marks, also without their first word."""
    for text, ids in _drop_negation(article):
        inner = text.strip("“”")
        yield f"“{inner}”", ids
        later = " ".join(inner.split()[1:])
        if _words(later) not in article.words:
            yield f"“{later}”", ids


def _replace_words_in_field(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    pattern = re.compile("|".join(rf"\b{word}\b" for word in _OTHER_WORDS))
    for inner, ids in _quotable_texts(article):
        if pattern.search(inner):
            yield f"“{pattern.sub(lambda match: _OTHER_WORDS[match.group()], inner)}”", ids


def _recombine_in_field(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Words of the source with another beginning and another end."""
    draw = random.Random(0)  # noqa: S311  # the same on every run
    for inner, ids in _quotable_texts(article):
        parts = inner.split()
        if len(parts) >= 8:
            name = draw.choice(["Greece", "Fidan", "Cyprus"])
            yield f"“{name} said that {' '.join(parts[2:-2])} in Cyprus”", ids
            yield f"“{' '.join(parts[2:-2])} in Cyprus”", ids


def _quotable_texts(article: SourceText) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The quotations, and the plain sentences to be quoted."""
    yield from article.quotations_with_ids()
    for item in article.plain_sentences():
        if len(item.text.split()) >= 8:
            yield item.text, (item.sid,)


def _words(text: str) -> str:
    return f" {' '.join(words(text))} "
