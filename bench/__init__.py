"""Benchmarks of what a user feels: how fast it starts, and what a streamed token costs.

Every figure is measured beside its baseline, in rounds that take turns, so that a busy machine slows both.
"""
