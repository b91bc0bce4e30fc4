"""Statement extraction: who said what, by rules over a dependency parse; no model, no network."""

from __future__ import annotations

from rag.statements.extract import FINGERPRINT, extract_statements

__all__ = ["FINGERPRINT", "extract_statements"]
