"""The figure check: every figure of an answer, decided against its facts and documents by code alone."""

from graph.report.figures.check import Checker, check_figures
from graph.report.figures.source import Source
from graph.report.model import Figure

__all__ = ["Checker", "Figure", "Source", "check_figures"]
