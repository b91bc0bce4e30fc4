"""The seam between the driver of an answer and whatever drafts it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from rag.domain import DraftSentence, Evidence, Usage
from rag.providers.base import Reply
from rag.question.intent import Question


class DraftEngine(Protocol):
    """Writes sentences that cite evidence by id. Nothing that it writes is trusted."""

    name: str

    def draft(
        self, question: Question, evidence: Evidence, cancel: threading.Event
    ) -> Iterator[DraftSentence | Reply | Usage]:
        """Sentences as they are ready; none means that the evidence does not answer, unless a Reply says that a model
        gave nothing usable. Raises ModelError.
        """
        ...


def total_usage(spent: Sequence[Usage]) -> Usage:
    """What several requests cost together; a cost that is not known counts as none."""
    costs = [item.cost_usd for item in spent if item.cost_usd is not None]
    return Usage(
        prompt_tokens=sum(item.prompt_tokens for item in spent),
        completion_tokens=sum(item.completion_tokens for item in spent),
        cost_usd=sum(costs) if costs else None,
    )
