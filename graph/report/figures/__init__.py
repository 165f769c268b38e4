"""The figure check: every figure of an answer, decided against its facts and documents by code alone."""

from graph.report.figures.check import Source, check_figures
from graph.report.model import Figure

__all__ = ["Figure", "Source", "check_figures"]
