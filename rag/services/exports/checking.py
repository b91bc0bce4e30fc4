"""Checking the record of an exported file: every citation, and every sentence that rests on one.

A digest alone proves nothing, since whoever changes a file can compute it again. So each sentence is compared with
texts: those of the library, or else those that the file embeds, provided that their hash is their version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from rag.display import truncate
from rag.documents.claims import Texts, occurs_in, why_unsupported
from rag.documents.document import Body, as_lines, sentence_text, sources_of, speaker_of
from rag.documents.lines import Line
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
from rag.stores.library import Library
from rag.text.canonical import digest
from rag.text.grounding import normalized_typography
from rag.text.quotations import quotations
from rag.verification.gap_claims import gap_in
from rag.verification.quotations import wording

Key = tuple[str, str]
TextOrigin = Literal["library", "file"]
WHOLE_FILE = "the file as a whole"
_MOST_RETURNS = 200  # versions of an article to try: one that returns to an earlier text is hashed with its number
_WORDING_RANKS = {"own": 0, "excerpt": 1, "other": 2}
_EXCERPT_LENGTH = 80  # characters of a sentence in a message
_WRITER_ONLY = "it is in other words than its sources; nothing was found against it, and that is no proof"


class Check:
    """One check of one record. `results` lists every citation, then each sentence and field with a fault; `sentences`
    lists every sentence with its basis; `texts` are the texts that they were compared with.
    """

    def __init__(self, value: Answer | Briefing, embedded: Texts, library: Library | None, *, sealed: bool) -> None:
        self._value = value
        self._embedded = embedded
        self._library = library
        self._sealed = sealed  # an intact seal of this library: later corrections in the library do not count
        self._articles: dict[Key, Article] = {}
        self._origins: dict[Key, TextOrigin] = {}
        self._citations: dict[int, Citation] = {}
        self._statements: dict[Key, Sequence[Statement]] = {}  # of the library
        self.texts: Texts = {}
        self.results: list[Checked] = []
        self.sentences: list[CheckedSentence] = []

    def run(self, record_json: Mapping[str, Any]) -> list[Checked]:
        """The results of all checks; call it once. `record_json` is the record that the value was decoded from."""
        sources, citations = sources_of(self._value), self._value.citations
        keys = [(item.article_id, item.version) for item in citations]
        for key in dict.fromkeys([*((item.article_id, item.version) for item in sources), *keys]):
            self._load_text(key)
        source_of = {(item.article_id, item.version): item for item in sources}
        numbers = Counter(item.n for item in citations)
        for item in sorted(citations, key=lambda one: one.n):
            key = item.article_id, item.version
            status, reason = self._check_citation(item, source_of.get(key), numbers)
            self._report(item.n, f"citation {item.n}", status, reason, key)
            if key in self.texts and 0 <= item.start < item.end <= len(self.texts[key]):
                self._citations[item.n] = item
        for n in range(1, max(numbers, default=0)):
            if n not in numbers:
                self._report(n, f"citation {n}", "altered", "it is missing from the list of citations")
        self._check_sources(sources)
        self._check_pieces(record_json)
        self._check_sentences()
        if isinstance(self._value, Answer) and self._value.answer != answer_text(self._value.sentences):
            self._report(None, WHOLE_FILE, "altered", "its field `answer` is not what its sentences say")
        return self.results

    # -- texts

    def _load_text(self, key: Key) -> None:
        """Load the text of a version from the library, or else from the file; unknown versions stay without text."""
        if self._library is not None:
            try:
                article = self._library.articles.get(*key)
            except UnknownArticle:
                pass
            else:
                self._articles[key], self.texts[key], self._origins[key] = article, article.text, "library"
                return
        text = self._embedded.get(key)
        if text is not None and is_version(text, key[1]):
            self.texts[key], self._origins[key] = text, "file"

    def _missing_status(self, key: Key) -> tuple[CheckStatus, str]:
        if (text := self._embedded.get(key)) is not None and not is_version(text, key[1]):
            return "text does not match its version", "the source text in the file is not the one that was exported"
        if self._library is not None:
            try:
                self._library.articles.get(key[0])
            except UnknownArticle:
                return "unknown article", "the library has no such article, and the file does not hold its text"
        return "unknown version", "the library has the article, but no such version of it"

    # -- citations and sources

    def _check_citation(
        self, item: Citation, source: BriefingSource | None, numbers: Counter[int]
    ) -> tuple[CheckStatus, str]:
        key = item.article_id, item.version
        if numbers[item.n] > 1:
            return "altered", "its number is there more than once"
        if not item.quote:
            return "altered", "its quotation is missing"
        text = self.texts.get(key)
        if text is None:
            return self._missing_status(key)
        if (copy := self._embedded.get(key)) is not None and copy != text:
            return "text does not match its version", "the source text in the file is not that of the version"
        if not 0 <= item.start < item.end <= len(text):
            return "altered", "its offsets do not lie in the text of its version"
        status, reason = compare_quote(item.quote, text[item.start : item.end])
        return (status, reason) if reason else self._check_labels(item, source, status)

    def _check_labels(
        self, item: Citation, source: BriefingSource | None, status: CheckStatus
    ) -> tuple[CheckStatus, str]:
        """Whether headline, outlet, day and address are those of the list of sources and of the library."""
        if source is None:
            return "altered", "the list of sources does not have its article"
        current = self._current_article((item.article_id, item.version))
        for name in ("title", "outlet", "published", "url"):
            value = getattr(item, name)
            if value != getattr(source, name):
                return "altered", f"the list of sources has {getattr(source, name) or 'nothing'!r} in its place"
            if current is not None and value != getattr(current, name):
                return "altered", f"the library has {getattr(current, name) or 'nothing'!r}, not {value or 'nothing'!r}"
        return status, ""

    def _current_article(self, key: Key) -> Article | None:
        """The library's article; None unless it is the current version, the only one with headline and outlet."""
        article = self._articles.get(key)
        if article is None or self._sealed or (article.versions and article.versions[-1].version != article.version):
            return None
        return article

    def _check_sources(self, sources: Sequence[BriefingSource]) -> None:
        for item in sources:
            current = self._current_article((item.article_id, item.version))
            if current is not None and any(
                getattr(item, name) != getattr(current, name) for name in ("title", "outlet", "published", "byline")
            ):
                if item.byline is None and replace(item, byline=current.byline) == replace(item, byline=None):
                    continue
                reason = f"“{item.title}”: headline, outlet, day or byline are not those of the library"
                self._report(None, "the list of sources", "altered", reason)
        source_keys = {(item.article_id, item.version) for item in sources}
        if any(key not in source_keys for key in self._embedded):
            self._report(None, "the source texts", "altered", "one of them is of no article in the list of sources")

    def _check_pieces(self, record_json: Mapping[str, Any]) -> None:
        """Check each object of the record that has words with offsets, and the joined words of each statement."""
        keys = {(item.article_id, item.version) for item in self._value.citations}
        heads = {(item.article_id, item.version): _source_labels(item) for item in sources_of(self._value)}
        for piece in record.pieces(record_json):
            if reason := self._piece_fault(piece, keys, heads):
                self._report(piece.n, piece.place, "altered", reason, piece.key)

    def _piece_fault(self, piece: record.Piece, keys: set[Key], heads: Mapping[Key, tuple[object, ...]]) -> str:
        key, item = piece.key, piece.item
        labels = item.get("title"), item.get("outlet"), item.get("published")
        if item.get("title") is not None and heads.get(key, labels) != labels:
            return "its headline, outlet or day is not that of its source"
        if piece.n is not None and key not in keys:
            return "it is of a version that is not cited"
        if "content" in item:
            parts = [part.get("text") for part in item["content"] if isinstance(part, dict)]
            fragment = " ... ".join(str(part) for part in parts)
            return "" if item.get("text") == fragment else "the words of the statement are not those of its content"
        quote, text = item.get("quote", item.get("text")), self.texts.get(key)
        start, end = item["start"], item["end"]
        if "n" in item or text is None or not isinstance(quote, str):  # citations were compared before
            return ""
        if not (isinstance(start, int) and isinstance(end, int)):
            return ""
        status, reason = compare_quote(quote, text[start:end] if 0 <= start < end else "")
        if not reason and quote != text[start:end] and status == "ok":
            return "its white space or its invisible characters are not those of the text"
        return reason

    # -- sentences

    def _check_sentences(self) -> None:
        lines = as_lines(self._value, self.texts)
        body = Body(self._citations, self.texts)
        part, number = "", 0
        for line in lines:
            if line.role == "heading":
                part, number = line.text, 0
            elif line.role in ("sentence", "differ"):
                number += 1
                place = f"“{part}”, sentence {number}"
                fault = self._sentence_fault(line, body)
                if fault:
                    self._report(next(iter(line.numbers), None), place, "altered", fault)
                self._record_basis(place, line, fault)
        sections = () if isinstance(self._value, Answer) else self._value.sections
        unsectioned = self._value.sentences if isinstance(self._value, Answer) else ()
        for item in (*unsectioned, *(one for section in sections for one in section.sentences)):
            if not item.citations and not gap_in(DraftSentence(text=item.text, sids=())):
                self._report(None, WHOLE_FILE, "altered", f"“{truncate(item.text, _EXCERPT_LENGTH)}” cites nothing")

    def _sentence_fault(self, line: Line, body: Body) -> str:
        """The first fault of a sentence; empty if there is none, or if the results of its citations name it already."""
        numbers = {item.n for item in self.results}
        if unknown := [n for n in line.numbers if n not in numbers]:
            excerpt = truncate(line.words, _EXCERPT_LENGTH)
            return f"“{excerpt}” cites [{unknown[0]}], which the list of citations does not have"
        citations = [self._citations[n] for n in line.numbers if n in self._citations]
        if not isinstance(line.item, AnswerSentence) or len(citations) < len(line.numbers):
            return ""
        return next(self._sentence_faults(line.item, citations, body), "")

    def _sentence_faults(self, item: AnswerSentence, citations: Sequence[Citation], body: Body) -> Iterator[str]:
        text, texts = sentence_text(item), [self.texts[one.article_id, one.version] for one in citations]
        speaker, by_hand = speaker_of(item, texts) if item.speech not in ("reported", "summary") else (None, False)
        wording_class, excerpt = wording(text, self._cited_spans(citations)), truncate(text, _EXCERPT_LENGTH)
        if _WORDING_RANKS[wording_class] > _WORDING_RANKS[item.wording or "other"]:
            yield f"the words “{excerpt}” do not stand like that in {citation_marks(item.citations)}"
        elif wording_class == "other" and (
            reason := why_unsupported(text, citations, self.texts, speaker, by_hand=by_hand, outcome=item.outcome)
        ):
            yield f"“{excerpt}”: {reason}"
        if speaker and not by_hand and not occurs_in(speaker, texts):
            yield f"“{speaker}” does not occur in the article"
        if speaker and not self._sealed:
            yield from self._statement_faults(item, text, citations, body)

    def _statement_faults(
        self, item: AnswerSentence, text: str, citations: Sequence[Citation], body: Body
    ) -> Iterator[str]:
        """Where the library gives these words to another speaker, or with another role, venue or day."""
        statements = self._matching_statements(text, citations)
        others = [
            replace(item, statement=one, kind="quoted" if item.kind == "quoted" else "indirect") for one in statements
        ]
        heads = {body.head(one): body.foot(one) for one in others}
        head, foot = body.head(item), body.foot(item)
        if heads and head not in heads:
            yield f"the library gives these words to “{next(iter(heads))}”, not to “{head}”"
        elif heads and all(
            normalized_typography(body.foot(one)) != normalized_typography(foot)
            for one in others
            if body.head(one) == head
        ):
            yield f"the library has “{heads[head]}” under these words, not “{foot}”"

    def _matching_statements(self, text: str, citations: Sequence[Citation]) -> list[Statement]:
        """The library's statements that overlap a citation and whose words are in the sentence."""
        sentence_words = normalized_typography(text)
        return [
            one
            for item in citations
            for one in self._library_statements((item.article_id, item.version))
            if any(part.start < item.end and item.start < part.end for part in one.content)
            and any(normalized_typography(part.text).strip("\"', .") in sentence_words for part in one.content)
        ]

    def _library_statements(self, key: Key) -> Sequence[Statement]:
        """The library's statements of a version; none where its text is not the library's."""
        if self._library is None or self._origins.get(key) != "library":
            return ()
        if key not in self._statements:
            self._statements[key] = self._library.statements.find(Filters(), articles=[key[0]], version_hash=key[1])
        return self._statements[key]

    def _record_basis(self, place: str, line: Line, fault: str) -> None:
        """Add a sentence with its basis to `sentences`."""
        citations = [self._citations[n] for n in line.numbers if n in self._citations]
        if not fault and len(citations) < len(line.numbers):
            fault = "what it cites is not known"
        basis: SentenceBasis = "none" if fault else self._basis(line, citations)
        reason = fault or (_WRITER_ONLY if basis == "writer" else "")
        self.sentences.append(
            CheckedSentence(place=place, text=line.words, citations=line.numbers, basis=basis, reason=reason)
        )

    def _basis(self, line: Line, citations: Sequence[Citation]) -> SentenceBasis:
        places, text = self._cited_spans(citations), line.words
        if isinstance(line.item, Conflict):
            pieces = [one.inner.of(text) for one in quotations(text)]
            source_texts = [normalized_typography(span.of(whole)).casefold() for span, whole in places]
            return (
                "words"
                if pieces and all(any(_contains_words(piece, one) for one in source_texts) for piece in pieces)
                else "writer"
            )
        speaker = line.item.statement.speaker if isinstance(line.item, AnswerSentence) and line.item.statement else None
        if wording(text, places, speaker) != "other":
            return "words"
        statement_words = {
            normalized_typography(form).strip("\"', .")
            for one in self._matching_statements(text, citations)
            for form in (one.text, *((f"{one.speaker}: {one.text}",) if one.speaker else ()))
        }
        return "statement" if normalized_typography(text).strip("\"', .") in statement_words else "writer"

    def _cited_spans(self, citations: Sequence[Citation]) -> list[tuple[Span, str]]:
        return [(Span(item.start, item.end), self.texts[item.article_id, item.version]) for item in citations]

    def _report(self, n: int | None, place: str, status: CheckStatus, reason: str, key: Key | None = None) -> None:
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
                against=self._origins.get(key) if key else None,
            )
        )


