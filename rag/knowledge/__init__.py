"""What the rules know of the language and the world, as tables: each names its source in its head, is loaded once and
may be imported by every room. No rules stand here.
"""
