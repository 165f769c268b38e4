"""Prompts, one folder each, one file a version."""
