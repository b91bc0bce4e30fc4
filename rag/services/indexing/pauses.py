"""Why indexing waits: errors that would affect every article, as sentences with the remedy."""

from __future__ import annotations

from rag.errors import InternalError, ModelError, ModelMissing, OnRecordError, RequestTooLong, StoreError

SHORTAGES = (ModelError, ModelMissing, StoreError, MemoryError, OSError)
"""Of the machine, an endpoint or a store: they would affect every article, so all work waits."""

_LONGEST_REASON = 200  # characters


def shortage_message(exc: BaseException) -> str:
    """The shortage behind an error as a sentence with the remedy."""
    if isinstance(exc, OnRecordError):
        return str(exc)
    if isinstance(exc, MemoryError):
        return "There is not enough memory for the models. Close other programs, or use a machine with more."
    reason = (getattr(exc, "strerror", None) or str(exc) or type(exc).__name__).splitlines()[0]
    return f"The machine refuses what the models need ({reason[:_LONGEST_REASON]}). Remove the cause and try again."


def affects_all(exc: Exception) -> bool:
    """True if the error would affect every article; a text that is too long for a model affects only its own."""
    return isinstance(exc, SHORTAGES) and not isinstance(exc, RequestTooLong)


def explain_pause(exc: Exception) -> str:
    """Why work waits after this error, with the remedy: a shortage, or a mistake in the program."""
    if isinstance(exc, SHORTAGES):
        return shortage_message(exc)
    if isinstance(exc, InternalError):
        return str(exc)
    return (
        f"A bug in onrecord stops indexing ({type(exc).__name__}); articles are safe. Try the latest version; if "
        "it happens there too, report it with the last lines of the log."
    )
