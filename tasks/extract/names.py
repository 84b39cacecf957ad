"""Names of people out of bylines, with agencies told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

AGENCIES = {
    "ap": "AP", "associated press": "AP", "the associated press": "AP", "afp": "AFP", "agence france-presse": "AFP",
    "reuters": "Reuters", "thomson reuters": "Reuters", "dpa": "dpa", "deutsche presse-agentur": "dpa", "apa": "APA",
    "austria presse agentur": "APA", "upi": "UPI", "efe": "EFE", "ansa": "ANSA", "xinhua": "Xinhua", "tass": "TASS",
    "interfax": "Interfax", "kyodo": "Kyodo", "kyodo news": "Kyodo", "jiji press": "Jiji", "yonhap": "Yonhap",
    "anadolu": "Anadolu", "anadolu agency": "Anadolu", "anadolu ajansı": "Anadolu", "sid": "SID", "epd": "epd",
    "kna": "KNA", "ritzau": "Ritzau", "ntb": "NTB", "belga": "Belga", "anp": "ANP", "lusa": "Lusa", "pap": "PAP",
    "čtk": "ČTK", "sda": "Keystone-SDA", "keystone-sda": "Keystone-SDA", "pti": "PTI", "ani": "ANI", "ians": "IANS",
    "aap": "AAP", "pa media": "PA", "press association": "PA", "the canadian press": "CP",
    "europa press": "Europa Press", "新华社": "Xinhua", "共同通信": "Kyodo", "연합뉴스": "Yonhap",
}  # fmt: skip
# "By", in the languages of many bylines. German "von" and Dutch "van" also stand within names, so only at the start.
BY = re.compile(r"^(?:by|von|par|por|di|da|av|af|door|przez|text|words by|a report by|de notre)\s*:?\s+(?=\S)", re.I)
AND = re.compile(r"\s*(?:;|\||/|•|·|、|，|&|\s(?:and|und|et|och|og|en|y|e|i)\s)\s*")
# What follows a name and is none: an address, a role in brackets, where the report was written.
AFTER_NAME = re.compile(r"\s*(?:\([^)]*\)|<[^>]*>|\S+@\S+|\bin [A-Z]\S+.*$|\s[-–—|]\s.*$|기자.*$|記者$)\s*")
NO_NAME = re.compile(r"https?$|https?:|www\.|[@/]|\d{3}|\d[:.]\d", re.I)
# Names of five words exist ("María del Carmen de la Cruz"); sentences are longer.
MOST_WORDS = 6
LONGEST = 60
LONGEST_BYLINE = 1_000


def people(values: Iterable[str]) -> tuple[str, ...]:
    """Names in order, once each, from bylines such as "By Ann Roe and Jo Doe, AP" or "Roe, Ann"."""
    found: dict[str, str] = {}
    for value in values:
        if "://" in value:
            continue
        for part in AND.split(BY.sub("", value[:LONGEST_BYLINE].strip())):
            for name in _by_commas(part):
                name = BY.sub("", AFTER_NAME.sub(" ", name)).strip(" ,.:;-–|\u200b")
                if is_name(name):
                    found.setdefault(name.casefold(), name)
    return tuple(found.values())


def agency_of(names: Iterable[str]) -> str:
    """The first news agency among the names, as it calls itself; "" for none."""
    return next((AGENCIES[name.casefold()] for name in names if name.casefold() in AGENCIES), "")


def is_name(text: str) -> bool:
    """Whether this could be somebody's name: short, no address, no number."""
    return (
        1 < len(text) <= LONGEST
        and len(text.split()) <= MOST_WORDS
        and not NO_NAME.search(text)
        and any(character.isalpha() for character in text)
    )


def like_a_person(text: str) -> bool:
    """Whether this looks like one person's full name: two to four words, the first and last capitalised."""
    words = text.split()
    return 2 <= len(words) <= 4 and words[0][:1].isupper() and words[-1][:1].isupper() and is_name(text)


def _by_commas(part: str) -> list[str]:
    """Commas part names ("Ann Roe, Jo Doe"), turn one round ("Roe, Ann"), or lead to a role, which ends the list."""
    pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
    if len(pieces) == 2 and all(len(piece.split()) == 1 and piece[:1].isupper() for piece in pieces):
        return pieces[:1] if pieces[1].casefold() in AGENCIES else [f"{pieces[1]} {pieces[0]}"]
    kept = pieces[:1]
    for piece in pieces[1:]:
        if piece.casefold() not in AGENCIES and not like_a_person(piece):
            break
        kept.append(piece)
    return kept
