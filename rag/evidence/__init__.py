"""Find it, check it, read model text."""
