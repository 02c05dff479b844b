"""Rulebooks on the web (规则集): drafts, adopted versions, and what they say, readable."""
