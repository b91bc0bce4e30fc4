"""Pure rendering: values in, escaped HTML or label text out. Nothing here knows Streamlit.

Whatever came from an article, a model or a user passes through `esc` (for `st.html`) or `label` (for the text of
buttons and links) before it leaves this module; nothing else may make HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Literal
from urllib.parse import urlencode, urlsplit

from rag.domain import (
    NEAR_COPY,
    Answer,
    AnswerSentence,
    Article,
    ArticleSummary,
    AskEvent,
    Citation,
    Conflict,
    Filters,
    Finished,
    Fragment,
    Hit,
    Month,
    Phase,
    SentenceShown,
    SentenceWithheld,
    Span,
    Statement,
    Turn,
    Withheld,
)

Shape = Literal["direct", "mixed", "indirect", "reported", "plain"]

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # CommonMark lets all ASCII punctuation be escaped
_JOINED = re.compile(r"(?<=:)(?=[\w+-]+:)|(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # emoji codes and bare addresses are matched after escapes are gone; this breaks them
_LEAD = 240  # characters of context above a highlighted passage when it scrolls into view
BASIS = {
    "json-ld": "from the page's metadata",
    "meta": "from the page's metadata",
    "front-matter": "from the file's front matter",
    "url": "from the address",
    "dateline": "from the dateline",
    "text": "from the text",
    "user": "given by hand",
}
OWNED_UP = ("correction", "retraction", "update")  # kinds of notes that stand above an article
SPEECH = {"direct": "quoted", "mixed": "partly quoted", "indirect": "paraphrased"}
_OCCASIONS = dict.fromkeys(
    "briefing conference meeting summit rally hearing session ceremony forum event".split(), "at"
)
_OCCASIONS |= dict.fromkeys("call speech interview statement address letter post tweet message".split(), "in")
_PHASES = {"searching": "Searching", "reading": "Reading", "writing": "Writing", "checking": "Checking"}
_MARKS = {
    "removed": "removed from the library, and its words with it",
    "changed": "the cited words stand there no more",
    "corrected": "corrected or retracted by its outlet",
}

# -- small things


def esc(text: object) -> str:
    """Text that is safe in HTML and in a quoted attribute."""
    return html.escape(str(text), quote=True)


def attribute(text: str) -> str:
    """Text for a quoted attribute that the page's sanitiser keeps: it drops one that looks as if it closed a tag."""
    return esc(re.sub(r"<(?=[/!])|(?<=[-\]])>", " ", text))


def label(text: object, limit: int | None = None) -> str:
    """Text that a Streamlit label shows as it is: on one line, no Markdown, no links, no directives, no emoji codes."""
    line = re.sub(r"\s+", " ", str(text)).strip()
    if limit and len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return _PUNCTUATION.sub(r"\\\1", _JOINED.sub(_WORD_JOINER, line))


def day(value: date) -> str:
    """A day as `2 Feb 2022`, a month as `Feb 2022`, whatever the locale."""
    if isinstance(value, Month):
        return f"{_MONTHS[value.month - 1]} {value.year}"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def language(code: str) -> str:
    """A language by its English name, else its code."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def days(first: date | None, last: date | None) -> str | None:
    """A span of days, None where there is none."""
    if first is None or last is None:
        return None
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def plural(number: int, noun: str) -> str:
    """`1 article`, `2 articles`, `12,000 articles`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def dotted(parts: Iterable[str | date | None]) -> str:
    """The parts that are there, set apart by middle dots, as plain text; days as `day` writes them."""
    return " · ".join(day(part) if isinstance(part, date) else part for part in parts if part)


def source_query(article_id: str, version: str, span: Span | None = None) -> dict[str, str]:
    """The query of the Source page's address for a version and, if given, a passage in it."""
    query = {"doc": article_id, "v": version}
    if span:
        query |= {"s": str(span.start), "e": str(span.end)}
    return query


def source_url(article_id: str, version: str, span: Span | None = None) -> str:
    """The address of the Source page, relative to every page of the app."""
    return f"source?{urlencode(source_query(article_id, version, span))}"


