"""Days, places of speech, counts, names and excerpts as a reader sees them, alike on screens, in files and messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import SequenceMatcher

from rag.domain import Citation, Finding, FindingOutcome, Month, News, Statement
from rag.knowledge.tables import pattern_of, table, words_of
from rag.knowledge.words import MONTHS
from rag.text.terms import words

_MONTHS = tuple(month.capitalize() for month in MONTHS)
_OCCASIONS = {
    word: preposition for preposition, words in table("venues")["occasions"].items() for word in words.split()
}
_DEFINITE_NAMES = frozenset(table("definite")["names"])
_DEFINITE_ENDS = words_of("definite", "last_words")
_COMPLEMENT = re.compile(r"\s(?:of|for|on|against)\s")  # after the noun of a body: "the Federation of ..."
_AFTER_HEAD = pattern_of("venues", "complement")
_DAY_OF_REMARK = re.compile(
    r"^(?:said (?:on|in) |(?P<keep>earlier|the article names no day)(?:, |; it was published on ))?"
    r"(?P<day>(?:\d+ )?[A-Z][a-z]+ \d{4})(?: \(“[^”]*”\))?"
)
_REASON = re.compile(r"(?:“[^”]*”|[^;]|;(?! ))+")
_WORD = re.compile(r"[$€£]?(?:\[\w+\])?\w+(?:[’'.,-]\w+)*%?")

OUTLET_UNKNOWN = "outlet unknown"
FINDING_OUTCOMES: dict[FindingOutcome, str] = {
    "altered": "altered", "other_speaker": "said by another", "contradicted": "contradicted", "not_found": "not found",
    "newer": "a later article differs", "unconfirmed": "not confirmed", "as_said": "as said", "supported": "supported",
}  # fmt: skip
"""The outcomes of findings in words, the most urgent first."""


def source_line(title: str, outlet: str | None, published: date | None) -> str:
    """Title, outlet and day of an article for a terminal or a log, with the day as YYYY-MM-DD."""
    return f"{title}, {outlet or OUTLET_UNKNOWN}, {published or 'no date'}"


def citation_line(item: Citation) -> str:
    """A citation as one line for a terminal or a comment: its number, its source and its words."""
    return f"[{item.n}] {source_line(item.title, item.outlet, item.published)}: “{' '.join(item.quote.split())}”"


def news_line(item: News) -> str:
    """A piece of news in one line, with the earlier position and its source."""
    before = f" (before: {in_a_line(item.before)})" if item.before and item.kind == "position" else ""
    day = item.published.isoformat() if item.published else None
    source = ", ".join(part for part in (item.title, item.outlet, day) if part)
    return " ".join(f"{item.text}{before} [{source}]".split())


def day(value: date | None) -> str:
    """A day as `2 Feb 2022`, a month as `Feb 2022`, whatever the locale; `no date` for None."""
    if value is None:
        return "no date"
    month = f"{_MONTHS[value.month - 1][:3]} {value.year}"
    return month if isinstance(value, Month) else f"{value.day} {month}"


def first_reason(note: str) -> str:
    """The first of the reasons in a note, which semicolons part outside quotation marks: the most severe one."""
    match = _REASON.match(note)
    return match[0] if match else note


def word_differences(ours: str, theirs: str) -> list[tuple[str, str]]:
    """The words in which two texts differ, in order, as (what the first has, what the second has in its place); one of
    the two may be empty. Case and the form of apostrophes do not count.
    """
    return [(ours[slice(*mine)], theirs[slice(*its)]) for mine, its in differing_spans(ours, theirs)]


def differing_spans(ours: str, theirs: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The differences of `word_differences` as half-open intervals of characters of each text."""
    mine, its = (list(_WORD.finditer(text)) for text in (ours, theirs))
    matcher = SequenceMatcher(None, [_key(item[0]) for item in mine], [_key(item[0]) for item in its], autojunk=False)
    pairs = matcher.get_opcodes()
    return [(_extent(mine[a:b]), _extent(its[c:d])) for tag, a, b, c, d in pairs if tag != "equal"]


def _key(word: str) -> str:
    return re.sub(r"[\[\]]", "", word.casefold().replace("’", "'"))


def _extent(items: Sequence[re.Match[str]]) -> tuple[int, int]:
    return (items[0].start(), items[-1].end()) if items else (0, 0)


def without_repeated_day(remark: str, line: str) -> str:
    """A remark on a statement without its day if the `line` beside it has that day; empty if it says nothing else, as
    `earlier, 2 Feb 2022` below a newer statement.
    """
    match = _DAY_OF_REMARK.match(remark)
    if not match or match["day"] not in line:
        return remark
    rest = f"{match['keep'] or ''}{remark[match.end() :]}"
    return "" if rest == "earlier" else rest


def venue_words(venue: str) -> str:
    """A venue with the preposition for its kind of occasion, which the last words before its own complement name."""
    words = re.findall(r"[a-z]+", _AFTER_HEAD.split(venue, maxsplit=1)[0].casefold())
    kinds = (_OCCASIONS.get(word) or _OCCASIONS.get(word.removesuffix("s")) for word in reversed(words))
    return f"{next((kind for kind in kinds if kind), 'to')} {venue}"


def with_article(name: str) -> str:
    """A name as it stands inside an English sentence: `the Kremlin`, `the European Union`, but `Turkey`."""
    parts, head = words(name), words(_COMPLEMENT.split(name, maxsplit=1)[0])
    has_end = len(parts) > 1 and head and head[-1] in _DEFINITE_ENDS
    is_definite = parts and (" ".join(parts) in _DEFINITE_NAMES or has_end)
    if parts[:1] == ["the"]:
        return f"the{name[3:]}"
    return f"the {name}" if is_definite and not re.search(r"['’]s?\s", name) else name


def plural(number: int, noun: str, several: str | None = None) -> str:
    """`1 article`, `2 articles`, `12,000 articles`; `several` is the plural where it is not formed with an s."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def quoted(text: str) -> str:
    """The text in quotation marks; outer marks that it already has are replaced."""
    words = text.strip('“” "')
    return f"“{words}”"


def in_a_line(item: Statement) -> str:
    """The words of a statement behind a colon: in quotation marks only where they are quoted."""
    return quoted(item.text) if item.kind == "direct" else item.text.removeprefix("that ")


def truncate(text: str, most: int) -> str:
    """The text on one line of at most `most` characters; a longer one is cut before a word and gets an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    beginning = line[:most].rsplit(" ", 1)[0][: most - 1].rstrip(" ,;:")
    return f"{beginning or line[: most - 1]}…"


def tally(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """How many quotations and claims a draft has, with their outcomes: (`3 quotations`, `1 altered, 2 as said`). A kind
    without findings is left out.
    """
    findings_list = list(findings)
    lines = []
    for kind in ("quotation", "claim"):
        outcomes = [item.outcome for item in findings_list if item.kind == kind]
        if outcomes:
            parts = (f"{n} {name}" for outcome, name in FINDING_OUTCOMES.items() if (n := outcomes.count(outcome)))
            lines.append((plural(len(outcomes), kind), ", ".join(parts)))
    return lines
