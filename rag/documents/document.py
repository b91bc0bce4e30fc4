"""An answer or a briefing as lines, with everything that its reader needs to check it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from rag.display import day, plural
from rag.documents import lines as form
from rag.documents.claims import (
    BY_HAND_MARK,
    INFERRED_MARK,
    Texts,
    date_is_cited,
    date_resolves,
    has_quotation,
    occurs_in,
    why_unsupported,
    without_middle_dots,
)
from rag.documents.lines import Line, plain, web_address
from rag.domain import (
    Answer,
    AnswerSentence,
    Briefing,
    BriefingSource,
    Citation,
    Conflict,
    DraftSentence,
    Filters,
    Span,
    Withheld,
    Wording,
    answer_text,
    citation_marks,
)
from rag.verification.gap_claims import gap_in
from rag.verification.quotations import without_speaker, wording

WORDING_LABELS = {"excerpt": form.EXCERPT, "other": form.OTHER_WORDS}
_ABOUT = (
    "Each quotation is the characters given, counted from 0, of that version of its article. A sentence without the"
    " mark “in other words” is in the words of its sources. The command `onrecord verify` checks this file again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is exported: a value without the sentences that fail their check, and its lines without digest and seal."""

    value: Answer | Briefing
    texts: Texts
    lines: tuple[Line, ...]


def document(value: Answer | Briefing, texts: Texts) -> Document:
    """The document of a value. A sentence that fails its check moves to those withheld.

    `texts` has the canonical text of every cited version. Citations that no sentence uses any longer are kept.
    """
    passing = _withhold_failing(value, texts)
    return Document(value=passing, texts=texts, lines=as_lines(passing, texts))


def as_lines(value: Answer | Briefing, texts: Texts) -> tuple[Line, ...]:
    """The lines of a value, unchecked. A field of a source whose text is missing counts as inferred."""
    return tuple(_document_lines(value, texts))


def as_shown(value: Answer | Briefing, texts: Texts) -> tuple[Line, ...]:
    """The lines of a value with all its sentences, as on a screen. `texts` may lack those of removed articles."""
    citations = [item for item in value.citations if (item.article_id, item.version) in texts]

    def with_wording(items: Sequence[AnswerSentence]) -> tuple[AnswerSentence, ...]:
        return tuple(replace(item, wording=wording_of(item)) for item in items)

    def wording_of(item: AnswerSentence) -> Wording:
        sources = [one for one in citations if one.n in item.citations]
        places = [(Span(one.start, one.end), texts[one.article_id, one.version]) for one in sources]
        return wording(sentence_text(item), places) if places else "own"

    return as_lines(_with_sentences(value, with_wording), texts)


def sources_of(value: Answer | Briefing) -> tuple[BriefingSource, ...]:
    """The articles that a briefing lists, followed by any other cited ones."""
    sources = list(value.sources) if isinstance(value, Briefing) else []
    keys = {(item.article_id, item.version) for item in sources}
    for item in value.citations:
        if (key := (item.article_id, item.version)) not in keys:
            keys.add(key)
            sources.append(
                BriefingSource(
                    article_id=item.article_id,
                    version=item.version,
                    title=item.title,
                    outlet=item.outlet,
                    byline=None,
                    published=item.published,
                    url=item.url,
                )
            )
    return tuple(sources)


def day_and_outlet(outlet: str | None, published: date | None) -> str:
    """Day and outlet of an article, as one line."""
    return f"{day(published)} · {plain(outlet or '') or 'no outlet'}"


# -- checking once more


def _withhold_failing(value: Answer | Briefing, texts: Texts) -> Answer | Briefing:
    citation_by_number = {item.n: item for item in value.citations}
    withheld = list(value.withheld)

    def keep(items: Sequence[AnswerSentence]) -> tuple[AnswerSentence, ...]:
        passing = []
        for item in items:
            rechecked, reason = _recheck(
                item, [citation_by_number[n] for n in item.citations if n in citation_by_number], texts
            )
            if not reason:
                passing.append(rechecked)
            elif not any(gone.text == item.text for gone in withheld):
                withheld.append(Withheld(text=item.text, reason=reason))
        return tuple(passing)

    passing = replace(_with_sentences(value, keep), withheld=tuple(withheld))
    if isinstance(passing, Answer):
        return replace(passing, answer=answer_text(passing.sentences), abstained=not passing.sentences)
    return passing


