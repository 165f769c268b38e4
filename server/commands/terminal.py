"""Where commands print: styled in a terminal, plain in a file or a pipe."""

from __future__ import annotations

import sys

from rich.console import Console


class Terminal(Console):
    """A console that tells its command when whoever reads the output has left, as `| head` does."""

    def on_broken_pipe(self) -> None:
        """Leave it to the command to end what it does.

        Raises:
            BrokenPipeError: always; `main` ends the program on it without a word.
        """
        raise BrokenPipeError


def open_terminal(plain_width: int | None = None) -> Terminal:
    """Open the standard output; in a pipe or a file lines are `plain_width` characters wide, if given."""
    return Terminal(highlight=False, width=None if sys.stdout.isatty() else plain_width)
