"""Making one briefing: from the request to checked sections, with progress; the finished briefing is stored."""

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
    BriefingPart,
    BriefingRequest,
    BriefingSection,
    BriefingStep,
    Conflict,
    DraftSentence,
    Evidence,
    EvidenceSentence,
    Filters,
    OutlinePart,
    SentenceShown,
    TimelineEntry,
    Usage,
)
from rag.errors import ModelError, ModelRefused
from rag.providers.base import Embedder, RelevanceJudge, Reply
from rag.retrieval.search import Retriever
from rag.services.briefings.composing import Composer, SectionDraft
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus, read_articles
from rag.services.briefings.diffing import changes_since
from rag.services.briefings.preparing import Preparation, articles_for, briefing_subject, check_request, section_limits
from rag.services.briefings.sections import Compare, compose, find_contradictions, outline
from rag.services.briefings.templates import PROSE, Section, Template, length_in_words
from rag.services.briefings.writing import ArticlePicks, Writer, rank_picks_first
from rag.stores.library import Library
from rag.verification.citation_ledger import (
    CitationLedger,
    SentenceEvent,
    conflict_with_numbers,
    renumbered,
    with_numbers,
)
from rag.verification.conflicts import Disagreement
from rag.verification.model_claims import ClaimVerdict

BUILT_IN = "built-in"
NOT_COMPARED_NOTICE = "The sources were not compared for contradictions."
_SEARCH_PASSAGES = 6  # passages that are searched for what the articles are said to lack
STOPPED_NOTICE = "Stopped before the end."
_SUMMARY_SHARE = 0.6  # a summary's greatest share of its article's words,
_FEWEST_SUMMARY_WORDS = 20  # but at least so many words
_MOST_DISPUTES = 8  # contradictions that are judged
_ARTICLES_PER_STEP = 20  # articles between two reports of progress


# The model's checked line and its evidence, by article id and start of the sentence that it rewords.
Rewordings: TypeAlias = dict[tuple[str, int], tuple[ClaimVerdict, Evidence]]
_CHOSEN_LATE: tuple[BriefingPart, ...] = ("positions", "conflicts", "unknown", "sources")


