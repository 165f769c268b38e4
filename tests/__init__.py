"""The tests of the analyst and its service."""
