"""Days: named in running text, asked for as a period, written on a page."""
