"""Days as people write them in a line of text, in many languages."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

# Month names by their first letters, enough to tell them apart in each language.
MONTHS = (
    ("jan", "janv", "ene", "gen", "янв", "січ", "sty", "oca", "sau", "gennaio", "ocak"),
    ("feb", "fév", "fev", "фев", "лют", "lut", "şub", "vas"),
    ("mar", "mär", "maart", "mrz", "мар", "бер", "kov", "mars"),
    ("apr", "avr", "abr", "апр", "кві", "kwi", "nis", "bal"),
    ("may", "mai", "maj", "mei", "mag", "мая", "май", "тра", "geg", "maí"),
    ("jun", "juin", "giu", "июн", "чер", "cze", "haz", "bir", "jún"),
    ("jul", "juil", "lug", "июл", "лип", "lip", "tem", "lie", "júl"),
    ("aug", "août", "aout", "ago", "авг", "сер", "sie", "ağu", "rgp", "ágú"),
    ("sep", "set", "сен", "вер", "wrz", "eyl", "rgs"),
    ("oct", "okt", "out", "ott", "окт", "жов", "paź", "eki", "spa", "spal"),
    ("nov", "нояб", "ноя", "лис", "kas", "lap", "nóv"),
    ("dec", "dez", "déc", "dic", "дек", "гру", "gru", "ara", "des"),
)
BEGINNINGS = sorted(
    ((name, number) for number, names in enumerate(MONTHS, start=1) for name in names), key=lambda x: -len(x[0])
)
ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
EASTERN = re.compile(r"((?:19|20)\d{2})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:19|20)\d{2}|\d{2}(?=$|[ ,)]))(?!\d)")
DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?(?:\s|-)(?:de |of )?([^\W\d_]{3,12})\.?,?"
    r"(?:\s|-)(?:de |del )?((?:19|20)\d{2})(?!\d)"
)
MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s((?:19|20)\d{2})(?!\d)")


@lru_cache(maxsize=4096)
def find_day(text: str) -> date | None:
    """The first full date in a line of text; None where there is none.

    5/6/2024 is 5 June, as most of the world writes it, unless only the American order gives a date.
    """
    if match := ISO.search(text) or EASTERN.search(text):
        year, month, day = (int(part) for part in match.groups())
        return _day(year, month, day)
    if match := NUMERIC.search(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        return _day(year, second, first) or _day(year, first, second)
    if (match := DAY_MONTH.search(text)) and (named := _month(match[2])):
        return _day(int(match[3]), named, int(match[1]))
    if (match := MONTH_DAY.search(text)) and (named := _month(match[1])):
        return _day(int(match[3]), named, int(match[2]))
    return None


def _month(word: str) -> int | None:
    lowered = word.lower()
    return next((number for name, number in BEGINNINGS if lowered.startswith(name)), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
