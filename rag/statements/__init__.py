"""Statement extraction: who said what, by rules over a dependency parse; no model, no network."""

from __future__ import annotations

from rag.statements.extract import FINGERPRINT, Reading, extract_statements, read_article

__all__ = ["FINGERPRINT", "Reading", "extract_statements", "read_article"]
