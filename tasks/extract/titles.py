"""An article's title out of everything on the page that claims to be it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice

# What parts a title from a site's name. A hyphen counts only with spaces around it, since it also joins words.
TAIL = re.compile(r"\s+[-–—|·•*:»]\s+|\s*\|\s*|\s*[_]\s+|\s*--\s*")
# A tail without a known name must be this short to be one ("| Politics News | Metro News").
LONGEST_TAIL_WORDS = 4
MOST_TAILS = 12
# Two titles of one article share most words; a teaser for another article does not.
SAME_TITLE_SHARE = 0.6


def folded(text: str) -> str:
    """For comparing: no case, accents, quotes or punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    return re.sub(r"\W+", " ", plain).strip()


def without_site_name(title: str, site_names: Sequence[str], others: Sequence[str] = ()) -> str:
    """The title without " | The Site", " - Politics - The Site" or a leading "The Site: ".

    A tail goes where it names the site, or where one of `others` (titles from elsewhere on the page) is what remains.
    """
    known = {folded(name) for name in site_names if name}
    squeezed = {name.replace(" ", "") for name in known}
    shorter = {folded(other) for other in others}
    parts = list(islice(TAIL.finditer(title), MOST_TAILS))
    for cut in parts:
        head = title[: cut.start()].strip()
        if head and folded(head) in shorter:
            return head
    for cut in parts:
        head, tail = title[: cut.start()].strip(), TAIL.split(title[cut.end() :])
        short = len(title[cut.end() :].split()) <= LONGEST_TAIL_WORDS * 2
        if head and short and any(folded(part).replace(" ", "") in squeezed for part in tail if folded(part)):
            return head
    if parts and folded(title[: parts[0].start()]).replace(" ", "") in squeezed:
        return title[parts[0].end() :].strip()
    return title


def alike(one: str, other: str) -> bool:
    """Whether two titles are of one article: most of the shorter one's words stand in the other."""
    a, b = set(folded(one).split()), set(folded(other).split())
    if not a or not b:
        return False
    return len(a & b) / min(len(a), len(b)) >= SAME_TITLE_SHARE


def vote(candidates: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The title most agreed on, of (title, rule) in order of trust; ("", "") where there is none.

    A title counts once for each rule that gives it; between equals the earlier rule decides.
    """
    real = [(title, rule) for title, rule in candidates if folded(title)]
    if not real:
        return "", ""
    counts: dict[str, int] = {}
    for title, _ in real:
        counts[folded(title)] = counts.get(folded(title), 0) + 1
    return max(real, key=lambda candidate: counts[folded(candidate[0])])
