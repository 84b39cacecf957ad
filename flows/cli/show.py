"""`secnews show`: one article as it stands."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.rule import Rule
from rich.text import Text

from flows.cli.accounts import article_row
from flows.cli.screens import local_time, out, print_json, printable, published
from flows.settings import read_settings
from flows.wiring import index_of
from index.article import Article, BlockKind
from index.errors import SecnewsError


class NoSuchArticle(SecnewsError):
    """Nothing in the index answers to that."""


def show(
    article: Annotated[
        str, typer.Argument(metavar="ID", help="An article's id as `search` prints it, or its address.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show an article: its text, where it comes from, its older revisions, and how it was made.

    Example: `secnews show 5e0c7f...` or `secnews show https://example.org/news/1`
    """
    store, journal = index_of(read_settings())
    found_id = article
    if "://" in article:
        from tasks.addresses import canonical_url

        url = canonical_url(article)
        known = journal.addresses([url]).get(url)
        found_id = known.article_id if known else ""
    found = store.get(found_id)
    if found is None:
        raise NoSuchArticle(f"no article {article} in {store.location}")
    revisions = store.revisions(found.id)
    if as_json:
        print_json({**article_row(found), "revisions": [article_row(older) for older in revisions]})
    else:
        _print(found, revisions)


def _print(article: Article, revisions: tuple[Article, ...]) -> None:
    out.print(Text(printable(article.title), style="bold"))
    if article.summary:
        out.print(Text(printable(article.summary), style="italic"))
    out.print()
    for block in article.blocks:
        mark = {BlockKind.HEADING: "## ", BlockKind.QUOTE: "> ", BlockKind.LIST_ITEM: "• "}.get(block.kind, "")
        out.print(Text(mark + printable(block.text)))
        out.print()
    out.print(Rule(style="dim"))
    for name, value in _facts(article):
        if value:
            out.print(Text(f"{name:<13}", style="dim") + Text(printable(value)))
    for older in revisions:
        stood = f"{local_time(older.valid_from)} to {local_time(older.valid_to)}"
        out.print(Text(f"revision {older.revision}   ", style="dim") + Text(f"{stood}: {printable(older.title)}"))


def _facts(article: Article) -> list[tuple[str, str]]:
    receipt = article.receipt
    return [
        ("id", article.id),
        ("address", article.url),
        ("also at", ", ".join(article.other_urls)),
        ("pages", ", ".join(article.page_urls)),
        ("sources", ", ".join(article.sources)),
        ("section", article.section),
        ("authors", ", ".join(article.authors)),
        ("agency", article.agency),
        ("published", published(article)),
        ("first seen", local_time(article.first_seen_at)),
        ("language", article.language),
        ("revision", f"{article.revision}, stored {local_time(article.updated_at)}"),
        ("passages", str(len(article.passages))),
        (
            "kept",
            f"{receipt.kept_share:.0%} of {receipt.page_characters} characters" if receipt.page_characters else "",
        ),
        ("made by", f"extractor {receipt.extractor}" if receipt.extractor else ""),
        ("fields from", ", ".join(f"{name}: {rule}" for name, rule in receipt.fields)),
        ("notes", "; ".join(receipt.notes)),
    ]
