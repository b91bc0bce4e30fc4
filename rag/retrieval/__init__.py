"""Finding passages and the evidence for an answer."""
