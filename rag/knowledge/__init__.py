"""What the rules know of the language and the world, as tables: each with its source in its head, loaded once, imported
by everybody. No rules stand here."""
