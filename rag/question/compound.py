"""A question that asks several things: each is a question of its own, found and judged by itself.

"What did Lund say about the ferry, and what did Holm say about taxes?" is cut where a second question begins: behind a
question mark, or at an "and", "but" or semicolon before a question word with its verb ("what did", "who won", "how many
ships"). A second question that leans on the first one ("and when will it open?") is made whole from it by the rules of
`followups`. What may be one question is left whole: where a piece has hardly a word of its own ("Who designed and who
built the tower?"), or a pronoun that nothing stands for, and where the clause is asked about ("say about where and when
the plant will be built").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.domain import Evidence, Span, Understood
from rag.question.conversation import Turn
from rag.question.followups import is_follow_up, rewrite_standalone
from rag.text.terms import content_words, words

_FEWEST = 2  # words that carry meaning in each question
_MOST = 4

_HELPS = r"(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)"
_NOUNS = r"(?:(?!(?:the|an?|it|he|she|they|we|you|his|her|its|their|this|that)\b)[a-z-]+\s+){0,3}?"
_ASKS = rf"(?:(?:what|who|whom|whose|which|when|where|why|how)\s+{_HELPS}|(?:what|which|whose)\s+{_NOUNS}{_HELPS})\b"
_ASKS_WEAKLY = r"(?:who|(?:what|which)\s+[a-z-]+|how\s+(?:many|much|long|often|far|old|big|high|large))\s+[a-z]"
_ABOUT = r"(?:what|how)\s+about\s"
_CUT = re.compile(
    rf"(?P<mark>\?)\s+(?:(?i:and|but)\s+)?(?=\S)"
    rf"|(?:,|;|:|\s[–—-])?\s+(?:and|but)\s+(?:also\s+)?(?P<asks>(?={_ASKS}|{_ABOUT}))"
    rf"|(?:,|;|:|\s[–—-])?\s+(?:and|but)\s+(?:also\s+)?(?P<weak>(?={_ASKS_WEAKLY}))"
    rf"|;\s+(?P<behind>(?={_ASKS}))"
)
_OPENS = re.compile(rf"\W*(?:and|but|so)?\s*(?:{_ASKS}|{_ASKS_WEAKLY}|{_ABOUT}|{_HELPS}\b)", re.IGNORECASE)
_EMBEDDED = re.compile(r"\S\s+(?:what|who|whom|whose|which|when|where|why|how|whether)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubQuestion:
    """One of the questions of a text: where it stands there, as typed, and its whole wording."""

    span: Span
    typed: str
    text: str

    def told(self, understood: Sequence[Understood]) -> list[Understood]:
        """The sub-question, and what was understood of its wording, by their places in the whole text; what stands only
        in its wording has none."""
        readings = [self._item()]
        for item in understood:
            at = self.typed.find(item.text)
            if item.kind != "segment" and at >= 0:
                start = self.span.start + at
                readings.append(replace(item, start=start, end=start + len(item.text)))
        return readings

    def _item(self) -> Understood:
        same = words(self.text) == words(self.typed)
        return Understood(
            kind="part",
            value=" ".join(words(self.typed)),
            text=self.typed,
            start=self.span.start,
            end=self.span.end,
            note="one of several questions, answered by itself" if same else f"answered by itself, as “{self.text}”",
        )


def split_question(question: str) -> tuple[SubQuestion, ...]:
    """The questions of a text that asks several, in order; empty for one. At most four are told apart; a text with
    more is left whole."""
    spans = _cut(question)
    if not 1 < len(spans) <= _MOST:
        return ()
    items: list[SubQuestion] = []
    for span in spans:
        typed = span.of(question)
        if not _OPENS.match(typed):
            return ()
        whole = rewrite_standalone(typed, [Turn(item.text) for item in items])
        if items and whole is None and is_follow_up(typed):
            return ()
        text = whole or typed
        if len(content_words(text)) < _FEWEST:
            return ()
        items.append(SubQuestion(span=span, typed=typed, text=text if text.endswith("?") else f"{text}?"))
    return tuple(items)


def _cut(question: str) -> list[Span]:
    """The pieces between the cuts, without blanks around them; what is blank is none."""
    spans, start = list[Span](), 0
    for cut in _CUT.finditer(question):
        before = question[start : cut.start()]
        if cut["weak"] is not None and _EMBEDDED.search(before):
            continue
        end = cut.start() + 1 if cut["mark"] else cut.start()
        spans += _trimmed(question, start, end)
        start = cut.end()
    return [*spans, *_trimmed(question, start, len(question))]


def _trimmed(question: str, start: int, end: int) -> list[Span]:
    text = question[start:end]
    start += len(text) - len(text.lstrip())
    return [Span(start, start + len(text.strip()))] if text.strip() else []


def merge_evidence(several: Sequence[Evidence]) -> Evidence:
    """What was found for several questions as one: nothing twice, sentences numbered anew."""
    if len(several) == 1:
        return several[0]
    places = {(item.article_id, item.version, item.start, item.end): item for one in several for item in one.sentences}
    hits = {(item.article_id, item.version, item.start, item.end): item for one in several for item in one.hits}
    return Evidence(
        hits=tuple(hits.values()),
        sentences=tuple(replace(item, sid=f"s{n}") for n, item in enumerate(places.values(), start=1)),
        statements=tuple(dict.fromkeys(item for one in several for item in one.statements)),
        positions=tuple(dict.fromkeys(item for one in several for item in one.positions)),
        texts={key: text for one in several for key, text in one.texts.items()},
        aside=tuple({(item.article_id, item.start): item for one in several for item in one.aside}.values()),
        judged=any(one.judged for one in several),
    )
