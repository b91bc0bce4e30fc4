"""Documents: an answer, a briefing or a checked draft as lines, and one writer of lines for each format."""