def _with_sentences(
    value: Answer | Briefing, change: Callable[[Sequence[AnswerSentence]], tuple[AnswerSentence, ...]]
) -> Answer | Briefing:
    """The value with `change` applied to its sentences."""
    if isinstance(value, Answer):
        return replace(value, sentences=change(value.sentences))
    sections = tuple(replace(item, sentences=change(item.sentences)) for item in value.sections)
    timeline = tuple(replace(item, sentence=one) for item in value.timeline for one in change([item.sentence]))
    return replace(value, sections=sections, timeline=timeline)


def _recheck(item: AnswerSentence, citations: Sequence[Citation], texts: Texts) -> tuple[AnswerSentence, str]:
    """The sentence with its `wording` set, and why it cannot be exported; empty if it can."""
    if not item.citations and gap_in(DraftSentence(text=item.text, sids=())):
        return item, ""
    if not citations or len(citations) < len(item.citations):
        return item, "it names no sentence of the articles as its source"
    places = [(Span(one.start, one.end), texts[one.article_id, one.version]) for one in citations]
    words = sentence_text(item)
    wording_class = wording(words, places)
    reason = ""
    if wording_class == "other":
        speaker, by_hand = speaker_of(item, [texts[one.article_id, one.version] for one in citations])
        reason = why_unsupported(words, citations, texts, speaker, by_hand=by_hand, outcome=item.outcome)
    return replace(item, wording=wording_class), reason


def speaker_of(item: AnswerSentence, texts: Sequence[str]) -> tuple[str | None, bool]:
    """The speaker of a sentence, and whether only a user's correction names them: no text does."""
    statement = item.statement
    if statement is None or not statement.speaker:
        return None, False
    return statement.speaker, statement.corrected and not occurs_in(statement.speaker, texts)


def sentence_text(item: AnswerSentence) -> str:
    """The words of a sentence without the speaker's name before them, which the line above shows."""
    statement = item.statement if item.speech not in ("reported", "summary") else None
    bare = without_speaker(item.text, statement.speaker) if statement else ""
    return plain(bare) or plain(item.text)


# -- lines


def _document_lines(value: Answer | Briefing, texts: Texts) -> Iterator[Line]:
    body = Body({item.n: item for item in value.citations}, texts)
    yield from _title_lines(value)
    yield from body.answer(value) if isinstance(value, Answer) else body.briefing(value)
    yield from _source_lines(value)
    yield from _citation_lines(value.citations)
    if value.withheld:
        yield Line(2, form.WITHHELD, "heading")
        yield Line(0, "These did not pass their check and are not part of the text above.")
        for gone in value.withheld:
            yield Line(0, f"{form.WITHHELD_PREFIX}“{plain(gone.text)}” Reason: {plain(gone.reason)}", "gone")
    yield Line(2, form.ABOUT, "heading")
    yield Line(0, _ABOUT)
    yield Line(
        0, f"onrecord export {form.FORM_VERSION} · {'answer' if isinstance(value, Answer) else 'briefing'}", "form"
    )


def _title_lines(value: Answer | Briefing) -> Iterator[Line]:
    title = value.question if isinstance(value, Answer) else value.title
    yield Line(1, plain(title) or "Untitled", "title")
    if isinstance(value, Answer):
        if value.rewritten:
            yield Line(0, f"Read as “{plain(value.rewritten)}”")
        yield Line(0, f"Answer · {without_middle_dots(plain(value.engine))} engine")
        if value.abstained:
            yield Line(0, value.headline)
    else:
        moment = f"made {value.made:%Y-%m-%d %H:%M} UTC" if value.made else None
        parts = ("Briefing", plain(value.template), f"{plain(value.engine)} engine", moment)
        yield Line(0, " · ".join(without_middle_dots(part) for part in parts if part))
        if about := _scope_text(value):
            yield Line(0, about)
        if not value.finished:
            yield Line(0, "It was stopped before the end; what is here is complete in itself.")
    if isinstance(value, Answer) and any(item.kind == "synthesis" for item in value.sentences):
        yield _note_line(f"The lead is written by {value.engine}, checked against the sources.")
    for notice in value.notices:
        yield _note_line(notice)


def _scope_text(value: Briefing) -> str:
    filters: Filters = value.filters
    parts = (
        value.topic and f"on {value.topic}",
        value.articles and f"on {plural(len(value.articles), 'chosen article')}",
        filters.outlet and f"outlet {filters.outlet}",
        filters.speaker and f"speaker {filters.speaker}",
        filters.language and f"language {filters.language}",
        filters.since and f"since {day(filters.since)}",
        filters.until and f"until {day(filters.until)}",
        filters.as_of and f"as known on {day(filters.as_of)}",
    )
    text = " · ".join(without_middle_dots(plain(part)) for part in parts if part)
    return text[:1].upper() + text[1:]


