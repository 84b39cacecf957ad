"""Which lines of a dump are its article's body: the stretch with the most prose, then each line by its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from index.article import Block, BlockKind
from tasks.extract.lines import LABEL_LETTERS, PROSE_LETTERS, Line, Shape

# How much each shape speaks for (or against) a stretch being the body, prose by its length up to LONGEST_COUNTED.
WEIGHTS = {
    Shape.SENTENCE: 0.3, Shape.LABEL: -0.4, Shape.LISTED: -0.6, Shape.BUTTON: -0.5, Shape.ENDING: -2.0,
    Shape.CREDIT: -0.3, Shape.BYLINE: -0.3, Shape.DATE: -0.5, Shape.PAGE_MARK: 0.0,
}  # fmt: skip
LONGEST_COUNTED = 400


def body_stretch(lines: Sequence[Line]) -> tuple[int, int]:
    """Where the stretch of lines with the greatest weight begins and ends (Kadane's maximum subarray)."""
    best, best_span, total, begin = 0.0, (0, 0), 0.0, 0
    for position, line in enumerate(lines):
        if total <= 0:
            total, begin = 0.0, position
        total += _weight(line)
        if total > best:
            best, best_span = total, (begin, position + 1)
    return best_span


def _weight(line: Line) -> float:
    if line.shape is Shape.PROSE:
        weight = min(line.letters, LONGEST_COUNTED) / 100
        return weight * (1.0 if line.terminal else 0.5) * (0.5 if line.listed else 1.0)
    return WEIGHTS[line.shape]


def second_pass(lines: Sequence[Line], start: int, end: int) -> tuple[tuple[Block, ...], list[tuple[str, str]]]:
    """The second pass: keep or drop each line of the body's stretch by its neighbours."""
    kept: list[Block] = []
    removed: list[tuple[str, str]] = []
    for position in range(start, end):
        rule, kind = _judged(lines, position, start, end)
        if rule:
            removed.append((rule, lines[position].text))
        else:
            kept.append(Block(lines[position].text, kind))
    return tuple(dict.fromkeys(kept)), removed


def _judged(lines: Sequence[Line], position: int, start: int, end: int) -> tuple[str, BlockKind]:
    """(rule that drops the line, or "", and what kind of block it is otherwise)."""
    line = lines[position]
    before = lines[position - 1] if position > start else None
    after = lines[position + 1] if position + 1 < end else None
    if line.shape in {Shape.BUTTON, Shape.ENDING}:
        return "button or notice", BlockKind.PARAGRAPH
    if line.shape is Shape.CREDIT:
        return "credit", BlockKind.PARAGRAPH
    if line.shape in {Shape.BYLINE, Shape.DATE, Shape.PAGE_MARK}:
        return "byline, date or page mark", BlockKind.PARAGRAPH
    if after and after.shape is Shape.CREDIT and (line.letters < LABEL_LETTERS or _first_prose(lines, start, position)):
        return "caption", BlockKind.PARAGRAPH
    if line.shape is Shape.PROSE:
        return "", BlockKind.LIST_ITEM if line.listed else BlockKind.PARAGRAPH
    if line.shape is Shape.SENTENCE:
        return "", BlockKind.PARAGRAPH
    return _label_judged(line, before, after)


def _label_judged(line: Line, before: Line | None, after: Line | None) -> tuple[str, BlockKind]:
    prose = {Shape.PROSE, Shape.SENTENCE}
    if line.shape is Shape.LISTED:
        among = [other for other in (before, after) if other and other.listed]
        if among and all(other.letters >= PROSE_LETTERS for other in among):
            return "", BlockKind.LIST_ITEM
        return "list of links", BlockKind.PARAGRAPH
    if line.alone and before and after and before.shape in prose and after.shape in prose:
        return "", BlockKind.HEADING
    return "label beside labels", BlockKind.PARAGRAPH


def _first_prose(lines: Sequence[Line], start: int, position: int) -> bool:
    return not any(line.shape is Shape.PROSE for line in lines[start:position])
