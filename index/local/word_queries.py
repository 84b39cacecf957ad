"""tantivy's schema, and queries for it as pure functions. Text goes in analysed: tokens joined by spaces.

Title, summary and body are one field of words (for words and phrases), one of wholes (identifiers, single CJK
characters) and one of stems. The title stands in each three times: that is its weight, and as term frequency it
saturates, which is BM25F. Fields of their own, their scores added up, were measured worse: nDCG@10 of keywords alone on
scifact, time and muc_topic .571 .660 .293, like this .692 .671 .308. tantivy's tokenizers only split at the spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from tantivy import Document, FieldType, Occur, Query, Schema, SchemaBuilder

from index.analysis import Chunk, analysed
from index.article import Article
from index.local.article_rows import all_sources, microseconds
from index.query import Filters
from index.stemming import stem
from index.wanted import Sought, Wanted

# BM25's k1 1.2 and b 0.75 are tantivy's own.
TITLE_WEIGHT = 3
# A word as it is spelled, where its stem is no match (an accent was left out). At 1.0 rare spellings outweigh what the
# text is about: scifact, time, muc_topic .681 .660 .293 against .692 .671 .308; .3 and .5 are alike.
SPELLING_WEIGHT = 0.5
# Between title, summary and the blocks of the body, so that no phrase runs across. The analyser makes no such token.
BREAK = " | "


@cache
def schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_integer_field("number", indexed=True, fast=True)
    builder.add_integer_field("at", indexed=True, fast=True)
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("wholes", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def document(number: int, article: Article) -> Document:
    """An article as tantivy indexes it."""
    made = Document()
    made.add_integer("number", number)
    made.add_integer("at", microseconds(article.effective_at))
    made.add_text("language", article.language)
    for source in all_sources(article):
        made.add_text("source", source)
    parts = [analysed(article.title)] * TITLE_WEIGHT
    parts += [analysed(text) for text in (article.summary, *(block.text for block in article.blocks))]
    made.add_text("words", BREAK.join(" ".join(token.text for token in part.words) for part in parts))
    made.add_text("wholes", " ".join(token.text for part in parts for token in part.wholes))
    made.add_text("stems", " ".join(_stems(part, article.language) for part in parts))
    return made


def _stems(part: Chunk, language: str) -> str:
    return " ".join(stem(token.plain, language) for token in part.words)


def filtered(filters: Filters) -> list[tuple[Occur, Query]]:
    """Clauses that every hit must satisfy and that add nothing to its score."""
    clauses = [
        any_of(Query.term_query(schema(), field, value) for value in values)
        for field, values in (("source", filters.sources), ("language", filters.languages))
        if values
    ]
    if filters.after or filters.before:
        after = None if filters.after is None else microseconds(filters.after)
        before = None if filters.before is None else microseconds(filters.before) - 1
        clauses.append(Query.range_query(schema(), "at", FieldType.Integer, after, before))
    return [(Occur.Must, Query.const_score_query(clause, 0.0)) for clause in clauses]


def matching(wanted: Wanted, filters: Filters, languages: Iterable[str]) -> Query:
    """Articles that have the words. Its score is BM25. `languages`: all that the index holds, for their stems.

    Without positive words it finds everything that is neither excluded nor filtered out, with score 0.
    """
    spoken = [one for one in languages if not filters.languages or one in filters.languages]
    clauses = filtered(filters)
    clauses += [(Occur.Must, _sought(phrase, spoken)) for phrase in wanted.phrases]
    if wanted.loose:
        loose = any_of(_sought(one, spoken) for one in wanted.loose)
        # Where a phrase is asked for, it alone decides what is found; the loose words then only add to the score.
        clauses.append((Occur.Should if wanted.phrases else Occur.Must, loose))
    if not clauses:
        clauses = [(Occur.Must, Query.const_score_query(Query.all_query(), 0.0))]
    return Query.boolean_query(clauses + [(Occur.MustNot, _sought(one, spoken)) for one in wanted.excluded])


def demanded(wanted: Wanted, languages: Sequence[str]) -> Query:
    """Articles in which all phrases stand: the vectors' half is bound by it."""
    return Query.boolean_query([(Occur.Must, _sought(phrase, languages)) for phrase in wanted.phrases])


def barred(wanted: Wanted, languages: Sequence[str]) -> Query:
    """Articles with something excluded in them: likewise."""
    return any_of(_sought(one, languages) for one in wanted.excluded)


def among(query: Query, numbers: Sequence[int]) -> Query:
    """A query, looking at these articles only."""
    only = Query.const_score_query(Query.term_set_query(schema(), "number", list(numbers)), 0.0)
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, only)])


def any_of(queries: Iterable[Query]) -> Query:
    """At least one of them, the scores added up."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _sought(sought: Sought, languages: Sequence[str]) -> Query:
    ways = [Query.term_query(schema(), "wholes", whole, index_option="freq") for whole in sought.wholes]
    if sought.strict:
        return Query.boolean_query([(Occur.Must, way) for way in [_row(sought.row), *ways]])
    if sought.plain:
        ways += _stemmed(sought.plain, languages)
        ways.append(Query.boost_query(_row(sought.row), SPELLING_WEIGHT))
    elif sought.row:
        ways.append(_row(sought.row))
    # The best way counts, and not their sum: they are the same word.
    return ways[0] if len(ways) == 1 else Query.disjunction_max_query(ways)


def _stemmed(plain: str, languages: Sequence[str]) -> list[Query]:
    """The word's stem in each language, looked for in that language's articles only ("tanker" is "tank" in German).

    What it is worth is counted over all articles: counted within a language of which the index has few, the commonest
    words would be rare, and would bring those articles to the top.
    """
    spoken: dict[str, list[str]] = {}
    for language in languages:
        spoken.setdefault(stem(plain, language), []).append(language)
    terms = {one: Query.term_query(schema(), "stems", one, index_option="freq") for one in spoken}
    if len(terms) == 1:
        return list(terms.values())
    return [Query.boolean_query([(Occur.Must, terms[one]), (Occur.Must, _only(spoken[one]))]) for one in spoken]


def _only(languages: Sequence[str]) -> Query:
    terms = any_of(Query.term_query(schema(), "language", language) for language in languages)
    return Query.const_score_query(terms, 0.0)


def _row(row: Sequence[str]) -> Query:
    if len(row) == 1:
        return Query.term_query(schema(), "words", row[0])
    return Query.phrase_query(schema(), "words", list(row))