def outside_url(url: str | None) -> str | None:
    """The address if it may be linked: http or https with a host; else None."""
    try:
        parts = urlsplit(url or "")
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def span_from_query(start: str | None, end: str | None, length: int) -> Span | None:
    """The passage that an address names, None unless it lies in a text of `length` characters."""
    if not all(value and value.isascii() and value.isdecimal() and len(value) < 12 for value in (start, end)):
        return None
    first, last = int(start or 0), int(end or 0)
    return Span(first, last) if first < last <= length else None


# -- answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a stream of events has shown so far; `answer` is there once it has finished."""

    phases: tuple[Phase, ...] = ()
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    answer: Answer | None = None


def progress(events: Iterable[AskEvent]) -> Progress:
    """Fold the events of a stream."""
    phases: list[Phase] = []
    sentences: list[AnswerSentence] = []
    citations: dict[int, Citation] = {}
    withheld: list[Withheld] = []
    answer = None
    for event in events:
        if isinstance(event, Phase):
            phases.append(event)
        elif isinstance(event, SentenceShown):
            sentences.append(event.sentence)
            citations |= {item.n: item for item in event.citations}
        elif isinstance(event, SentenceWithheld):
            withheld.append(event.withheld)
        elif isinstance(event, Finished):
            answer = event.answer
    return Progress(
        phases=tuple(phases),
        sentences=answer.sentences if answer else tuple(sentences),
        citations=answer.citations if answer else tuple(citations.values()),
        withheld=answer.withheld if answer else tuple(withheld),
        answer=answer,
    )


def speech_form(sentence: AnswerSentence) -> Shape:
    """How a sentence is set: the kind of speech by its form, never by colour alone."""
    if sentence.kind in ("reported", "synthesis"):
        return "reported" if sentence.kind == "reported" else "plain"
    if sentence.statement and sentence.statement.kind == "mixed":
        return "mixed"
    return "direct" if sentence.kind == "quoted" else "indirect"


def answer_html(
    sentences: Sequence[AnswerSentence], citations: Iterable[Citation], uid: str, *, writer: str | None = None
) -> str:
    """The sentences grouped by who speaks, each with its chips. `uid` keeps ids apart from those of other answers;
    `writer` names who wrote the lead.
    """
    chips = Chips({item.n: item for item in citations}, uid)
    parts = []
    for (form, speaker), group in groupby(sentences, key=_voice):
        items = list(group)
        if form == "gone":
            told = "What stood here rested on an article that was removed."
            parts.append(f'<p class="none">{told}{chips.of(items[0])}</p>')
        elif form == "reported":
            parts.append(_reported_html(items, chips))
        elif form == "plain":
            parts.append(_lead_html(items, chips, writer))
        else:
            said = "".join(_said_html(item, chips) for item in items)
            who = speaker_html(items[0].statement) if speaker and items[0].statement else ""
            parts.append(f'<section class="voice">{who}{said}</section>')
    return f'<div class="ans">{"".join(parts)}</div>'


def _lead_html(items: Sequence[AnswerSentence], chips: Chips, writer: str | None) -> str:
    """Sentences in nobody's words but the engine's own; over them, that they were checked."""
    head = f'<p class="lead-by">Written by {esc(writer)}, checked against the sources</p>' if writer else ""
    body = "".join(f'<p class="plain">{esc(item.text)}{chips.of(item)}{note_html(item)}</p>' for item in items)
    return f'<section class="lead">{head}{body}</section>'


def note_html(item: AnswerSentence) -> str:
    """The quiet mark of a sentence that is not confirmed, with the reason, or the remark on one that is; and a model's
    translation, as one.
    """
    beside = ""
    if item.translation:
        beside = f' <span class="remark">translation by the model, not checked: {esc(item.translation)}</span>'
    if not item.note:
        return beside
    if item.outcome == "unconfirmed":
        return f'{beside} <span class="unconfirmed">not confirmed: {esc(item.note)}</span>'
    return f'{beside} <span class="remark">{esc(item.note)}</span>'