def _note_line(text: str) -> Line:
    return Line(0, f"{form.NOTE_PREFIX}{plain(text)}", "note")


class Body:
    """Writes the sections of a document; fields of speaker lines that the texts lack are marked as inferred."""

    def __init__(self, citations: dict[int, Citation], texts: Texts) -> None:
        self._citation_by_number = citations
        self._texts = texts

    def answer(self, value: Answer) -> Iterator[Line]:
        """The sentences of an answer, and where its sources differ."""
        if value.sentences or value.conflicts:
            yield Line(2, "Answer", "heading")
            yield from self._sentence_lines(value.sentences, level=3)
            yield from self._conflict_lines(value.conflicts)

    def briefing(self, value: Briefing) -> Iterator[Line]:
        """The sections of a briefing; its list of sources follows them."""
        parts = {section.part for section in value.sections}
        if "timeline" not in parts and value.timeline:
            yield Line(2, "What happened", "heading")
            yield from self._timeline_lines(value)
        for section in value.sections:
            content = [*section.sentences, *section.notes, *(value.timeline if section.part == "timeline" else ())]
            content += value.conflicts if section.part == "conflicts" else ()
            if not content or (section.part == "sources" and not section.sentences):
                continue  # the list of sources follows, with its own count
            name = plain(section.heading) or "Untitled"
            yield Line(2, f"{name} (section)" if name in form.PARTS else name, "heading")
            for note in section.notes:
                yield _note_line(note)
            if section.part == "timeline" and value.timeline:
                yield from self._timeline_lines(value)
            in_timeline = {item.sentence for item in value.timeline} if section.part == "timeline" else set()
            yield from self._sentence_lines([item for item in section.sentences if item not in in_timeline], level=3)
            if section.part == "conflicts":
                yield from self._conflict_lines(value.conflicts)
        if "conflicts" not in parts and value.conflicts:
            yield Line(2, "Where sources differ", "heading")
            yield from self._conflict_lines(value.conflicts)

    def _citations_of(self, item: AnswerSentence) -> list[Citation]:
        return [self._citation_by_number[n] for n in item.citations if n in self._citation_by_number]

    def _timeline_lines(self, value: Briefing) -> Iterator[Line]:
        for when, entries in groupby(value.timeline, key=lambda item: item.date):
            items = [item.sentence for item in entries]
            citations = [one for item in items for one in self._citations_of(item)]
            inferred = "" if date_is_cited(when, citations, self._texts) else INFERRED_MARK
            yield Line(3, f"{day(when)}{inferred}", "day")
            yield from self._sentence_lines(items, level=4)

    def _conflict_lines(self, items: Sequence[Conflict]) -> Iterator[Line]:
        for item in items:
            sides = " against ".join(citation_marks(side) for side in item.sides if side)
            yield Line(0, f"Sources differ: {sides} on {plain(item.about) or 'this'}", "differ", item=item)

    def _sentence_lines(self, items: Sequence[AnswerSentence], *, level: int) -> Iterator[Line]:
        first = True
        for (head, role), group in groupby(items, key=lambda item: (self.head(item), _heading_role(item))):
            if role != "summary" or not first:
                yield Line(level, head, role)
            first = False
            for item in group:
                if not item.citations:  # what the articles do not give rests on a search, not on a sentence
                    yield _note_line(item.text)
                else:
                    kind = item.speech
                    yield Line(0, f"{sentence_text(item)} {citation_marks(item.citations)}", "sentence", kind, item)
                    yield Line(0, self.foot(item), "foot", kind)
                if item.translation:
                    yield _note_line(f"{form.TRANSLATION_PREFIX}{item.translation}")
                if item.note:
                    doubt = "not confirmed: " if item.outcome == "unconfirmed" else ""
                    yield _note_line(f"{doubt}{item.note}")

    def head(self, item: AnswerSentence) -> str:
        """The line over a sentence: its speaker, or that no speaker is named."""
        role, statement = _heading_role(item), item.statement
        if role != "who" or statement is None:
            return {"summary": form.SUMMARY, "reported": form.REPORTED}.get(role, form.NOBODY)
        texts = self._source_texts(self._citations_of(item))
        speaker, by_hand = speaker_of(item, texts)
        parts = [f"{without_middle_dots(plain(speaker))}{BY_HAND_MARK if by_hand else ''}"]
        if statement.role and statement.role.casefold() not in (speaker or "").casefold():
            parts.append(self._marked_if_inferred(statement.role, texts))
        if statement.on_behalf_of:
            party = self._marked_if_inferred(statement.on_behalf_of, texts)
            inferred = INFERRED_MARK if statement.on_behalf_of_inferred and not party.endswith(INFERRED_MARK) else ""
            parts.append(f"for {party}{inferred}")
        return " · ".join(parts)

    def foot(self, item: AnswerSentence) -> str:
        """The line under a sentence: to whom and when it was said, the kind of speech, its wording, and the outlets and
        days of the cited articles.
        """
        statement, kind = item.statement, item.speech
        citations = self._citations_of(item)
        texts = self._source_texts(citations)
        parts = []
        if statement and kind not in ("reported", "summary"):
            if statement.venue:
                parts.append(f"to {self._marked_if_inferred(statement.venue, texts)}")
            if statement.said_on:
                basis = f" (“{without_middle_dots(plain(statement.said_on_basis))}”)" if statement.said_on_basis else ""
                resolves = date_resolves(statement.said_on, statement.said_on_basis, citations, texts)
                parts.append(f"said {day(statement.said_on)}{basis}{'' if resolves else INFERRED_MARK}")
            if statement.denied:
                parts.append("denial")
        has_words = kind not in ("direct", "mixed") or has_quotation(citations, self._texts)
        parts.append(kind if has_words else "indirect")
        if item.wording != "own":
            parts.append(WORDING_LABELS.get(item.wording or "other", form.OTHER_WORDS))
        parts.append(
            "; ".join(
                dict.fromkeys(
                    f"{without_middle_dots(plain(one.outlet or '')) or 'no outlet'}, {day(one.published)}"
                    for one in citations
                )
            )
        )
        return f"— {' · '.join(part for part in parts if part)}"

    def _marked_if_inferred(self, value: str, texts: Sequence[str]) -> str:
        name = without_middle_dots(plain(value))
        return name if occurs_in(name, texts) else f"{name}{INFERRED_MARK}"

    def _source_texts(self, citations: Sequence[Citation]) -> list[str]:
        return [self._texts.get((item.article_id, item.version), "") for item in citations]