def rendering_differences(lines: Sequence[Line], expected_text: str, shown_text: str) -> Iterator[Checked]:
    """Differences between the text that a file shows and the text that its record renders to, typography and white
    space aside: one result for each missing line, or one for the whole file if the file has more text than expected.
    """
    expected_words, shown_words = (
        normalized_typography(expected_text).split(),
        normalized_typography(shown_text).split(),
    )
    if expected_words == shown_words:
        return
    difference = _first_difference(expected_words, shown_words)
    text, at, part, difference_reported = _without_spaces(shown_text), 0, "", False
    for line in lines:
        part = line.text if line.role == "heading" else part
        needle = _without_spaces(line.text)
        place = text.find(needle, at, at + len(needle) + _SEARCH_RANGE)
        if place >= 0:
            at = place + len(needle)
            continue
        n = next(iter(line.numbers), None)
        citation = line.item if isinstance(line.item, Citation) else None
        where = f"citation {citation.n}" if citation else f"“{part}”" if part else "before the first heading"
        reason = f"“{truncate(line.text, _EXCERPT_LENGTH)}” does not stand there as it was exported"
        yield Checked(
            n=n, place=where, status="altered", reason=reason if difference_reported else f"the file has {difference}"
        )
        difference_reported = True
    if not difference_reported:
        yield Checked(n=None, place=WHOLE_FILE, status="altered", reason=f"the file has {difference}")