def _voice(sentence: AnswerSentence) -> tuple[str, tuple[object, ...]]:
    """What sentences under one heading share."""
    if not sentence.text:
        return "gone", ()
    form = speech_form(sentence)
    if form in ("reported", "plain"):
        return form, ()
    item = sentence.statement
    who = (item.speaker, item.role, item.on_behalf_of, item.on_behalf_of_inferred) if item and item.speaker else ()
    return "voice", who


def _reported_html(items: Sequence[AnswerSentence], chips: Chips) -> str:
    body = "".join(f"<p>{esc(item.text)}{chips.of(item)}{note_html(item)}{chips.byline(item)}</p>" for item in items)
    return f'<section class="outlet"><h3>In the outlet’s own words</h3>{body}</section>'


def _said_html(sentence: AnswerSentence, chips: Chips) -> str:
    item, form, text = sentence.statement, speech_form(sentence), sentence.text
    if item and item.speaker:
        text = text.removeprefix(f"{item.speaker}: ")  # the heading names the speaker
    around = [
        _field(venue_words(item.venue), item, item.venue_basis) if item and item.venue else "",
        _said_on_html(item) if item and item.said_on else "",
        f"denied ({SPEECH[form]})" if item and item.denied else SPEECH[form],
        chips.byline(sentence),
    ]
    line = " · ".join(part for part in around if part)
    body = f"<p>{esc(text)}{chips.of(sentence)}{note_html(sentence)}</p>"
    return f'<blockquote class="{form}">{body}<footer>{line}</footer></blockquote>'


def venue_words(venue: str) -> str:
    """Where something was said, with the preposition that the kind of occasion takes."""
    words = re.findall(r"[a-z]+", venue.casefold())
    return f"{next((_OCCASIONS[word] for word in words if word in _OCCASIONS), 'to')} {venue}"


def _said_on_html(item: Statement) -> str:
    if item.said_on is None:
        return ""
    words = f" <i>(“{esc(item.said_on_basis)}”)</i>" if item.said_on_basis else ""
    return f"said {day(item.said_on)}{words}"


def speaker_html(item: Statement) -> str:
    """The speaker line: who, in what role, for whom. A field that the text does not give is left out."""
    name = item.speaker or ""
    parts = [f"<b>{_field(name, item, item.speaker_basis)}</b>"] if name else []
    if item.role and item.role.casefold() not in name.casefold():
        parts.append(_field(item.role, item, item.role_basis))
    if item.on_behalf_of:
        inferred = ' <i class="inferred">(inferred)</i>' if item.on_behalf_of_inferred else ""
        parts.append(_field(f"for {item.on_behalf_of}", item, item.on_behalf_of_basis) + inferred)
    return f'<p class="who">{" · ".join(parts)}</p>' if parts else ""


def _field(shown: str, item: Statement, basis: Fragment | None) -> str:
    """A field as a link to the words of the article that say so, where they are known."""
    if basis is None:
        return esc(shown)
    url = source_url(item.article_id, item.version, basis.span)
    hint = esc(f"“{basis.text}”: open these words in the article (new tab)")
    return f'<a class="field" href="{esc(url)}" target="_blank" title="{hint}">{esc(shown)}</a>'


def credit(item: Citation) -> str:
    """Who published the cited words, and when: `Sample Wire, 2 Feb 2022`."""
    return ", ".join(
        (item.outlet or f"outlet unknown: {item.title}", *([day(item.published)] if item.published else ()))
    )


def _plain_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


