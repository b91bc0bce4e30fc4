"""A question read once: made whole, split, its scope and its intent."""
