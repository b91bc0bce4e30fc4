"""Making one briefing: from what was asked to checked sections, with progress, and kept when it is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias

from rag.domain import (
    AnswerSentence,
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
from rag.retrieval.search import Retriever
from rag.services.briefings.composing import Composer, SectionDraft
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus, read_articles
from rag.services.briefings.diffing import changes_since
from rag.services.briefings.preparing import Preparation, articles_for, checked, limits, subject_of
from rag.services.briefings.sections import Compare, Differing, compose, differing_in, overview
from rag.services.briefings.templates import PROSE, Section, Template, words_of
from rag.services.briefings.writing import Picked, Writer, add, picks_first
from rag.stores.library import Library
from rag.verification.ledger import CitationLedger, Entered
from rag.verification.model_claims import ClaimVerdict

BUILT_IN = "built-in"
NOT_COMPARED = "The sources were not compared for contradictions."
_SEARCHED = 6  # passages in which what the articles are said to lack is looked for
STOPPED = "Stopped before the end."
_SHORTER, _LEAST_WORDS = 0.6, 20  # a summary has at most this share of a short article's words, but some
_MOST_DISPUTES = 8  # pairs that are judged
_READ_AT_ONCE = 20  # articles between two reports


# A checked line of the model's, with its evidence, for the sentence of an article that begins at a character.
Wording: TypeAlias = dict[tuple[str, int], tuple[ClaimVerdict, Evidence]]


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
        self._preparation = Preparation(library=library, retriever=retriever, judge=judge)

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
            wanted, left_out = articles_for(
                self._library, self._retriever, request, judged=self._preparation.judge is not None
            )
            reads: list[BriefedArticle] = []
            for read in read_articles(self._library, wanted, request.filters):
                reads.append(read)
                if cancel.is_set():
                    break
                if len(reads) % _READ_AT_ONCE == 0 or len(reads) == len(wanted):
                    yield BriefingStep(work="reading", done=len(reads), total=len(wanted))
            material = BriefingCorpus(articles=tuple(reads), left_out=left_out)
            if reads and not cancel.is_set():
                yield BriefingStep(work="grouping", total=len(reads))
                composer, notice = self._preparation.composer(request, material)
                material = composer.material
                state.notices += filter(None, [notice])
                if material.articles:
                    yield from self._sections(request, plan, composer, state, cancel)
            if not material.articles:
                state.sections.append(_nothing(request, plan))
            done = self._finished(request, plan, material, state, started, stopped=cancel.is_set())
        finally:
            self._library.briefings.end(request)
        yield BriefingFinished(briefing=done)

    def outline(
        self, topic: str | None, articles: Sequence[str], filters: Filters, cancel: threading.Event
    ) -> list[tuple[DraftSentence, Evidence]]:
        """A short brief of some articles that is not kept: what happened, who says what, and where they differ, each
        sentence with what it was drafted from. Empty once `cancel` is set. Raises UnknownArticle."""
        request = BriefingRequest(topic=topic, articles=tuple(articles), filters=filters)
        wanted, _ = articles_for(self._library, self._retriever, request)
        reads = [read for read in read_articles(self._library, wanted, filters) if not cancel.is_set()]
        if not reads or cancel.is_set():
            return []
        composer, _ = self._preparation.composer(request, BriefingCorpus(articles=tuple(reads)))
        return overview(composer, self._compare)

    def matches(self, request: BriefingRequest) -> int:
        """How many articles a request would read. Raises UnusableInput, UnknownArticle."""
        clean, _ = checked(request)
        wanted, left_out = articles_for(self._library, self._retriever, clean)
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
        known = self._library.articles.summaries(briefing.articles)
        request = replace(briefing.request, articles=tuple(one for one in briefing.articles if one in known))
        wanted = (
            []
            if briefing.articles and not request.articles
            else articles_for(self._library, self._retriever, request)[0]
        )
        return changes_since(briefing, [item for item, _ in wanted], self._library)

    def _sections(
        self,
        request: BriefingRequest,
        plan: Template,
        composer: Composer,
        state: _BriefingDraft,
        cancel: threading.Event,
    ) -> Iterator[BriefingStep]:
        material = composer.material
        if self._writer:
            composer = yield from self._picked(self._writer, composer, request.topic, state, cancel)
        differing: list[Differing] = []
        for section in plan.sections:
            if section.part == "conflicts":
                most, _ = limits(section, request.length, first=False)
                differing = self._disputes(composer, state)[: (most or 0) // 2 or 1]
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
                subject = subject_of(request, material)
                self._written(self._writer, section, subject, composer, (most, words), state, cancel)
            if section.part == "conflicts":
                self._differing(section, composer, differing, state)
            elif len(state.book.sentences) == before:
                drafted = compose(composer, section.part, most=most, words=words)
                wording: Wording = {}
                if self._writer and not state.refused and section.part == "timeline" and drafted.drafts:
                    subject = subject_of(request, material)
                    wording = self._reworded(self._writer, subject, drafted, composer, state, cancel)
                self._enter(section, drafted, material, state, wording)
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
        note = "" if self._compare else NOT_COMPARED
        state.sections.append(
            BriefingSection(
                heading=section.heading, sentences=tuple(shown), part=section.part, notes=(note,) if note else ()
            )
        )

    def _disputes(self, composer: Composer, state: _BriefingDraft) -> list[Differing]:
        """Where sources differ by the rules and, with a model, by the judge of entailment."""
        pairs = differing_in(composer, self._compare)[:_MOST_DISPUTES]
        if self._writer is None:
            return pairs
        stand, usage = self._writer.disputed([one.sides for one in pairs])
        state.book.usage = add(state.book.usage, usage)
        return [one for one, stands in zip(pairs, stand, strict=True) if stands]

    def _reworded(
        self,
        writer: Writer,
        subject: str,
        drafted: SectionDraft,
        composer: Composer,
        state: _BriefingDraft,
        cancel: threading.Event,
    ) -> Wording:
        """The model's lines for the sentences of a timeline, those that are borne out, by where the sentence stands."""
        by_sid = composer.material.by_sid
        items = [by_sid[draft.sids[0]] for draft in drafted.drafts]
        wording: Wording = {}
        try:
            written = writer.reword(subject, items, composer.material, search=self._search, cancel=cancel)
            for item in written:
                if isinstance(item, Usage):
                    state.book.usage = add(state.book.usage, item)
                elif not isinstance(item, Reply) and item[0].rank == 2 and len(item[0].draft.sids) == 1:
                    source = next(one for one in item[1].sentences if one.sid == item[0].draft.sids[0])
                    wording.setdefault((source.article_id, source.start), item)
        except ModelError as exc:
            state.notices.append(f"“What happened” is in the articles' own words: {exc}")
        return wording

    @staticmethod
    def _enter(
        section: Section, drafted: SectionDraft, material: BriefingCorpus, state: _BriefingDraft, wording: Wording
    ) -> None:
        """Check the drafts of a section and keep what stands, in the words of `wording` where that has the sentence."""
        shown = []
        above = {one.text for item in state.sections for one in item.sentences}
        for at, draft in enumerate(drafted.drafts):
            source = material.by_sid[draft.sids[0]]
            entered: Entered | None = None
            reworded = wording.get((source.article_id, source.start))
            if reworded and reworded[0].draft.text not in above:
                entered = _entered(state.book, *reworded)
            if not isinstance(entered, SentenceShown):
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
            title=plan.titled(subject_of(request, material)),
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


def _entered(book: CitationLedger, item: ClaimVerdict, evidence: Evidence) -> Entered:
    return book.enter(item.checked, evidence, remark=item.remark)


def _nothing(request: BriefingRequest, plan: Template) -> BriefingSection:
    """What stands in a briefing for which there is nothing."""
    heading = next((item.heading for item in plan.sections if item.part == "unknown"), "What is not known")
    on = f" on “{request.topic}”" if request.topic else ""
    return BriefingSection(heading=heading, part="unknown", notes=(f"The library holds no article{on} that fits.",))