class Chips:
    """Citation chips of one answer, each with a card that opens on it; ids count up so that none stands twice."""

    def __init__(self, citations: Mapping[int, Citation], uid: str) -> None:
        self._citations = citations
        self._uid = uid
        self._count = 0

    def of(self, sentence: AnswerSentence) -> str:
        """The chips of a sentence. A number without a citation stays text; it never looks like a source."""
        return "".join(self.chip(n) for n in sentence.citations)

    def byline(self, sentence: AnswerSentence) -> str:
        """Outlet and day of each article that has the sentence's words; another that is cited beside it, such as for
        who speaks, is not credited with them. Empty where no cited article is left.
        """
        cited = [item for n in sentence.citations if (item := self._citations.get(n)) and item.quote]
        home = sentence.statement.article_id if sentence.statement else None
        first = next((item for item in cited if item.article_id == home), cited[0] if cited else None)
        if first is None:
            return ""
        words = _plain_words(first.quote)
        credited = {first.article_id: first}
        for item in cited:
            if words in _plain_words(item.quote):
                credited.setdefault(item.article_id, item)
        return f'<small class="by">{esc("; ".join(credit(item) for item in credited.values()))}</small>'

    def chip(self, n: int) -> str:
        """One chip with its card."""
        if (item := self._citations.get(n)) is None or not item.quote:
            return f" [{n}]"
        self._count += 1
        pid = f"c{self._uid}-{self._count}"
        about = dotted((item.title, item.outlet, item.published))
        url = source_url(item.article_id, item.version, Span(item.start, item.end))
        return (
            f'&nbsp;<button type="button" class="cite" popovertarget="{pid}" aria-label="Citation {n}: {esc(about)}">'
            f'{n}</button><span class="card" popover id="{pid}" role="group" aria-label="Source {n}">'
            f"<b>{esc(item.title)}</b><small>{esc(dotted((item.outlet, item.published)))}</small>"
            f'<q>{esc(item.quote)}</q><a href="{esc(url)}" target="_blank">Open in the article (new tab)</a></span>'
        )


def progress_html(state: Progress, uid: str, *, waiting: bool = False) -> str:
    """An answer while it is being made: what is happening, and the sentences that passed so far. `waiting` says that
    others are before it.
    """
    steps = [f"{_PHASES[item.name]}{f' {esc(item.detail)}' if item.detail else ''}" for item in state.phases]
    line = " · ".join(steps) or ("Waiting for another question to finish" if waiting else "Starting up")
    led = any(item.kind == "synthesis" for item in state.sentences)
    writer = next((item.detail for item in state.phases if item.name == "writing" and item.detail), None)
    shown = (
        answer_html(state.sentences, state.citations, uid, writer=writer if led else None) if state.sentences else ""
    )
    return f'<p class="phase" role="status">{line} …</p>{shown}'


def outcome_html(answer: Answer) -> str:
    """The line that announces that an answer is there, and what it rests on."""
    if answer.abstained:
        told = "No answer"
    else:
        articles = len({item.article_id for item in answer.citations})
        told = f"{plural(len(answer.sentences), 'sentence')} from {plural(articles, 'article')}"
    line = dotted((told, f"{esc(answer.engine)} engine", f"{answer.elapsed_ms / 1000:.1f} s"))
    return f'<p class="outcome" role="status">{line}</p>'


def answer_markdown(answer: Answer) -> str:
    """An answer with its citations as Markdown, to be pasted elsewhere; empty where nothing stands."""
    lines = [f"**{answer.question}**", ""]
    for item in answer.sentences:
        if item.text:
            mark = f" (not confirmed: {item.note})" if item.outcome == "unconfirmed" else ""
            lines += [f"{item.text} {''.join(f'[{n}]' for n in item.citations)}".rstrip() + mark, ""]
    for one in answer.citations:
        if one.quote:
            quote = " ".join(one.quote.split())
            url = outside_url(one.url)
            about = dotted((one.title, one.outlet, one.published, url))
            lines.append(f"[{one.n}] “{quote}” ({about})")
    return "\n".join(lines).strip() if answer.sentences else ""


def abstained_html(answer: Answer) -> str:
    """That the articles do not answer, and why as far as it is known."""
    why = "".join(f"<p>{esc(notice)}</p>" for notice in answer.notices)
    return f'<div class="abstained"><p><b>{esc(answer.headline)}</b></p>{why}</div>'


def nearest_html(hit: Hit) -> str:
    """A passage that comes nearest to a question that has no answer."""
    about = dotted((hit.title, hit.outlet, hit.published))
    return f'<div class="near"><small>{esc(about)}</small><p>{esc(_shortened(hit.text, 280))}</p></div>'


