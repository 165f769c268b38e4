"""The Chinese writer."""
