"""Telling the furniture of a page (share bars, notices, credits, links to other articles) from the article's text.

What furniture looks like is data, in rag/knowledge/furniture.toml. Its words alone are not enough: a line with
quotation marks is never furniture, and neither is a whole sentence about somebody else, whatever words it begins
with. Only a run of icon names and a photographer's credit are dropped in either case.
"""

from __future__ import annotations

import re

from rag.knowledge.tables import pattern_of, table, words_of
from rag.knowledge.words import SAYING_FORMS_PATTERN

_QUOTATION_MARK = re.compile('["“”„‟«»「」『』]')
_WORDS = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
_SEPARATOR = re.compile(r"\s[|•·–—-]+\s")
_ICON_WORD = re.compile("icon", re.IGNORECASE)
_LONGEST = 300  # characters; furniture is short, and a paragraph that happens to hold its words is not


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _patterns_of(key: str) -> re.Pattern[str]:
    return _any_of(*table("furniture")[key])


_BUTTONS = words_of("furniture", "buttons")
_WHOLE, _LEADS_AWAY, _ASKS, _NOTICE = (_patterns_of(key) for key in ("whole", "leads_away", "asks", "notice"))
_LIST_HEADING, _DOUBTFUL_HEADING = _patterns_of("list_heading"), _patterns_of("doubtful_heading")
_VISITOR = re.compile(rf"(?<![\w’'-])(?:{_patterns_of('visitor').pattern})(?!\w)", re.IGNORECASE)
_IMPERATIVES = words_of("furniture", "imperatives")
_BULLET = re.compile(r"[>»→•|*\[(-]\s*")
SENTENCE_END = re.compile(r"[.!?…。！？][\"”’»'」』)\]]*$")
_SAYING = re.compile(rf"\b(?:{SAYING_FORMS_PATTERN}|{_patterns_of('said').pattern})\b", re.IGNORECASE)
_IMPRINT = pattern_of("furniture", "imprint")  # whole sentences that tell of nobody
_OFFER = pattern_of("furniture", "offer")
_LABEL, _LONGEST_LABEL = re.compile(r"[^.!?]{1,25}:\s"), 3  # words; a longer one is a part of the sentence
_PURPOSE = re.compile(r"(?:in order )?to \w+ [^,.]{0,60}, ", re.IGNORECASE)  # before an instruction to visitors
_SHORTCODE = re.compile(  # marks of a publishing system; words between square brackets alone may be the article's
    r"\[((?:wp_)?caption|gallery|video|audio|embed)\b[^\]]*\].*\[/\1\]|\[/?(?:caption|gallery|embed)\]"
    r"|\[/?\w+ \w+=[^\]]*\]"
)
_FEWEST = 6  # words of a whole sentence
# A photographer's credit that ends a caption; an agency where no sentence has ended; a label that begins a caption.
_AGENCIES = str(table("bylines")["in_credits"])
_CREDIT = _any_of(
    rf"[(\[](?:[^()\[\]]{{0,60}}\b)?(?:photo|image|foto|via|shutterstock|getty|(?:{_AGENCIES})/)[^()\[\]]{{0,80}}[)\]]$",
    rf"(?:\bvia |/ ?)(?:getty images|shutterstock|{_AGENCIES})$|\bgetty images$|\breuters/\w",
)
_AGENCY = _any_of(rf"[^.!?”\"\s]\s?[(\[](?:{_AGENCIES})[)\]]$")
_CAPTION = _patterns_of("caption")


def words(line: str) -> list[str]:
    """The words of a line, in lower case."""
    return [word.lower() for word in _WORDS.findall(line)]


def has_quotes(line: str) -> bool:
    """True if the line holds a quotation mark that opens or closes speech."""
    return _QUOTATION_MARK.search(line) is not None


def reports_speech(line: str) -> bool:
    """True if the line quotes somebody or says that somebody said something."""
    return has_quotes(line) or _SAYING.search(line) is not None


def is_icon_run(line: str) -> bool:
    """True for names of icons read out with the page: at least five, and in more than a quarter of the words."""
    icons = len(_ICON_WORD.findall(line))
    return icons >= 5 and icons * 4 > len(line.split())


def is_report(line: str) -> bool:
    """True for a whole sentence about somebody else: it reports what somebody said, or it neither addresses the
    visitors of a site nor tells them what to do.
    """
    if len(words(line)) < _FEWEST or not SENTENCE_END.search(line) or _IMPRINT.match(line):
        return False
    if _OFFER.match(line) and not _SAYING.search(line):
        return False
    label = _LABEL.match(line)
    if label and not _SAYING.search(label[0]) and (len(words(label[0])) <= _LONGEST_LABEL or _LEADS_AWAY.match(line)):
        return False
    first, *_ = words(_PURPOSE.sub("", line, count=1) if _PURPOSE.match(line) else line)
    return _SAYING.search(line) is not None or (first not in _IMPERATIVES and not _VISITOR.search(line))


def is_furniture(line: str) -> bool:
    """True if the line is part of the page and not of the article."""
    line = line.strip()
    if is_icon_run(line):
        return True
    if not line or len(line) > _LONGEST:
        return False
    if is_caption(line) or _SHORTCODE.fullmatch(line):
        return True
    if has_quotes(line):
        return False
    bare = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    looks_like_furniture = (
        all(_is_button_row(part) or _WHOLE.fullmatch(part.strip(" .:»>→")) for part in _SEPARATOR.split(line))
        or _LEADS_AWAY.match(bare) is not None
        or _ASKS.match(line) is not None
        or _OFFER.match(line) is not None
        or (_VISITOR.search(line) is not None and _NOTICE.search(line) is not None)
    )
    return looks_like_furniture and not is_report(line)


def addresses_visitor(line: str) -> bool:
    """True if the line addresses the visitors of a site and reports nobody's words."""
    line_words = words(line)
    asks = bool(line_words) and (line_words[0] in _IMPERATIVES or _VISITOR.search(line) is not None)
    return asks and not reports_speech(line)


def is_caption(line: str) -> bool:
    """True for the caption of a picture that names its photographer or agency."""
    if len(line) > _LONGEST:
        return False
    if _CREDIT.search(line):
        return _has_no_speech(line)
    if has_quotes(line) or (SENTENCE_END.search(line) and _SAYING.search(line)):
        return False
    return _CAPTION.match(line) is not None or _AGENCY.search(line) is not None


def heads_list(line: str) -> bool:
    """True for the heading of a list of other articles, such as "Related stories"."""
    return len(line) <= 60 and _LIST_HEADING.fullmatch(line.strip(" :»>")) is not None


def may_head_list(line: str) -> bool:
    """True for a heading that may stand over links to other articles or over the article's own points."""
    return len(line) <= 60 and _DOUBTFUL_HEADING.fullmatch(line.strip(" :»>")) is not None


def _is_button_row(line: str) -> bool:
    row = words(line)
    if not row:
        return True
    return (
        line[-1] not in ".!?"
        and all(word in _BUTTONS or word.isdigit() for word in row)
        and not all(word.isdigit() for word in row)
    )


def _has_no_speech(line: str) -> bool:
    """True if nothing longer than a nickname or the title of a work stands in quotation marks."""
    return not re.search('["“„«][^"”“»]{25,}', line)
