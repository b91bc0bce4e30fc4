"""Which adapter stands behind a seam, by the settings."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from rag.errors import BadSettings, StoreError
from rag.providers.base import ChatModel, Reranker
from rag.providers.metered import Metered, Price
from rag.settings import Settings
from rag.stores.base import CATALOGUE, VectorStore
from rag.stores.library import Library
from rag.stores.sqlite import check_path
from rag.stores.tables import UNFINISHED
from rag.text.canonical import digest

if TYPE_CHECKING:  # whoever needs no server needs no driver of one
    from rag.stores.jobs import Jobs

LIBRARY, VECTORS = "library.db", "vectors"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_OWNER = "vectors_owner"  # noted in the library: what its vectors are called on a server


def library(settings: Settings) -> Library:
    """The library on the server that is set, else in the home. Raises BadSettings, StoreError."""
    opened = library_at(settings)
    if opened.noted(UNFINISHED):
        opened.close()
        raise StoreError(
            f"{opened.place} is the target of a move that was broken off. Run `onrecord migrate-store` again to finish "
            "it."
        )
    return opened


def library_at(settings: Settings) -> Library:
    """As `library`, also where it is still being moved to."""
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


def vectors(settings: Settings, library: Library, fingerprint: str) -> VectorStore:
    """The vectors on the server that is set, else in the home. Raises BadSettings; nothing is asked of a server yet."""
    name = f"passages-{digest(fingerprint)}"
    if settings.chroma_url is None:
        from rag.stores.chroma import ChromaVectors

        return ChromaVectors(settings.home / VECTORS, name)
    from rag.stores.chroma import ChromaServer

    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    owner = library.settle(_OWNER, secrets.token_hex(4))
    return ChromaServer(settings.chroma_url.get_secret_value(), name, owner=owner, token=token)


def jobs(settings: Settings) -> Jobs | None:
    """The queue of the server that is set; None where each process does its work itself."""
    if settings.database_url is None:
        return None
    from rag.stores.jobs import Jobs

    return Jobs(settings.database_url.get_secret_value())


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
