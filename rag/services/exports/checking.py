"""Checking the lines of an exported file again: every citation, and every sentence, heading and mark that rests on one.

A digest alone proves nothing, since who changes a file can make it anew; so each line is held against texts: those of
the library, else those that the file embeds and whose hash is their version.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.domain import (
    AnswerSentence,
    Article,
    Checked,
    CheckedSentence,
    CheckStatus,
    Citation,
    Filters,
    SentenceBasis,
    SentenceKind,
    Span,
    Statement,
)
from rag.errors import UnknownArticle
from rag.services.exports import lines as form
from rag.services.exports.claims import (
    BY_HAND,
    INFERRED,
    Texts,
    date_is_cited,
    date_resolves,
    has_quotation,
    occurs_in,
    why_unsupported,
)
from rag.services.exports.document import EXCERPTS, Body, count, facts, outlets_head
from rag.services.exports.lines import Line
from rag.stores.library import Library
from rag.text.canonical import digest
from rag.text.grounding import same_words
from rag.text.quotations import quotations
from rag.verification.verbatim import wording

Key = tuple[str, str]
Against = Literal["library", "file"]
_RETURNS = 200  # a version that returns to an earlier text is hashed with its number; versions of one article tried
_RANK = {"own": 0, "excerpt": 1, "other": 2}
_SAID = re.compile(r"said (?P<day>[^(]+?)(?: \([“\"](?P<basis>.*)[”\"]\))?(?P<inferred> \(inferred\))?")


@dataclass(slots=True)
class _Entry:
    """A citation or a source as the file gives it."""

    heading: str
    n: int | None = None
    title: str = ""
    facts: str = ""
    quote: str = ""
    byline: str = ""
    url: str = ""
    article_id: str = ""
    version: str = ""
    start: int | None = None
    end: int | None = None
    copies: int = 0

    @property
    def key(self) -> Key:
        return self.article_id, self.version

    @property
    def outlet(self) -> str | None:
        name = self.facts.split(" · ", 1)[-1]
        return None if name == "no outlet" else name

    @property
    def span(self) -> Span | None:
        return Span(self.start, self.end) if self.start is not None and self.end and self.start < self.end else None


class Check:
    """One check of one file. `results` are all citations, then every line that is not as it should be; `sentences` are
    all sentences with what bears them out.
    """

    def __init__(self, lines: Sequence[Line], embedded: Texts, library: Library | None, *, sealed: bool) -> None:
        self._lines = lines
        self._embedded = embedded
        self._library = library
        self._sealed = sealed  # what the library itself sealed need not be compared with what it has learnt since
        self._texts: Texts = {}
        self._articles: dict[Key, Article] = {}
        self._against: dict[Key, Against] = {}
        self.results: list[Checked] = []
        self.sentences: list[CheckedSentence] = []
        self._citations: dict[int, Citation] = {}

    def run(self) -> list[Checked]:
        """Check everything once."""
        sources, citations = self._entries(form.SOURCES), self._entries(form.CITATIONS)
        for key in dict.fromkeys(item.key for item in (*sources, *citations)):
            self._find(key)
        listed = {item.key: item for item in sources}
        numbers = Counter(item.n for item in citations)
        for item in sorted(citations, key=lambda one: one.n or 0):
            status, reason = self._citation(item, listed, numbers)
            self._tell(item.n, f"citation {item.n or ''}".strip(), status, reason, item.key)
            self._keep(item)
        for n in range(1, max((n for n in numbers if n), default=0)):
            if n not in numbers:
                self._tell(n, f"citation {n}", "altered", "it is missing from the list of citations")
        self._sources(sources)
        self._body()
        return self.results

    # -- texts

    def _find(self, key: Key) -> None:
        """The text of a version, from the library or else from the file."""
        if self._library is not None:
            try:
                found = self._library.article(*key)
            except UnknownArticle:
                pass
            else:
                self._articles[key], self._texts[key], self._against[key] = found, found.text, "library"
                return
        text = self._embedded.get(key)
        if text is not None and is_version(text, key[1]):
            self._texts[key], self._against[key] = text, "file"

    def _missing(self, key: Key) -> tuple[CheckStatus, str]:
        if (text := self._embedded.get(key)) is not None and not is_version(text, key[1]):
            return "text does not match its version", "the source text in the file is not the one that was exported"
        if self._library is not None:
            try:
                self._library.article(key[0])
            except UnknownArticle:
                return "unknown article", "the library has no such article, and the file does not hold its text"
        return "unknown version", "the library has the article, but no such version of it"

    # -- citations and sources

    def _entries(self, part: str) -> list[_Entry]:
        found: list[_Entry] = []
        now = ""
        for line in self._lines:
            if line.role == "heading":
                now = line.text
            if now != part or line.role in ("heading", "count"):
                continue
            if line.role == "entry":
                n, title = form.split_entry(line.text) if part == form.CITATIONS else (None, line.text)
                found.append(_Entry(heading=line.text, n=n, title=title))
            elif found and line.role in ("facts", "byline", "quote", "url"):
                setattr(found[-1], line.role, line.text)
            elif found and line.role == "copies":
                found[-1].copies = line.text.count(" · ") + 1
            elif found and line.role == "place":
                place = form.split_place(line.text)
                found[-1].article_id, found[-1].version, found[-1].start, found[-1].end = place
        return found

    def _citation(
        self, item: _Entry, listed: dict[Key, _Entry], numbers: Counter[int | None]
    ) -> tuple[CheckStatus, str]:
        if numbers[item.n] > 1:
            return "altered", "its number is there more than once"
        if not item.article_id or not item.quote:
            return "altered", "its quotation or its place is missing"
        text = self._texts.get(item.key)
        if text is None:
            return self._missing(item.key)
        if (copy := self._embedded.get(item.key)) is not None and copy != text:
            return "text does not match its version", "the source text in the file is not that of the version"
        span = item.span
        if span is None or span.end > len(text):
            return "altered", "its offsets do not lie in the text of its version"
        status, reason = compared(item.quote, span.of(text))
        return (status, reason) if reason else self._labels(item, listed, status)

    def _labels(self, item: _Entry, listed: dict[Key, _Entry], status: CheckStatus) -> tuple[CheckStatus, str]:
        """Whether headline, outlet, day and address are those of the list of sources and of the library."""
        if (known := listed.get(item.key)) is None:
            return "altered", "the list of sources does not have its article"
        for what in ("title", "facts", "url"):
            if getattr(item, what) != getattr(known, what):
                return "altered", f"the list of sources has {getattr(known, what) or 'nothing'!r} in its place"
        if (article := self._current(item.key)) is None:
            return status, ""
        wanted = {
            "title": form.plain(article.title) or "Untitled",
            "facts": facts(article.outlet, article.published),
            "url": form.web_address(article.url) or "",
        }
        for what, value in wanted.items():
            if getattr(item, what) != value:
                return "altered", f"the library has {value or 'no address'!r}, not {getattr(item, what) or 'none'!r}"
        return status, ""

    def _current(self, key: Key) -> Article | None:
        """The library's article, if it can be compared: headline and outlet are kept of the current version only."""
        article = self._articles.get(key)
        if article is None or self._sealed or (article.versions and article.versions[-1].version != article.version):
            return None
        return article

    def _keep(self, item: _Entry) -> None:
        """A citation whose text is known can bear sentences out."""
        span, text = item.span, self._texts.get(item.key)
        if item.n is None or span is None or text is None or span.end > len(text):
            return
        self._citations[item.n] = Citation(
            n=item.n, article_id=item.article_id, version=item.version, start=span.start, end=span.end,
            quote=span.of(text), match="exact", title=item.title, outlet=item.outlet,
            published=form.day_of(item.facts), url=item.url or None,
        )  # fmt: skip

    def _sources(self, sources: Sequence[_Entry]) -> None:
        outlets = {item.outlet for item in sources if item.outlet}
        wanted = count(len(sources), len(outlets), sum(item.copies for item in sources))
        for line in self._lines:
            if line.role == "count" and line.text != wanted:
                self._tell(None, "the list of sources", "altered", f"it lists {wanted}, and says {line.text!r}")
        for item in sources:
            if (article := self._current(item.key)) is None:
                continue
            byline = f"By {form.plain(article.byline)}" if article.byline else ""
            same = (form.plain(article.title) or "Untitled", facts(article.outlet, article.published), byline)
            if (item.title, item.facts, item.byline or byline) != same:
                reason = f"“{item.title}”: headline, outlet, day or byline are not those of the library"
                self._tell(None, "the list of sources", "altered", reason)
        known = {item.key for item in sources}
        for key in self._embedded:
            if key not in known:
                self._tell(None, "the source texts", "altered", "one of them is of no article in the list of sources")

    # -- sentences

    def _body(self) -> None:
        part, head, day = "", None, None
        number = 0
        for at, line in enumerate(self._lines):
            foot = self._lines[at + 1].text if at + 1 < len(self._lines) and self._lines[at + 1].role == "foot" else ""
            if line.role == "heading":
                part, head, day, number = line.text, None, None, 0
            elif line.role == "day":
                head, day = None, line.text
            elif line.role in ("who", "outlets", "summary", "nobody"):
                head = line
            elif line.role == "loose":
                reason = f"the line “{_short(line.text)}” cites nothing and is no part of an export"
                self._tell(None, part or "before the first heading", "altered", reason)
            elif line.role in ("sentence", "differ"):
                number += 1
                place = f"“{part}”, sentence {number}"
                wrong = ""
                for n, reason in self._sentence(line, foot, head, day):
                    self._tell(n, place, "altered", reason)
                    wrong = reason
                self._bear_out(place, line, head, wrong)

    def _sentence(self, line: Line, foot: str, head: Line | None, day: str | None) -> Iterator[tuple[int, str]]:
        """What is wrong with a sentence: one reason, under the first citation that it rests on."""
        text, numbers = form.split_sentence(line.text)
        if line.role == "differ":
            numbers = tuple(int(n) for n in re.findall(r"\[(\d+)\]", line.text.split(" on ", 1)[0]))
        known = {item.n for item in self.results}
        if unknown := [n for n in numbers if n not in known]:
            yield unknown[0], f"“{_short(text)}” cites [{unknown[0]}], which the list of citations does not have"
            return
        cited = [self._citations[n] for n in numbers if n in self._citations]
        if line.role == "differ" or len(cited) < len(numbers):
            return  # what its citations lack was told with them
        for reason in self._reasons(text, cited, foot, head, day):
            yield numbers[0], reason
            return

    def _bear_out(self, place: str, line: Line, head: Line | None, wrong: str) -> None:
        """Note what bears a sentence out."""
        text, numbers = form.split_sentence(line.text)
        basis: SentenceBasis = "none"
        if line.role == "differ":
            numbers = self._differing(line)
        cited = [self._citations[n] for n in numbers if n in self._citations]
        if not wrong and len(cited) < len(numbers):
            wrong = "what it cites is not known"
        if not wrong:
            basis = self._basis(text, cited, line, head)
        self.sentences.append(
            CheckedSentence(
                place=place,
                text=text,
                citations=numbers,
                basis=basis,
                reason=wrong or (_VOUCHED if basis == "writer" else ""),
            )
        )

    def _basis(self, text: str, cited: Sequence[Citation], line: Line, head: Line | None) -> SentenceBasis:
        places = [(Span(item.start, item.end), self._texts[item.article_id, item.version]) for item in cited]
        if line.role == "differ":
            pieces = [one.inner.of(text) for one in quotations(text)]
            held = [same_words(span.of(whole)).casefold() for span, whole in places]
            return "words" if pieces and all(any(_in(piece, one) for one in held) for piece in pieces) else "writer"
        speaker, _ = _speaker(head)
        if wording(text, places, speaker) != "other":
            return "words"
        said = {same_words(part) for item in self._said(text, cited) for part in (item.text, *_parts(item))}
        return "statement" if same_words(text).strip("\"', .") in {one.strip("\"', .") for one in said} else "writer"

    def _differing(self, line: Line) -> tuple[int, ...]:
        return tuple(int(n) for n in re.findall(r"\[(\d+)\]", line.text))

    def _reasons(
        self, text: str, cited: Sequence[Citation], foot: str, head: Line | None, day: str | None
    ) -> Iterator[str]:
        marks = form.marks(item.n for item in cited)
        fields = foot[2:].split(" · ") if foot else []
        claimed = next((name for name, shown in EXCERPTS.items() if fields[-1:] == [shown]), "own")
        fields = fields[:-1] if claimed != "own" else fields
        if not fields:
            yield f"the line under “{_short(text)}” that tells its kind is missing"
            return
        places = [(Span(item.start, item.end), self._texts[item.article_id, item.version]) for item in cited]
        found = wording(text, places)
        speaker, by_hand = _speaker(head)
        if _RANK[found] > _RANK[claimed]:
            yield f"the words “{_short(text)}” do not stand like that in {marks}"
        elif found == "other" and (reason := why_unsupported(text, cited, self._texts, speaker, by_hand=by_hand)):
            yield f"“{_short(text)}”: {reason}"
        yield from self._head(fields[-1], head, cited)
        yield from self._foot(fields, cited)
        if day and not day.endswith(INFERRED):
            when = form.day_of(day)
            if when is None or not date_is_cited(when, cited, self._texts):
                yield f"neither {marks} nor its day of publication gives the date {day}"
        if head and head.role == "who" and not self._sealed:
            yield from self._statement(text, cited, head.text, foot)

    def _head(self, kind: str, head: Line | None, cited: Sequence[Citation]) -> Iterator[str]:
        """The line over a sentence fits its kind, and its fields stand in the text."""
        role = head.role if head else "summary"
        wanted = {"reported": ("outlets",), "summary": ("summary",)}.get(kind, ("who", "nobody"))
        if role not in wanted:
            yield f"it is marked as {kind}, but does not stand under {_OVER[wanted[0]]}"
        elif head and role == "outlets":
            names = list(dict.fromkeys(item.outlet.replace(" · ", " - ") for item in cited if item.outlet))
            if head.text != outlets_head(names):
                yield f"it is given to “{head.text}”, but cites {', '.join(names) or 'no outlet'}"
        elif head and role == "who":
            held = self._held(cited)
            for field in head.text.split(" · "):
                bare = field.removeprefix("for ")
                if not bare.endswith((INFERRED, BY_HAND)) and not occurs_in(bare, held):
                    yield f"“{bare}” does not occur in the article"
        if kind in ("direct", "mixed") and not has_quotation(cited, self._texts):
            yield f"it is marked as {kind}, but its source quotes nobody there"

    def _foot(self, fields: Sequence[str], cited: Sequence[Citation]) -> Iterator[str]:
        held = self._held(cited)
        for field in fields[:-1]:
            if field.startswith("to "):
                if not field.endswith(INFERRED) and not occurs_in(field.removeprefix("to "), held):
                    yield f"“{field}” does not occur in the article"
            elif found := _SAID.fullmatch(field):
                when = form.day_of(found["day"])
                if when is None or not (found["inferred"] or date_resolves(when, found["basis"], cited, held)):
                    yield f"the article does not give the day “{field}”"
            elif field != "denial":
                yield f"the line under the sentence says “{_short(field)}”, which no export says"

    def _statement(self, text: str, cited: Sequence[Citation], head: str, foot: str) -> Iterator[str]:
        """The library gives these words to the speaker that is named, with the same particulars."""
        found = self._said(text, cited)
        if not found:
            return
        body = Body(self._citations, self._texts)
        numbers = tuple(item.n for item in cited)
        kind: SentenceKind = "quoted" if " direct" in foot else "indirect"
        places = [(Span(item.start, item.end), self._texts[item.article_id, item.version]) for item in cited]
        whose = wording(text, places)
        made = [AnswerSentence(text=text, kind=kind, citations=numbers, statement=one, wording=whose) for one in found]
        heads = {body.head(item): body.foot(item) for item in made}
        if head not in heads:
            yield f"the library gives these words to “{next(iter(heads))}”, not to “{head}”"
        elif all(same_words(body.foot(item)) != same_words(foot) for item in made if body.head(item) == head):
            yield f"the library has “{heads[head]}” under these words, not “{foot}”"

    def _said(self, text: str, cited: Sequence[Citation]) -> list[Statement]:
        """The statements of the library that touch what is cited and whose words the sentence has."""
        found: list[Statement] = []
        if self._library is None:
            return found
        said = same_words(text)
        for item in cited:
            if self._against.get((item.article_id, item.version)) == "library":
                found += [
                    one
                    for one in self._library.statements(
                        Filters(), articles=[item.article_id], version_hash=item.version
                    )
                    if any(part.start < item.end and item.start < part.end for part in one.content)
                    and any(same_words(part.text).strip("\"', .") in said for part in one.content)
                ]
        return found

    def _held(self, cited: Sequence[Citation]) -> list[str]:
        return [self._texts[item.article_id, item.version] for item in cited]

    def _tell(self, n: int | None, place: str, status: CheckStatus, reason: str, key: Key | None = None) -> None:
        if key is None and n in self._citations:
            key = self._citations[n].article_id, self._citations[n].version
        self.results.append(
            Checked(
                n=n,
                place=place,
                status=status,
                reason=reason,
                article_id=key[0] if key else None,
                version=key[1] if key else None,
                against=self._against.get(key) if key else None,
            )
        )


