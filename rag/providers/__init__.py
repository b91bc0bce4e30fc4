"""Models outside the process or in a package; one adapter, one file."""
