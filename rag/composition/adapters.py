"""Chooses adapters by the settings: libraries, vectors, models and the queue of workers."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from rag.domain import ModelTrial
from rag.errors import BadSettings, ModelMissing, StoreError
from rag.providers.base import ChatModel, Reranker
from rag.providers.metered import Price
from rag.settings import Settings
from rag.stores.base import CHROMA_DATABASE, VectorStore
from rag.stores.library import Library
from rag.stores.sqlite import check_path
from rag.stores.tables import MOVING_FROM_KEY
from rag.text.canonical import digest

if TYPE_CHECKING:  # imported only where a server is used
    from rag.stores.jobs import JobQueue

LIBRARY, VECTORS = "library.db", "vectors"

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_VECTORS_OWNER_KEY = "vectors_owner"  # of the meta table: names the library's vectors on a shared server


def model_trial(settings: Settings) -> ModelTrial:
    """What the chat model of these settings can do, and the model that checks its claims. The settings need not be
    those of an open newsroom. Errors of the model or the settings are part of the result.
    """
    from rag.providers.endpoint_chat import OpenAIChat
    from rag.providers.entailment_chat import ChatJudge
    from rag.services.answers.model_trial import no_trial, try_model

    name = settings.model_name
    if settings.local_model is None and not settings.chat_model:
        return no_trial(
            name, "No language model is set: set ONRECORD_CHAT_MODEL, and OPENAI_BASE_URL or OPENAI_API_KEY."
        )
    try:
        model = chat_model(settings)
        own = not settings.check_model or settings.check_model == name
        judge = None if settings.check == "off" else ChatJudge(model if own else check_model(settings))
    except (BadSettings, ModelMissing) as exc:
        return no_trial(name, exc)
    try:
        return try_model(model, judge, model.models if isinstance(model, OpenAIChat) else None)
    finally:
        if callable(close := getattr(model, "close", None)):
            close()


def open_library(settings: Settings) -> Library:
    """The library on the configured server, else in the home. Raises BadSettings, StoreError."""
    library = library_at(settings)
    if library.meta.get(MOVING_FROM_KEY):
        library.close()
        raise StoreError(
            f"{library.place} is the target of a move that was broken off. Run `onrecord migrate-store` again to "
            "finish it."
        )
    return library


def library_at(settings: Settings) -> Library:
    """As `open_library`, but also opens the target of an unfinished move."""
    if settings.chroma_url is None:
        check_path(settings.home / VECTORS / CHROMA_DATABASE)  # the longest path in a home, before anything is written
    if settings.database_url is not None:
        return Library(settings.database_url.get_secret_value())
    return Library(settings.home / LIBRARY)


def move_target_settings(settings: Settings, to: str, chroma: str | None) -> Settings:
    """The settings of the place that a library moves to: an address `postgresql://…`, with that of a Chroma server, or
    a folder. Raises BadSettings.
    """
    address = to if _ADDRESS.match(to) else None
    if address is None:
        return settings.model_copy(
            update={"home": Path(to), "database_url": None, "chroma_url": SecretStr(chroma) if chroma else None}
        )
    return Settings(
        home=settings.home,
        database_url=address,
        chroma_url=chroma or (settings.chroma_url.get_secret_value() if settings.chroma_url else None),
        chroma_token=settings.chroma_token.get_secret_value() if settings.chroma_token else None,
        embed_model=settings.embed_model,
    )


def open_vectors(settings: Settings, library: Library, fingerprint: str) -> VectorStore:
    """The vectors on the configured server, else in the home. Does not contact the server yet. Raises BadSettings."""
    name = f"passages-{digest(fingerprint)}"
    if settings.chroma_url is None:
        from rag.stores.chroma import ChromaVectors

        return ChromaVectors(settings.home / VECTORS, name)
    from rag.stores.chroma import ChromaServer

    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    owner = library.meta.set_default(_VECTORS_OWNER_KEY, secrets.token_hex(4))
    return ChromaServer(settings.chroma_url.get_secret_value(), name, owner=owner, token=token)


def job_queue(settings: Settings) -> JobQueue | None:
    """The job queue of the configured server; None where each process does its own work."""
    if settings.database_url is None:
        return None
    from rag.stores.jobs import JobQueue

    return JobQueue(settings.database_url.get_secret_value())


def reranker(settings: Settings) -> Reranker | None:
    """The endpoint's reranking model; None where none is set. Raises BadSettings if one is set without an endpoint."""
    if not settings.rerank_model:
        return None
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_RERANK_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.endpoint_rerank import EndpointReranker

    return EndpointReranker(settings)


def chat_model(settings: Settings) -> ChatModel:
    """The chat model of the settings, without a meter. Raises BadSettings."""
    if settings.local_model is not None:
        from rag.providers.local_model import LocalChat

        return LocalChat(settings)
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_CHAT_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.endpoint_chat import OpenAIChat

    return OpenAIChat(settings)


def endpoint_models(settings: Settings) -> list[str]:
    """The names of the models that the endpoint of the settings lists. Raises BadSettings, ModelError."""
    from rag.providers.endpoint import list_models

    return list_models(settings)


def check_model(settings: Settings) -> ChatModel:
    """The model that checks claims, where it is not the one that answers. Raises BadSettings."""
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_CHECK_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.endpoint_chat import OpenAIChat

    return OpenAIChat(settings.model_copy(update={"chat_model": settings.check_model}))


def price(settings: Settings) -> Price | None:
    """The price of the chat model; None where it is unknown. Raises BadSettings where a cost cap needs it."""
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
