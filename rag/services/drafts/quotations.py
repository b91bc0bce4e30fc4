"""The quotations of a draft: where the record has their words, and whose they are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.domain import Alteration, Article, Filters, FindingOutcome, Match, Span, Statement
from rag.retrieval.search import Retriever
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.dates.in_text import mentions
from rag.text.quotations import quotations
from rag.text.sentences import lines, sentences
from rag.text.terms import STOPWORDS, words
from rag.verification.alterations import Nearest, located, nearest, pieces, stitched
from rag.verification.credits import is_described, same_name, same_source

_PASSAGES = 24  # that a search for the words of a quotation brings
_ARTICLES = 10  # whose texts are laid beside it
_RAREST = 8  # words that are looked for, the rarest first
_COMMON = 20_000  # passages: words that stand in more are looked for only where nothing rarer is
_PHRASE = 6  # words of a quotation that is looked for as a phrase as well
_SHORT = 3  # words: as short a quotation may be a title or a word used with distance
_SURELY = 0.85  # share of a quotation in one stretch that outweighs two places
_QUOTED_BLOCK = re.compile(r"[ \t]*>[ \t>]*(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftQuotation:
    """A quotation of a draft, `inner` without its marks, and the draft's statement that it belongs to, if any."""

    span: Span
    inner: Span
    text: str
    statement: Statement | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A stretch of an article, and how well it matched what stands in the draft."""

    article: Article
    span: Span
    match: Match = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the record says of a quotation or a claim, with the places that show it, the most telling first."""

    outcome: FindingOutcome
    why: str
    places: tuple[Place, ...] = ()
    alteration: Alteration | None = None


def quotations_of(text: str, statements: Sequence[Statement], around: Sequence[Span]) -> list[DraftQuotation]:
    """The quotations of a draft, block quotations (`> ...`) among them. One or two words in marks that nobody is
    said to have said are no quotation: a title, or a word used with distance. `around` are the sentences of the draft.
    """
    spans = [(item.span, item.inner) for item in quotations(text)]
    for line in lines(text):
        mark = _QUOTED_BLOCK.match(text, line.start, line.end)
        if mark and not any(span.touches(line) for span, _ in spans):
            inner = Span(mark.end(), line.end)
            spans.append((inner, inner))
    kept = []
    for span, inner in sorted(spans):
        statement = _statement_of(inner, statements)
        tokens = words(inner.of(text))
        if not tokens or (len(tokens) < _SHORT and statement is None):
            continue
        sentence = " ".join(one.of(text) for one in around if one.touches(span))
        kept.append(DraftQuotation(span=span, inner=inner, text=inner.of(text), statement=statement, sentence=sentence))
    return kept


def _statement_of(span: Span, statements: Sequence[Statement]) -> Statement | None:
    """The statement that most of the span is content of."""

    def shared(item: Statement) -> int:
        return sum(max(0, min(span.end, part.end) - max(span.start, part.start)) for part in item.content)

    best = max(statements, key=shared, default=None)
    return best if best is not None and shared(best) else None


