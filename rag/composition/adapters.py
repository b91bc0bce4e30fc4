"""Which adapters the settings name: libraries, vectors, models and the queue of workers."""

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
from rag.stores.base import CATALOGUE, VectorStore
from rag.stores.library import Library
from rag.stores.sqlite import check_path
from rag.stores.tables import UNFINISHED
from rag.text.canonical import digest

if TYPE_CHECKING:  # whoever reads no page, writes no briefing and needs no server loads nothing for it
    from rag.stores.jobs import Jobs

LIBRARY, VECTORS = "library.db", "vectors"
_READ_BY_RULES = ("en",)  # languages whose articles the rules read for statements
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_OWNER = "vectors_owner"  # kept in the library: what its vectors are called on a server
_SETTLED = 600.0  # seconds that new articles have to get their statements before watches are asked


def model_trial(settings: Settings) -> ModelTrial:
    """What the chat model of these settings can do, and the one that checks its claims. They need not be those of an
    open newsroom. Raises nothing of the model's or the settings'.
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
    """The library on the server that is set, else in the home. Raises BadSettings, StoreError."""
    library = library_at(settings)
    if library.meta.get(UNFINISHED):
        library.close()
        raise StoreError(
            f"{library.place} is the target of a move that was broken off. Run `onrecord migrate-store` again to "
            "finish it."
        )
    return library


def library_at(settings: Settings) -> Library:
    """As `open_library`, also where it is still being moved to."""
    if settings.chroma_url is None:
        check_path(settings.home / VECTORS / CATALOGUE)  # the longest path in a home, before anything is written
    if settings.database_url is not None:
        return Library(settings.database_url.get_secret_value())
    return Library(settings.home / LIBRARY)


def target_of_move(settings: Settings, to: str, chroma: str | None) -> Settings:
    """The settings of where a library moves to: an address `postgresql://…`, with that of a Chroma server, or a folder.
    Raises BadSettings.
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
    """The vectors on the server that is set, else in the home. Raises BadSettings; nothing is asked of a server yet."""
    name = f"passages-{digest(fingerprint)}"
    if settings.chroma_url is None:
        from rag.stores.chroma import ChromaVectors

        return ChromaVectors(settings.home / VECTORS, name)
    from rag.stores.chroma import ChromaServer

    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    owner = library.meta.set_default(_OWNER, secrets.token_hex(4))
    return ChromaServer(settings.chroma_url.get_secret_value(), name, owner=owner, token=token)


def job_queue(settings: Settings) -> Jobs | None:
    """The queue of the server that is set; None where each process does its work itself."""
    if settings.database_url is None:
        return None
    from rag.stores.jobs import Jobs

    return Jobs(settings.database_url.get_secret_value())


def reranker(settings: Settings) -> Reranker | None:
    """The reranking model of the endpoint, if one is set. Raises BadSettings where no endpoint is."""
    if not settings.rerank_model:
        return None
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_RERANK_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.endpoint_rerank import EndpointReranker

    return EndpointReranker(settings)


def chat_model(settings: Settings) -> ChatModel:
    """The chat model of the settings, as it answers, without a meter. Raises BadSettings."""
    if settings.local_model is not None:
        from rag.providers.local_model import LocalChat

        return LocalChat(settings)
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_CHAT_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.endpoint_chat import OpenAIChat

    return OpenAIChat(settings)


def models_offered(settings: Settings) -> list[str]:
    """The names of the models that the endpoint of the settings lists. Raises BadSettings, ModelError."""
    from rag.providers.endpoint import list_models

    return list_models(settings)


def check_model(settings: Settings) -> ChatModel:
    """The model that checks claims, where it is another than the one that answers. Raises BadSettings."""
    if not settings.endpoint_set:
        raise BadSettings("ONRECORD_CHECK_MODEL is set but no endpoint: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    from rag.providers.endpoint_chat import OpenAIChat

    return OpenAIChat(settings.model_copy(update={"chat_model": settings.check_model}))


def price(settings: Settings) -> Price | None:
    """What the chat model costs; None where it is not known. Raises BadSettings where a cap needs it."""
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
