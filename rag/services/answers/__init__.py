"""Answering: gather evidence, let an engine draft, check every sentence, hand on what stands."""
