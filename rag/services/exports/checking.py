"""Checking the record of an exported file: every citation, and every sentence that rests on one.

A digest alone proves nothing, since who changes a file can make it anew; so each sentence is held against texts: those
of the library, else those that the file embeds and whose hash is their version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from rag.display import truncate
from rag.domain import (
    Answer,
    AnswerSentence,
    Article,
    Briefing,
    BriefingSource,
    Checked,
    CheckedSentence,
    CheckStatus,
    Citation,
    Conflict,
    DraftSentence,
    Filters,
    SentenceBasis,
    Span,
    Statement,
    answer_text,
    citation_marks,
)
from rag.errors import UnknownArticle
from rag.services.exports import record
from rag.services.exports.claims import Texts, occurs_in, why_unsupported
from rag.services.exports.document import Body, as_lines, shown_text, sources_of, speaker_of, speech
from rag.services.exports.lines import Line
from rag.stores.library import Library
from rag.text.canonical import digest
from rag.text.grounding import same_words
from rag.text.quotations import quotations
from rag.verification.gaps import gap_in
from rag.verification.quotations import wording

Key = tuple[str, str]
Against = Literal["library", "file"]
FILE = "the file as a whole"
_RETURNS = 200  # a version that returns to an earlier text is hashed with its number; versions of one article tried
_RANK = {"own": 0, "excerpt": 1, "other": 2}
_SHOWN = 80  # characters of a sentence in a message
_VOUCHED = "it is in other words than its sources; nothing was found against it, and that is no proof"


class Check:
    """One check of one record. `results` are all citations, then every sentence and field that is not as it should be;
    `sentences` are all sentences with what bears them out; `texts` are the texts that they were held against.
    """

    def __init__(self, value: Answer | Briefing, embedded: Texts, library: Library | None, *, sealed: bool) -> None:
        self._value = value
        self._embedded = embedded
        self._library = library
        self._sealed = sealed  # what the library itself sealed need not be compared with what it has learnt since
        self._articles: dict[Key, Article] = {}
        self._against: dict[Key, Against] = {}
        self._citations: dict[int, Citation] = {}
        self.texts: Texts = {}
        self.results: list[Checked] = []
        self.sentences: list[CheckedSentence] = []

    def run(self, whole: Mapping[str, Any]) -> list[Checked]:
        """Check everything once; `whole` is the record that the value was read from."""
        sources, citations = sources_of(self._value), self._value.citations
        cited = [(item.article_id, item.version) for item in citations]
        for key in dict.fromkeys([*((item.article_id, item.version) for item in sources), *cited]):
            self._find(key)
        listed = {(item.article_id, item.version): item for item in sources}
        numbers = Counter(item.n for item in citations)
        for item in sorted(citations, key=lambda one: one.n):
            key = item.article_id, item.version
            status, reason = self._citation(item, listed.get(key), numbers)
            self._tell(item.n, f"citation {item.n}", status, reason, key)
            if key in self.texts and 0 <= item.start < item.end <= len(self.texts[key]):
                self._citations[item.n] = item
        for n in range(1, max(numbers, default=0)):
            if n not in numbers:
                self._tell(n, f"citation {n}", "altered", "it is missing from the list of citations")
        self._sources(sources)
        self._pieces(whole)
        self._body()
        if isinstance(self._value, Answer) and self._value.answer != answer_text(self._value.sentences):
            self._tell(None, FILE, "altered", "its field `answer` is not what its sentences say")
        return self.results

    # -- texts

    def _find(self, key: Key) -> None:
        """The text of a version, from the library or else from the file."""
        if self._library is not None:
            try:
                article = self._library.articles.get(*key)
            except UnknownArticle:
                pass
            else:
                self._articles[key], self.texts[key], self._against[key] = article, article.text, "library"
                return
        text = self._embedded.get(key)
        if text is not None and is_version(text, key[1]):
            self.texts[key], self._against[key] = text, "file"

    def _missing(self, key: Key) -> tuple[CheckStatus, str]:
        if (text := self._embedded.get(key)) is not None and not is_version(text, key[1]):
            return "text does not match its version", "the source text in the file is not the one that was exported"
        if self._library is not None:
            try:
                self._library.articles.get(key[0])
            except UnknownArticle:
                return "unknown article", "the library has no such article, and the file does not hold its text"
        return "unknown version", "the library has the article, but no such version of it"

    # -- citations and sources

    def _citation(
        self, item: Citation, source: BriefingSource | None, numbers: Counter[int]
    ) -> tuple[CheckStatus, str]:
        key = item.article_id, item.version
        if numbers[item.n] > 1:
            return "altered", "its number is there more than once"
        if not item.quote:
            return "altered", "its quotation is missing"
        text = self.texts.get(key)
        if text is None:
            return self._missing(key)
        if (copy := self._embedded.get(key)) is not None and copy != text:
            return "text does not match its version", "the source text in the file is not that of the version"
        if not 0 <= item.start < item.end <= len(text):
            return "altered", "its offsets do not lie in the text of its version"
        status, reason = compared(item.quote, text[item.start : item.end])
        return (status, reason) if reason else self._labels(item, source, status)

    def _labels(self, item: Citation, source: BriefingSource | None, status: CheckStatus) -> tuple[CheckStatus, str]:
        """Whether headline, outlet, day and address are those of the list of sources and of the library."""
        if source is None:
            return "altered", "the list of sources does not have its article"
        current = self._current((item.article_id, item.version))
        for name in ("title", "outlet", "published", "url"):
            value = getattr(item, name)
            if value != getattr(source, name):
                return "altered", f"the list of sources has {getattr(source, name) or 'nothing'!r} in its place"
            if current is not None and value != getattr(current, name):
                return "altered", f"the library has {getattr(current, name) or 'nothing'!r}, not {value or 'nothing'!r}"
        return status, ""

    def _current(self, key: Key) -> Article | None:
        """The library's article, if it can be compared: headline and outlet are kept of the current version only."""
        article = self._articles.get(key)
        if article is None or self._sealed or (article.versions and article.versions[-1].version != article.version):
            return None
        return article

    def _sources(self, sources: Sequence[BriefingSource]) -> None:
        for item in sources:
            current = self._current((item.article_id, item.version))
            if current is not None and any(
                getattr(item, name) != getattr(current, name) for name in ("title", "outlet", "published", "byline")
            ):
                if item.byline is None and replace(item, byline=current.byline) == replace(item, byline=None):
                    continue
                reason = f"“{item.title}”: headline, outlet, day or byline are not those of the library"
                self._tell(None, "the list of sources", "altered", reason)
        known = {(item.article_id, item.version) for item in sources}
        if any(key not in known for key in self._embedded):
            self._tell(None, "the source texts", "altered", "one of them is of no article in the list of sources")

    def _pieces(self, whole: Mapping[str, Any]) -> None:
        """Every piece of the record that gives words with their offsets, and the words that a statement joins."""
        cited = {(item.article_id, item.version) for item in self._value.citations}
        heads = {(item.article_id, item.version): _labels_of(item) for item in sources_of(self._value)}
        for piece in record.pieces(whole):
            if reason := self._piece(piece, cited, heads):
                self._tell(piece.n, piece.place, "altered", reason, piece.key)

    def _piece(self, piece: record.Piece, cited: set[Key], heads: Mapping[Key, tuple[object, ...]]) -> str:
        key, item = piece.key, piece.item
        shown = item.get("title"), item.get("outlet"), item.get("published")
        if item.get("title") is not None and heads.get(key, shown) != shown:
            return "its headline, outlet or day is not that of its source"
        if piece.n is not None and key not in cited:
            return "it is of a version that is not cited"
        if "content" in item:
            parts = [part.get("text") for part in item["content"] if isinstance(part, dict)]
            joined = " ... ".join(str(part) for part in parts)
            return "" if item.get("text") == joined else "the words of the statement are not those of its content"
        quote, text = item.get("quote", item.get("text")), self.texts.get(key)
        start, end = item["start"], item["end"]
        if "n" in item or text is None or not isinstance(quote, str):  # citations were compared before
            return ""
        if not (isinstance(start, int) and isinstance(end, int)):
            return ""
        status, reason = compared(quote, text[start:end] if 0 <= start < end else "")
        if not reason and quote != text[start:end] and status == "ok":
            return "its white space or its invisible characters are not those of the text"
        return reason

    # -- sentences

    def _body(self) -> None:
        lines = as_lines(self._value, self.texts)
        body = Body(self._citations, self.texts)
        part, number = "", 0
        for line in lines:
            if line.role == "heading":
                part, number = line.text, 0
            elif line.role in ("sentence", "differ"):
                number += 1
                place = f"“{part}”, sentence {number}"
                wrong = self._wrong(line, body)
                if wrong:
                    self._tell(next(iter(line.numbers), None), place, "altered", wrong)
                self._bear_out(place, line, wrong)
        sections = () if isinstance(self._value, Answer) else self._value.sections
        loose = self._value.sentences if isinstance(self._value, Answer) else ()
        for item in (*loose, *(one for section in sections for one in section.sentences)):
            if not item.citations and not gap_in(DraftSentence(text=item.text, sids=())):
                self._tell(None, FILE, "altered", f"“{truncate(item.text, _SHOWN)}” cites nothing")

    def _wrong(self, line: Line, body: Body) -> str:
        """What is wrong with a sentence; empty where nothing is, or where it was told with its citations."""
        known = {item.n for item in self.results}
        if unknown := [n for n in line.numbers if n not in known]:
            return f"“{truncate(line.words, _SHOWN)}” cites [{unknown[0]}], which the list of citations does not have"
        cited = [self._citations[n] for n in line.numbers if n in self._citations]
        if not isinstance(line.item, AnswerSentence) or len(cited) < len(line.numbers):
            return ""
        return next(self._reasons(line.item, cited, body), "")

    def _reasons(self, item: AnswerSentence, cited: Sequence[Citation], body: Body) -> Iterator[str]:
        text, held = shown_text(item), [self.texts[one.article_id, one.version] for one in cited]
        speaker, by_hand = speaker_of(item, held) if _speaks(item) else (None, False)
        whose = wording(text, self._places(cited))
        if _RANK[whose] > _RANK[item.wording or "other"]:
            yield f"the words “{truncate(text, _SHOWN)}” do not stand like that in {citation_marks(item.citations)}"
        elif whose == "other" and (reason := why_unsupported(text, cited, self.texts, speaker, by_hand=by_hand)):
            yield f"“{truncate(text, _SHOWN)}”: {reason}"
        if speaker and not by_hand and not occurs_in(speaker, held):
            yield f"“{speaker}” does not occur in the article"
        if speaker and not self._sealed:
            yield from self._statement(item, text, cited, body)

    def _statement(self, item: AnswerSentence, text: str, cited: Sequence[Citation], body: Body) -> Iterator[str]:
        """The library gives these words to the speaker that is named, with the same particulars."""
        statements = self._statements(text, cited)
        others = [
            replace(item, statement=one, kind="quoted" if item.kind == "quoted" else "indirect") for one in statements
        ]
        heads = {body.head(one): body.foot(one) for one in others}
        head, foot = body.head(item), body.foot(item)
        if heads and head not in heads:
            yield f"the library gives these words to “{next(iter(heads))}”, not to “{head}”"
        elif heads and all(same_words(body.foot(one)) != same_words(foot) for one in others if body.head(one) == head):
            yield f"the library has “{heads[head]}” under these words, not “{foot}”"

    def _statements(self, text: str, cited: Sequence[Citation]) -> list[Statement]:
        """The statements of the library that touch what is cited and whose words the sentence has."""
        if self._library is None:
            return []
        words = same_words(text)
        return [
            one
            for item in cited
            if self._against.get((item.article_id, item.version)) == "library"
            for one in self._library.statements.find(Filters(), articles=[item.article_id], version_hash=item.version)
            if any(part.start < item.end and item.start < part.end for part in one.content)
            and any(same_words(part.text).strip("\"', .") in words for part in one.content)
        ]

    def _bear_out(self, place: str, line: Line, wrong: str) -> None:
        """Note what bears a sentence out."""
        cited = [self._citations[n] for n in line.numbers if n in self._citations]
        if not wrong and len(cited) < len(line.numbers):
            wrong = "what it cites is not known"
        basis: SentenceBasis = "none" if wrong else self._basis(line, cited)
        reason = wrong or (_VOUCHED if basis == "writer" else "")
        self.sentences.append(
            CheckedSentence(place=place, text=line.words, citations=line.numbers, basis=basis, reason=reason)
        )

    def _basis(self, line: Line, cited: Sequence[Citation]) -> SentenceBasis:
        places, text = self._places(cited), line.words
        if isinstance(line.item, Conflict):
            pieces = [one.inner.of(text) for one in quotations(text)]
            held = [same_words(span.of(whole)).casefold() for span, whole in places]
            return "words" if pieces and all(any(_in(piece, one) for one in held) for piece in pieces) else "writer"
        speaker = line.item.statement.speaker if isinstance(line.item, AnswerSentence) and line.item.statement else None
        if wording(text, places, speaker) != "other":
            return "words"
        known = {
            same_words(form).strip("\"', .")
            for one in self._statements(text, cited)
            for form in (one.text, *((f"{one.speaker}: {one.text}",) if one.speaker else ()))
        }
        return "statement" if same_words(text).strip("\"', .") in known else "writer"

    def _places(self, cited: Sequence[Citation]) -> list[tuple[Span, str]]:
        return [(Span(item.start, item.end), self.texts[item.article_id, item.version]) for item in cited]

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


