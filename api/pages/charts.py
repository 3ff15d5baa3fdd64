"""Charts as numbers for SVG elements: the page draws them, and a table beside says the same."""

from typing import NamedTuple

WIDTH, HEIGHT = 600, 200
"""Of the drawing's own units; the page scales it."""


class Column(NamedTuple):
    """A rectangle of a column chart."""

    x: float
    y: float
    width: float
    height: float
    people: int


def columns(counts: list[int]) -> list[Column]:
    """Side by side, the greatest as high as the drawing."""
    most = max(counts, default=0) or 1
    step = WIDTH / max(1, len(counts))
    heights = [round(HEIGHT * count / most, 1) for count in counts]
    return [
        Column(round(at * step + step * 0.1, 1), HEIGHT - height, round(step * 0.8, 1), height, count)
        for at, (count, height) in enumerate(zip(counts, heights, strict=True))
    ]


def line(counts: list[int]) -> str:
    """The `points` of a polyline; a single one is a level line; blank without any."""
    if len(counts) == 1:
        counts = counts * 2
    most = max(counts, default=0) or 1
    return " ".join(
        f"{round(at * WIDTH / (len(counts) - 1), 1)},{round(HEIGHT * (1 - count / most), 1)}"
        for at, count in enumerate(counts)
    )
