"""Setting aside what an article says to its reader instead of telling news, before anything can rest on it.

A sentence is no evidence where, in the article's own voice and outside quotation marks,

1. it orders something about the reader's answer or about the very text that it stands in (`is_prompt_injection`), or
2. its whole paragraph asks or orders (`is_reader_directed`), and is foreign to the article: not like its title and not
   like the paragraphs around it, by the cosine of their vectors, or without vectors by having no word in common.

Questions and answers of an interview are of its speakers: only the first rule holds for them.

So an article about such attacks that quotes them stays quotable, and so do questions and advice on an article's own
topic. What is set aside is cited by no engine and sent to no model; a notice says that there was something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise

from rag.domain import EvidenceSentence
from rag.text.directives import is_markup_only, is_prompt_injection, is_reader_directed, may_speak_to_program
from rag.text.terms import content_words

# Lines of an interview: who speaks stands before the words, or each question is a paragraph of its own.
_LABELLED = re.compile(
    r"^\W*(?:Q|A|Question|Answer|Frage|Antwort|[A-ZÀ-Þ][\w.’'-]+(?: [A-ZÀ-Þ][\w.’'-]+){0,2})\s?:\s", re.MULTILINE
)
_ASKED = re.compile(r"^[^\n]{1,400}\?\W*$", re.MULTILINE)
_LEAST_LINES = 2  # of either that make an interview

FOREIGN = 0.3  # cosine; of harmless paragraphs of this kind in news most are above, of inserted ones nearly none

Likeness = Callable[[Sequence[str], str], list[float] | None]
_Texts = Mapping[tuple[str, str], str]


def find_injections(items: Sequence[EvidenceSentence], texts: _Texts, likeness: Likeness) -> list[EvidenceSentence]:
    """Those of the sentences, given article by article in reading order, that are to be set aside.

    `texts` has the canonical texts by (article id, version). `likeness` gives the cosine of each text with another, or
    None where there are no vectors.
    """
    aside: list[EvidenceSentence] = []
    for key, inside in groupby(items, key=lambda item: (item.article_id, item.version)):
        paragraphs = _paragraphs(list(inside), texts[key])
        labelled, is_interview = _interview(texts[key])
        spoken = [
            all(_spoken(item.text) for item in one)
            and not (labelled and _LABELLED.match(one[0].text))
            and not (is_interview and all(item.text.rstrip().endswith("?") for item in one))
            for one in paragraphs
        ]
        for at, (paragraph, whole) in enumerate(zip(paragraphs, spoken, strict=True)):
            ordered = [item for item in paragraph if is_prompt_injection(item.text)]
            if ordered:
                aside += paragraph if whole else ordered
            elif whole and not all(is_markup_only(item.text) for item in paragraph):
                before = [one for one, other in zip(paragraphs[:at], spoken[:at], strict=True) if not other][-1:]
                after = [one for one, other in zip(paragraphs[at + 1 :], spoken[at + 1 :], strict=True) if not other][
                    :1
                ]
                around = [*(one[-1].text for one in before), *(one[0].text for one in after)]
                if _foreign(paragraph, around, likeness):
                    aside += paragraph
    return aside


def _spoken(sentence: str) -> bool:
    return is_reader_directed(sentence) or may_speak_to_program(sentence) or is_markup_only(sentence)


def _interview(text: str) -> tuple[bool, bool]:
    """Whether lines of the text begin with who speaks, and whether questions are paragraphs of it: in an interview they
    are asked of somebody else than the reader.
    """
    return len(_LABELLED.findall(text)) >= _LEAST_LINES, len(_ASKED.findall(text)) >= _LEAST_LINES


def reader_directed(items: Sequence[EvidenceSentence], texts: _Texts) -> set[str]:
    """The ids of sentences whose whole paragraph speaks to the reader, and of questions and words to a program in any.

    A sentence that opens with a word which its article has as a name elsewhere ("Norland ranks second") is no order.
    """
    spoken: set[str] = set()
    for key, inside in groupby(items, key=lambda item: (item.article_id, item.version)):
        for paragraph in _paragraphs(list(inside), texts[key]):
            orders = [
                is_reader_directed(item.text) and not _opens_with_name(item.text, texts[key]) for item in paragraph
            ]
            spoken |= {
                item.sid
                for item, order in zip(paragraph, orders, strict=True)
                if all(orders) or is_prompt_injection(item.text) or (order and item.text.rstrip().endswith("?"))
            }
    return spoken


def _opens_with_name(sentence: str, text: str) -> bool:
    first = re.match(r"\W*([A-Z][\w’'-]*)", sentence)
    return bool(first and re.search(rf"(?<=[a-z,;] ){re.escape(first[1])}\b", text))


def _paragraphs(items: Sequence[EvidenceSentence], text: str) -> list[list[EvidenceSentence]]:
    """Sentences of one version by the line that they stand in."""
    paragraphs = [[item] for item in items[:1]]
    for before, item in pairwise(items):
        if "\n" in text[before.end : item.start]:
            paragraphs.append([item])
        else:
            paragraphs[-1].append(item)
    return paragraphs


def _foreign(paragraph: Sequence[EvidenceSentence], around: Sequence[str], likeness: Likeness) -> bool:
    """True where no sentence of the paragraph is like the title or the paragraphs around it."""
    others = [paragraph[0].title, *around]
    for item in paragraph:
        if is_markup_only(item.text):
            continue
        near = likeness(others, item.text)
        if near is None:
            terms = set(content_words(item.text))
            if any(terms & set(content_words(other)) for other in others):
                return False
        elif max(near) >= FOREIGN:
            return False
    return True
