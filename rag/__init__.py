"""Ask a body of news what was said, on the record."""