def shown_as(lines: Sequence[Line], expected: str, shown: str) -> Iterator[Checked]:
    """Where what a file shows differs from what its record makes of it, typography and white space aside: a finding for
    each line that does not stand there, or one for the whole where more stands there than should.
    """
    wanted, there = same_words(expected).split(), same_words(shown).split()
    if wanted == there:
        return
    difference = _difference(wanted, there)
    text, at, part, reported = _squeezed(shown), 0, "", False
    for line in lines:
        part = line.text if line.role == "heading" else part
        needle = _squeezed(line.text)
        place = text.find(needle, at, at + len(needle) + _REACH)
        if place >= 0:
            at = place + len(needle)
            continue
        n = next(iter(line.numbers), None)
        cited = line.item if isinstance(line.item, Citation) else None
        where = f"citation {cited.n}" if cited else f"“{part}”" if part else "before the first heading"
        reason = f"“{truncate(line.text, _SHOWN)}” does not stand there as it was exported"
        yield Checked(n=n, place=where, status="altered", reason=reason if reported else f"the file has {difference}")
        reported = True
    if not reported:
        yield Checked(n=None, place=FILE, status="altered", reason=f"the file has {difference}")


_REACH = 4000  # characters between two lines, such as the words of a plot


def _squeezed(text: str) -> str:
    return "".join(same_words(text.replace("\\", "")).split())


