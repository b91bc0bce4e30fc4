"""The quotations of a draft: where the record has their words, and whom it attributes them to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag import display
from rag.display import word_differences
from rag.domain import Alteration, Article, Filters, FindingOutcome, Match, Span, Statement
from rag.knowledge.words import CUE_FORMS, MONTHS, any_of
from rag.retrieval.search import Retriever
from rag.services.drafts.draft_quotations import FEWEST_WORDS, DraftQuotation, overlap_with
from rag.services.drafts.rare_words import RareWords
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.dates.in_text import mentions
from rag.text.name_forms import same_name
from rag.text.places import is_given_name
from rag.text.quotations import quotations
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, UNSPACED, content_words, stem, words
from rag.verification.alterations import Nearest, find_nearest, find_stitched_places, locate_pieces, pieces
from rag.verification.attributions import is_described, named_subjects, same_source

_PASSAGES = 24  # retrieved for the words of a quotation
_MOST_ARTICLES = 10  # whose texts a quotation is compared with
_MOST_PHRASES = 12  # runs of words of a piece that are searched for
_LONGEST_PHRASE = 6  # words of a quotation that is also searched for as a phrase
_SINGLE_SOURCE = 0.85  # share of a quotation in one place that makes a join of two places unlikely
_SHARED = 0.34  # share of a quotation's content words in a passage that is worth showing
_NEAR = 700  # characters of an article on each side of a quotation in which it names who speaks
_SAID_IN = re.compile(  # "..., Lund said in February", "In February, Lund said ..."
    rf"(?:\b(?:{any_of(CUE_FORMS)}) (?:(?:back|earlier|late|early) )?in|^\W*In) "
    rf"(?P<month>{'|'.join(month.title() for month in MONTHS)})(?: (?P<year>\d{{4}}))?\b(?! \d)"
)
_CLAUSE_END = re.compile(r"[.,;:!?…]")
_FEWEST_KNOWN, _MOST_PARTS = 5, 30  # words of a quotation without one mark that the record must have; parts tried
_SIGNATURE = re.compile(
    r"[.,!?…]*[”\"'’»]*\s*[―—–-]+ ?(?P<name>[A-Z][\w’'-]+(?: (?:[A-Z]\.|[A-Z][\w’'-]+)){1,3})[ .]*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A span of an article, and how well it matches the draft."""

    article: Article
    span: Span
    match: Match = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the record says about a quotation or a claim, with the places that show it, the best evidence first. One
    that `is_undecided` is open because rules can't tell: a judge of entailment may.
    """

    outcome: FindingOutcome
    why: str
    places: tuple[Place, ...] = ()
    alteration: Alteration | None = None
    is_undecided: bool = False


class QuotationChecker:
    """Looks quotations up in the whole library: verbatim by their rarest words, then by meaning."""

    def __init__(self, library: Library, retriever: Retriever, *, today: date) -> None:
        self._library = library
        self._retriever = retriever
        self._today = today
        self._articles: dict[str, Article] = {}
        self._statements: dict[str, list[Statement]] = {}
        self._rare = RareWords(library)

    def rule(self, quotation: DraftQuotation) -> Ruling:
        """What the record says about the quotation."""
        texts = self._candidates(quotation.text)
        places = list(self._verbatim_places(quotation.text, texts))
        if places:
            return self._rule_on_gap(quotation, texts) or self._rule_on_speaker(quotation, places)
        if UNSPACED.search(quotation.text):
            why = "Not found as whole clauses. Single words can't be looked up in a script without blanks between them."
            return Ruling(outcome="unconfirmed", why=why)
        if ruling := self._rule_on_open_end(quotation, texts) or self._rule_on_alteration(quotation, texts):
            return ruling
        if ruling := self._rule_on_alteration(quotation, self._texts_with(self._phrases(quotation.text))):
            return ruling
        if len(words(quotation.text)) < FEWEST_WORDS:
            return Ruling(outcome="not_found", why="The library does not have these words.")
        near = self._nearest_passages(quotation.text)
        if ruling := self._rule_on_alteration(quotation, {one.article.article_id: one.article.text for one in near}):
            return ruling
        why = "The library does not have these words."
        return Ruling(
            outcome="not_found", why=f"{why} The nearest passages are shown." if near else why, places=tuple(near)
        )

    def _nearest_passages(self, text: str) -> list[Place]:
        """The sentences nearest in meaning that share some of the words, the nearest first, one from each article."""
        hits = self._retriever.search(text, k=FEWEST_WORDS, filters=Filters())
        scored = self._retriever.score(text, self._retriever.evidence(hits)).sentences
        own = {stem(word) for word in content_words(text)}
        near = [
            item
            for item in scored
            if len(own & {stem(word) for word in content_words(item.text)}) >= _SHARED * len(own)
        ]
        best = {item.article_id: item for item in sorted(near, key=lambda item: item.score)}
        ranked = sorted(best.values(), key=lambda item: -item.score)
        return [Place(article=self._article(item.article_id), span=item.span) for item in ranked]

    def _statements_of(self, article_id: str) -> list[Statement]:
        """The statements of an article."""
        if article_id not in self._statements:
            self._statements[article_id] = self._library.statements.find(Filters(article=article_id))
        return self._statements[article_id]

    def _article(self, article_id: str) -> Article:
        if article_id not in self._articles:
            self._articles[article_id] = self._library.articles.get(article_id)
        return self._articles[article_id]

    def _candidates(self, text: str) -> dict[str, str]:
        """The texts, by article id, of articles that may have the words, the likeliest first."""
        return self._texts_with(self._searches(text))

    def _texts_with(self, searches: Iterable[Sequence[str]]) -> dict[str, str]:
        versions: dict[str, str] = {}
        for terms in searches:
            for passage, _ in self._library.passages.match(terms, k=_PASSAGES, filters=Filters()):
                versions.setdefault(passage.article_id, passage.version)
        keys = list(versions.items())[:_MOST_ARTICLES]
        texts = self._library.articles.texts(keys)
        return {key[0]: texts[key] for key in keys if key in texts}

    def _searches(self, text: str) -> Iterator[list[str]]:
        for piece in pieces(text):
            piece_words = words(piece)
            if 1 < len(piece_words) <= _LONGEST_PHRASE:
                yield [" ".join(piece_words)]
            # Function words stand in most passages: they are counted and searched for only if there are no others.
            content = [word for word in piece_words if word not in STOPWORDS]
            if terms := self._rare.of(content) or self._rare.of(piece_words):
                yield terms

    @staticmethod
    def _phrases(text: str) -> Iterator[list[str]]:
        """Runs of three words with a content word: where other words were changed, they find what the rarest don't."""
        for piece in pieces(text):
            runs = zip(*(words(piece)[at:] for at in range(FEWEST_WORDS)), strict=False)
            if phrases := [" ".join(run) for run in runs if not STOPWORDS.issuperset(run)][:_MOST_PHRASES]:
                yield phrases

    def _verbatim_places(self, text: str, texts: Mapping[str, str]) -> Iterator[Place]:
        for article_id, article_text in texts.items():
            if result := locate_pieces(text, article_text):
                spans, match = result
                yield from (Place(article=self._article(article_id), span=span, match=match) for span in spans)

    def _rule_on_gap(self, quotation: DraftQuotation, texts: Mapping[str, str]) -> Ruling | None:
        """A ruling of `altered` where the words do not go on from those before them without a negation between the two:
        “We will,” she said, “sign it”. None where they do, or for no words before.
        """
        if not quotation.before:
            return None
        both = {key: text for key, text in texts.items() if locate_pieces(quotation.before, text)}
        if not both or any(locate_pieces(f"{quotation.before} … {quotation.text}", text) for text in both.values()):
            return None
        return self._rule_on_alteration(replace(quotation, text=f"{quotation.before} {quotation.text}"), both)

    def _rule_on_open_end(self, quotation: DraftQuotation, texts: Mapping[str, str]) -> Ruling | None:
        """A ruling where a mark is missing and the record has the clauses at the end that has its mark, but not all
        that may be quoted. None for any other quotation.
        """
        if not quotation.is_open:
            return None
        lacks_end = quotation.span.end == quotation.inner.end
        ends = [match.end() for match in _CLAUSE_END.finditer(quotation.text)]
        known = [quotation.text[:at] for at in ends[::-1]] if lacks_end else [quotation.text[at:] for at in ends]
        known = [part for part in known if len(words(part)) >= _FEWEST_KNOWN][:_MOST_PARTS]
        places = next(filter(None, (list(self._verbatim_places(part, texts)) for part in known)), [])
        if not places:
            return None
        mark = "closing" if lacks_end else "opening"
        why = f"The {mark} mark is missing, so how far the quotation goes is unclear. The record has a part of it."
        return Ruling(outcome="unconfirmed", why=why, places=_unique(places[:1]))

    # -- verbatim: who said it?

    def _rule_on_speaker(self, quotation: DraftQuotation, places: Sequence[Place]) -> Ruling:
        ours = quotation.statement
        attributions = [(place, owner) for place in places for owner in self._statements_at(place)]
        if ours is None or not ours.speaker:
            return self._rule_without_speaker(quotation, places, attributions)
        verdicts = [(self._is_same_source(quotation, owner), place, owner) for place, owner in attributions]
        matching = [(place, owner) for same, place, owner in verdicts if same]
        if matching:
            return self._date_conflict(quotation, matching) or self._as_said_ruling(
                quotation, [place for place, _ in matching], matching[0][1]
            )
        others = [(place, owner) for same, place, owner in verdicts if same is False]
        if others and all(same is False for same, _, _ in verdicts):
            speaker = others[0][1].speaker or others[0][1].on_behalf_of
            why = f"The record gives these words to {speaker}, not to {ours.speaker}."
            return Ruling(outcome="other_speaker", why=why, places=_unique([place for place, _ in others]))
        if not attributions and not any(self._is_quoted(place) for place in places):
            why = "The article has these words in its own voice, not as a quotation."
            return Ruling(outcome="unconfirmed", why=why, places=_unique(places))
        if attribution := next((owner for _, _, owner in verdicts if owner.speaker or owner.on_behalf_of), None):
            why = (
                f"The record gives these words to {attribution.speaker or attribution.on_behalf_of}. "
                f"Whether that is {ours.speaker} is unclear."
            )
            return Ruling(outcome="unconfirmed", why=why, places=_unique(places))
        if ruling := self._rule_on_signature(ours.speaker, places) or self._rule_on_paragraph(quotation, places):
            return ruling
        if not is_described(ours.speaker) and not any(_names_near(place, ours.speaker) for place in places):
            why = f"The record does not make clear who said these words, and does not name {ours.speaker} near them."
            return Ruling(outcome="unconfirmed", why=why, places=_unique(places))
        return self._as_said_ruling(quotation, places, None)

    def _rule_without_speaker(
        self, quotation: DraftQuotation, places: Sequence[Place], attributions: Sequence[tuple[Place, Statement]]
    ) -> Ruling:
        """The ruling on words that the draft gives to nobody who could be compared: they are as said unless its
        sentence names somebody right before or behind its verb of saying, and the record gives them to another.
        """
        names = named_subjects(quotation.sentence.replace(quotation.text, " " * len(quotation.text)))
        known = [(place, owner) for place, owner in attributions if owner.speaker]
        is_named = any(
            set(names) & set(words(f"{owner.speaker} {owner.role or ''} {owner.on_behalf_of or ''}"))
            for _, owner in known
        )
        if names and known and len(known) == len(attributions) and not is_named:
            why = f"The record gives these words to {known[0][1].speaker}, whom your sentence does not name."
            return Ruling(outcome="other_speaker", why=why, places=_unique([place for place, _ in known]))
        owner = attributions[0][1] if attributions else None
        return self._as_said_ruling(quotation, [place for place, _ in attributions] or places, owner)

    def _rule_on_signature(self, speaker: str, places: Sequence[Place]) -> Ruling | None:
        """A ruling where a name stands behind a dash below the quotation in the article; None where none does."""
        signatures = [
            (place, match["name"])
            for place in places
            if (match := _SIGNATURE.match(place.article.text, place.span.end))
        ]
        for place, name in signatures:
            if same_name(speaker, name):
                where = place.article.outlet or place.article.title
                return Ruling(outcome="as_said", why=f"{where} has these words, said by {name}.", places=(place,))
        if not signatures or len(signatures) < len(places):
            return None
        why = f"The record gives these words to {signatures[0][1]}, not to {speaker}."
        return Ruling(outcome="other_speaker", why=why, places=_unique([place for place, _ in signatures]))

    def _as_said_ruling(self, quotation: DraftQuotation, places: Sequence[Place], owner: Statement | None) -> Ruling:
        where = places[0].article.outlet or places[0].article.title
        if owner and (owner.speaker or owner.on_behalf_of):
            why = f"{where} has these words, said by {owner.speaker or owner.on_behalf_of}."
        elif quotation.statement and quotation.statement.speaker:
            why = f"{where} has these words, but does not make clear who said them."
        else:
            why = f"{where} has these words."
        return Ruling(outcome="as_said", why=why, places=_unique(places))

    def _date_conflict(self, quotation: DraftQuotation, matching: Sequence[tuple[Place, Statement]]) -> Ruling | None:
        """A ruling of `contradicted` where the draft says on which day or in which month the words were said and the
        record gives only others; else None. Of a weekday or "last week" it is not certain which day is meant.
        """
        outside = quotation.sentence.replace(quotation.text, " ")
        ours = [item.day for item in mentions(outside, self._today) if any(map(str.isdigit, item.span.of(outside)))]
        theirs = {owner.said_on for _, owner in matching if owner.said_on}
        month = _SAID_IN.search(outside) if theirs and not ours else None
        if month:
            number, year = MONTHS.index(month["month"].lower()) + 1, month["year"]
            if any(day.month == number and year in (None, str(day.year)) for day in theirs):
                return None
            claimed = " ".join(filter(None, month.group("month", "year")))
        else:
            if len(ours) != 1 or not theirs or ours[0] in theirs:
                return None
            if any((day.year, day.month) == (ours[0].year, ours[0].month) for day in theirs if type(day) is not date):
                return None  # a month of the record
            claimed = display.day(ours[0])
        days = " and ".join(display.day(day) for day in sorted(theirs, key=str))
        why = f"The record dates these words to {days}, not {claimed}."
        return Ruling(outcome="contradicted", why=why, places=_unique([place for place, _ in matching]))

    def _is_same_source(self, quotation: DraftQuotation, theirs: Statement) -> bool | None:
        ours = quotation.statement
        if ours is None:
            return None
        if ours.speaker and theirs.speaker and is_described(ours.speaker) and not is_described(theirs.speaker):
            surname = words(theirs.speaker)[-1:]  # "Ada Lund, whose boat sank, called it ..."
            if set(surname) & set(words(quotation.sentence.replace(quotation.text, " "))):
                return True
        article = self._article(theirs.article_id)
        same = same_source(ours, theirs, is_surname=lambda word: self._is_surname(word, article.text))
        return False if same is None and self._is_quoted_apart(ours, theirs, article) else same

    def _rule_on_paragraph(self, quotation: DraftQuotation, places: Sequence[Place]) -> Ruling | None:
        """A ruling where nobody is known to have said the words, and each place stands in a paragraph that gives all
        else in it to one source; None if there is none, or several, or it may be the one of the draft.
        """
        owners: list[Statement] = []
        for place in places:
            paragraph = _paragraph_at(place)
            inside = [
                item
                for item in self._statements_of(place.article.article_id)
                if item.speaker and item.version == place.article.version and item.content[0].span.touches(paragraph)
            ]
            if len({fold(item.speaker or "") for item in inside}) != 1:
                return None
            owners.append(inside[0])
        verdicts = {self._is_same_source(quotation, owner) for owner in owners}
        ours = quotation.statement
        if verdicts == {True}:
            return self._as_said_ruling(quotation, places, owners[0])
        if verdicts != {False} or ours is None:
            return None
        why = f"The record does not give these words to {ours.speaker}: their paragraph quotes {owners[0].speaker}."
        return Ruling(outcome="other_speaker", why=why, places=_unique(places))

    def _is_quoted_apart(self, ours: Statement, theirs: Statement, article: Article) -> bool:
        """True if an article names both and never in one sentence or in two adjacent ones, as it would name a body and
        its spokesperson ("... Norland Rail. Its director ...").
        """
        names = [item.speaker or "" for item in (ours, theirs)]
        if any(is_described(name) for name in names):
            return False
        keys = [_name_key(name) for name in names]
        sentence_words = [set(words(one.of(article.text))) for one in sentences(article.text)]
        if not all(keys) or not any(keys[0] <= one for one in sentence_words):
            return False
        following = [*sentence_words[1:], set[str]()]
        both = keys[0] | keys[1]
        return not any(both <= one | after for one, after in zip(sentence_words, following, strict=True))

    def _is_surname(self, word: str, text: str) -> bool:
        """True for the last word of a longer name: that of a speaker in the library, or one in the text."""
        if " " in word:
            return False
        longer = re.compile(rf"[^\W\d_][\w.]*[^\S\n]{re.escape(word)}\b", re.IGNORECASE)
        return any(" " in name for name in self._library.statements.actors_ending([word])) or any(
            match[0][0].isupper() and fold(match[0].split()[0]) not in STOPWORDS for match in longer.finditer(text)
        )

    def _statements_at(self, place: Place) -> list[Statement]:
        """The statements whose content covers more than half of the place."""
        return [
            item
            for item in self._statements_of(place.article.article_id)
            if item.version == place.article.version and 2 * overlap_with(place.span, item) > len(place.span)
        ]

    @staticmethod
    def _is_quoted(place: Place) -> bool:
        return any(item.span.touches(place.span) for item in quotations(place.article.text))

    # -- not verbatim: what was altered?

    def _rule_on_alteration(self, quotation: DraftQuotation, texts: Mapping[str, str]) -> Ruling | None:
        if not texts:
            return None
        near = [
            (candidate, self._article(article_id))
            for article_id, text in texts.items()
            if (candidate := find_nearest(quotation.text, text))
        ]
        best = max(near, key=lambda item: self._likeness(quotation, *item), default=None)
        unsure = best is None or best[0].share < _SINGLE_SOURCE
        if unsure and (pair := find_stitched_places(quotation.text, list(texts.values()))):
            return self._stitched_ruling(pair, [self._article(article_id) for article_id in texts])
        if best is None:
            return None
        candidate, article = best
        place = Place(article=article, span=candidate.span)
        if not candidate.changes:
            why = "The record has these words in this order, but other punctuation or quotation marks among them."
            return Ruling(outcome="unconfirmed", why=why, places=(place,))
        why = _alteration_reason(candidate, " ".join(pieces(quotation.text)), article.quote(candidate.span))
        owners = [owner for owner in self._statements_at(place) if owner.speaker]
        if owners and all(self._is_same_source(quotation, one) is False for one in owners):
            why = f"{why} The record gives these words to {owners[0].speaker}."
        return Ruling(outcome="altered", why=why, places=(place,), alteration=candidate.alteration)

    def _likeness(self, quotation: DraftQuotation, candidate: Nearest, article: Article) -> tuple[float, bool, int]:
        place = Place(article=article, span=candidate.span)
        by_same_source = any(self._is_same_source(quotation, item) for item in self._statements_at(place))
        return round(candidate.share, 2), by_same_source, -len(candidate.changes)

    @staticmethod
    def _stitched_ruling(pair: tuple[tuple[int, Span], tuple[int, Span]], articles: Sequence[Article]) -> Ruling:
        places = tuple(Place(article=articles[at], span=span) for at, span in pair)
        same = places[0].article.article_id == places[1].article.article_id
        where = "two places in one article" if same else "two articles"
        first, second = (place.article.quote(place.span) for place in places)
        why = f"The quotation joins words from {where}: “{_shorten(first)}” and “{_shorten(second)}”."
        return Ruling(outcome="altered", why=why, places=places, alteration="stitched")


