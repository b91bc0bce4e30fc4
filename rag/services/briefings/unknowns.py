"""What is not known: what the articles say so of, and words of the topic that none of them has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.services.briefings import salience
from rag.services.briefings.composing import Composer, SectionDraft
from rag.services.briefings.weighing import stems

_SETTLED = 4  # times as many as are wanted are judged before they are chosen
NOT_KNOWN = re.compile(
    r"\b(?:did|do(?:es)?|ha[sd]|have|was|were|is|would|could|can) ?n(?:o|['’])t "
    r"(?:immediately |yet |directly |publicly )*(?:respond|reply|return|comment|say|said|specify|elaborate|disclose|"
    r"give "
    r"(?:any )?(?:details|reasons?)|provide (?:any )?details|be (?:independently )?(?:verified|confirmed|reached)|"
    r"(?:immediately )?(?:available|clear|known|confirmed|verified|announced|disclosed|decided))\b"
    r"|\b(?:declined|refused) to (?:comment|say|discuss|elaborate|give (?:any )?(?:details|reasons?|figures?|names?))\b"
    r"|\b(?:is|are|was|were|remain(?:s|ed)?) (?:still |so far |not yet |yet |as yet )?"
    r"(?:unclear|unknown|unconfirmed|unverified)\b(?! (?:to|in|for|among|by)\b)"
    r"|\bremains? to be seen\b|\bno (?:immediate )?(?:comment|word|details|information|confirmation|explanation)\b"
    r"|\byet to (?:be )?(?:announced?|confirm(?:ed)?|decided?|disclosed?|respond|comment)\b"
    r"|\bcould not (?:immediately |independently )?be\b|\bnobody knows\b|\bno one knows\b",
    re.IGNORECASE,
)


def unknown(desk: Composer, most: int) -> SectionDraft:
    """What the articles themselves say is not known, and names of the topic that they do not have."""
    fresh = (item for read in desk.material.articles for item in desk.fresh(read))
    items = [item for item in fresh if item.sid in desk.unknown or NOT_KNOWN.search(item.text)]
    desk.bearing.settle(items[: _SETTLED * most])
    items = [item for item in items if desk.bearing.on_topic(item)]
    chosen = salience.choose(
        [item.text for item in items], [desk.worth.get(item.sid, 0.0) + 1e-9 for item in items], most=most
    )
    notes = (f"The articles do not mention “{name}”." for name in _absent(desk))
    return SectionDraft(drafts=tuple(desk.draft(items[at]) for at in sorted(chosen)), notes=tuple(notes))


def _absent(desk: Composer) -> Iterable[str]:
    """Names and numbers of the topic that no article has, in its text or its title, under any name of a country."""
    named = [word.strip(".,;:?!") for word in (desk.topic or "").split() if word[:1].isupper() or word[:1].isdigit()]
    missing = {word: of_word for word in dict.fromkeys(named) if (of_word := stems(word))}
    for read in desk.material.articles:
        if not missing:
            return
        held = stems(f"{read.about.title} . {read.text}")
        missing = {word: wanted for word, wanted in missing.items() if not wanted & held}
    yield from missing
