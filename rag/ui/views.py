"""Pure rendering: values in, escaped HTML or label text out, without Streamlit.

`markup.html` escapes its values; texts of buttons and links pass through `label`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from urllib.parse import urlencode, urlsplit

from rag.display import (
    OUTLET_UNKNOWN,
    day,
    first_reason,
    plural,
    venue_words,
    with_article,
    without_repeated_day,
)
from rag.domain import (
    AnswerSentence,
    ArticleSummary,
    Citation,
    Conflict,
    Filters,
    Fragment,
    Span,
    Statement,
    Withheld,
)
from rag.ui.markup import Markup, escape, html, joined, marked

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # in CommonMark all ASCII punctuation can be escaped
_AUTOLINKS = re.compile(r"(?<=:)(?=[\w+-]+:)|(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # breaks emoji codes and bare addresses, which are matched after unescaping
_LONGEST_NAME = 80  # characters of a headline as the name of a field
_AUXILIARIES = "did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|must|may|might"
_MOST_TOGETHER = 5  # citation chips from which on they may wrap
SPEECH = {"direct": "quoted", "mixed": "partly quoted", "indirect": "paraphrased"}

# -- small things


def link(url: str, text: object, about: object = "", *, new_tab: bool = False) -> Markup:
    """A link, followed by `about` in small type if there is any."""
    target = html(' target="_blank"') if new_tab else ""
    return html('<a href="{}"{}>{}</a>{}', url, target, text, html(" <small>{}</small>", about) if about else "")


def esc(text: object) -> Markup:
    """Text escaped for HTML and quoted attributes."""
    return escape(str(text))


def attribute(text: str) -> Markup:
    """Text for a quoted attribute; without what makes the page's sanitiser drop it, such as a closing tag."""
    return escape(re.sub(r"<(?=[/!])|(?<=[-\]])>", " ", text))


def label(text: object, limit: int | None = None) -> str:
    """Text that a Streamlit label shows literally, on one line: without Markdown, links, directives or emoji codes."""
    line = re.sub(r"\s+", " ", str(text)).strip()
    if limit and len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return _PUNCTUATION.sub(r"\\\1", _AUTOLINKS.sub(_WORD_JOINER, line))


def accessible_name(title: str) -> str:
    """A headline as the name of a field for screen readers, without characters that Markdown interprets."""
    return " ".join(re.sub(r"[^\w\s,.;’'-]|(?<=\w)_|_(?=\w)", " ", title[:_LONGEST_NAME]).split()).rstrip(".")


