"""What the log says of an answer or a briefing."""

from __future__ import annotations

from typing import Any

from rag.domain.answers import Answer, AskEvent, Finished
from rag.domain.briefings import BriefEvent, Briefing, BriefingFinished


def log_counts(event: AskEvent | BriefEvent) -> dict[str, Any]:
    """What the log says of an answer or a briefing: counts."""
    if isinstance(event, Finished):
        made: Answer | Briefing = event.answer
        more = {"abstained": event.answer.abstained, "sentences": len(event.answer.sentences)}
    elif isinstance(event, BriefingFinished):
        made = event.briefing
        more = {"finished": made.finished, "sentences": sum(len(section.sentences) for section in made.sections)}
    else:
        return {}
    tokens = {"prompt_tokens": made.usage.prompt_tokens, "completion_tokens": made.usage.completion_tokens}
    return {**more, "withheld": len(made.withheld), "engine": made.engine, **tokens}
