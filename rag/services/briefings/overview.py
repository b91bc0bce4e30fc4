"""A short brief that is not kept, for a face or an answer to show."""

from __future__ import annotations

from rag.domain import DraftSentence, Evidence
from rag.services.briefings.composing import Composer
from rag.services.briefings.differing import Compare, differing_in
from rag.services.briefings.sections import compose

_LEAD_SENTENCES, _POSITIONS = 3, 5


def overview(desk: Composer, compare: Compare | None) -> list[tuple[DraftSentence, Evidence]]:
    """What happened, who says what, and where sources differ, in this order, each sentence once and with the evidence
    that it was drafted from. Nothing is checked yet.
    """
    alone = len(desk.material.articles) == 1
    drafts = [
        *compose(desk, "summary" if alone else "bottom-line", most=_LEAD_SENTENCES).drafts,
        *compose(desk, "positions", most=_POSITIONS).drafts,
        *(desk.draft(side) for pair in differing_in(desk, compare)[:1] for side in pair.sides),
    ]
    once = {draft.text: draft for draft in reversed(drafts)}
    return [(draft, desk.material.evidence(draft.sids)) for draft in drafts if once.pop(draft.text, None)]
