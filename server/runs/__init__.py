"""Runs: their life, their event log, and the stream that readers follow."""
