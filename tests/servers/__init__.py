"""A throw-away PostgreSQL and a Chroma server for tests, started on this machine and stopped with the run."""
