"""Answering: gather evidence, let an engine draft, check every sentence, and stream what is supported."""
