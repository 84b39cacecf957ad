"""Where a query's words stand in an article, and which stretch of it to show. The same for every backend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.analysis import MAX_TOKEN_CHARACTERS, Chunk, Token, analysed, chunk_of, scan
from index.article import Article
from index.results import BestPassage, Explanation, Hit, Span
from index.stemming import stem
from index.wanted import Sought


@dataclass(frozen=True, slots=True)
class Found:
    """One place where something sought stands, in characters."""

    start: int
    end: int
    sought: Sought


class Highlighter:
    """Finds what one query seeks in any number of articles; what it learns of a word it keeps."""

    def __init__(self, sought: Sequence[Sought]) -> None:
        self._sought = tuple(sought)
        self._words: dict[str, Sought] = {}
        self._rows: dict[str, list[Sought]] = defaultdict(list)
        self._wholes: dict[str, Sought] = {}
        for one in sought:
            if len(one.row) == 1:
                self._words.setdefault(one.row[0], one)
            elif one.row:
                self._rows[one.row[0]].append(one)
            if not one.strict:
                self._wholes |= dict.fromkeys(one.wholes, one)
        # Per language: what stems mean, and which word of a text was found to be which sought.
        self._stems: dict[str, dict[str, Sought]] = {}
        self._known: dict[str, dict[str, Sought | None]] = defaultdict(dict)

    def find(self, text: str, language: str) -> list[Found]:
        """Every place in a text where something sought stands, in order. `language` is the article's."""
        if not self._sought:
            return []
        found = self._among(analysed(text), language) if self._rows else self._one_by_one(text, language)
        return sorted(found, key=lambda place: (place.start, place.end))

    def _among(self, chunk: Chunk, language: str) -> list[Found]:
        starts = [n for n, token in enumerate(chunk.words) if token.text in self._rows] if self._rows else []
        found = [place for n in starts for place in self._rows_at(chunk.words, n)]
        known = ((token, self._word(token.text, token.plain, language)) for token in chunk.words)
        found += [Found(token.start, token.end, one) for token, one in known if one]
        wholes = ((token, self._wholes.get(token.text)) for token in chunk.wholes)
        return found + [Found(token.start, token.end, one) for token, one in wholes if one]

    def _one_by_one(self, text: str, language: str) -> list[Found]:
        """The same where no words in a row are sought: nine of ten words need one look into what is known."""
        known, found = self._known[language], []
        for match in scan(text):
            if match.lastgroup != "plain":
                found += self._among(chunk_of(match), language)
                continue
            spelled = match[0]
            if spelled not in known:
                lower = spelled[:MAX_TOKEN_CHARACTERS].lower()
                known[spelled] = self._word(lower, lower, language)
            one = known[spelled]
            if one:
                found.append(Found(match.start(), match.end(), one))
        return found

    def _word(self, folded: str, plain: str, language: str) -> Sought | None:
        """What a single word of a text is of what is sought: the same spelling, or the same stem."""
        if folded in self._words:
            return self._words[folded]
        if language not in self._stems:
            self._stems[language] = {stem(one.plain, language): one for one in self._sought if one.plain}
        stems = self._stems[language]
        return stems.get(stem(plain, language)) if stems else None

    def _rows_at(self, tokens: Sequence[Token], n: int) -> list[Found]:
        return [
            Found(tokens[n].start, tokens[n + len(one.row) - 1].end, one)
            for one in self._rows.get(tokens[n].text, ())
            if tuple(token.text for token in tokens[n : n + len(one.row)]) == one.row
        ]

    def explained(self, article: Article, explanation: Explanation, nearest: int | None) -> Hit:
        """A hit with its highlights, its best passage, and the terms and fields of its explanation.

        `nearest` is the place in `article.passages` of the passage nearest to the query; without one the passage with
        the most of the sought is shown, and none where the body holds nothing of it.
        """
        fields = {"title": article.title, "summary": article.summary, "body": article.text}
        found = {name: self.find(text, article.language) for name, text in fields.items()}
        present = {place.sought for places in found.values() for place in places}
        terms = tuple(dict.fromkeys(one.spelled for one in self._sought if one in present))
        return Hit(
            article,
            explanation.keyword_share + explanation.vector_share,
            replace(explanation, terms=terms, fields=tuple(name for name, places in found.items() if places)),
            _best_passage(article, found["body"], nearest),
            spans(found["title"]),
            spans(found["summary"]),
        )


def spans(found: Iterable[Found]) -> tuple[Span, ...]:
    """Places as highlights: in order, none touching another (pairs of CJK characters overlap)."""
    merged: list[Span] = []
    for place in found:
        if merged and place.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, place.end))
        else:
            merged.append(Span(place.start, place.end))
    return tuple(merged)


def _best_passage(article: Article, found: Sequence[Found], nearest: int | None) -> BestPassage | None:
    text = article.text
    if nearest is not None:
        passage = article.passages[nearest]
        return _passage(text, passage.start, passage.end, found)
    if not found:
        return None
    stretches = [(passage.start, passage.end) for passage in article.passages] or _blocks(article)
    # The first of equals: max keeps it.
    start, end = max(stretches, key=lambda stretch: _worth(stretch, found))
    if not any(start <= place.start and place.end <= end for place in found):
        start, end = next(stretch for stretch in _blocks(article) if stretch[0] <= found[0].start < stretch[1])
    return _passage(text, start, end, found)


def _worth(stretch: tuple[int, int], found: Sequence[Found]) -> tuple[int, int]:
    inside = [place.sought for place in found if stretch[0] <= place.start and place.end <= stretch[1]]
    return len(set(inside)), len(inside)


def _blocks(article: Article) -> list[tuple[int, int]]:
    """Where each block stands in `Article.text`, which joins them with two line breaks."""
    places, start = [], 0
    for block in article.blocks:
        places.append((start, start + len(block.text)))
        start += len(block.text) + 2
    return places


def _passage(text: str, start: int, end: int, found: Sequence[Found]) -> BestPassage:
    inside = [place for place in found if start <= place.start and place.end <= end]
    shifted = tuple(Span(span.start - start, span.end - start) for span in spans(inside))
    return BestPassage(text[start:end], start, end, shifted)