def withheld_html(items: Sequence[Withheld]) -> str:
    """One quiet line that opens to the sentences that were withheld and why; empty where there are none."""
    if not items:
        return ""
    head = f"{plural(len(items), 'sentence')} withheld"
    if len(items) == 1:
        head = f"{head}: {esc(items[0].reason)}"
    rows = "".join(f"<li><q>{esc(item.text)}</q><small>{esc(item.reason)}</small></li>" for item in items)
    return f'<details class="withheld"><summary>{head}</summary><ul>{rows}</ul></details>'


def conflicts_html(items: Sequence[Conflict], citations: Iterable[Citation] = (), uid: str = "") -> str:
    """Where the cited sources differ, both sides with their words, outlets and dates; empty where they do not."""
    shown = conflict_sides_html(items, citations, f"{uid}-d")
    head = "Where sources differ" if len(items) > 1 else "Sources differ"
    return f'<section class="differ" role="note"><h3>{head}</h3>{shown}</section>' if shown else ""


def conflict_sides_html(items: Sequence[Conflict], citations: Iterable[Citation], uid: str) -> str:
    """Each conflict with its sides one under the other."""
    cited = {item.n: item for item in citations}
    chips = Chips(cited, uid)
    rows = []
    for item in items:
        sides = []
        for side in item.sides:
            quotes = [cited[n] for n in side if n in cited and cited[n].quote]
            said = "".join(
                f"<blockquote><p>{esc(one.quote)}{chips.chip(one.n)}</p>"
                f"<footer>{esc(dotted((one.outlet, one.published)) or one.title)}</footer></blockquote>"
                for one in quotes
            )
            sides.append(said or "".join(f"[{n}]" for n in side))
        against = '<p class="against">but</p>'.join(sides)
        rows.append(f'<div class="conflict"><p><b>{esc(item.about)}</b></p>{against}</div>')
    return "".join(rows)


def notices_html(answer: Answer) -> str:
    """What went differently; empty where nothing did, and where `abstained_html` has said it."""
    if answer.abstained or not answer.notices:
        return ""
    return "".join(f'<p class="notice">{esc(notice)}</p>' for notice in answer.notices)


def marks_html(turn: Turn) -> str:
    """What became since of the articles that an answer cites; empty where they stand as they were."""
    cited = {item.n: item for item in turn.answer.citations} if turn.answer else {}
    rows = []
    for mark in turn.marks:
        item = cited[mark.n]
        name = esc(dotted((item.title, item.outlet))) or "an article"
        if mark.kind != "removed":
            name = f'<a href="source?doc={esc(item.article_id)}&amp;was={esc(item.version)}" target="_blank">{name}</a>'
        rows.append(f"<li>[{mark.n}] {name}: {_MARKS[mark.kind]}</li>")
    if not rows:
        return ""
    head = "What it cites has changed since this answer was given"
    return f'<div class="marks" role="note"><p><b>{head}</b></p><ul>{"".join(rows)}</ul></div>'


def question_html(text: str, filters: Filters) -> str:
    """A question as the heading of its answer, with the scope that it was asked in."""
    scope = scope_words(filters)
    pill = f'<p class="scope">asked of {esc(scope)}</p>' if scope else ""
    return f'<h2 class="asked">{esc(text)}</h2>{pill}'


def scope_words(filters: Filters) -> str:
    """The restriction in words; empty where there is none."""
    return dotted(
        (
            filters.outlet,
            filters.speaker and f"articles that quote {filters.speaker}",
            filters.since and f"since {day(filters.since)}",
            filters.until and f"until {day(filters.until)}",
            filters.as_of and f"as known on {day(filters.as_of)}",
            filters.language and f"in {language(filters.language)}",
        )
    )


# -- articles


