"""Statement extraction: who said what, by rules over a dependency parse; no model, no network."""

from __future__ import annotations

from rag.statements.extract import FINGERPRINT, extract_statements, read_article
from rag.statements.reading import Reading

__all__ = ["FINGERPRINT", "Reading", "extract_statements", "read_article"]
