"""How good the figure check is: answers whose every figure is known to be right or wrong."""
