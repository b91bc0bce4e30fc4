"""Briefings: gather articles, group them by event, choose or let a model write, check every sentence."""