def language(code: str) -> str:
    """The English name of a language code; the code if it is unknown."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def days(first: date | None, last: date | None) -> str | None:
    """A range of days as text, its month alone if that is one of its ends, a month or year of both ends only once; None
    without days.
    """
    names = [day(at) for at in (first, last) if at]
    for name in names:
        if all(f" {other}".endswith(f" {name}") for other in names):
            return name
    if not names:
        return None
    begin, end = (name.split() for name in names)
    if len(begin) == len(end) and begin[-1:] == end[-1:]:
        begin = begin[:1] if begin[1:] == end[1:] else begin[:-1]
    between = "–" if len(begin) == 1 else " – "
    return between.join((" ".join(begin), " ".join(end)))


def clock(moment: datetime) -> str:
    """A moment by the clock of this machine, with its day unless that is today."""
    local = moment.astimezone()
    today = datetime.now(UTC).astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{day(local.date())}, {local:%H:%M}"


def dotted(parts: Iterable[str | date | None]) -> str:
    """The non-empty parts, separated by middle dots, as plain text; days as `day` writes them."""
    return " · ".join(day(part) if isinstance(part, date) else part for part in parts if part)


def source_query(article_id: str, version: str | None = None, span: Span | None = None) -> dict[str, str]:
    """The query parameters of the Source page for a version, by default the current one, and a span of it."""
    query = {"doc": article_id}
    if version:
        query["v"] = version
    if span:
        query |= {"s": str(span.start), "e": str(span.end)}
    return query


def source_url(article_id: str, version: str | None = None, span: Span | None = None) -> str:
    """The address of the Source page, relative to all pages of the app."""
    return f"source?{urlencode(source_query(article_id, version, span))}"


def compare_url(article_id: str, version: str) -> str:
    """The address of the Source page with the changes of an article since a version."""
    return f"source?{urlencode({'doc': article_id, 'was': version})}"


def outside_url(url: str | None) -> str | None:
    """The address if it is http or https with a host; else None."""
    try:
        parts = urlsplit(url or "")
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def with_scheme(url: str) -> str:
    """An address as typed, with `https://` added if it has no scheme."""
    return f"https://{url}" if "://" not in url and re.match(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)", url) else url


def span_from_query(start: str | None, end: str | None, length: int) -> Span | None:
    """The half-open span from query parameters; None unless it lies in a text of `length` characters."""
    if not all(value and value.isascii() and value.isdecimal() and len(value) < 12 for value in (start, end)):
        return None
    first, last = int(start or 0), int(end or 0)
    return Span(first, last) if first < last <= length else None


def article_link(item: ArticleSummary, *, new_tab: bool = False) -> Markup:
    """A link to an article, with its outlet and day."""
    return link(source_url(item.article_id), item.title, dotted((item.outlet, item.published)), new_tab=new_tab)


# -- statements and sentences


def sentences_html(sentences: Sequence[AnswerSentence], citations: Iterable[Citation], uid: str) -> Markup:
    """The sentences in order, grouped by speaker, each with its chips; `uid` keeps element ids unique on the page."""
    chips = Chips({item.n: item for item in citations}, uid)
    groups = [list(group) for _, group in groupby(sentences, key=heading_key)]
    return html('<div class="ans">{}</div>', joined(group_html(group, chips) for group in groups))


def heading_key(sentence: AnswerSentence) -> tuple[str, tuple[object, ...]]:
    """The key of the sentences under one heading: their form and, for statements, the speaker."""
    if not sentence.text:
        return "gone", ()
    form = sentence.speech
    if form in ("reported", "summary"):
        return form, ()
    item = sentence.statement
    who = (item.speaker, item.on_behalf_of, item.on_behalf_of_inferred) if item and item.speaker else ()
    return "voice", who


def group_html(items: Sequence[AnswerSentence], chips: Chips) -> Markup:
    """Sentences that share a `heading_key`, under their heading."""
    form, who = heading_key(items[0])
    if form == "gone":
        notice = '<p class="none">This rested on an article that has been removed.{}</p>'
        return html(notice, chips.of(items[0]))
    if form == "summary":
        return lead_html(items, chips)
    if form == "reported":
        head = html("<h3>In the outlet’s own words</h3>")
        return html('<section class="outlet">{}{}</section>', head, reported_html(items, chips))
    statements = [item.statement for item in items if item.statement]
    statement = max(statements, key=lambda item: bool(item.role) + (not item.on_behalf_of_inferred), default=None)
    head = speaker_html(statement) if who and statement else Markup()
    return html('<section class="voice">{}{}</section>', head, joined(statement_html(item, chips) for item in items))


def lead_html(items: Sequence[AnswerSentence], chips: Chips, writer: str | None = None) -> Markup:
    """Sentences in the engine's own words, under a line that says that they were checked if there is a `writer`."""
    head = html('<p class="lead-by">Written by {}, checked against the sources</p>', writer) if writer else ""
    body = joined(
        html('<p class="plain">{}{}{}</p>', words_html(item), chips.of(item), note_html(item)) for item in items
    )
    return html('<section class="lead">{}{}</section>', head, body)


def reported_html(items: Iterable[AnswerSentence], chips: Chips) -> Markup:
    """Sentences of outlets, each with outlet and day."""
    rows = ((item, chips.of(item), chips.byline(item)) for item in items)
    line = "<p>{}{}{}{}</p>"
    return joined(html(line, words_html(item), cited, note_html(item, by.striptags()), by) for item, cited, by in rows)