def article_html(text: str, hit: Span | None = None, others: Iterable[Span] = ()) -> str:
    """An article's text, `hit` highlighted and scrolled into view, `others` marked more lightly.

    Spans that run past the text, and others that touch one that is marked already, are left unmarked.
    """
    marks: list[tuple[Span, bool]] = []
    for span, main in [(hit, True), *((other, False) for other in sorted(others))]:
        if span and span.end <= len(text) and not any(span.touches(marked) for marked, _ in marks):
            marks.append((span, main))
    anchor = max((at for span, main in marks if main for at in [_line_start(text, span.start - _LEAD)]), default=-1)
    cuts = sorted({0, len(text), *(at for span, _ in marks for at in (span.start, span.end)), max(anchor, 0)})
    parts = []
    for start, end in pairwise(cuts):
        piece = esc(text[start:end])
        if start == anchor:
            parts.append("<i></i>")
        found = next(((span, main) for span, main in marks if span.start <= start < span.end), None)
        if found is None:
            parts.append(piece)
        else:
            first = found[1] and found[0].start == start
            parts.append(f"<mark{_mark(main=found[1], first=first)}>{piece}</mark>")
    body = "".join(parts)
    return f'<div class="art" tabindex="0" role="region" aria-label="Article text">{body}</div>'


def _mark(*, main: bool, first: bool) -> str:
    return ' id="hit" class="hit"' if first else ' class="hit"' if main else ' class="also"'


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, max(0, at)) + 1


def article_head_html(article: Article | ArticleSummary, *, level: Literal[1, 2] = 1) -> str:
    """Headline and the line under it."""
    line = dotted((article.outlet, article.byline, article.published))
    return f'<header class="head"><h{level}>{esc(article.title)}</h{level}><p>{esc(line)}</p></header>'


def facts_html(article: Article) -> str:
    """What is known about an article, each fact with where it came from."""
    place = next((item.number for item in article.versions if item.version == article.version), 1)
    basis = f" <i>({BASIS[article.date_basis]})</i>" if article.date_basis in BASIS else ""
    rows: list[tuple[str, str | None]] = [
        ("Outlet", article.outlet and esc(article.outlet)),
        ("Byline", article.byline and esc(article.byline)),
        ("Published", f"{day(article.published)}{basis}" if article.published else "no date found"),
        ("Updated", day(article.updated) if article.updated else None),
        ("Added", day(article.ingested.date())),
        ("Version", f"{place} of {max(len(article.versions), 1)}"),
        ("Notes", "<br>".join(esc(note) for note in article.notes if not _owned_up(note)) or None),
    ]
    if url := outside_url(article.url):
        link = f'<a href="{esc(url)}" target="_blank" rel="noopener noreferrer">{esc(_shortened(url, 60))}</a>'
        rows.append(("Original", link))
    shown = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows if value)
    return f'<dl class="facts">{shown}</dl>'


def _owned_up(note: str) -> bool:
    """True for a note that stands above the text already."""
    return note.partition(": ")[0] in OWNED_UP


def article_row_html(item: ArticleSummary, fold: str | None = None) -> str:
    """The line under a headline of the list; `fold` says how many outlets carry it."""
    when = day(item.published) if item.published else "no date"
    parts = (item.outlet, when, item.byline, plural(item.words, "word"), fold, "wire copy" if item.copy_of else None)
    owned = [note.partition(": ")[0] for note in item.notes if note.startswith(("correction: ", "retraction: "))]
    near = [note for note in item.notes if note.startswith(NEAR_COPY)]
    return f'<p class="row">{esc(dotted((*parts, *dict.fromkeys(owned), *near)))}</p>'


def titles_html(items: Iterable[ArticleSummary]) -> str:
    """Headlines as a list, for a confirmation."""
    rows = "".join(
        f"<li>{esc(item.title)} <small>{esc(dotted((item.outlet, item.published)))}</small></li>" for item in items
    )
    return f'<ul class="titles">{rows}</ul>'


def pending_line(left: Mapping[str, int]) -> str:
    """Work that still goes on behind the page, in words; empty where there is none."""
    parts = [
        f"{doing} {plural(left[name], 'article')}"
        for name, doing in (("vectors", "making vectors for"), ("statements", "reading statements in"))
        if left.get(name)
    ]
    return f"{' and '.join(parts).capitalize()}; search by words works meanwhile." if parts else ""


def _shortened(text: str, most: int) -> str:
    """On one line, cut before a word where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0][: most - 1].rstrip(" ,;:") + "…"
