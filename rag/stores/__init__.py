"""Where things are kept: the library (the record) and the vectors (derived)."""
