"""Imports what the first page needs; the server does so in a thread while the browser loads. Nothing is opened."""

from __future__ import annotations

import rag.newsroom
import rag.ui.session
import rag.ui.suggestions
import rag.ui.turns  # noqa: F401
