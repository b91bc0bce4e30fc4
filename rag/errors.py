"""Every error that the package raises, as one tree. Messages say what happened and what to do.

OnRecordError
├── UnusableInput          what the caller gave cannot be used (exit code 2)
│   ├── UnreadableSource   a file, folder or text that cannot be read as an article
│   │   └── SourceUnavailable  a site that is down, overloaded or too slow (retrying may help)
│   ├── BadDate            a date that is not written as YYYY-MM-DD or cannot exist
│   ├── UnknownArticle     an article id or version that the library does not hold
│   ├── UnknownChat        a conversation, or a turn of one, that the library does not hold
│   ├── UnknownStatement   a statement that its article does not have, or no longer has
│   ├── UnknownActor       a name that no actor of the library is known by
│   ├── UnknownBriefing    a briefing that the library does not have, or no longer has
│   └── BadSettings        a setting or a key that cannot be used
├── ModelError             the language or embedding model did not deliver
│   ├── ModelRefused       key, model name or request was refused (retrying does not help)
│   │   └── RequestTooLong the request is longer than the model reads
│   ├── ModelUnavailable   endpoint down, overloaded or too slow (retrying may help)
│   └── ReplyError         the model answered something that cannot be used
├── ModelMissing           the weights of a built-in model are absent or not the ones that were pinned
├── InternalError          a mistake of this package, to be reported; neither the caller nor the data is at fault
└── StoreError             the library or an index failed
    ├── LibraryDamaged     the library file is not a library or is corrupted
    ├── LibraryBusy        another process holds the library (retrying may help)
    └── StoreUnavailable   a database or vector server that can't be reached (retrying may help)
"""

from __future__ import annotations


class OnRecordError(Exception):
    """Base of all errors of this package; `str(error)` is one sentence with the remedy."""

    retryable = False


class UnusableInput(OnRecordError):
    """What the caller gave cannot be used."""


class UnreadableSource(UnusableInput):
    """A file, folder or text that cannot be read as an article."""


class SourceUnavailable(UnreadableSource):
    """A site that is down, overloaded or too slow; trying again may help."""

    retryable = True


class BadDate(UnusableInput):
    """A date that is not written as YYYY-MM-DD or cannot exist."""


class UnknownArticle(UnusableInput):
    """An article id or version that the library does not hold."""


class UnknownChat(UnusableInput):
    """A conversation, or a turn of one, that the library does not hold."""


class UnknownStatement(UnusableInput):
    """A statement that its article does not have, or no longer has."""


class UnknownActor(UnusableInput):
    """A name that no actor of the library is known by."""


class UnknownBriefing(UnusableInput):
    """A briefing that the library does not have, or no longer has."""


class BadSettings(UnusableInput):
    """A setting or a key that cannot be used."""


class ModelError(OnRecordError):
    """The language or embedding model did not deliver."""


class ModelRefused(ModelError):
    """Key, model name or request was refused; trying again does not help."""


class RequestTooLong(ModelRefused):
    """The request is longer than the model reads."""


class ModelUnavailable(ModelError):
    """The endpoint is down, overloaded or too slow; trying again may help."""

    retryable = True


class ReplyError(ModelError):
    """The model answered something that cannot be used."""


class ModelMissing(OnRecordError):
    """The weights of a built-in model are absent or not the ones that were pinned."""


class InternalError(OnRecordError):
    """A mistake of this package, to be reported; neither the caller nor the data is at fault."""


class StoreError(OnRecordError):
    """The library or an index failed."""


class LibraryDamaged(StoreError):
    """The library file is not a library or is corrupted."""


class LibraryBusy(StoreError):
    """Another process holds the library; trying again may help."""

    retryable = True


class StoreUnavailable(StoreError):
    """A database or vector server that can't be reached; trying again may help."""

    retryable = True
