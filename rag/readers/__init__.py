"""Sources in, canonical articles out."""
