"""The counts that the log has of an answer or a briefing."""

from __future__ import annotations

from typing import Any

from rag.domain.answers import Answer, AskEvent, Finished
from rag.domain.briefings import BriefEvent, Briefing, BriefingFinished


def log_counts(event: AskEvent | BriefEvent) -> dict[str, Any]:
    """The counts of a finished answer or briefing for the log; empty for other events."""
    if isinstance(event, Finished):
        result: Answer | Briefing = event.answer
        counts = {"abstained": event.answer.abstained, "sentences": len(event.answer.sentences)}
    elif isinstance(event, BriefingFinished):
        result = event.briefing
        counts = {"finished": result.finished, "sentences": sum(len(section.sentences) for section in result.sections)}
    else:
        return {}
    tokens = {"prompt_tokens": result.usage.prompt_tokens, "completion_tokens": result.usage.completion_tokens}
    return {**counts, "withheld": len(result.withheld), "engine": result.engine, **tokens}
