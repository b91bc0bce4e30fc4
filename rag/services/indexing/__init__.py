"""Building the indices from the library, in this process or by workers that share it."""