def _parts(item: Statement) -> list[str]:
    return [f"{item.speaker}: {item.text}"] if item.speaker else []


def _in(piece: str, held: str) -> bool:
    """True if every word of a piece stands in the text."""
    return all(word in held for word in same_words(piece).casefold().split())


_VOUCHED = "it is in other words than its sources; nothing was found against it, and that is no proof"
_OVER = {"outlets": "an outlet", "summary": "a summary", "who": "a speaker"}


def is_version(text: str, version: str) -> bool:
    """True if the hash names this very text; a text that an article returned to is hashed with its number."""
    return digest(text) == version or any(digest(text, str(number)) == version for number in range(2, _RETURNS))


def compared(quote: str, found: str) -> tuple[CheckStatus, str]:
    """How a quotation compares with the characters at its place, white space aside."""
    if " ".join(quote.split()) == " ".join(found.split()):
        return "ok", ""
    if same_words(quote) == same_words(found):
        return "typographic", ""
    return "altered", f"the file quotes {_difference(quote, found)}"


def _difference(quote: str, found: str) -> str:
    """The first words that differ, with a word before them: `“... is safe” where the text has “... is unsafe”`."""
    ours, theirs = same_words(quote).split(), same_words(found).split()
    pairs = zip(ours, theirs, strict=False)
    at = next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))
    first = max(at - 1, 0)
    said, stands_there = (" ".join(side[first : at + 3]) for side in (ours, theirs))
    return f"“{_short(said)}” where the text has “{_short(stands_there)}”"


def _speaker(head: Line | None) -> tuple[str | None, bool]:
    if head is None or head.role != "who":
        return None, False
    name = head.text.split(" · ")[0]
    return name.removesuffix(BY_HAND), name.endswith(BY_HAND)


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
