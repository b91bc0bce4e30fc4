"""A plugin of pytest for runs side by side: one thread a model, as two that wait for each other keep a core busy."""

from __future__ import annotations

from rag.providers import packaged

packaged.MOST_THREADS = 1
