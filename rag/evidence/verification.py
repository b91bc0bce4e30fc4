"""Checking a sentence against the spans that it cites, before anybody sees it.

A sentence is kept with its citations or withheld with a reason; nothing is repaired. The rules, in order: it cites
given sentences; quoted words stand in one source; numbers, names and negation occur in the sources; words that the
article gives to somebody are not given to another; enough of its words stand in the sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.domain import DraftSentence, EvidenceSentence, Match, Span, Statement, Withheld
from rag.evidence.retrieval import Evidence
from rag.text.countries import countries_in, country_of
from rag.text.grounding import locate
from rag.text.quotations import quotations
from rag.text.sentences import sentences
from rag.text.words import STOPWORDS, content_words, words

SUPPORT_FLOOR = 0.6  # of `support`; below it a sentence is withheld

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}
_NAME = re.compile(r"[^\W\d_][\w’'.-]*")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)"
    r"|reject(?:s|ed|ing)?|fail(?:s|ed|ing)?|unable|hardly|barely|un(?:likely|willing))\b|n['’]t\b",
    re.IGNORECASE,
)
_REACH = 4  # words after a negation that it is taken to bear on
_ABOUT = 0.4  # share of a sentence's content words that a source's sentence must have to be what it tells of
_SAYS = re.compile(
    r"\b(?:said|says|say|told|tells|added|adds|stated|states|announced|announces|argued|argues|claimed|claims|insisted"
    r"|insists|declared|declares|warned|warns|denied|denies|called|revealed|disclosed|described|according to)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A cited span with its words: neighbouring cited sentences of one version joined."""

    article_id: str
    version: str
    span: Span
    quote: str
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sentence that passed, with the spans it rests on."""

    draft: DraftSentence
    sources: tuple[Source, ...]


class _Failed(Exception):
    """Carries the reason, in a reader's words."""


def verify(draft: DraftSentence, evidence: Evidence) -> Kept | Withheld:
    """Check one drafted sentence against the evidence that it was drafted from."""
    try:
        return Kept(draft=draft, sources=_checked(draft, evidence))
    except _Failed as failed:
        return Withheld(text=draft.text, reason=str(failed))


def support(sentence: str, source: str) -> float:
    """0..1: how far the words of `source` bear `sentence` out.

    The mean of two shares: content words of the sentence that stand in the source, and neighbouring pairs of them that
    stand in it within three words of each other. A sentence without content words has support 0.
    """
    asked, given = content_words(sentence), content_words(source)
    if not asked:
        return 0.0
    held = set(given)
    single = sum(term in held for term in asked) / len(asked)
    if len(asked) == 1:
        return single
    near = {(a, b) for at, a in enumerate(given) for b in given[max(0, at - 3) : at + 4]}
    pairs = list(pairwise(asked))
    return (single + sum(pair in near for pair in pairs) / len(pairs)) / 2


def _checked(draft: DraftSentence, evidence: Evidence) -> tuple[Source, ...]:
    given = {item.sid: item for item in evidence.sentences}
    if not draft.sids:
        raise _Failed("it names no sentence of the articles as its source")
    if unknown := [sid for sid in draft.sids if sid not in given]:
        raise _Failed(f"it names a source that was not given ({unknown[0]})")
    cited = [given[sid] for sid in draft.sids]
    spans = list(_joined(cited, evidence.texts))
    found, match = _quoted(draft.text, spans, evidence.texts)
    sources = tuple(
        Source(
            article_id=key[0],
            version=key[1],
            span=span,
            quote=span.of(evidence.texts[key]),
            match="typographic" if match.get((key, span)) == "typographic" else "exact",
        )
        for key, span in spans
    )
    quotes = [source.quote for source in sources]
    if any(draft.text == quote or draft.text in quote for quote in quotes):
        return sources  # the source's own words
    about = " ".join(f"{item.title} {item.outlet or ''}" for item in cited)
    body = " ".join(quotes)
    undated = _without_days(draft.text, cited)
    _numbers(undated, f"{body} {about}")
    _names(undated, f"{body} {about} {_given_by_hand(draft)}")
    _negation(draft.text, body)
    _speakers(draft.text, spans, found, evidence.statements)
    if support(draft.text, f"{body} {about}") < SUPPORT_FLOOR:
        raise _Failed("its source does not say as much")
    return sources


def _given_by_hand(draft: DraftSentence) -> str:
    """The speaker that a user put in place of the article's; the article need not have that name."""
    item = draft.statement
    return item.speaker or "" if item and item.corrected else ""


_Key = tuple[str, str]
_Place = tuple[_Key, Span]


def _joined(cited: Sequence[EvidenceSentence], texts: Mapping[_Key, str]) -> Iterator[_Place]:
    """The cited spans in the order of first mention, with neighbours (only white space between) joined."""
    merged: list[_Place] = []
    for item in sorted(cited, key=lambda one: (one.article_id, one.version, one.start)):
        key = (item.article_id, item.version)
        if texts.get(key, "")[item.start : item.end] != item.text:
            raise _Failed("its source is not where it should be")
        if merged and merged[-1][0] == key and not texts[key][merged[-1][1].end : item.start].strip():
            merged[-1] = (key, Span(merged[-1][1].start, max(merged[-1][1].end, item.end)))
        else:
            merged.append((key, item.span))
    yield from sorted(merged, key=lambda place: next(n for n, item in enumerate(cited) if _inside(item, place)))


