"""Answering, briefing and statements; they do not know each other."""