_SEARCH_RANGE = 4000  # characters between two lines, such as the words of a plot


def _without_spaces(text: str) -> str:
    return "".join(normalized_typography(text.replace("\\", "")).split())


def _first_difference(expected_words: Sequence[str], shown_words: Sequence[str]) -> str:
    """The first words that differ, with a word before them: `“... is safe” where the record has “... is unsafe”`."""
    pairs = zip(expected_words, shown_words, strict=False)
    at = next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(expected_words), len(shown_words)))
    first = max(at - 1, 0)
    ours, theirs = (truncate(" ".join(side[first : at + 3]), _EXCERPT_LENGTH) for side in (expected_words, shown_words))
    return f"“{theirs}” where the record has “{ours}”"


def _source_labels(item: BriefingSource) -> tuple[object, ...]:
    return item.title, item.outlet, item.published.isoformat() if item.published else None


def _contains_words(piece: str, text: str) -> bool:
    """True if every word of a piece stands in the text."""
    return all(word in text for word in normalized_typography(piece).casefold().split())


def is_version(text: str, version: str) -> bool:
    """True if `version` is the hash of this text, alone or with the number of a version that returned to it."""
    return digest(text) == version or any(digest(text, str(number)) == version for number in range(2, _MOST_RETURNS))


def compare_quote(quote: str, text: str) -> tuple[CheckStatus, str]:
    """How a quotation compares with the text at its offsets, white space aside; the reason is empty if they agree."""
    if " ".join(quote.split()) == " ".join(text.split()):
        return "ok", ""
    if normalized_typography(quote) == normalized_typography(text):
        return "typographic", ""
    difference = _first_difference(normalized_typography(text).split(), normalized_typography(quote).split())
    return "altered", f"the file quotes {difference.replace('the record', 'the text')}"
