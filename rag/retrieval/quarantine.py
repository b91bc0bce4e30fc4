"""Sets aside sentences that address the reader or a program instead of reporting, before anything can rest on them.

A sentence is set aside where, in the article's own voice and outside quotation marks,

1. it gives orders about the reader's answer or about the text that it stands in (`is_prompt_injection`), or
2. its whole paragraph asks or orders (`is_reader_directed`) and is foreign to the article: unlike its title and the
   paragraphs around it, by the cosine of their vectors, or without vectors by having no word in common.

Questions and answers of an interview belong to its speakers: only the first rule applies to them.

So an article about such attacks that quotes them stays quotable, and so do questions and advice on an article's own
topic. No engine cites and no model gets what is set aside; a notice says that there was something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise

from rag.domain import Evidence, EvidenceSentence, Hit, Span
from rag.text.directives import is_markup_only, is_prompt_injection, is_reader_directed, may_speak_to_program
from rag.text.terms import content_words

# Lines of an interview: who speaks stands before the words, or each question is a paragraph of its own.
_SPEAKER_LABEL = re.compile(r"^\W*(?:[QA]|[A-ZÀ-Þ][\w.’'-]+(?: [A-ZÀ-Þ][\w.’'-]+){0,2})\s?:\s", re.MULTILINE)
_QUESTION_LINE = re.compile(r"^[^\n]{1,400}\?\W*$", re.MULTILINE)
_MIN_INTERVIEW_LINES = 2  # of either that make an interview

FOREIGN_BELOW = 0.3  # cosine; of harmless paragraphs of this kind in news most are above, of inserted ones nearly none

Likeness = Callable[[Sequence[str], str], list[float] | None]
_Texts = Mapping[tuple[str, str], str]


def find_injections(items: Sequence[EvidenceSentence], texts: _Texts, likeness: Likeness) -> list[EvidenceSentence]:
    """The sentences to be set aside. `items` come article by article in reading order.

    `texts` has the canonical texts by (article id, version). `likeness` gives the cosine of each text with another, or
    None where there are no vectors.
    """
    quarantined: list[EvidenceSentence] = []
    for key, group in groupby(items, key=lambda item: (item.article_id, item.version)):
        paragraphs = _paragraphs(list(group), texts[key])
        addressing = [all(_addresses_reader(item.text) for item in sentences) for sentences in paragraphs]
        labelled, is_interview = _interview_form(texts[key]) if any(addressing) else (False, False)
        addressed = [
            addresses
            and not (labelled and _SPEAKER_LABEL.match(sentences[0].text))
            and not (is_interview and all(item.text.rstrip().endswith("?") for item in sentences))
            for sentences, addresses in zip(paragraphs, addressing, strict=True)
        ]
        for at, (paragraph, whole) in enumerate(zip(paragraphs, addressed, strict=True)):
            injections = [item for item in paragraph if is_prompt_injection(item.text)]
            if injections:
                quarantined += paragraph if whole else injections
            elif whole and not all(is_markup_only(item.text) for item in paragraph):
                before = [
                    sentences for sentences, other in zip(paragraphs[:at], addressed[:at], strict=True) if not other
                ][-1:]
                after = [
                    sentences
                    for sentences, other in zip(paragraphs[at + 1 :], addressed[at + 1 :], strict=True)
                    if not other
                ][:1]
                around = [*(sentences[-1].text for sentences in before), *(sentences[0].text for sentences in after)]
                if _is_foreign(paragraph, around, likeness):
                    quarantined += paragraph
    return quarantined


@lru_cache(maxsize=4096)  # the same sentences are found for many questions
def _addresses_reader(sentence: str) -> bool:
    return is_reader_directed(sentence) or may_speak_to_program(sentence) or is_markup_only(sentence)


def _interview_form(text: str) -> tuple[bool, bool]:
    """Whether lines of the text begin with a speaker's label, and whether questions are paragraphs of their own. In an
    interview they are put to somebody other than the reader.
    """
    return len(_SPEAKER_LABEL.findall(text)) >= _MIN_INTERVIEW_LINES, len(
        _QUESTION_LINE.findall(text)
    ) >= _MIN_INTERVIEW_LINES


def reader_directed(items: Sequence[EvidenceSentence], texts: _Texts) -> set[str]:
    """The ids of sentences whose whole paragraph addresses the reader, and of questions and prompt injections in any
    paragraph.

    A sentence that opens with a word which its article uses as a name elsewhere ("Norland ranks second") is no order.
    """
    ids: set[str] = set()
    for key, group in groupby(items, key=lambda item: (item.article_id, item.version)):
        for paragraph in _paragraphs(list(group), texts[key]):
            orders = [
                is_reader_directed(item.text) and not _opens_with_name(item.text, texts[key]) for item in paragraph
            ]
            ids |= {
                item.sid
                for item, order in zip(paragraph, orders, strict=True)
                if all(orders) or is_prompt_injection(item.text) or (order and item.text.rstrip().endswith("?"))
            }
    return ids


def _opens_with_name(sentence: str, text: str) -> bool:
    first = re.match(r"\W*([A-Z][\w’'-]*)", sentence)
    return bool(first and re.search(rf"(?<=[a-z,;] ){re.escape(first[1])}\b", text))


def _paragraphs(items: Sequence[EvidenceSentence], text: str) -> list[list[EvidenceSentence]]:
    """The sentences of one version grouped by the line that they stand in."""
    paragraphs = [[item] for item in items[:1]]
    for before, item in pairwise(items):
        if "\n" in text[before.end : item.start]:
            paragraphs.append([item])
        else:
            paragraphs[-1].append(item)
    return paragraphs


def _is_foreign(paragraph: Sequence[EvidenceSentence], around: Sequence[str], likeness: Likeness) -> bool:
    """True where no sentence of the paragraph is like the title or the paragraphs around it."""
    others = [paragraph[0].title, *around]
    for item in paragraph:
        if is_markup_only(item.text):
            continue
        cosines = likeness(others, item.text)
        if cosines is None:
            terms = set(content_words(item.text))
            if any(terms & set(content_words(other)) for other in others):
                return False
        elif max(cosines) >= FOREIGN_BELOW:
            return False
    return True


def without_sentences(evidence: Evidence, quarantined: Sequence[EvidenceSentence]) -> Evidence:
    """The evidence without the hits, sentences and statements that these sentences touch; a hit is cut to its longest
    remaining stretch.
    """
    places: dict[tuple[str, str], list[Span]] = {}
    for item in quarantined:
        places.setdefault((item.article_id, item.version), []).append(item.span)
    removed_ids = {item.sid for item in quarantined}
    return replace(
        evidence,
        hits=tuple(
            cut for hit in evidence.hits if (cut := _cut_hit(hit, places.get((hit.article_id, hit.version), [])))
        ),
        sentences=tuple(item for item in evidence.sentences if item.sid not in removed_ids),
        statements=tuple(
            item
            for item in evidence.statements
            if not any(
                part.span.touches(span)
                for span in places.get((item.article_id, item.version), ())
                for part in item.content
            )
        ),
        quarantined=tuple(quarantined),
    )


def _cut_hit(hit: Hit, places: Sequence[Span]) -> Hit | None:
    overlapping = sorted(span for span in places if span.touches(Span(hit.start, hit.end)))
    if not overlapping:
        return hit
    edges = [hit.start, *(edge for span in overlapping for edge in (span.start, span.end)), hit.end]
    start, end = max(zip(edges[::2], edges[1::2], strict=True), key=lambda pair: pair[1] - pair[0])
    text = hit.text[max(0, start - hit.start) : max(0, end - hit.start)]
    if not text.strip():
        return None
    start += len(text) - len(text.lstrip())
    return replace(hit, start=start, end=start + len(text.strip()), text=text.strip())
