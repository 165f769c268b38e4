"""What the analyst can look up, and how bars and filings become facts."""
