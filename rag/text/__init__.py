"""Text in, spans out: canonical form, sentences, chunking, grounding, dates, prompts."""