@dataclass
class _BriefingDraft:
    """The unfinished briefing."""

    ledger: CitationLedger = field(default_factory=CitationLedger)
    sections: list[BriefingSection] = field(default_factory=list)
    timeline: list[TimelineEntry] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refused: bool = False  # the model refused, so it is not asked again
    model_used: bool = False
    used_sids: set[str] = field(default_factory=set)  # ids of sentences that a section has
    opening: set[str] = field(default_factory=set)  # those of the bottom line or summary
    citations_by_sid: dict[str, tuple[int, ...]] = field(default_factory=dict)  # citations by the id of the sentence
    contradicting: set[str] = field(default_factory=set)  # ids of sentences that contradict each other


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
        """Steps as they are done, then the finished briefing, stored in the library.

        Once `cancel` is set, the briefing ends as it is, with `finished` False. Raises UnusableInput for an empty
        request and an unusable template or length, UnknownArticle.
        """
        request, plan = check_request(request)
        started = time.monotonic()
        self._library.briefings.begin(request)
        state = _BriefingDraft()
        corpus = BriefingCorpus(articles=())
        try:
            yield BriefingStep(work="searching")
            selection, left_out = articles_for(
                self._library, self._retriever, request, judged=self._preparation.judge is not None
            )
            articles_read: list[BriefedArticle] = []
            for article in read_articles(self._library, selection):
                articles_read.append(article)
                if cancel.is_set():
                    break
                if len(articles_read) % _ARTICLES_PER_STEP == 0 or len(articles_read) == len(selection):
                    yield BriefingStep(work="reading", done=len(articles_read), total=len(selection))
            corpus = BriefingCorpus(articles=tuple(articles_read), left_out=left_out)
            if articles_read and not cancel.is_set():
                yield BriefingStep(work="grouping", total=len(articles_read))
                composer, notice = self._preparation.composer(request, corpus)
                corpus = composer.corpus
                state.notices += filter(None, [notice])
                if corpus.articles:
                    yield from self._write_sections(request, plan, composer, state, cancel)
            if not corpus.articles:
                state.sections.append(_empty_section(request, plan))
            briefing = self._finish(request, plan, corpus, state, started, stopped=cancel.is_set())
        finally:
            self._library.briefings.end(request)
        yield BriefingFinished(briefing=briefing)

    def outline(
        self,
        topic: str | None,
        articles: Sequence[str],
        filters: Filters,
        cancel: threading.Event,
        part: OutlinePart | None = None,
    ) -> list[tuple[DraftSentence, Evidence]]:
        """A short briefing on some articles that is not stored: what happened, who says what, and where they differ, or
        one of its parts alone; each sentence with its evidence. Empty once `cancel` is set. Raises UnknownArticle."""
        request = BriefingRequest(topic=topic, articles=tuple(articles), filters=filters)
        selection, _ = articles_for(self._library, self._retriever, request)
        articles_read = [article for article in read_articles(self._library, selection) if not cancel.is_set()]
        if not articles_read or cancel.is_set():
            return []
        composer, _ = self._preparation.composer(request, BriefingCorpus(articles=tuple(articles_read)))
        return outline(composer, self._compare, part)

    def matches(self, request: BriefingRequest) -> int:
        """How many articles a request would read. Raises UnusableInput, UnknownArticle."""
        clean, _ = check_request(request)
        selection, left_out = articles_for(self._library, self._retriever, clean)
        return len(selection) + left_out

    def changes(self, briefing_id: str) -> BriefingChanges:
        """What has changed since a briefing. Raises UnknownBriefing."""
        briefing = self._library.briefings.get(briefing_id)
        existing = self._library.articles.summaries(briefing.articles)
        request = replace(briefing.request, articles=tuple(one for one in briefing.articles if one in existing))
        selection = (
            []
            if briefing.articles and not request.articles
            else articles_for(self._library, self._retriever, request)[0]
        )
        return changes_since(briefing, [item for item, _ in selection], self._library)

    def _write_sections(
        self,
        request: BriefingRequest,
        plan: Template,
        composer: Composer,
        state: _BriefingDraft,
        cancel: threading.Event,
    ) -> Iterator[BriefingStep]:
        corpus = composer.corpus
        if self._writer:
            composer = yield from self._pick_sentences(self._writer, composer, request.topic, state, cancel)
        contradictions: list[Disagreement] = []
        for section in plan.sections:
            if section.part == "conflicts":
                max_sentences, _ = section_limits(section, request.length, first=False)
                contradictions = self._find_contradictions(composer, state)[: (max_sentences or 0) // 2 or 1]
        state.contradicting = {item.sid for one in contradictions for item in one.sides}
        # Events are chosen before statements, which would leave none; `_in_order_of` restores the template's order.
        in_order = sorted(
            plan.sections, key=lambda one: _CHOSEN_LATE.index(one.part) if one.part in _CHOSEN_LATE else -1
        )
        for at, section in enumerate(in_order, 1):
            if cancel.is_set():
                return
            max_sentences, max_words = section_limits(section, request.length, first=section is plan.sections[0])
            if max_words and len(corpus.articles) == 1 and length_in_words(request.length) is None:
                max_words = min(
                    max_words, max(_FEWEST_SUMMARY_WORDS, int(_SUMMARY_SHARE * corpus.articles[0].about.words))
                )
            sentences_before = len(state.ledger.sentences)
            used_sids = state.used_sids if section.part in PROSE else state.used_sids | state.contradicting
            composer = replace(composer, used_sids=frozenset(used_sids), opening=frozenset(state.opening))
            if self._writer and not state.refused and section.part in PROSE:
                subject = briefing_subject(request, corpus)
                self._write_with_model(
                    self._writer, section, subject, composer, (max_sentences, max_words), state, cancel
                )
            if section.part == "conflicts":
                self._add_conflicts(section, composer, contradictions, state)
            elif len(state.ledger.sentences) == sentences_before:
                section_draft = compose(composer, section.part, most=max_sentences, words=max_words)
                wording: Rewordings = {}
                if self._writer and not state.refused and section.part == "timeline" and section_draft.drafts:
                    subject = briefing_subject(request, corpus)
                    wording = self._reword_timeline(self._writer, subject, section_draft, composer, state, cancel)
                self._add_section(section, section_draft, corpus, state, wording)
            yield BriefingStep(
                work="writing", done=at, total=len(plan.sections), detail=section.heading, usage=state.ledger.usage
            )

    @staticmethod
    def _pick_sentences(
        writer: Writer, composer: Composer, topic: str | None, state: _BriefingDraft, cancel: threading.Event
    ) -> Generator[BriefingStep, None, Composer]:
        """The composer with the model's picks ranked first; an article for which it failed keeps its own ranking."""
        articles_read = composer.corpus.reports
        picks: list[ArticlePicks] = []
        yield BriefingStep(work="mapping", total=len(articles_read))
        for item in writer.pick(articles_read, topic, cancel):
            picks.append(item)
            state.ledger.usage = state.ledger.usage.plus(item.usage)
            yield BriefingStep(
                work="mapping",
                done=len(picks),
                total=len(articles_read),
                detail=item.article.about.title,
                usage=state.ledger.usage,
            )
        successes = [item for item in picks if not item.error]
        if errors := [item.error for item in picks if item.error]:
            failures = len(articles_read) - len(successes)
            state.notices.append(
                f"{failures} of {len(articles_read)} articles were read without the model: {errors[-1]}"
            )
            state.refused = isinstance(errors[-1], ModelRefused)
        state.model_used = bool(successes)
        unknown = frozenset(item.article.sentences[at].sid for item in successes for at in item.unknown)
        return replace(composer, worth=rank_picks_first(successes, composer.worth), unknown=unknown)

    def _search(self, text: str) -> Sequence[EvidenceSentence]:
        """The sentences of the best passages for the text."""
        return self._retriever.evidence(self._retriever.search(text, k=_SEARCH_PASSAGES, filters=Filters())).sentences

    def _write_with_model(
        self,
        writer: Writer,
        section: Section,
        subject: str,
        composer: Composer,
        limit: tuple[int | None, int | None],
        state: _BriefingDraft,
        cancel: threading.Event,
    ) -> None:
        """Add the section that the model writes, as far as its sentences pass; add none if no sentence does."""
        sentences = []
        try:
            events = writer.write(
                subject,
                composer.ranked_sentences(),
                composer.corpus,
                most=limit[0],
                words=limit[1],
                search=self._search,
                cancel=cancel,
            )
            for item in events:
                if isinstance(item, Usage):
                    state.ledger.usage = state.ledger.usage.plus(item)
                elif isinstance(item, Reply):
                    state.notices.append(f"“{section.heading}”: {item.notice}")
                elif isinstance(event := _enter_verdict(state.ledger, *item), SentenceShown):
                    sentences.append(event.sentence)
        except ModelError as exc:
            state.notices.append(f"“{section.heading}” was broken off by the model: {exc}")
        if sentences:
            state.model_used = True
            state.sections.append(
                BriefingSection(heading=section.heading, sentences=tuple(sentences), part=section.part)
            )
        elif not cancel.is_set():
            state.notices.append(
                f"“{section.heading}” is in the articles' own words: the model wrote nothing that stands."
            )

    def _add_conflicts(
        self, section: Section, composer: Composer, contradictions: Sequence[Disagreement], state: _BriefingDraft
    ) -> None:
        """Add a section with the sentences of both sides; one that an earlier section has is only referred to."""
        corpus = composer.corpus
        sentences: list[AnswerSentence] = []
        for one in contradictions:
            for item in one.sides:
                if item.sid not in state.citations_by_sid:
                    event = state.ledger.admit(composer.draft(item), corpus.evidence([item.sid]))
                    if isinstance(event, SentenceShown):
                        state.citations_by_sid[item.sid] = event.sentence.citations
                        sentences.append(event.sentence)
            sides = tuple(state.citations_by_sid[item.sid] for item in one.sides if item.sid in state.citations_by_sid)
            if len(sides) == len(one.sides):
                state.conflicts.append(Conflict(about=one.about, sides=sides))
        note = "" if self._compare else NOT_COMPARED_NOTICE
        state.sections.append(
            BriefingSection(
                heading=section.heading, sentences=tuple(sentences), part=section.part, notes=(note,) if note else ()
            )
        )

    def _find_contradictions(self, composer: Composer, state: _BriefingDraft) -> list[Disagreement]:
        """Contradictions by the rules that the judge of entailment, if there is a model, confirms."""
        pairs = find_contradictions(composer, self._compare)[:_MOST_DISPUTES]
        if self._writer is None:
            return pairs
        confirmed, usage = self._writer.find_contradicting([one.sides for one in pairs])
        state.ledger.usage = state.ledger.usage.plus(usage)
        return [one for one, is_confirmed in zip(pairs, confirmed, strict=True) if is_confirmed]

    def _reword_timeline(
        self,
        writer: Writer,
        subject: str,
        section_draft: SectionDraft,
        composer: Composer,
        state: _BriefingDraft,
        cancel: threading.Event,
    ) -> Rewordings:
        """The model's lines for the sentences of a timeline, as far as they are supported."""
        by_sid = composer.corpus.by_sid
        items = [by_sid[draft.sids[0]] for draft in section_draft.drafts]
        wording: Rewordings = {}
        try:
            events = writer.reword(subject, items, composer.corpus, search=self._search, cancel=cancel)
            for item in events:
                if isinstance(item, Usage):
                    state.ledger.usage = state.ledger.usage.plus(item)
                elif not isinstance(item, Reply) and item[0].rank == 2 and len(item[0].draft.sids) == 1:
                    source = next(one for one in item[1].sentences if one.sid == item[0].draft.sids[0])
                    wording.setdefault((source.article_id, source.start), item)
        except ModelError as exc:
            state.notices.append(f"“What happened” is in the articles' own words: {exc}")
        return wording

    @staticmethod
    def _add_section(
        section: Section,
        section_draft: SectionDraft,
        corpus: BriefingCorpus,
        state: _BriefingDraft,
        wording: Rewordings,
    ) -> None:
        """Check the drafts of a section and add those that pass, in the model's words if `wording` has them."""
        sentences = []
        texts_above = {one.text for item in state.sections for one in item.sentences}
        for at, draft in enumerate(section_draft.drafts):
            source = corpus.by_sid[draft.sids[0]]
            event: SentenceEvent | None = None
            reworded = wording.get((source.article_id, source.start))
            if reworded and reworded[0].draft.text not in texts_above:
                event = _enter_verdict(state.ledger, *reworded)
            if not isinstance(event, SentenceShown):
                event = state.ledger.admit(draft, corpus.evidence(draft.sids))
            if isinstance(event, SentenceShown):
                sentences.append(event.sentence)
                state.used_sids.update(draft.sids[:1])
                state.opening.update(draft.sids[:1] if section.part in PROSE else ())
                state.citations_by_sid.setdefault(draft.sids[0], event.sentence.citations)
                if at < len(section_draft.days):
                    state.timeline.append(TimelineEntry(date=section_draft.days[at], sentence=event.sentence))
        state.sections.append(
            BriefingSection(
                heading=section.heading, sentences=tuple(sentences), part=section.part, notes=section_draft.notes
            )
        )

    def _finish(
        self,
        request: BriefingRequest,
        plan: Template,
        corpus: BriefingCorpus,
        state: _BriefingDraft,
        started: float,
        *,
        stopped: bool,
    ) -> Briefing:
        if stopped:
            state.notices.append(STOPPED_NOTICE)
        state.notices += self._retriever.search_notices((), away=self._retriever.outage())
        positions = [item for part in state.sections if part.part == "positions" for item in part.sentences]
        briefing = Briefing(
            title=plan.title_for(briefing_subject(request, corpus)),
            template=request.template,
            engine=self._writer.name if self._writer and state.model_used else BUILT_IN,
            sections=tuple(state.sections),
            timeline=tuple(state.timeline),
            positions=tuple(dict.fromkeys(item.statement for item in positions if item.statement)),
            conflicts=tuple(state.conflicts),
            citations=tuple(state.ledger.citations),
            withheld=tuple(state.ledger.withheld),
            usage=state.ledger.usage,
            topic=request.topic,
            filters=request.filters,
            sources=corpus.sources(),
            made=datetime.now(UTC).replace(microsecond=0),
            notices=tuple(state.notices),
            elapsed_ms=round((time.monotonic() - started) * 1000, 1),
            articles=request.articles,
            length=request.length,
            finished=not stopped,
        )
        briefing = _in_order_of(plan, briefing)
        return self._library.briefings.put(briefing) if state.ledger.sentences else briefing


def _in_order_of(plan: Template, briefing: Briefing) -> Briefing:
    """The briefing with its sections in the order of the template, and its citations numbered in that order."""
    places = {section.part: at for at, section in enumerate(plan.sections)}
    sections = sorted(briefing.sections, key=lambda one: places.get(one.part, len(places)))
    numbers = (n for section in sections for item in section.sentences for n in item.citations)
    new, citations = renumbered(numbers, briefing.citations)
    return replace(
        briefing,
        sections=tuple(
            replace(section, sentences=tuple(with_numbers(item, new) for item in section.sentences))
            for section in sections
        ),
        timeline=tuple(replace(item, sentence=with_numbers(item.sentence, new)) for item in briefing.timeline),
        conflicts=tuple(conflict_with_numbers(item, new) for item in briefing.conflicts),
        citations=citations,
    )


def _enter_verdict(ledger: CitationLedger, item: ClaimVerdict, evidence: Evidence) -> SentenceEvent:
    return ledger.enter(item.check, evidence, remark=item.remark)


def _empty_section(request: BriefingRequest, plan: Template) -> BriefingSection:
    """The only section of a briefing without articles."""
    heading = next((item.heading for item in plan.sections if item.part == "unknown"), "What is not known")
    on = f" on “{request.topic}”" if request.topic else ""
    return BriefingSection(heading=heading, part="unknown", notes=(f"The library has no article{on} that fits.",))