def note_html(item: AnswerSentence, below: str = "") -> Markup:
    """The translation of a sentence, if any, and the first reason why it is not confirmed (all of them on hover) or the
    remark on it, without days that the line `below` has.
    """
    translation = Markup()
    if item.translation:
        translation = html(' <span class="remark">translation by the model, not checked: {}</span>', item.translation)
    name = item.statement.speaker if item.statement and item.statement.speaker else ""
    note = (item.note or "").removeprefix(f"{name}: ").removesuffix(".")  # the heading names the speaker
    if not (note := without_repeated_day(note, below)):
        return translation
    if item.outcome != "unconfirmed":
        return translation + html(' <span class="remark">{}</span>', note)
    mark = ' <span class="unconfirmed" title="{}"><b>Not confirmed:</b> {}.</span>'
    return translation + html(mark, note, first_reason(note))


def doubted_html(item: AnswerSentence, words: str) -> Markup:
    """The words of a sentence, marked if it is not confirmed; `note_html` says why."""
    return html('<span class="doubted">{}</span>' if item.outcome == "unconfirmed" else "{}", words)


def words_html(sentence: AnswerSentence, drop: int = 0) -> Markup:
    """The words of a sentence from character `drop` on: the direct answer in bold, the content of a paraphrase
    underlined within its clause, and all of it marked if it is not confirmed.
    """
    spans = [(*sentence.answer_span, "strong")] if sentence.answer_span else []
    if (item := sentence.statement) and item.kind != "direct":
        for part in item.content:
            words = re.sub(r"^that\s+", "", part.text)
            if words in ("which", "that", "who"):
                continue  # stands for what is said before
            if words != sentence.text and (start := sentence.text.find(words)) >= 0:
                spans.append((start, start + len(words), "u"))
    words = marked(sentence.text[drop:], [(max(start - drop, 0), end - drop, tag) for start, end, tag in spans])
    return doubted_html(sentence, words)


def statement_html(sentence: AnswerSentence, chips: Chips) -> Markup:
    """One statement: its words, a copy button, venue, day, kind of speech, and outlet."""
    item, form = sentence.statement, sentence.speech
    prefix = f"{item.speaker}: " if item and item.speaker else ""  # the heading names the speaker
    drop = len(prefix) if prefix and sentence.text.startswith(prefix) else 0
    around = [
        _field(venue_words(item.venue), item, item.venue_basis) if item and item.venue else "",
        _date_said_html(item) if item and item.said_on else "",
        f"denied ({SPEECH[form]})" if item and item.denied else SPEECH[form],
        chips.byline(sentence),
    ]
    line = joined((part for part in around if part), " · ")
    copy = copy_mark(attributed(sentence.text[drop:], item, chips.citation_of_words(sentence)))
    tail = html(
        '<span class="tail">{}{}</span>' if len(sentence.citations) < _MOST_TOGETHER else "{}{}",
        chips.of(sentence),
        copy,
    )
    words = html("<p>{}{}{}</p>", words_html(sentence, drop), tail, note_html(sentence, line.striptags()))
    return html('<blockquote class="{}">{}<footer>{}</footer></blockquote>', form, words, line)


def copy_mark(text: str) -> Markup:
    """A button that copies `text`."""
    mark = '<button type="button" class="copy" data-text="{}" aria-label="{name}" title="{name}"></button>'
    return html(mark, attribute(text), name="Copy with its source")


def attributed(text: str, item: Statement | None, cited: Citation | None) -> str:
    """Words with their attribution: `“…” — Name, role, to the Courier, 2 Feb 2022 (Outlet)`. For a paraphrase that
    names its speaker, day and outlet alone.
    """
    when = item.said_on if item and item.said_on else None
    outlet = (cited.outlet or f"{OUTLET_UNKNOWN}: {cited.title}") if cited else None
    if outlet and not when and cited and cited.published:
        outlet = f"{outlet}, {day(cited.published)}"
    role = item.role if item and item.role and item.role.casefold() not in (item.speaker or "").casefold() else None
    venue = venue_words(item.venue) if item and item.venue else None
    names_speaker = item and item.kind != "direct" and item.speaker and item.speaker.split()[-1] in text
    fields = (when and day(when),) if names_speaker else (item and item.speaker, role, venue, when and day(when))
    who = ", ".join(part for part in fields if part)
    return "".join((text, f" — {who}" if who else "", f" ({outlet})" if outlet else ""))


def _date_said_html(item: Statement) -> Markup:
    if item.said_on is None:
        return Markup()
    words = html(" <i>(“{}”)</i>", item.said_on_basis) if item.said_on_basis else ""
    return html("said {}{}", day(item.said_on), words)


