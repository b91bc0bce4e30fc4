"""Which adapter stands behind a seam, by the settings."""

from __future__ import annotations

from rag.errors import BadSettings
from rag.providers.base import ChatModel, Reranker
from rag.providers.metered import Metered, Price
from rag.settings import Settings


def chat_model(settings: Settings) -> Metered | None:
    """The chat model that is set, counted and capped; None where the built-in engine answers. Raises BadSettings.

    A GGUF file goes before an endpoint.
    """
    if settings.local_model is None and not settings.chat_model:
        return None
    return Metered(_uncounted(settings), price=_price(settings), cap=settings.max_cost)


def reranker(settings: Settings) -> Reranker | None:
    """The reranking model of the endpoint, if one is set. Raises BadSettings where no endpoint is."""
    if not settings.rerank_model:
        return None
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_RERANK_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.openai_endpoint import EndpointReranker

    return EndpointReranker(settings)


def _uncounted(settings: Settings) -> ChatModel:
    if settings.local_model is not None:
        from rag.providers.local_model import LocalChat

        return LocalChat(settings)
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_CHAT_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.openai_endpoint import OpenAIChat

    return OpenAIChat(settings)


def _price(settings: Settings) -> Price | None:
    if settings.local_model is not None:
        return Price(prompt=0.0, completion=0.0)
    if settings.prompt_price is None or settings.completion_price is None:
        if settings.max_cost is not None:
            raise BadSettings(
                "ONRECORD_MAX_COST needs to know what the model costs: set ONRECORD_PROMPT_PRICE and "
                "ONRECORD_COMPLETION_PRICE, in US dollars for a million tokens."
            )
        return None
    return Price(prompt=settings.prompt_price, completion=settings.completion_price)
