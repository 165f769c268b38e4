"""Market data behind one protocol: what a symbol is, its daily bars, its reported fundamentals."""
