"""The lines of a raw text dump and their shape: how much each, by itself, looks like somebody's prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from tasks.extract.charset import one_line
from tasks.extract.furniture import BUTTONS, CREDIT, ENDINGS, PAGE_MARK, PLEAS, SLASHED
from tasks.extract.names import BY, people
from tasks.extract.written_dates import find_day

BULLET = re.compile(r"^\s*(?:[•◦▪▫■□●○‣⁃·*»›]|[-–—](?=\s)|\d{1,2}[.)](?=\s))\s+")
TERMINAL = re.compile(r"[.!?…。！？؟।][\"'”’»«)\]」』】]*$|[\"”»」』]$")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# One Chinese character, kana or hangul says about as much as three letters.
CJK_WEIGHT = 3
# Real paragraphs of 152 dumps: nine in ten have 80 letters or more. Menu entries and teasers have fewer, nine in ten.
PROSE_LETTERS = 80
# A line of fewer letters with a full stop is a sentence ("He declined."); without one it is a label.
SENTENCE_LETTERS = 20
# A heading, teaser or title is rarely longer.
LABEL_LETTERS = 120
# The longest line that a furniture word at its beginning condemns: longer ones are sentences that begin so by chance.
BUTTON_LETTERS = 70
PLEA_LETTERS = 250
LONGEST_CREDIT = 90
# The longest of 152 dumps has 1,100 lines.
MOST_LINES = 20_000


class Shape(Enum):
    """What a line looks like by itself."""

    PROSE = auto()
    SENTENCE = auto()
    LABEL = auto()
    LISTED = auto()
    BUTTON = auto()
    ENDING = auto()
    CREDIT = auto()
    BYLINE = auto()
    DATE = auto()
    PAGE_MARK = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty. `letters`: its length, characters that say more counted as more.

    `alone`: empty lines before and after, as around a paragraph. `listed`: it begins with a bullet or number.
    """

    text: str
    letters: int
    listed: bool
    alone: bool
    shape: Shape

    @property
    def terminal(self) -> bool:
        return TERMINAL.search(self.text) is not None


def read_lines(text: str) -> list[Line]:
    """The dump's lines with their shapes; empty ones are left out but for what they say of their neighbours."""
    raw = text.splitlines()[:MOST_LINES]
    found: list[Line] = []
    for number, line in enumerate(raw):
        bullet = BULLET.match(line)
        # "3. May 2024" is a date, not the third of a list.
        if bullet and find_day(line[:60].strip()):
            bullet = None
        content = one_line(line[bullet.end() :] if bullet else line)
        if not any(character.isalnum() for character in content):
            continue
        alone = _empty(raw, number - 1) and _empty(raw, number + 1)
        letters = count_letters(content)
        found.append(Line(content, letters, bool(bullet), alone, _shape(content, letters, bool(bullet))))
    return found


def count_letters(text: str) -> int:
    """The text's length, with Chinese characters, kana and hangul counted as the several letters they stand for."""
    return len(text) + (CJK_WEIGHT - 1) * len(CJK.findall(text))


def page_mark(text: str) -> tuple[int, int] | None:
    """(2, 3) for "(Page 2 of 3)", (2, 0) for "Page 2", None for anything else."""
    match = PAGE_MARK.match(text)
    if not match:
        return None
    number, total = (
        next((int(group) for group in pair if group), 0) for pair in (match.groups()[::2], match.groups()[1::2])
    )
    return (number, total) if 0 < number <= (total or number) else None


def _shape(text: str, letters: int, listed: bool) -> Shape:
    if page_mark(text):
        return Shape.PAGE_MARK
    if letters <= BUTTON_LETTERS and ENDINGS.match(text):
        return Shape.ENDING
    if letters <= LONGEST_CREDIT and (CREDIT.search(text) or (SLASHED.match(text) and not listed)):
        return Shape.CREDIT
    if (letters <= BUTTON_LETTERS and BUTTONS.match(text)) or (letters <= PLEA_LETTERS and PLEAS.search(text)):
        return Shape.DATE if find_day(text) else Shape.BUTTON
    if letters <= LONGEST_CREDIT and not TERMINAL.search(text):
        if BY.match(text) and people([BY.sub("", text)]):
            return Shape.BYLINE
        if find_day(text):
            return Shape.DATE
    if letters >= PROSE_LETTERS and (TERMINAL.search(text) or letters >= LABEL_LETTERS):
        return Shape.PROSE
    if listed:
        return Shape.LISTED
    if letters >= SENTENCE_LETTERS and TERMINAL.search(text):
        return Shape.SENTENCE
    return Shape.LABEL


def _empty(raw: list[str], number: int) -> bool:
    return not 0 <= number < len(raw) or not raw[number].strip()
