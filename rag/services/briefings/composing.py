"""Composing sections of the articles' own sentences: which, in which order. Nothing is altered; speakers come along as
statements. Pure and deterministic.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from rag.domain import BriefingPart, DraftSentence, EvidenceSentence, SentenceKind, Span, Statement
from rag.knowledge.words import DAY_NAMES
from rag.services.briefings import salience
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus
from rag.services.briefings.events import Event, event_date
from rag.services.briefings.relevance import ON_TOPIC, Bearing
from rag.text.canonical import fold
from rag.text.places import NAMES, countries_in, places_in
from rag.text.terms import STOPWORDS, content_words, words
from rag.verification.conflicts import tolls
from rag.verification.tokens import names_in

_LEADS = 2  # first telling sentences of an article, which say the most
_LEAD = 1.5  # what they count more
_LEAD_LEAST = 0.2  # what such a one counts at least where one article is summarised, whatever words it shares
_DANGLING = 0.5  # what a sentence counts that needs the one before it
_UNDATED = 0.8  # what a lead counts on a timeline that is there by the day of publication
_ONE_ARTICLE = 0.7  # one reporter repeats little: only what is nearly the same is left out
_FOREIGN = 0.5  # share of the mean weight below which a sentence has nothing to do with those around it
_FEW = 4  # sentences, of which fewer say nothing about what is foreign
_CORRECTIONS = 3  # sentences of notes that correct something, in the bottom line
_FEWEST_WORDS = 7  # of a sentence of the bottom line
_BACKGROUND = timedelta(days=4)  # what an article tells of from before that is no news
_STALE = timedelta(days=30)
_A_DAY = 2  # entries of a day on a timeline
_NO_NAMES = frozenset({*STOPWORDS, *DAY_NAMES})  # capitalised words that name no event
_OF_ARTICLE = 15  # sentences of an article that are weighed where an event has many
_LEANING = 0.7  # what such a sentence counts in a summary, where the one before it may stand too
_WORDS_OF_SENTENCE = 25
_NEEDS_BEFORE = re.compile(
    r"[\"“‘'(]*(?:He|She|It|They|His|Her|Their|Its|This|That|These|Those|But|And|Or|However|Meanwhile|Also|Instead|So"
    r"|Nevertheless|Nonetheless|Moreover|Furthermore|Besides|Otherwise|Yet|Still|Then|Thus|Therefore|Such|Both"
    r"|Neither|Among them|In (?:addition|response|contrast)|By contrast|As a result|On the other hand|For (?:example"
    r"|instance)|The (?:former|latter)|Another|Others?)\b"
    r"|[^,.;“\"]{0,40}\b(?:also|too|however)\b"
)
NOT_KNOWN = re.compile(
    r"\b(?:did|do(?:es)?|ha[sd]|have|was|were|is|would|could|can) ?n(?:o|['’])t "
    r"(?:immediately |yet |directly |publicly )*(?:respond|reply|return|comment|say|said|specify|elaborate|disclose|"
    r"give "
    r"(?:any )?(?:details|reasons?)|provide (?:any )?details|be (?:independently )?(?:verified|confirmed|reached)|"
    r"(?:immediately )?(?:available|clear|known|confirmed|verified|announced|disclosed|decided))\b"
    r"|\b(?:declined|refused) to (?:comment|say|discuss|elaborate|give|be)\b"
    r"|\b(?:unclear|uncertain|unknown|unconfirmed|unverified)\b"
    r"|\bremains? to be seen\b|\bno (?:immediate )?(?:comment|word|details|information|confirmation|explanation)\b"
    r"|\byet to (?:be )?(?:announced?|confirm(?:ed)?|decided?|disclosed?|respond|comment)\b"
    r"|\bcould not (?:immediately |independently )?be\b|\bnobody knows\b|\bno one knows\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class SectionDraft:
    """What a section is to hold: drafts in order, a day for each on a timeline, and the program's own remarks."""

    drafts: tuple[DraftSentence, ...] = ()
    days: tuple[date, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Composes sections over what was read. `terms` are the topic's stems with their weights, empty without a topic.

    `worth` says what each sentence counts, by id; `unknown` are ids of sentences that tell what is not known, beside
    those that say so in so many words. `used` are ids of sentences that stand in a section already; none stands twice.
    """

    material: BriefingCorpus
    events: Sequence[Event]
    terms: Mapping[str, float] = field(default_factory=dict)
    worth: Mapping[str, float] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    topic: str | None = None
    bearing: Bearing = field(default_factory=Bearing)
    used: frozenset[str] = frozenset()

    def compose(self, part: BriefingPart, *, most: int | None = None, words: int | None = None) -> SectionDraft:
        """The drafts of one part, at most `most` sentences or about `words` words."""
        makers: dict[str, Callable[[], SectionDraft]] = {
            "summary": lambda: self._summary(most, words),
            "bottom-line": lambda: self._bottom_line(most, words),
            "outlets": lambda: self._outlets(most or 0),
            "timeline": lambda: self._timeline(most or 0),
            "positions": lambda: self._positions(most or 0),
            "unknown": lambda: self._unknown(most or 0),
            "sources": self._sources,
        }
        return makers[part]() if part in makers else SectionDraft()

    # -- parts

    def _summary(self, most: int | None, words: int | None) -> SectionDraft:
        """The sentences of most weight in the order of the text. Of one article from its lead on; it does not open with
        a sentence that leans on one that is left out.
        """
        items = [item for read in self.material.articles for item in read.telling]
        texts = [item.text for item in items]
        worth = np.array([self.worth.get(item.sid, 0.0) for item in items])
        if len(self.material.articles) > 1:
            chosen = salience.choose(texts, worth, most=most, words=words)
            return SectionDraft(drafts=tuple(self.draft(items[at]) for at in sorted(chosen)))
        size = words if words is not None else (most or 0) * _WORDS_OF_SENTENCE
        worth = salience.led(worth, share=size / max(1, sum(len(text.split()) for text in texts)))
        worth *= [_LEANING if _NEEDS_BEFORE.match(text) else 1.0 for text in texts]
        while True:
            chosen = sorted(
                salience.choose(texts, worth, most=most, words=words, repeats=_ONE_ARTICLE, spread=0.0, nearest=True)
            )
            if len(chosen) < 2 or not chosen[0] or not _NEEDS_BEFORE.match(texts[chosen[0]]):
                return SectionDraft(drafts=tuple(self.draft(items[at]) for at in chosen))
            worth[chosen[0]] = 0.0

    def _bottom_line(self, most: int | None, words: int | None) -> SectionDraft:
        """The best sentence of each event in turn, the greatest event first, until there are enough; of a toll that
        was counted again only the newest. Then what was corrected.
        """
        items = [item for item in self.ranked() if not self._superseded(item)]
        rounds = self._newest(items)[: 40 * (most or 20)] or items[:1]  # of quotations one, the others are positions
        chosen = salience.choose(
            [item.text for item in rounds], [1 / (1 + at) for at in range(len(rounds))], most=most, words=words
        )
        drafts = [self.draft(rounds[at]) for at in sorted(chosen)]
        notes = [item for read in self.material.articles for item in read.corrections if item.sid not in self.used]
        return SectionDraft(drafts=(*drafts, *map(self.draft, notes[:_CORRECTIONS])))

    def _newest(self, items: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
        """The sentences that are no quotation and tell of nothing before the newest day of the same event, in articles
        that are not a month older than the newest: the sections below have the others.
        """
        newest = max((item.published for item in items if item.published), default=date.min)
        days = {item.sid: event_date(item) for item in items}
        latest: dict[int, date] = {}
        for item in items:
            if day := days[item.sid]:
                event = self._event_of[item.article_id]
                latest[event] = max(day, latest.get(event, date.min))

        def is_news(item: EvidenceSentence) -> bool:
            day = days[item.sid]
            if item.published and newest - item.published > _STALE:
                return False
            if day is None:
                return True
            past = item.published is not None and item.published - day > _BACKGROUND
            return not past and day >= latest[self._event_of[item.article_id]]

        return [
            item
            for item in items
            if is_news(item) and len(item.text.split()) >= _FEWEST_WORDS and self.draft(item).kind != "quoted"
        ]

    def _superseded(self, item: EvidenceSentence) -> bool:
        """True for a toll of which a later article that bears on the topic gives another number: one on the same event,
        or any where the topic is one and few articles are about it.
        """
        if not (counts := tolls(item.text)) or item.published is None:
            return False
        return any(
            later.published > item.published
            and (later.event == self._event_of[item.article_id] or self._names(item) & later.names)
            and any(later.counts.get(what, number) != number for what, number in counts.items())
            for later in self._tolls
        )

    def _names(self, item: EvidenceSentence) -> frozenset[str]:
        """The names that a sentence and its headline have."""
        return names_in(f"{item.title}. {item.text}") - _NO_NAMES

    @cached_property
    def _event_of(self) -> dict[str, int]:
        return {read.about.article_id: n for n, event in enumerate(self.events) for read in event.articles}

    @cached_property
    def _tolls(self) -> tuple[_Toll, ...]:
        return tuple(
            _Toll(
                published=item.published,
                event=self._event_of[item.article_id],
                names=self._names(item),
                counts=counts,
            )
            for read in self.material.articles
            for item in read.telling
            if item.published and (counts := tolls(item.text))
        )

    def _outlets(self, most: int) -> SectionDraft:
        """Of each outlet in turn its best sentences; in the end grouped by outlet, the one with most articles first."""
        groups: dict[str, list[BriefedArticle]] = defaultdict(list)
        for read in self.material.articles:
            groups[read.about.outlet or ""].append(read)
        order = sorted(groups, key=lambda name: (-len(groups[name]), name))
        ranked = {name: self._ranked(item for read in groups[name] for item in self._fresh(read)) for name in order}
        rounds = [(at, name) for name in order for at in range(min(most, len(ranked[name])))]
        rounds.sort(key=lambda one: (one[0], order.index(one[1])))
        items = [ranked[name][at] for at, name in rounds]
        chosen = salience.choose([one.text for one in items], [1 / (1 + at) for at in range(len(items))], most=most)
        by_outlet = sorted(chosen, key=lambda at: (order.index(rounds[at][1]), rounds[at][0]))
        return SectionDraft(drafts=tuple(self.draft(items[at]) for at in by_outlet))

    def _timeline(self, most: int) -> SectionDraft:
        """Sentences that name a day, and first sentences of articles on their day of publication, by day; of a day no
        more than two, and no quotations, which are no events.
        """
        candidates: list[tuple[EvidenceSentence, date, float]] = []
        for read in self.material.articles:
            fresh = {item.sid for item in self._fresh(read) if self.draft(item).kind != "quoted"}
            for at, item in enumerate(read.telling):
                if item.sid not in fresh:
                    continue
                if day := event_date(item):
                    candidates.append((item, day, self.worth.get(item.sid, 0.0)))
                elif at == 0 and read.about.published:
                    candidates.append((item, read.about.published, _UNDATED * self.worth.get(item.sid, 0.0)))
        a_day: Counter[date] = Counter()
        kept: list[tuple[EvidenceSentence, date, float]] = []
        for at in salience.choose([one[0].text for one in candidates], [one[2] for one in candidates]):
            if len(kept) < most and a_day[candidates[at][1]] < _A_DAY:
                a_day[candidates[at][1]] += 1
                kept.append(candidates[at])
        entries = sorted(kept, key=lambda one: (one[1], one[0].published or date.min, _at(one[0])))
        undated = sum(not read.about.published for read in self.material.articles)
        notes = (f"{_count(undated, 'article')} without a date {_are(undated)} not on it.",) if undated else ()
        return SectionDraft(
            drafts=tuple(self.draft(item) for item, _, _ in entries),
            days=tuple(day for _, day, _ in entries),
            notes=notes,
        )

    def _positions(self, most: int) -> SectionDraft:
        """Statements by party, who says most first, in it speaker by speaker; of each the direct ones first. Silent
        parties are noted.
        """
        parties: dict[str, list[tuple[float, Statement, BriefedArticle]]] = defaultdict(list)
        for read in self.material.articles:
            for item in read.statements:
                name = item.on_behalf_of or item.speaker
                if name and _is_party(item) and (closeness := self._closeness(item, read)):
                    parties[fold(name)].append((closeness * read.relevance, item, read))
        order = sorted(parties, key=lambda key: (-sum(one[0] for one in parties[key]), key))
        ranked = {key: sorted(parties[key], key=_by_kind) for key in order}
        place = {key: at for at, key in enumerate(order)}
        wanted = [(at, key) for key in order for at in range(len(ranked[key]))]
        wanted.sort(key=lambda one: (one[0], place[one[1]]))
        taken: list[tuple[str, int, DraftSentence]] = []
        seen: list[frozenset[str]] = []
        shown: set[tuple[str, tuple[str, ...]]] = set()  # a sentence of two statements of one party stands once
        for at, key in wanted:
            if len(taken) >= most:
                break
            _, item, read = ranked[key][at]
            bag = frozenset(content_words(item.text))
            draft = self._stated(item, read)
            if draft is None or self.used & set(draft.sids[:1]):
                continue
            if (key, draft.sids) not in shown and not any(salience.overlap(bag, one) > 0.8 for one in seen):
                seen.append(bag)
                shown.add((key, draft.sids))
                taken.append((key, at, draft))
        first: dict[tuple[str, str], int] = {}
        for key, at, draft in sorted(taken, key=lambda one: one[1]):
            first.setdefault((key, _speaker(draft)), at)
        taken.sort(key=lambda one: (place[one[0]], first[one[0], _speaker(one[2])], one[1]))
        notes = [] if taken else ["No statement was found in the articles."]
        return SectionDraft(drafts=tuple(draft for _, _, draft in taken), notes=(*notes, *self._silent(set(parties))))

    def _unknown(self, most: int) -> SectionDraft:
        """What the articles themselves say is not known, and words of the topic that they do not have."""
        fresh = (item for read in self.material.articles for item in self._fresh(read))
        items = [item for item in fresh if item.sid in self.unknown or NOT_KNOWN.search(item.text)]
        chosen = salience.choose(
            [item.text for item in items], [self.worth.get(item.sid, 0.0) + 1e-9 for item in items], most=most
        )
        notes = [f"The articles do not mention “{word}”." for word in self._absent()]
        if not items:
            notes.append("No article that was read says of anything that it is not known.")
        return SectionDraft(drafts=tuple(self.draft(items[at]) for at in sorted(chosen)), notes=tuple(notes))

    def _absent(self) -> Iterable[str]:
        """Words of the topic that no article has, in its text or its title, under any name of a country."""
        missing = {word: stems for word in dict.fromkeys((self.topic or "").split()) if (stems := _stems(word))}
        for read in self.material.articles:
            if not missing:
                return
            held = _stems(f"{read.about.title} . {read.text}")
            missing = {word: wanted for word, wanted in missing.items() if not wanted & held}
        yield from missing

    def _sources(self) -> SectionDraft:
        """How many articles, outlets and independent originals."""
        reads = self.material.articles
        outlets = {name for read in reads for name in read.outlets}
        copies = sum(len(read.copies) for read in reads)
        line = f"{_count(len(reads) + copies, 'article')} by {_count(len(outlets), 'outlet')}"
        line += f", {_count(len(reads), 'independent original')}"
        if copies:
            line += "; wire copies are folded under them"
        left = self.material.left_out
        more = [f"{_count(left, 'further article')} on the subject {_were(left)} not read."] if left else []
        if foreign := self.material.foreign:
            more.append(f"{_count(foreign, 'article')} {_were(foreign)} set aside as about something else.")
        return SectionDraft(notes=(f"{line}.", *more))

    # -- sentences

    def ranked(self) -> list[EvidenceSentence]:
        """What a prose section may rest on, best first: the sentences of the events in turn."""
        ranked = [self._ranked(item for read in event.articles for item in self._fresh(read)) for event in self.events]
        longest = max((len(items) for items in ranked), default=0)
        return [items[at] for at in range(longest) for items in ranked if at < len(items)]

    def _fresh(self, read: BriefedArticle) -> list[EvidenceSentence]:
        """The telling sentences of an article that bear on the topic and stand nowhere yet."""
        return [item for item in read.telling if item.sid not in self.used and self.bearing.on_topic(item)]

    def draft(self, item: EvidenceSentence) -> DraftSentence:
        """A sentence as it stands, with the statement that it hands on."""
        statement = self.material.by_id[item.article_id].stated_in(item)
        kind: SentenceKind = "reported"
        if statement and not statement.stance:
            kind = "quoted" if statement.kind == "direct" else "indirect"
        return DraftSentence(text=item.text, sids=(item.sid,), kind=kind, statement=statement)

    def _stated(self, item: Statement, read: BriefedArticle) -> DraftSentence | None:
        """The sentences of one paragraph in which a statement stands; where they don't name the speaker, the sentence
        that does is cited too.
        """
        held = read.around([item.content[0].span])
        if not held:
            return None
        span = Span(held[0].start, held[-1].end)
        if "\n" in span.of(read.text):
            held, span = held[:1], held[0].span
        text = span.of(read.text)
        sids = [one.sid for one in held]
        if item.speaker_basis and not set(words(item.speaker or "")[-1:]) & set(words(text)):
            sids += [one.sid for one in read.around([item.speaker_basis.span]) if one.sid not in sids]
        kind: SentenceKind = "reported" if item.stance else "quoted" if item.kind == "direct" else "indirect"
        return DraftSentence(text=text, sids=tuple(sids), kind=kind, statement=item)

    def _ranked(self, items: Iterable[EvidenceSentence]) -> list[EvidenceSentence]:
        """Sentences by worth, leads before others of like worth."""
        listed = list(items)
        return sorted(
            listed, key=lambda one: (-self.worth.get(one.sid, 0.0) * (_LEAD if one.sid in self._leads else 1), one.sid)
        )

    @cached_property
    def _leads(self) -> frozenset[str]:
        return frozenset(item.sid for read in self.material.articles for item in read.telling[:_LEADS])

    def _closeness(self, item: Statement, read: BriefedArticle) -> float:
        """0..1: how far a statement bears on the topic by its own words, its sentences and its headline."""
        if not self.terms:
            return 1.0
        if self.bearing.known:
            around = read.around(part.span for part in item.content)
            best = max((self.bearing.sentences.get(one.sid, 0.0) for one in around), default=0.0)
            return best if best >= ON_TOPIC else 0.0
        text = " ".join(one.text for one in read.around(part.span for part in item.content))
        return min(1.0, share(self.terms, text) + 0.5 * share(self.terms, read.about.title) + 0.05)

    def _silent(self, heard: set[str]) -> Iterable[str]:
        """Countries that the topic or several headlines name and of which nobody is quoted or reported."""
        named: Counter[str] = Counter()
        for read in self.material.articles:
            named.update(_countries(read.about.title))
        topical = _countries(self.topic or "")
        speaking = [item for read in self.material.articles for item in read.statements]
        spoken = {fold(name) for item in speaking for name in (item.on_behalf_of, item.speaker) if name}
        spoken |= {
            fold(country)
            for item in speaking
            for country in _countries(" ".join(filter(None, (item.speaker, item.on_behalf_of, item.role))))
        }
        for country in sorted(topical | named.keys(), key=lambda one: (-named[one], one)):
            if (country in topical or named[country] > 1) and fold(country) not in heard | spoken:
                yield f"No statement by or for {country} stands in these articles."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Toll:
    """How many were killed or hurt by one sentence of an article; `names` are those of it and its headline."""

    published: date
    event: int
    names: frozenset[str]
    counts: Mapping[str, str]


def _countries(text: str) -> set[str]:
    return {place.country for place in places_in(text) if place.kind in NAMES}


def _is_party(item: Statement) -> bool:
    """False for what is no speaker: reported words of "the move", which names nobody and stands for nobody."""
    if item.kind == "direct" or item.on_behalf_of:
        return True
    return any(word[:1].isupper() for word in (item.speaker or "").split() if fold(word) not in STOPWORDS)


def _speaker(draft: DraftSentence) -> str:
    return fold((draft.statement.speaker if draft.statement else None) or "")


def weigh(
    material: BriefingCorpus,
    events: Sequence[Event],
    terms: Mapping[str, float],
    bearing: Bearing | None = None,
) -> dict[str, float]:
    """What each telling sentence counts: its weight among the sentences of its event, times how far it bears on the
    topic, times how much its event is in the news. One article alone counts by the weight only.
    """
    worth_of: dict[str, float] = {}
    single = len(material.articles) == 1
    leads = {item.sid for read in material.articles for item in read.telling[:_LEADS]}
    for event in events:
        per_article = max(_OF_ARTICLE, salience.MOST // max(1, len(event.articles)))
        items = [item for read in event.articles for item in read.telling[:per_article]][: salience.MOST]
        weight = salience.weights([item.text for item in items])
        top = float(weight.max()) if len(weight) else 1.0
        size = 1 + math.log(1 + event.outlets) + math.log(1 + event.originals)
        for item, value in zip(items, weight, strict=True):
            foreign = len(items) >= _FEW and value < _FOREIGN / len(items)
            worth = float(value) / (top or 1.0)
            if foreign:
                worth = _LEAD_LEAST if item.sid in leads and single else 0.0
            if not single:
                about = min(1.0, share(terms, item.text) + 0.3 * share(terms, item.title)) if terms else 1.0
                if bearing is not None and bearing.known:
                    about = bearing.sentences.get(item.sid, 0.0)
                worth *= size * (0.3 + 0.7 * about) * (_DANGLING if _NEEDS_BEFORE.match(item.text) else 1.0)
            worth_of[item.sid] = worth
    return worth_of


def share(terms: Mapping[str, float], text: str) -> float:
    """0..1: the share of the terms, by weight, that stand in the text."""
    total = sum(terms.values())
    if not total:
        return 0.0
    held = _stems(text)
    return sum(weight for term, weight in terms.items() if term in held) / total


def _stems(text: str) -> set[str]:
    return set(content_words(text)) | {country.casefold() for _, _, country in countries_in(text)}


def _by_kind(one: tuple[float, Statement, BriefedArticle]) -> tuple[bool, int, float, int, int]:
    closeness, item, read = one
    published = read.about.published or date.min
    kinds = ("direct", "mixed", "indirect")
    return (
        item.stance,
        kinds.index(item.kind),
        -closeness,
        -published.toordinal(),
        item.content[0].start,
    )


def _at(item: EvidenceSentence) -> tuple[str, int]:
    return item.article_id, item.start


def _count(number: int, name: str) -> str:
    return f"1 {name}" if number == 1 else f"{number} {name}s"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