def speaker_html(item: Statement, *, named: bool = True) -> Markup:
    """The speaker line: name unless it stands above, role, party; unknown fields are left out."""
    name = item.speaker or ""
    heading = f"{name[:1].upper()}{name[1:]}"
    parts = [html("<b>{}</b>", _field(heading, item, item.speaker_basis))] if name and named else []
    if item.role and item.role.casefold() not in name.casefold():
        parts.append(_field(item.role, item, item.role_basis))
    if item.on_behalf_of and not _names_party(name, item.role or "", item.on_behalf_of):
        basis = "from the office held" if item.role else "from the article"
        inferred = html(' <i class="inferred">({})</i>', basis) if item.on_behalf_of_inferred else ""
        parts.append(
            html(
                "{}{}",
                _field(f"for {with_article(item.on_behalf_of)}", item, item.on_behalf_of_basis),
                inferred,
            )
        )
    return html('<p class="who">{}</p>', joined(parts, " · ")) if parts else Markup()


def _names_party(name: str, role: str, party: str) -> bool:
    """True if a speaker is the party, or if the role names it: "BBC political editor"."""
    bare = _plain_words(party).removeprefix("the ")
    return bare == _plain_words(name).removeprefix("the ") or f" {bare} " in f" {_plain_words(role)} "


def _field(text: str, item: Statement, basis: Fragment | None) -> Markup:
    """A field, as a link to the words of the article that it is based on if they are known."""
    if basis is None:
        return escape(text)
    url = source_url(item.article_id, item.version, basis.span)
    hint = f"“{basis.text}”: open these words in the article (new tab)"
    return html('<a class="field" href="{}" target="_blank" title="{}">{}</a>', url, hint, text)


def credit(item: Citation) -> str:
    """Outlet and day of a citation: `Sample Wire, 2 Feb 2022`."""
    return ", ".join(
        (item.outlet or f"{OUTLET_UNKNOWN}: {item.title}", *([day(item.published)] if item.published else ()))
    )


def citation_url(item: Citation) -> str:
    """The address of the Source page at the cited words."""
    return source_url(item.article_id, item.version, Span(item.start, item.end))


def _plain_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


class Chips:
    """The citation chips of an answer, each with a popover card; element ids are numbered to be unique."""

    def __init__(self, citations: Mapping[int, Citation], uid: str) -> None:
        self._citations = citations
        self._uid = uid
        self._count = 0

    def of(self, sentence: AnswerSentence) -> Markup:
        """The chips of a sentence; a few stay on the line of its last word. A number without a citation is plain
        text.
        """
        chips = joined(self.chip(n, sentence.statement) for n in sentence.citations)
        return html('<span class="tail">{}</span>', chips) if 0 < len(sentence.citations) < _MOST_TOGETHER else chips

    def citation_of_words(self, sentence: AnswerSentence) -> Citation | None:
        """The citation of the article that has the sentence's words; None without one."""
        cited = [item for n in sentence.citations if (item := self._citations.get(n)) and item.quote]
        own = sentence.statement.article_id if sentence.statement else None
        return next((item for item in cited if item.article_id == own), cited[0] if cited else None)

    def byline(self, sentence: AnswerSentence) -> Markup:
        """Outlet and day of each cited article that has the sentence's words, not of those cited for something else,
        such as the speaker. Empty without one.
        """
        first = self.citation_of_words(sentence)
        if first is None:
            return Markup()
        content = sentence.statement.content if sentence.statement else ()
        passages = [_plain_words(text) for text in (first.quote, *(part.text for part in content))]
        credited = {first.article_id: first}
        for item in (self._citations[n] for n in sentence.citations if n in self._citations):
            if any(words in _plain_words(item.quote) for words in passages if words):
                credited.setdefault(item.article_id, item)
        return html('<small class="by">{}</small>', "; ".join(credit(item) for item in credited.values()))

    def chip(self, n: int, said: Statement | None = None) -> Markup:
        """A chip with its card, in which the words of a statement are marked if the passage has more."""
        if (item := self._citations.get(n)) is None or not item.quote:
            return html(" [{}]", n)
        self._count += 1
        return html(
            '&nbsp;<button type="button" class="cite" popovertarget="{pid}" data-source="{uid}-{n}"'
            ' aria-label="Citation {n}: {about}">{n}</button>'
            '<span class="card" popover id="{pid}" role="group" aria-label="Source {n}"><b>{title}</b>'
            "<small>{under}</small><q>{quote}</q>"
            "{open}</span>",
            pid=f"c{self._uid}-{self._count}",
            uid=self._uid,
            n=n,
            about=dotted((item.title, item.outlet, item.published)),
            title=item.title,
            under=dotted((item.outlet, item.published)),
            quote=marked(item.quote, _spans_within(said, item)),
            open=link(citation_url(item), "Open in the article (new tab)", new_tab=True),
        )


