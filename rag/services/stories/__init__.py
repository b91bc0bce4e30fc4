"""Stories: the articles about one event, over outlets, days and wire copies."""
