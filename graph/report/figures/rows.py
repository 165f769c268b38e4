"""A line of a table cut into cells."""

from __future__ import annotations

import re

MOST_CELLS = 64
_OPENING = re.compile(r"(?:us)?[$€£¥]?\s?\(?|rmb|-")


def cells_of(line: str) -> list[str]:
    """Cut a line into cells; a currency, a parenthesis or a per cent sign of its own joins its amount."""
    cells: list[str] = []
    pending = ""
    for cell in [part.strip() for part in line.split("|")][:MOST_CELLS]:
        if not pending and len(cells) > 1 and cell in (")", "%", ")%", ") %") and _ends_amount(cells):
            while len(cells) > 2 and not cells[-1]:
                cells.pop()
            cells[-1] += cell
        elif cell and cells and _OPENING.fullmatch(cell):
            if cell == "-" or not cell:
                cells.append(cell)
            else:
                cells += [pending] if pending else []
                pending = cell
        elif pending and not cell:
            continue
        elif pending and not any(char.isdigit() or char in "(-—" for char in cell):
            # A sign that heads its own column.
            cells += [pending, cell]
            pending = ""
        else:
            cells.append(pending + cell)
            pending = ""
    return [*cells, pending] if pending else cells


def _ends_amount(cells: list[str]) -> bool:
    """Tell whether the last cell that shows anything shows an amount."""
    shown = next((cell for cell in reversed(cells[1:]) if cell), "")
    return re.fullmatch(r"[^a-z\u4e00-\u9fff]*\d[^a-z\u4e00-\u9fff]*", shown) is not None