class QuotationChecker:
    """Looks for quotations in the whole library: exactly first, by their rarest words, then by meaning."""

    def __init__(self, library: Library, retriever: Retriever, *, today: date) -> None:
        self._library = library
        self._retriever = retriever
        self._today = today
        self._articles: dict[str, Article] = {}
        self._statements: dict[str, list[Statement]] = {}

    def rule(self, quotation: DraftQuotation) -> Ruling:
        """What the record says of the quotation."""
        articles = [self._article(name) for name in self._candidates(quotation.text)]
        places = list(self._as_written(quotation.text, articles))
        if places:
            return self._said(quotation, places)
        if ruling := self._altered(quotation, articles):
            return ruling
        if len(words(quotation.text)) < _SHORT:
            return Ruling(outcome="not_found", why="The library does not have these words.")
        near = self._near(quotation.text)
        if ruling := self._altered(quotation, [item.article for item in near]):
            return ruling
        why = "The library does not have these words."
        return Ruling(
            outcome="not_found", why=f"{why} The nearest passages are shown." if near else why, places=tuple(near)
        )

    def _near(self, text: str) -> list[Place]:
        """The sentences that come nearest by meaning, the nearest first, one of each article."""
        hits = self._retriever.search(text, k=_SHORT, filters=Filters())
        scored = self._retriever.score(text, self._retriever.evidence(hits)).sentences
        best = {item.article_id: item for item in sorted(scored, key=lambda item: item.score)}
        ranked = sorted(best.values(), key=lambda item: -item.score)
        return [Place(article=self._article(item.article_id), span=item.span) for item in ranked]

    def statements(self, article_id: str) -> list[Statement]:
        """The statements of an article."""
        if article_id not in self._statements:
            self._statements[article_id] = self._library.statements.find(Filters(article=article_id))
        return self._statements[article_id]

    def _article(self, article_id: str) -> Article:
        if article_id not in self._articles:
            self._articles[article_id] = self._library.articles.get(article_id)
        return self._articles[article_id]

    def _candidates(self, text: str) -> list[str]:
        """Articles that may have the words, the likeliest first."""
        names: list[str] = []
        for terms in self._searches(text):
            for passage, _ in self._library.passages.match(terms, k=_PASSAGES, filters=Filters()):
                if passage.article_id not in names:
                    names.append(passage.article_id)
        return names[:_ARTICLES]

    def _searches(self, text: str) -> Iterator[list[str]]:
        for piece in pieces(text):
            own = words(piece)
            if 1 < len(own) <= _PHRASE:
                yield [" ".join(own)]
            counted = sorted((n, word) for word in dict.fromkeys(own) if (n := self._library.passages.frequency(word)))
            rare = [word for n, word in counted if n <= _COMMON][:_RAREST]
            if (
                carrying := [word for word in rare if word not in STOPWORDS]
                or rare
                or [word for _, word in counted[:2]]
            ):
                yield carrying

    def _as_written(self, text: str, articles: Sequence[Article]) -> Iterator[Place]:
        for article in articles:
            if found := located(text, article.text):
                spans, match = found
                yield from (Place(article=article, span=span, match=match) for span in spans)

    # -- as written: whose words are they?

    def _said(self, quotation: DraftQuotation, places: Sequence[Place]) -> Ruling:
        ours = quotation.statement
        owned = [(place, owner) for place in places for owner in self._owners(place)]
        if ours is None or not ours.speaker:
            return self._as_said(quotation, [place for place, _ in owned] or places, owned[0][1] if owned else None)
        verdicts = [(self._same(quotation, owner), place, owner) for place, owner in owned]
        own = [(place, owner) for same, place, owner in verdicts if same]
        if own:
            return self._on_its_day(quotation, own) or self._as_said(quotation, [place for place, _ in own], own[0][1])
        others = [(place, owner) for same, place, owner in verdicts if same is False]
        if others and all(same is False for same, _, _ in verdicts):
            speaker = others[0][1].speaker or others[0][1].on_behalf_of
            why = f"The record gives these words to {speaker}, not to {ours.speaker}."
            return Ruling(outcome="other_speaker", why=why, places=_once([place for place, _ in others]))
        if not owned and not any(self._is_quoted(place) for place in places):
            why = "The article has these words in its own voice, not as a quotation."
            return Ruling(outcome="unconfirmed", why=why, places=_once(places))
        if named := next((owner for _, _, owner in verdicts if owner.speaker or owner.on_behalf_of), None):
            why = (
                f"The record gives these words to {named.speaker or named.on_behalf_of}. "
                f"Whether that is {ours.speaker} is unclear."
            )
            return Ruling(outcome="unconfirmed", why=why, places=_once(places))
        return self._as_said(quotation, places, None)

    def _as_said(self, quotation: DraftQuotation, places: Sequence[Place], owner: Statement | None) -> Ruling:
        where = places[0].article.outlet or places[0].article.title
        if owner and (owner.speaker or owner.on_behalf_of):
            why = f"{where} has these words, said by {owner.speaker or owner.on_behalf_of}."
        elif quotation.statement and quotation.statement.speaker:
            why = f"{where} has these words, but does not make clear who said them."
        else:
            why = f"{where} has these words."
        return Ruling(outcome="as_said", why=why, places=_once(places))

    def _on_its_day(self, quotation: DraftQuotation, own: Sequence[tuple[Place, Statement]]) -> Ruling | None:
        """A contradiction where the draft gives a day and the record gives others, and only others."""
        outside = quotation.sentence.replace(quotation.text, " ")
        ours = [item.day for item in mentions(outside, self._today) if any(map(str.isdigit, item.span.of(outside)))]
        theirs = {owner.said_on for _, owner in own if owner.said_on}
        if len(ours) != 1 or not theirs or ours[0] in theirs:
            return None
        if any((day.year, day.month) == (ours[0].year, ours[0].month) for day in theirs if type(day) is not date):
            return None  # a month of the record
        days = " and ".join(sorted(day.isoformat() for day in theirs))
        why = f"The record dates these words to {days}, not {ours[0].isoformat()}."
        return Ruling(outcome="contradicted", why=why, places=_once([place for place, _ in own]))

    def _same(self, quotation: DraftQuotation, theirs: Statement) -> bool | None:
        ours = quotation.statement
        if ours is None:
            return None
        if ours.speaker and theirs.speaker and is_described(ours.speaker) and not is_described(theirs.speaker):
            own = words(theirs.speaker)[-1:]  # "Ada Lund, whose boat sank, called it ..."
            if set(own) & set(words(quotation.sentence.replace(quotation.text, " "))):
                return True
        article = self._article(theirs.article_id)
        same = same_source(ours, theirs, is_surname=lambda word: self._is_surname(word, article.text))
        return False if same is None and self._is_quoted_apart(ours, theirs, article) else same

    def _is_quoted_apart(self, ours: Statement, theirs: Statement, article: Article) -> bool:
        """True where an article quotes both under names of their own and never tells of them in one sentence or in two
        that follow each other, as it would of a body and of who speaks for it ("... Norland Rail. Its director ...").
        """
        names = [item.speaker or "" for item in (ours, theirs)]
        if any(is_described(name) for name in names):
            return False
        if not any(same_name(names[0], item.speaker) for item in self.statements(article.article_id) if item.speaker):
            return False
        both = {word for name in names for word in words(name)[-1:]}
        told = [set(words(one.of(article.text))) for one in sentences(article.text)]
        return not any(both <= one | after for one, after in zip(told, [*told[1:], set[str]()], strict=True))

    def _is_surname(self, word: str, text: str) -> bool:
        """True for the last word of a longer name of somebody who speaks in the library, or has one in the text."""
        if " " in word:
            return False
        longer = re.compile(rf"[^\W\d_][\w.]*[^\S\n]{re.escape(word)}\b", re.IGNORECASE)
        return any(" " in name for name in self._library.statements.actors_ending([word])) or any(
            found[0][0].isupper() and fold(found[0].split()[0]) not in STOPWORDS for found in longer.finditer(text)
        )

    def _owners(self, place: Place) -> list[Statement]:
        """The statements that most of the place is content of."""
        shared = [
            (sum(max(0, min(place.span.end, one.end) - max(place.span.start, one.start)) for one in item.content), item)
            for item in self.statements(place.article.article_id)
            if item.version == place.article.version
        ]
        return [item for size, item in shared if 2 * size > len(place.span)]

    @staticmethod
    def _is_quoted(place: Place) -> bool:
        return any(item.span.touches(place.span) for item in quotations(place.article.text))

    # -- not as written: what is it made from?

    def _altered(self, quotation: DraftQuotation, articles: Sequence[Article]) -> Ruling | None:
        if not articles:
            return None
        near = [(stretch, article) for article in articles if (stretch := nearest(quotation.text, article.text))]
        best = max(near, key=lambda item: self._likeness(quotation, *item), default=None)
        unsure = best is None or best[0].share < _SURELY
        if unsure and (pair := stitched(quotation.text, [article.text for article in articles])):
            return self._stitched(pair, articles)
        if best is None:
            return None
        stretch, article = best
        place = Place(article=article, span=stretch.span)
        why = f"{_KINDS[stretch.alteration]} {_differences(stretch)}"
        owners = [owner for owner in self._owners(place) if owner.speaker]
        if owners and all(self._same(quotation, one) is False for one in owners):
            why = f"{why} The record gives the words to {owners[0].speaker}."
        return Ruling(outcome="altered", why=why, places=(place,), alteration=stretch.alteration)

    def _likeness(self, quotation: DraftQuotation, stretch: Nearest, article: Article) -> tuple[float, bool, int]:
        place = Place(article=article, span=stretch.span)
        own = any(self._same(quotation, item) for item in self._owners(place))
        return round(stretch.share, 2), own, -len(stretch.changes)

    @staticmethod
    def _stitched(pair: tuple[tuple[int, Span], tuple[int, Span]], articles: Sequence[Article]) -> Ruling:
        places = tuple(Place(article=articles[at], span=span) for at, span in pair)
        same = places[0].article.article_id == places[1].article.article_id
        where = "two places in one article" if same else "two articles"
        first, second = (place.article.quote(place.span) for place in places)
        why = f"The quotation joins words from {where}: “{_short(first)}” and “{_short(second)}”."
        return Ruling(outcome="altered", why=why, places=places, alteration="stitched")


_KINDS: dict[Alteration, str] = {
    "negation": "A negation differs.",
    "number": "A number differs.",
    "name": "A name or a day differs.",
    "stitched": "It joins words from two places.",
    "cut": "Words are left out without a mark.",
    "added": "Words are added.",
    "order": "The words are in a different order.",
    "wording": "The wording differs.",
}
_SHOWN = 4  # differences that a reason names
_LONG = 80  # characters of a piece that it shows


def _differences(stretch: Nearest) -> str:
    parts = []
    for ours, theirs in stretch.changes[:_SHOWN]:
        if ours and theirs:
            parts.append(f"“{_short(ours)}” instead of “{_short(theirs)}”")
        else:
            parts.append(
                f"“{_short(ours)}” is not in the record" if ours else f"the record also has “{_short(theirs)}”"
            )
    more = len(stretch.changes) - len(parts)
    line = "; ".join(parts) + (f"; {more} more" if more else "")
    return f"{line[:1].upper()}{line[1:]}."


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONG else f"{line[: _LONG - 1].rstrip()}…"


def _once(places: Sequence[Place]) -> tuple[Place, ...]:
    kept = {(place.article.article_id, place.span): place for place in places}
    return tuple(kept.values())
