"""Adding articles: files and folders, addresses and feeds, and what a source holds before it is added."""
