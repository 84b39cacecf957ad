"""What stands above the body of a dump: title, section, summary, byline, date and page mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tasks.extract.lines import CJK, LABEL_LETTERS, Line, Shape, page_mark
from tasks.extract.names import BY, like_a_person, people
from tasks.extract.titles import folded
from tasks.extract.written_dates import find_day

# More prose than this between title and byline is no summary.
LONGEST_SUMMARY = 400
# Lines above the body among which its title, byline and date are looked for.
HEADER_LINES = 45
SECTION_LETTERS = 40
# Titles shorter than this are rarer than section names of that length.
TITLE_LETTERS = 25
CLOSE_SCORE = 1.2
# Lines below the title in which a byline, date or page mark ends the header.
HEADER_TAIL = 8
AFTER_NAMES = re.compile(r"\s*[/|•·]\s*|,?\s(?=[^\W\d]{3,9}\.?,? \d)|\s*(?=\d)")


@dataclass(frozen=True, slots=True)
class Header:
    """What was found above the body, which begins at line `body_at`; "" or None for what was not.

    `byline`: names only. `number` of `total` is the page mark, 0 where there is none.
    """

    body_at: int
    title: str = ""
    section: str = ""
    summary: str = ""
    byline: str = ""
    day: date | None = None
    number: int = 0
    total: int = 0


def read_header(lines: Sequence[Line], start: int, end: int) -> Header:
    """Read the lines around the beginning of the stretch of prose from `start` to `end`."""
    title_at = _title_at(lines, start, end)
    body_at, summary = _body_start(lines, title_at, start, end)
    around = lines[max(0, start - 8 if title_at is None else title_at - 6) : body_at + 3]
    title = lines[title_at].text if title_at is not None else ""
    byline, day = _byline_and_date(around, title)
    number, total = next((mark for line in around if (mark := page_mark(line.text))), (0, 0))
    return Header(body_at, title, _section(lines, title_at), summary, byline, day, number, total)


def _title_at(lines: Sequence[Line], start: int, end: int) -> int | None:
    """The line above the body, or at its very beginning, that looks most like its title."""
    seen = Counter(folded(line.text) for line in lines)
    body = [line for line in lines[start:end] if line.shape is Shape.PROSE]
    body_words = Counter(word for line in body for word in _words(line.text))
    scores: dict[int, float] = {}
    for position in range(max(0, start - HEADER_LINES), min(start + 3, len(lines))):
        line = lines[position]
        if line.listed or line.shape not in {Shape.LABEL, Shape.SENTENCE, Shape.PROSE} or not 12 <= line.letters <= 250:
            continue
        below = {other.shape for other in lines[position + 1 : position + HEADER_TAIL]}
        scores[position] = _title_score(line, seen[folded(line.text)], body_words) - 0.04 * abs(start - position)
        scores[position] += 0.7 * bool(below & {Shape.BYLINE, Shape.DATE, Shape.PAGE_MARK})
    if not scores:
        return None
    best = max(scores, key=lambda position: scores[position])
    # A summary or author below the title may look more like a title than the title: the first of such lines is it.
    above = [position for position in range(best - 3, best) if _rivals(lines, scores, position, best)]
    return above[0] if above else best


def _rivals(lines: Sequence[Line], scores: dict[int, float], position: int, best: int) -> bool:
    close = scores.get(position, -9.0) >= scores[best] - CLOSE_SCORE
    return close and lines[position].alone and lines[position].letters >= TITLE_LETTERS


def _title_score(line: Line, times_seen: int, body_words: Counter[str]) -> float:
    """Titles stand alone, come again in a breadcrumb, share their words with the body, and have no full stop."""
    words = _words(line.text)
    # A line of the body itself holds each of its words once more.
    own = int(line.shape is Shape.PROSE)
    shared = sum(body_words[word] > own for word in words) / len(words) if words else 0.0
    score = 1.2 * line.alone + 0.8 * (times_seen > 1) + 0.7 * (line.letters >= 30) + 2.0 * shared
    return score - 1.0 * (line.letters > 160) - 1.5 * line.text.endswith((".", "。", "…"))


def _words(text: str) -> set[str]:
    plain = folded(text)
    pairs = {plain[i : i + 2] for i in range(len(plain) - 1)} if CJK.search(plain) else set()
    return pairs or {word for word in plain.split() if len(word) > 3}


def _body_start(lines: Sequence[Line], title_at: int | None, start: int, end: int) -> tuple[int, str]:
    """Where the body begins, and the summary: prose between the title and a byline, date or page mark."""
    if title_at is None:
        return start, ""
    summary = ""
    position = title_at + 1
    for other in range(position, min(title_at + HEADER_TAIL, end)):
        if lines[other].shape in {Shape.BYLINE, Shape.DATE, Shape.PAGE_MARK}:
            between = [line for line in lines[position:other] if line.shape in {Shape.PROSE, Shape.SENTENCE}]
            if len(between) > 1 and sum(line.letters for line in between) > LONGEST_SUMMARY:
                break
            summary = between[0].text if between else summary
            return max(other + 1, 0), summary
    return max(position, min(start, position + HEADER_LINES)) if start > title_at else position, summary


def _section(lines: Sequence[Line], title_at: int | None) -> str:
    if not title_at:
        return ""
    above = lines[title_at - 1]
    short = above.letters <= SECTION_LETTERS and above.shape is Shape.LABEL and not above.listed
    return above.text if short else ""


def _byline_and_date(header: Sequence[Line], title: str) -> tuple[str, date | None]:
    """The names of the byline, as printed, and the first date. A name beside the date needs no "By"."""
    lines = [line for line in header if line.text != title and line.letters <= LABEL_LETTERS]
    byline = next((line.text for line in lines if BY.match(line.text) and people([_names(line.text)])), "")
    dated = [position for position, line in enumerate(lines) if find_day(line.text)]
    if not byline and dated:
        beside = [
            line.text for line in lines[max(dated[0] - 2, 0) : dated[0] + 3] if line.shape in {Shape.LABEL, Shape.DATE}
        ]
        byline = next((text for text in beside if like_a_person(_names(text))), "")
    return _names(byline), find_day(lines[dated[0]].text) if dated else None


def _names(byline: str) -> str:
    """A byline without what follows the names: a date, a time, an office."""
    return AFTER_NAMES.split(byline, maxsplit=1)[0].strip()
