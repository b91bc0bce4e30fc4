"""Imports what the first page needs; the server does so in a thread while the browser loads. Nothing is opened."""

from __future__ import annotations