def _inside(item: EvidenceSentence, place: _Place) -> bool:
    return (item.article_id, item.version) == place[0] and place[1].holds(item.span)


def _quoted(text: str, spans: Sequence[_Place], texts: Mapping[_Key, str]) -> tuple[list[_Place], dict[_Place, Match]]:
    """Where each quotation of the sentence stands, each in one source, and how well each source's match."""
    found: list[_Place] = []
    match: dict[_Place, Match] = {}
    for item in quotations(text):
        # A comma or full stop before the closing mark belongs to the sentence around it, as American usage has it.
        words_said = re.sub(r"[.,]$", "", item.inner.of(text))
        for key, span in spans:
            if at := locate(words_said, texts[key], start=span.start, end=span.end):
                found.append((key, at.span))
                if at.match == "typographic" or (key, span) not in match:
                    match[key, span] = at.match
                break
        else:
            raise _Failed(f"the words “{_short(words_said)}” do not stand like that in its source")
    return found, match


def _numbers(text: str, source: str) -> None:
    given = _figures(source)
    for figure in _NUMBER.findall(text):
        if _plain(figure) not in given:
            raise _Failed(f"the number {figure} does not occur in its source")
    for word in words(text):
        if word in _NUMBER_WORDS and word != "one" and _NUMBER_WORDS[word] not in given:
            raise _Failed(f"the number “{word}” does not occur in its source")


def _without_days(text: str, cited: Sequence[EvidenceSentence]) -> str:
    """The sentence without the days on which its sources were published, where it writes them out in full."""
    for day in {item.published for item in cited if item.published}:
        month = day.strftime("%B")
        for name in (month, month[:3]):
            text = re.sub(rf"\b{day.day} {name}\.?,? {day.year}\b|\b{name}\.? {day.day},? {day.year}\b", " ", text)
        text = text.replace(day.isoformat(), " ")
    return text


def _figures(text: str) -> set[str]:
    return {_plain(item) for item in _NUMBER.findall(text)} | {
        _NUMBER_WORDS[word] for word in words(text) if word in _NUMBER_WORDS
    }


def _plain(figure: str) -> str:
    """Thousands separators away and no leading zeros, so 1,000 is 1000 and 03 is 3; 1.5 stays 1.5."""
    bare = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", figure)
    return bare.lstrip("0") or "0"


def _names(text: str, source: str) -> None:
    """Every capitalised word of the sentence occurs in the source, as it is or under another name of its country."""
    given = set(words(source))
    countries = {country for _, _, country in countries_in(source)}
    for found in _NAME.finditer(text):
        word = found.group().strip("’'.-")
        folded = " ".join(words(word))
        if not word[:1].isupper() or folded in given or folded in STOPWORDS or not folded:
            continue
        if all(part in given for part in re.split(r"[\s-]", folded)):
            continue
        if country_of(word) in countries:
            continue
        raise _Failed(f"the name or word “{word}” does not occur in its source")


def _negation(text: str, source: str) -> None:
    if _NEGATION.search(text) and not _NEGATION.search(source):
        raise _Failed("it denies something that its source does not deny")
    if _NEGATION.search(text):
        return
    said = set(content_words(text))
    for span in sentences(source):
        sentence = span.of(source)
        if len(said & set(content_words(sentence))) < _ABOUT * len(said):
            continue  # cited for a name or a date: what it denies is something else
        for denial in _NEGATION.finditer(sentence):
            after = [term for word in words(sentence[denial.end() :][:80])[:_REACH] for term in content_words(word)]
            if said & set(after[:2]):
                raise _Failed("its source says so only with a “not” that the sentence leaves out")


def _speakers(text: str, spans: Sequence[_Place], quoted: Sequence[_Place], statements: Sequence[Statement]) -> None:
    """Words that the article gives to a speaker stay with that speaker."""
    mentioned = set(words(text))
    for key, span in quoted:
        for item in statements:
            owned = (item.article_id, item.version) == key and any(part.span.holds(span) for part in item.content)
            if owned and not _names_any(item, mentioned):
                raise _Failed(f"its source gives these words to {item.speaker}")
    if quoted or not (verb := _SAYS.search(text)):
        return
    subject = {word for word in words(text[: verb.start()]) if word not in STOPWORDS}
    here = [item for item in statements if _within(item, spans) and item.speaker]
    if here and subject and not any(_names_any(item, subject) for item in here):
        raise _Failed("its source gives this to another speaker")


def _names_any(item: Statement, mentioned: set[str]) -> bool:
    """True if the words mention the statement's speaker, by surname, role or the words of the text."""
    for name in (item.speaker, item.source.text if item.source else None, item.role, item.on_behalf_of):
        if name and (parts := [part for part in words(name) if part not in STOPWORDS]) and parts[-1] in mentioned:
            return True
    return item.speaker is None


def _within(item: Statement, spans: Sequence[_Place]) -> bool:
    key = (item.article_id, item.version)
    return any(place == key and span.touches(part.span) for place, span in spans for part in item.content)


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
