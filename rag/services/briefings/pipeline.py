"""Making one briefing: from what was asked to checked sections, with progress, and kept when it is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from rag.domain import (
    AnswerSentence,
    ArticleSummary,
    BriefEvent,
    Briefing,
    BriefingChanges,
    BriefingFinished,
    BriefingRequest,
    BriefingSection,
    BriefingStep,
    Conflict,
    DraftSentence,
    Evidence,
    EvidenceSentence,
    Filters,
    SentenceShown,
    TimelineEntry,
    Usage,
)
from rag.errors import ModelError, ModelRefused, UnknownBriefing, UnusableInput
from rag.providers.base import Embedder, RelevanceJudge, Reply
from rag.retrieval.search import ON_TOPIC, TO_BE_JUDGED, Retriever
from rag.services.briefings.composing import Composer, SectionDraft, share, weigh
from rag.services.briefings.corpus import MOST_ARTICLES, BriefedArticle, BriefingCorpus, read_articles
from rag.services.briefings.diffing import changes_since
from rag.services.briefings.events import Event, events, head
from rag.services.briefings.relevance import Bearing, on_topic
from rag.services.briefings.templates import PROSE, Section, Template, template, words_of
from rag.services.briefings.writing import Picked, Writer, add, picks_first
from rag.stores.library import Library
from rag.text.canonical import canonical
from rag.verification.conflicts import tolls
from rag.verification.drafts import DraftCheck
from rag.verification.ledger import CitationLedger, Entered

BUILT_IN = "built-in"
NOTHING_DIFFERS = "No contradiction was found by the rules; that is no proof that there is none."
NOT_COMPARED = "The sources were not compared for contradictions."
_SEARCHED = 6  # passages in which what the articles are said to lack is looked for
_COMPARED, _ASKED_ABOUT = 400, 60  # sentences that are compared, and those of them that are asked about
STOPPED = "Stopped before the end."
_SHORTER, _LEAST_WORDS = 0.6, 20  # a summary has at most this share of a short article's words, but some
_LEAD_SENTENCES, _OUTLINE_POSITIONS = 3, 5  # of a brief in the place of an answer
_READ_AT_ONCE = 20  # articles between two reports
_LONGEST_TOPIC = 1000


class Differing(Protocol):
    """Two sentences that contradict each other, and what about, for a reader."""

    @property
    def about(self) -> str:
        """What they differ on."""
        ...

    @property
    def sides(self) -> tuple[EvidenceSentence, EvidenceSentence]:
        """One sentence a side."""
        ...


# What contradicts one of the sentences given second, among all of the evidence.
Compare = Callable[[Evidence, Sequence[EvidenceSentence]], Sequence[Differing]]


@dataclass
class _BriefingDraft:
    """What stands so far."""

    book: CitationLedger = field(default_factory=CitationLedger)
    sections: list[BriefingSection] = field(default_factory=list)
    timeline: list[TimelineEntry] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refused: bool = False  # the model will not answer, so nobody asks it again
    model_used: bool = False
    used: set[str] = field(default_factory=set)  # ids of sentences that stand in a section
    cited: dict[str, tuple[int, ...]] = field(default_factory=dict)  # the same -> the citations of the sentence
    disputed: set[str] = field(default_factory=set)  # ids of sentences that contradict each other


class BriefingMaker:
    """Makes briefings over one library."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        embedder: Embedder | None,
        *,
        writer: Writer | None = None,
        compare: Compare | None = None,
        judge: RelevanceJudge | None = None,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._embedder = embedder
        self._writer = writer
        self._compare = compare
        self._judge = judge

    def stream(self, request: BriefingRequest, *, cancel: threading.Event) -> Iterator[BriefEvent]:
        """Steps as they are done, then the finished briefing, kept in the library.

        Once `cancel` is set, what stands is kept and comes back with `finished` False. Raises UnusableInput where
        nothing is asked for or the template or length can't be used, UnknownArticle.
        """
        request, plan = checked(request)
        started = time.monotonic()
        self._library.briefings.begin(request)
        state = _BriefingDraft()
        material = BriefingCorpus(articles=())
        try:
            yield BriefingStep(work="searching")
            wanted, left_out = self._wanted(request, judged=self._judge is not None)
            reads: list[BriefedArticle] = []
            for read in read_articles(self._library, wanted, request.filters):
                reads.append(read)
                if cancel.is_set():
                    break
                if len(reads) % _READ_AT_ONCE == 0 or len(reads) == len(wanted):
                    yield BriefingStep(work="reading", done=len(reads), total=len(wanted))
            material = BriefingCorpus(articles=tuple(reads), left_out=left_out)
            bearing = Bearing()
            if reads and not cancel.is_set():
                material, bearing = self._bearing(request, material, state)
            if material.articles and not cancel.is_set():
                yield from self._sections(request, plan, material, bearing, state, cancel)
            elif not material.articles:
                state.sections.append(_nothing(request, plan))
            done = self._finished(request, plan, material, state, started, stopped=cancel.is_set())
        finally:
            self._library.briefings.end(request)
        yield BriefingFinished(briefing=done)

    def outline(
        self, topic: str | None, articles: Sequence[str], filters: Filters, cancel: threading.Event
    ) -> list[tuple[DraftSentence, Evidence]]:
        """A short brief of some articles that is not kept: what happened, who says what, and where they differ, each
        sentence with what it was drafted from. Empty once `cancel` is set."""
        wanted, _ = self._wanted(BriefingRequest(topic=topic, articles=tuple(articles), filters=filters))
        reads = [read for read in read_articles(self._library, wanted, filters) if not cancel.is_set()]
        if not reads or cancel.is_set():
            return []
        material = BriefingCorpus(articles=tuple(reads))
        grouped = self._grouped(material.articles)
        terms = self._retriever.weights(topic) if topic else {}
        composer = Composer(
            material=material, events=grouped, terms=terms, worth=weigh(material, grouped, terms), topic=topic
        )
        drafts = [
            *composer.compose("summary" if len(reads) == 1 else "bottom-line", most=_LEAD_SENTENCES).drafts,
            *composer.compose("positions", most=_OUTLINE_POSITIONS).drafts,
        ]
        if self._compare and len(reads) > 1:
            items = composer.ranked()[:_ASKED_ABOUT]
            whole = replace(material.evidence(item.sid for item in items), sentences=tuple(items))
            drafts += [composer.draft(side) for pair in list(self._compare(whole, items))[:1] for side in pair.sides]
        once = {draft.text: draft for draft in reversed(drafts)}
        return [(draft, material.evidence(draft.sids)) for draft in drafts if once.pop(draft.text, None)]

    def matches(self, request: BriefingRequest) -> int:
        """How many articles a request would read. Raises UnusableInput, UnknownArticle."""
        clean, _ = checked(request)
        wanted, left_out = self._wanted(clean)
        return len(wanted) + left_out

    def changes(self, briefing_id: str | None, *, topic: str | None) -> BriefingChanges:
        """What has changed since a briefing, or since the last on a topic. Raises UnknownBriefing, UnusableInput."""
        if briefing_id is None:
            if not topic:
                raise UnusableInput("Say since which briefing: give its id or a topic.")
            earlier = self._library.briefings.summaries(topic=topic, limit=1)
            if not earlier:
                raise UnknownBriefing(f"There is no briefing on {topic!r} yet. Make one first.")
            briefing_id = earlier[0].briefing_id
        briefing = self._library.briefings.get(briefing_id)
        known = self._library.summaries(briefing.articles)
        request = replace(briefing.request, articles=tuple(one for one in briefing.articles if one in known))
        wanted = [] if briefing.articles and not request.articles else self._wanted(request)[0]
        return changes_since(briefing, [item for item, _ in wanted], self._library)

    def _wanted(
        self, request: BriefingRequest, *, judged: bool = False
    ) -> tuple[list[tuple[ArticleSummary, float]], int]:
        """The articles to read, most relevant first, at the versions that the filters allow; how many are left. Where
        they will be `judged`, those too that have little of the topic's words.
        """
        allowed = self._library.versions(request.filters)
        if request.articles:
            for one in request.articles:
                self._library.article(one)  # raises where it is unknown
            ranked, left = [(one, 1.0) for one in request.articles if one in allowed], 0
        elif request.topic:
            least = TO_BE_JUDGED if judged else ON_TOPIC
            ranked, left = self._retriever.articles(
                request.topic, most=MOST_ARTICLES, filters=request.filters, least=least
            )
        else:
            listing = self._library.articles(request.filters)
            known = {item.article_id for item in listing}
            ranked = [(item.article_id, 1.0) for item in listing if item.copy_of not in known]
            left = len(ranked[MOST_ARTICLES:])
        about = self._library.summaries(one for one, _ in ranked)
        chosen = [
            (replace(about[one], version=allowed[one]), score)
            for one, score in ranked
            if one in about and one in allowed
        ]
        return chosen[:MOST_ARTICLES], left

    def _sections(
        self,
        request: BriefingRequest,
        plan: Template,
        material: BriefingCorpus,
        bearing: Bearing,
        state: _BriefingDraft,
        cancel: threading.Event,
    ) -> Iterator[BriefingStep]:
        yield BriefingStep(work="grouping", total=len(material.articles))
        grouped = self._grouped(material.articles)
        if bearing.known:  # the event that bears most on the topic, not the one that is most in the news
            grouped = tuple(sorted(grouped, key=lambda one: -sum(read.relevance for read in one.articles)))
        terms = self._retriever.weights(request.topic) if request.topic else {}
        composer = Composer(
            material=material,
            events=grouped,
            terms=terms,
            worth=weigh(material, grouped, terms, bearing),
            topic=request.topic,
            bearing=bearing,
        )
        if self._writer:
            composer = yield from self._picked(self._writer, composer, request.topic, state, cancel)
        differing: list[Differing] = []
        for section in plan.sections:
            if section.part == "conflicts":
                differing = self._contradictions(composer, limits(section, request.length, first=False)[0] or 0)
        state.disputed = {item.sid for one in differing for item in one.sides}
        for at, section in enumerate(plan.sections, 1):
            if cancel.is_set():
                return
            most, words = limits(section, request.length, first=at == 1)
            if words and len(material.articles) == 1 and words_of(request.length) is None:
                words = min(words, max(_LEAST_WORDS, int(_SHORTER * material.articles[0].about.words)))
            before = len(state.book.sentences)
            barred = state.used if section.part in PROSE else state.used | state.disputed
            composer = replace(composer, used=frozenset(barred))
            if self._writer and not state.refused and section.part in PROSE:
                subject = _subject(request, material)
                self._written(self._writer, section, subject, composer, (most, words), state, cancel)
            if section.part == "conflicts":
                self._differing(section, composer, differing, state)
            elif len(state.book.sentences) == before:
                self._enter(section, composer.compose(section.part, most=most, words=words), material, state)
            yield BriefingStep(
                work="writing", done=at, total=len(plan.sections), detail=section.heading, usage=state.book.usage
            )

    @staticmethod
    def _picked(
        writer: Writer, composer: Composer, topic: str | None, state: _BriefingDraft, cancel: threading.Event
    ) -> Generator[BriefingStep, None, Composer]:
        """The composer with what the model picked of each article; where it fails an article keeps its own weights."""
        reads = composer.material.articles
        picks: list[Picked] = []
        yield BriefingStep(work="mapping", total=len(reads))
        for item in writer.pick(reads, topic, cancel):
            picks.append(item)
            state.book.usage = add(state.book.usage, item.usage)
            yield BriefingStep(
                work="mapping", done=len(picks), total=len(reads), detail=item.read.about.title, usage=state.book.usage
            )
        good = [item for item in picks if not item.error]
        if errors := [item.error for item in picks if item.error]:
            left = len(reads) - len(good)
            state.notices.append(f"{left} of {len(reads)} articles were read without the model: {errors[-1]}")
            state.refused = isinstance(errors[-1], ModelRefused)
        state.model_used = bool(good)
        unknown = frozenset(item.read.sentences[at].sid for item in good for at in item.unknown)
        return replace(composer, worth=picks_first(good, composer.worth), unknown=unknown)

    def _search(self, text: str) -> Sequence[EvidenceSentence]:
        """The sentences of the passages that a search for the text finds."""
        return self._retriever.evidence(self._retriever.search(text, k=_SEARCHED, filters=Filters())).sentences

    def _written(
        self,
        writer: Writer,
        section: Section,
        subject: str,
        composer: Composer,
        limit: tuple[int | None, int | None],
        state: _BriefingDraft,
        cancel: threading.Event,
    ) -> None:
        """A section that the model writes, as far as it stands; nothing is entered where nothing does."""
        shown = []
        try:
            written = writer.write(
                subject,
                composer.ranked(),
                composer.material,
                most=limit[0],
                words=limit[1],
                search=self._search,
                cancel=cancel,
            )
            for item in written:
                if isinstance(item, Usage):
                    state.book.usage = add(state.book.usage, item)
                elif isinstance(item, Reply):
                    state.notices.append(f"“{section.heading}”: {item.notice}")
                elif isinstance(entered := _entered(state.book, *item), SentenceShown):
                    shown.append(entered.sentence)
        except ModelError as exc:
            state.notices.append(f"“{section.heading}” was broken off by the model: {exc}")
        if shown:
            state.model_used = True
            state.sections.append(BriefingSection(heading=section.heading, sentences=tuple(shown), part=section.part))
        elif not cancel.is_set():
            state.notices.append(
                f"“{section.heading}” is in the articles' own words: the model wrote nothing that stands."
            )

    def _contradictions(self, composer: Composer, most: int) -> list[Differing]:
        """Where sources contradict each other; a count that was taken again later is no contradiction."""
        if self._compare is None or len(composer.material.articles) < 2:
            return []
        items = composer.ranked()[:_COMPARED]
        evidence = replace(composer.material.evidence(item.sid for item in items), sentences=tuple(items))
        pairs = [one for one in self._compare(evidence, items[:_ASKED_ABOUT]) if not _counted_again(one)]
        return pairs[: most // 2 or 1]

    def _differing(
        self, section: Section, composer: Composer, differing: Sequence[Differing], state: _BriefingDraft
    ) -> None:
        """Both sides, one after the other, in their own words; one that stands above already is only referred to."""
        material = composer.material
        shown: list[AnswerSentence] = []
        for one in differing:
            for item in one.sides:
                if item.sid not in state.cited:
                    entered = state.book.admit(composer.draft(item), material.evidence([item.sid]))
                    if isinstance(entered, SentenceShown):
                        state.cited[item.sid] = entered.sentence.citations
                        shown.append(entered.sentence)
            sides = tuple(state.cited[item.sid] for item in one.sides if item.sid in state.cited)
            if len(sides) == len(one.sides):
                state.conflicts.append(Conflict(about=one.about, sides=sides))
        note = "" if state.conflicts else NOTHING_DIFFERS if self._compare else NOT_COMPARED
        state.sections.append(
            BriefingSection(
                heading=section.heading, sentences=tuple(shown), part=section.part, notes=(note,) if note else ()
            )
        )

    def _bearing(
        self, request: BriefingRequest, material: BriefingCorpus, state: _BriefingDraft
    ) -> tuple[BriefingCorpus, Bearing]:
        """What was read without the articles on something else; all of it without a topic, and without a judge."""
        if self._judge is None or not request.topic or request.articles:
            return material, Bearing()
        terms = self._retriever.weights(request.topic)
        try:
            return on_topic(self._judge, request.topic, material, lambda text: share(terms, text))
        except ModelError as exc:
            state.notices.append(f"What bears on the topic was chosen by its words: {exc}")
            return material, Bearing()

    def _grouped(self, articles: Sequence[BriefedArticle]) -> tuple[Event, ...]:
        if len(articles) == 1:
            return (Event(articles=tuple(articles)),)
        return events(articles, self._retriever.vectors([head(read) for read in articles], "document"))

    @staticmethod
    def _enter(section: Section, drafted: SectionDraft, material: BriefingCorpus, state: _BriefingDraft) -> None:
        """Check the drafts of a section and keep what stands."""
        shown = []
        for at, draft in enumerate(drafted.drafts):
            entered = state.book.admit(draft, material.evidence(draft.sids))
            if isinstance(entered, SentenceShown):
                shown.append(entered.sentence)
                state.used.update(draft.sids[:1])
                state.cited.setdefault(draft.sids[0], entered.sentence.citations)
                if drafted.days:
                    state.timeline.append(TimelineEntry(date=drafted.days[at], sentence=entered.sentence))
        state.sections.append(
            BriefingSection(heading=section.heading, sentences=tuple(shown), part=section.part, notes=drafted.notes)
        )

    def _finished(
        self,
        request: BriefingRequest,
        plan: Template,
        material: BriefingCorpus,
        state: _BriefingDraft,
        started: float,
        *,
        stopped: bool,
    ) -> Briefing:
        if stopped:
            state.notices.append(STOPPED)
        state.notices += self._retriever.told((), away=self._retriever.outage())
        positions = [item for part in state.sections if part.part == "positions" for item in part.sentences]
        briefing = Briefing(
            title=plan.titled(_subject(request, material)),
            template=request.template,
            engine=self._writer.name if self._writer and state.model_used else BUILT_IN,
            sections=tuple(state.sections),
            timeline=tuple(state.timeline),
            positions=tuple(dict.fromkeys(item.statement for item in positions if item.statement)),
            conflicts=tuple(state.conflicts),
            citations=tuple(state.book.citations),
            withheld=tuple(state.book.withheld),
            usage=state.book.usage,
            topic=request.topic,
            filters=request.filters,
            sources=material.sources(),
            made=datetime.now(UTC).replace(microsecond=0),
            notices=tuple(state.notices),
            elapsed_ms=round((time.monotonic() - started) * 1000, 1),
            articles=request.articles,
            length=request.length,
            finished=not stopped,
        )
        return self._library.briefings.put(briefing) if state.book.sentences else briefing


def _counted_again(one: Differing) -> bool:
    """True for two tolls of different days: the newer one stands, and nobody differs."""
    a, b = one.sides
    if a.published == b.published or not (a.published and b.published):
        return False
    mine, its = tolls(a.text), tolls(b.text)
    return any(mine[what] != its[what] for what in mine.keys() & its.keys())


def _entered(book: CitationLedger, item: DraftCheck, evidence: Evidence) -> Entered:
    return book.enter(item.checked, evidence, remark=item.remark)


def checked(request: BriefingRequest) -> tuple[BriefingRequest, Template]:
    """The request with its topic canonical and its articles once each, and its template. Raises UnusableInput."""
    topic = " ".join(canonical(request.topic or "").split()) or None
    if topic and len(topic) > _LONGEST_TOPIC:
        raise UnusableInput(f"The topic has {len(topic)} characters; shorten it to {_LONGEST_TOPIC}.")
    if not (topic or request.articles or request.filters):
        raise UnusableInput("Say what the briefing is about: a topic, articles, or filters such as a span of dates.")
    words_of(request.length)
    plan = template(request.template)
    return replace(request, topic=topic, articles=tuple(dict.fromkeys(request.articles))), plan


def limits(section: Section, length: str, *, first: bool) -> tuple[int | None, int | None]:
    """Most sentences and words of a section. A length in words is for the first section; others are as in medium."""
    words = words_of(length)
    if words is not None and first:
        return None, words
    named = length if words is None else "medium"
    return (section.most[named] if section.most else None), (section.words[named] if section.words else None)


def _subject(request: BriefingRequest, material: BriefingCorpus) -> str:
    if request.topic:
        return request.topic
    if len(request.articles) == 1 and material.articles:
        return material.articles[0].about.title
    days = sorted(read.about.published for read in material.articles if read.about.published)
    if not days:
        return f"{len(material.articles)} articles"
    return f"{days[0].isoformat()} to {days[-1].isoformat()}" if days[0] != days[-1] else days[0].isoformat()


def _nothing(request: BriefingRequest, plan: Template) -> BriefingSection:
    """What stands in a briefing for which there is nothing."""
    heading = next((item.heading for item in plan.sections if item.part == "unknown"), "What is not known")
    on = f" on “{request.topic}”" if request.topic else ""
    return BriefingSection(heading=heading, part="unknown", notes=(f"The library holds no article{on} that fits.",))