def _difference(wanted: Sequence[str], there: Sequence[str]) -> str:
    """The first words that differ, with a word before them: `“... is safe” where the record has “... is unsafe”`."""
    pairs = zip(wanted, there, strict=False)
    at = next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(wanted), len(there)))
    first = max(at - 1, 0)
    ours, theirs = (truncate(" ".join(side[first : at + 3]), _SHOWN) for side in (wanted, there))
    return f"“{theirs}” where the record has “{ours}”"


def _speaks(item: AnswerSentence) -> bool:
    return speech(item) not in ("reported", "summary")


def _labels_of(item: BriefingSource) -> tuple[object, ...]:
    return item.title, item.outlet, item.published.isoformat() if item.published else None


def _in(piece: str, held: str) -> bool:
    """True if every word of a piece stands in the text."""
    return all(word in held for word in same_words(piece).casefold().split())


def is_version(text: str, version: str) -> bool:
    """True if the hash names this very text; a text that an article returned to is hashed with its number."""
    return digest(text) == version or any(digest(text, str(number)) == version for number in range(2, _RETURNS))


def compared(quote: str, text: str) -> tuple[CheckStatus, str]:
    """How a quotation compares with the characters at its place, white space aside."""
    if " ".join(quote.split()) == " ".join(text.split()):
        return "ok", ""
    if same_words(quote) == same_words(text):
        return "typographic", ""
    difference = _difference(same_words(text).split(), same_words(quote).split())
    return "altered", f"the file quotes {difference.replace('the record', 'the text')}"
