"""Drafts: a text of the reader's own, checked against the record."""
