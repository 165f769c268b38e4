"""The figure check: every figure of an answer, decided against its facts and documents by code alone."""

from graph.report.figures.check import Checker, Source, check_figures
from graph.report.model import Figure

__all__ = ["Checker", "Figure", "Source", "check_figures"]
