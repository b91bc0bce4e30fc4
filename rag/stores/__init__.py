"""Storage: the library (the record) and the vectors (derived)."""
