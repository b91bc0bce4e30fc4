"""Data sets in, metrics out."""
