"""A chat model whose cost is counted and capped."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.domain import Usage
from rag.errors import ModelRefused, ModelUnavailable
from rag.providers.base import ChatModel, Completion, Message, Reply
from rag.text.token_count import count_tokens

_PER_MESSAGE = 4  # tokens that a message takes beyond its text, about
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of a model, in US dollars for a million tokens."""

    prompt: float
    completion: float

    def of(self, usage: Usage) -> float:
        """The cost of a usage, in US dollars."""
        return (usage.prompt_tokens * self.prompt + usage.completion_tokens * self.completion) / _MILLION


class _Account:
    """The usage so far of one model, or of several that share a cap."""

    def __init__(self, total_usage: Usage) -> None:
        self.total_usage = total_usage
        self.lock = threading.Lock()


class Metered:
    """A ChatModel that counts the cost of another one, and refuses a request that would exceed the cap.

    Without a price, tokens are counted but their cost is unknown. `cap` is in US dollars, for the lifetime of this
    object. Safe to use from several threads; concurrent requests may together exceed the cap by their replies, whose
    length is not known beforehand.
    """

    def __init__(self, model: ChatModel, *, price: Price | None = None, cap: float | None = None) -> None:
        self._model = model
        self._price = price
        self._cap = cap
        self._account = _Account(Usage(cost_usd=0.0 if price else None))
        self._closed = False
        self.name = model.name

    def beside(self, model: ChatModel) -> Metered:
        """Another model at the same price that shares the usage and the cap of this one."""
        other = Metered(model, price=self._price, cap=self._cap)
        other._account = self._account
        return other

    @property
    def total_usage(self) -> Usage:
        """The usage so far."""
        return self._account.total_usage

    def stream(
        self,
        messages: Sequence[Message],
        *,
        cancel: threading.Event | None = None,
        schema: dict[str, object] | None = None,
    ) -> Iterator[str | Reply | Usage]:
        """As `ChatModel.stream`, with the cost in the Usage. Raises ModelRefused at the cap, and what the model raises.

        A reply that ends early, by `cancel` or an error, is counted as far as it was received.
        """
        self._check_cap(messages)
        pieces: list[str] = []
        has_usage = False
        try:
            for item in self._model.stream(messages, cancel=cancel, **({"schema": schema} if schema else {})):
                if isinstance(item, Usage):
                    has_usage = True
                    yield self._add(item)
                else:
                    if isinstance(item, str):
                        pieces.append(item)
                    yield item
        finally:
            if pieces and not has_usage:
                self._add(Usage(prompt_tokens=_count_prompt(messages), completion_tokens=count_tokens("".join(pieces))))

    def complete(self, messages: Sequence[Message], *, schema: dict[str, object] | None = None) -> Completion:
        """The whole reply with its cost. Raises as `stream` does."""
        self._check_cap(messages)
        reply = self._model.complete(messages, schema=schema)
        return replace(reply, usage=self._add(reply.usage))

    def close(self) -> None:
        """Close the model; later requests raise ModelUnavailable."""
        self._closed = True
        if callable(close := getattr(self._model, "close", None)):
            close()

    def _check_cap(self, messages: Sequence[Message]) -> None:
        if self._closed:
            raise ModelUnavailable("The library has since been closed. Open it and ask again.")
        if self._cap is None or self._price is None:
            return
        total_usage = self._account.total_usage.cost_usd or 0.0
        least = self._price.of(Usage(prompt_tokens=_count_prompt(messages)))
        if total_usage + least > self._cap:
            raise ModelRefused(
                f"The model has cost {total_usage:.4f} USD and this request would cost at least {least:.4f} more, past "
                f"ONRECORD_MAX_COST = {self._cap:g}. Set it higher, or answer with the built-in engine."
            )

    def _add(self, usage: Usage) -> Usage:
        cost = self._price.of(usage) if self._price else usage.cost_usd
        with self._account.lock:
            total_usage = self._account.total_usage.plus(replace(usage, cost_usd=cost))
            self._account.total_usage = total_usage
        return replace(usage, cost_usd=cost)


def _count_prompt(messages: Sequence[Message]) -> int:
    return sum(count_tokens(item.content) + _PER_MESSAGE for item in messages)