def _spans_within(said: Statement | None, item: Citation) -> list[tuple[int, int, str]]:
    """The content of a statement as spans of a passage that has more; empty for any other article."""
    if said is None or (said.article_id, said.version) != (item.article_id, item.version):
        return []
    spans = [(part.start - item.start, part.end - item.start, "mark") for part in said.content]
    return [one for one in spans if 0 <= one[0] < one[1] <= len(item.quote) and one[1] - one[0] < len(item.quote)]


def withheld_html(items: Sequence[Withheld]) -> Markup:
    """The withheld sentences with their reasons, folded; empty if there are none."""
    if not items:
        return Markup()
    head = f"{plural(len(items), 'sentence')} withheld{f': {items[0].reason}' if len(items) == 1 else ''}"
    rows = joined(html("<li><q>{}</q><small>{}</small></li>", item.text, item.reason) for item in items)
    return html('<details class="withheld"><summary>{}</summary><ul>{}</ul></details>', head, rows)


def disputes_html(items: Iterable[Conflict], citations: Iterable[Citation], uid: str) -> Markup:
    """Each conflict as a question with its sides next to each other; without those that lost a side."""
    cited = {item.n: item for item in citations if item.quote}
    chips = Chips(cited, uid)
    line = "<blockquote><p>{}{}</p><footer>{}</footer></blockquote>"
    rows = []
    for item in items:
        firsts = [next((cited[n] for n in side if n in cited), None) for side in item.sides]
        sides = [html(line, one.quote, chips.chip(one.n), credit(one)) for one in firsts if one]
        if len(sides) == len(item.sides):
            dispute = '<div class="dispute"><h3>{}</h3><div class="sides">{}</div></div>'
            rows.append(html(dispute, dispute_question(item.about), joined(sides)))
    return joined(rows)


def dispute_question(about: str) -> str:
    """What a conflict is about, as a question."""
    about = re.sub(r"^whether it amounted to ", "did it amount to ", about).removesuffix("?")
    about, is_turned = re.subn(rf"^whether (.+?) ({_AUXILIARIES})\b", r"\2 \1", about, count=1)
    end = "" if about.startswith("whether ") and not is_turned else "?"
    return f"{about[:1].upper()}{about[1:]}{end}"


def scope_words(filters: Filters) -> str:
    """The filters in words; empty without filters."""
    return dotted(
        (
            filters.outlet,
            filters.speaker and f"articles that quote {filters.speaker}",
            filters.since and f"from {day(filters.since)}",
            filters.until and f"to {day(filters.until)}",
            filters.as_of and f"as of {day(filters.as_of)}",
            filters.language and f"in {language(filters.language)}",
            filters.article and "one article",
        )
    )


# -- work


def working_html(line: str, done: int = 0, total: int | None = None, below: object = "") -> Markup:
    """The progress of a job: what it does, a bar if the total is known, and a line below."""
    bar = '<progress max="{}" value="{}" aria-label="{}"></progress>'
    progress = html(bar, total, min(done, total), line) if total else ""
    body = '<div class="working"><p class="phase" role="status">{} …</p>{}{}</div>'
    return html(body, line, progress, html('<p class="row">{}</p>', below) if below else "")


def pending_line(left: Mapping[str, int]) -> str:
    """Background work in words; empty if there is none. `left` has the number of articles by kind of work."""
    most = max((left.get(name, 0) for name in ("vectors", "statements")), default=0)
    return f"Indexing {plural(most, 'article')} … keyword search works already." if most else ""
