"""Exporting answers and briefings, and checking an exported file again."""
