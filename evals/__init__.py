"""Measures of the analyst's own parts on material that states what is right."""
