"""The service: runs, sessions and the doors by which the analyst is asked."""

__version__ = "0.4.0"