def _name_key(name: str) -> set[str]:
    """The words by which an article names somebody: a person's last name, all words of a body's name."""
    content = [word for word in words(name) if word not in STOPWORDS]
    return set(content[-1:]) if len(content) < FEWEST_WORDS and is_given_name(name.split()[0]) else set(content)


def _paragraph_at(place: Place) -> Span:
    """The line of an article in which a place begins."""
    text, at = place.article.text, place.span.start
    end = text.find("\n", at)
    return Span(text.rfind("\n", 0, at) + 1, end if end > at else len(text))


def _names_near(place: Place, speaker: str) -> bool:
    """True if the article has the last name of a speaker not far from a place."""
    around = place.article.text[max(0, place.span.start - _NEAR) : place.span.end + _NEAR]
    return set(words(speaker)[-1:]) <= set(words(around))


_KINDS: dict[Alteration, str] = {
    "negation": "Your draft changes a negation",
    "number": "Your draft changes a number",
    "name": "Your draft changes a name or a day",
    "stitched": "Your draft joins words from two places",
    "cut": "Your draft leaves words out without a mark",
    "added": "Your draft adds words",
    "order": "Your draft has these words in another order",
    "wording": "Your draft changes the wording",
}
_MOST_DIFFERENCES = 4  # that a reason lists
_LONGEST_PIECE = 80  # characters of a text that a reason quotes


def _alteration_reason(candidate: Nearest, ours: str, theirs: str) -> str:
    """What the draft changed, and for each difference which side has what."""
    if candidate.alteration == "order":
        return f"{_KINDS['order']}."
    parts = []
    differences = word_differences(ours, theirs)
    for mine, its in differences[:_MOST_DIFFERENCES]:
        if mine and its:
            parts.append(f"it has “{_shorten(mine)}” where the record has “{_shorten(its)}”")
        else:
            parts.append(f"it adds “{_shorten(mine)}”" if mine else f"it leaves out “{_shorten(its)}”")
    more = len(differences) - len(parts)
    return f"{_KINDS[candidate.alteration]}: {'; '.join(parts)}{f'; {more} more' if more else ''}."


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_PIECE else f"{line[: _LONGEST_PIECE - 1].rstrip()}…"


def _unique(places: Sequence[Place]) -> tuple[Place, ...]:
    by_span = {(place.article.article_id, place.span): place for place in places}
    return tuple(by_span.values())
