"""Plain text as pasted from a page: headline, dates and byline become fields, furniture goes, paragraphs stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from rag.domain import Extract, LeftOut
from rag.errors import UnreadableSource
from rag.knowledge.tables import table
from rag.readers import boilerplate
from rag.readers.boilerplate import SENTENCE_END, has_quotes
from rag.readers.date_lines import DateLine, dateline_day, read_date_line
from rag.readers.decode import with_characters
from rag.readers.headlines import byline, first_words, is_headline, is_title_with_site, word_count
from rag.readers.no_articles import page_refusal
from rag.readers.unwrap import unwrap
from rag.text.canonical import canonical, fold
from rag.text.language import detect_language

_HEAD = 24  # lines in which headline, dates and byline are looked for
_FEWEST_ENTRIES, _LONGEST_ENTRY = 30, 14  # entries of menus in a whole page; words of one
_ENTRY, _ABOVE = 6, 20  # words that such a line costs; lines that are kept on top of the article
_MOST_LEFT_OUT = 500
ADDRESS = re.compile(r"https?://\S+")  # of a page, alone on its line
_OWN_ADDRESS = re.compile(
    rf"(?:{'|'.join(table('furniture')['own_address'])})\W+(https?://\S+?)[.,;)\]]*", re.IGNORECASE
)


def read_pasted(text: str) -> Extract:
    """The article of a pasted page. Raises UnreadableSource where there are no words, or only those of a page that is
    no article.

    A field that the page does not clearly give stays empty. Where no line is a headline, the title is the beginning of
    the first sentence, which stays in the text. Words are dropped, never altered or added; a reference to a character
    is read as that character.
    """
    clean = canonical(with_characters(text))
    if not any(char.isalnum() for char in clean):
        raise UnreadableSource("There are no words in this text; paste or save the article itself and add it again.")
    whole = [line.strip() for line in unwrap(clean).split("\n") if line.strip()]
    whole_page = is_page(whole)
    address, rest = _lift_address(whole[:_HEAD])
    rest += whole[_HEAD:]
    above, lines = _split_page(rest) if whole_page else ([], without_furniture(rest) or rest)
    head, body = lines[:_HEAD], lines[_HEAD:]
    dates, head = _lift_dates(head, body)
    author, head = _lift_byline(head)
    title, head = _lift_title(head, " ".join(lines) if whole_page else None)
    paragraphs = [*above, *head, *body] or lines
    title = title or first_words(paragraphs[0])
    if reason := page_refusal(title, whole):
        raise UnreadableSource(f"This text is {reason}; copy the text of the article and paste it.")
    published = dates.published or dateline_day(paragraphs[0])
    updated = dates.updated if dates.updated != published else None
    body_text = canonical("\n\n".join(paragraphs))
    lifted = {
        line
        for line in lines
        if fold(line) in (fold(title), fold(address or title)) or read_date_line(line) or byline(line)
    }
    return Extract(
        text=body_text, title=canonical(title), left_out=find_left_out(whole, body_text, lifted), byline=author,
        published=published, updated=updated, date_basis="dateline" if published or updated else None,
        language=detect_language(body_text), url=address,
    )  # fmt: skip


def without_furniture(lines: list[str], links: Collection[str] | None = None) -> list[str]:
    """The lines that belong to an article. Below its first sentence, a heading such as "Related stories" takes the
    lines under it along, until a sentence follows; so does one that may head the article's own points ("Recommended")
    where no sentence follows.

    `links` are the lines that are known to lead elsewhere, None where that can't be known: where it is known, a list
    loses nothing else.
    """
    own_lines: list[str] = []
    started = in_list = False
    for at, line in enumerate(lines):
        started = started or is_prose(line)
        if boilerplate.heads_list(line) or (boilerplate.may_head_list(line) and _links_follow(lines[at + 1 :], links)):
            in_list = started
            own_lines += [] if in_list or boilerplate.heads_list(line) else [line]
        elif in_list and not is_prose(line) and not line.startswith(("“", '"', "„", "«")):
            if links is not None and line not in links:
                in_list = False
                own_lines.append(line)
        elif not boilerplate.is_furniture(line):
            in_list = False
            own_lines.append(line)
    return own_lines


def _links_follow(below: list[str], links: Collection[str] | None) -> bool:
    """True if one of the next two lines is in `links`; where `links` is None, if no sentence follows."""
    if links is not None:
        return any(line in links for line in below[:2])
    return not any(map(is_prose, below))


def find_left_out(lines: Iterable[str], text: str, lifted: Collection[str] = ()) -> tuple[LeftOut, ...]:
    """The lines that are not paragraphs of `text`, each with its place, but for those in `lifted`, which are fields."""
    paragraphs = text.split("\n\n")
    missing: list[LeftOut] = []
    at = offset = 0
    for line in map(canonical, lines):
        if at < len(paragraphs) and line == paragraphs[at]:
            offset += len(paragraphs[at]) + 2
            at += 1
        elif line and line not in lifted and len(missing) < _MOST_LEFT_OUT:
            missing.append(LeftOut(text=line, at=min(offset, len(text))))
    return tuple(missing)


def is_page(lines: list[str]) -> bool:
    """True for a whole copied page: most of its lines are the entries of menus and lists."""
    entries = sum(map(_is_entry, lines))
    return entries >= _FEWEST_ENTRIES and entries >= 2 * (len(lines) - entries)


def _is_entry(line: str) -> bool:
    return SENTENCE_END.search(line) is None and word_count(line) <= _LONGEST_ENTRY and not has_quotes(line)


def _split_page(page: list[str]) -> tuple[list[str], list[str]]:
    """What stands above the article and the article, both without furniture.

    The article is the run of lines with the greatest sum, where sentences count their words and each other line costs
    some, with the lines just above it. Outside it no entry of a menu is kept.
    """
    start, end = _heaviest_run([word_count(line) if is_prose(line) else -_ENTRY for line in page])
    start = max(0, start - _ABOVE)
    above, below = ([line for line in part if not _is_entry(line)] for part in (page[:start], page[end:]))
    return without_furniture(above), without_furniture([*page[start:end], *below]) or page


def _heaviest_run(weights: list[int]) -> tuple[int, int]:
    """Start and end of the run with the greatest sum."""
    best, start, end, total, first = 0, 0, len(weights), 0, 0
    for at, weight in enumerate(weights):
        if total <= 0:
            total, first = 0, at
        total += weight
        if total > best:
            best, start, end = total, first, at + 1
    return start, end


def is_prose(line: str) -> bool:
    """True for a whole sentence, and for a line as long as a paragraph."""
    return len(line) > 220 or (SENTENCE_END.search(line) is not None and word_count(line) >= 6)


def _lift_address(head: list[str]) -> tuple[str | None, list[str]]:
    """The web address that stands alone on top of an article or under its headline, or in a line that calls it the
    article's own, and the lines without it.
    """
    for at, line in enumerate(head if len(head) > 1 else ()):
        if at < 2 and ADDRESS.fullmatch(line):
            return line, head[:at] + head[at + 1 :]
        if match := _OWN_ADDRESS.fullmatch(line):
            return match[1], head[:at] + head[at + 1 :]
    return None, head


def _lift_dates(head: list[str], body: list[str]) -> tuple[DateLine, list[str]]:
    """The dates of the lines that hold nothing else, and the lines without them.

    A labelled date or one with a time of day beats a bare one. Bare days that differ, anywhere in the text, belong to a
    timeline or to the clock of the page: none of them is used and all stay.
    """
    dated_lines = [(line, read_date_line(line)) for line in head]
    below = [dated for line in body if len(line) < 60 and (dated := read_date_line(line))]
    bare = {dated.published for dated in [*(dated for _, dated in dated_lines if dated), *below] if not dated.labelled}
    total, others = DateLine(), []
    for line, dated in dated_lines:
        if dated is None or (not dated.labelled and len(bare) > 1):
            others.append(line)
            continue
        if dated.published and (total.published is None or (dated.labelled and not total.labelled)):
            total.published, total.labelled = dated.published, dated.labelled
        total.updated = dated.updated or total.updated
        others.extend(dated.rest)
    return total, others


def _lift_byline(head: list[str]) -> tuple[str | None, list[str]]:
    for at, line in enumerate(head):
        others = (other for other in head if other is not line)
        if (name := byline(line)) and any(is_headline(other) and not byline(other) for other in others):
            return name, head[:at] + head[at + 1 :]
    return None, head


def _lift_title(head: list[str], echo: str | None) -> tuple[str | None, list[str]]:
    """The headline and the lines without it. A line that stands twice is the headline; otherwise the first that looks
    like one, above the first sentence. Short lines above it were the names of sections and go.

    In a whole page the entries of menus look like headlines and stand twice too: there it is the first of which half of
    the longer words come again in the text, which is `echo`.
    """
    keys = [fold(line) for line in head]
    above = next((at for at, line in enumerate(head) if is_prose(line) and not is_headline(line)), len(head))
    candidates = [line for line in head[:above] if is_headline(line)]
    twice = [line for line in head if is_headline(line) and word_count(line) >= 3 and keys.count(fold(line)) > 1]
    ranked = [*twice, *(line for line in candidates if word_count(line) >= 4), *candidates]
    if echo is not None:
        counts = Counter(_long_words(echo))
        ranked = [
            line for line in head if is_headline(line) and word_count(line) >= 4 and _is_repeated(line, counts)
        ] + ranked
    title = next(iter(ranked), None)
    if title is None or (len(head) == 1 and not twice):
        return None, head
    at = keys.index(fold(title))
    others = [line for line in head[:at] if word_count(line) > 3 or has_quotes(line)]
    others = [line for line in others if not is_title_with_site(title, line)]
    return title, others + [line for line in head[at + 1 :] if fold(line) != fold(title)]


def _long_words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", fold(text)) if len(word) > 3]


def _is_repeated(line: str, counts: Counter[str]) -> bool:
    """True if at least half of the longer words of `line` occur in `counts` more often than in the line itself."""
    own = Counter(_long_words(line))
    return bool(own) and sum(counts[word] > count for word, count in own.items()) * 2 >= len(own)
