"""The summary of one article or several: the sentences of most weight, of news from its lead on."""

from __future__ import annotations

import numpy as np

from rag.services.briefings import salience
from rag.services.briefings.composing import NEEDS_BEFORE, Composer, SectionDraft

_ONE_ARTICLE = 0.7  # one reporter repeats little: only what is nearly the same is left out
_LEANING = 0.7  # what such a sentence counts in a summary, where the one before it may stand too
_WORDS_OF_SENTENCE = 25


def summary(desk: Composer, most: int | None, words: int | None) -> SectionDraft:
    """The sentences of most weight in the order of the text. Of one article from its lead on; it does not open with
    a sentence that leans on one that is left out.
    """
    items = [item for read in desk.material.articles for item in read.telling]
    texts = [item.text for item in items]
    worth = np.array([desk.worth.get(item.sid, 0.0) for item in items])
    if len(desk.material.articles) > 1:
        chosen = salience.choose(texts, worth, most=most, words=words)
        return SectionDraft(drafts=tuple(desk.draft(items[at]) for at in sorted(chosen)))
    size = words if words is not None else (most or 0) * _WORDS_OF_SENTENCE
    worth = salience.led(worth, share=size / max(1, sum(len(text.split()) for text in texts)))
    worth *= [_LEANING if NEEDS_BEFORE.match(text) else 1.0 for text in texts]
    while True:
        chosen = sorted(
            salience.choose(texts, worth, most=most, words=words, repeats=_ONE_ARTICLE, spread=0.0, nearest=True)
        )
        if len(chosen) < 2 or not chosen[0] or not NEEDS_BEFORE.match(texts[chosen[0]]):
            return SectionDraft(drafts=tuple(desk.draft(items[at]) for at in chosen))
        worth[chosen[0]] = 0.0