def _heading_role(item: AnswerSentence) -> form.Role:
    """The role of the line over a sentence."""
    kind = item.speech
    if kind in ("summary", "reported"):
        return "summary" if kind == "summary" else "reported"
    return "who" if item.statement and item.statement.speaker else "nobody"


def _source_lines(value: Answer | Briefing) -> Iterator[Line]:
    sources = sources_of(value)
    if not sources:
        return
    yield Line(2, form.SOURCES, "heading")
    outlets = len({plain(item.outlet) for item in sources if item.outlet})
    total = f"{plural(len(sources), 'independent article')} of {plural(outlets, 'outlet')}"
    copies = sum(len(item.copies) for item in sources)
    note = f"; {plural(copies, 'wire copy', 'wire copies')} folded under them" if copies else ""
    yield Line(0, f"{total}{note}", "count")
    for item in sources:
        yield Line(3, plain(item.title) or "Untitled", "entry")
        yield Line(0, day_and_outlet(item.outlet, item.published), "facts")
        if item.byline:
            yield Line(0, f"By {plain(item.byline)}", "byline")
        if item.copies:
            yield Line(
                0, f"Also carried by {' · '.join(without_middle_dots(plain(name)) for name in item.copies)}", "copies"
            )
        yield Line(0, f"article {item.article_id} · version {item.version}", "place")
        if url := web_address(item.url):
            yield Line(0, url, "url")


def _citation_lines(items: Sequence[Citation]) -> Iterator[Line]:
    if items:
        yield Line(2, form.CITATIONS, "heading")
    for item in items:
        yield Line(3, f"[{item.n}] {plain(item.title) or 'Untitled'}", "entry", item=item)
        yield Line(0, day_and_outlet(item.outlet, item.published), "facts", item=item)
        yield Line(0, " ".join(item.quote.split()), "quote", item=item)
        match = " · typographic" if item.match == "typographic" else ""
        place = f"article {item.article_id} · version {item.version} · characters {item.start}–{item.end}{match}"
        yield Line(0, place, "place", item=item)
        if url := web_address(item.url):
            yield Line(0, url, "url", item=item)
