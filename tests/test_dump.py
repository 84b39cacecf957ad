from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import BlockKind, Precision
from index.outcome import Reason
from tasks.extract.dump import extract_dump, group_dumps
from tasks.extract.lines import page_mark
from tasks.extract.records import NotAnArticle, RawPage
from tasks.extract.written_dates import find_day

MENU = """Skip to: Content
Skip to: Search

  • Home
  • World
  • Sport

World Watch

"""
TITLE = "Harbour strike: Port of Varna closes after blast"
SUMMARY = "Harbour strike: Officials say two piers are shut. Will grain ships be sent to other ports this week?"
CAPTION = (
    "The harbour master of Varna (l.) greets the owner of the tanker, Ivan Petrov, during a meeting on the pier on "
    "Monday. The meeting was held after the blast that closed the port."
)
FIRST = [
    "The port of Varna was closed on Monday after a blast on its eastern pier, and officials said that it would stay "
    "so for at least a week while divers looked for mines.",
    "Ships that were to load grain have been sent to Constanta, according to the harbour master, who spoke to The "
    "Coast Courier on Monday evening.",
    '"We will not take risks with our crews," he said, and promised a report by Friday.',
]
SECOND = [
    "Insurers have raised the price of a voyage by half since January, two brokers in Piraeus told the newspaper, and "
    "expect that it will go on rising.",
    "The navy denied that any of its ships was involved.",
    "Shippers now hope that the corridor along the coast will be swept of mines before the harvest is brought in from "
    "the fields and the silos of the ports are full",
]
FOOT = """
Permissions

Read Comments

View reader comments | Comment on this story

  • Weekly review of the news from the coast
  • Subscribe in print or digital

Special Offer

What happens when fishermen decide to give something back? Remarkable change...

The skipper founded a boat race along the coast that raised money for the families of those who were hurt.

Follow us! See our feeds!"""


def blank_between(paragraphs):
    return "\n\n".join(paragraphs)


PAGE_1 = f"""{MENU}{TITLE}

{SUMMARY}

By Staff writer / April 24, 2012

{CAPTION}

Maria Dimova/Coast Press/AP

Enlarge

• A daily summary of reports from the ports.

Skip to next paragraph

Recent posts

{blank_between(FIRST)}
{FOOT}"""
PAGE_2 = f"""{MENU}{TITLE}

{SUMMARY}

(Page 2 of 2)

{SECOND[0]}

Skip to next paragraph

Recent posts

{blank_between(SECOND[1:])}

Get daily or weekly updates delivered to your inbox. Sign up today.
{FOOT}"""


def extracted(*texts):
    return extract_dump([RawPage(text.encode(), path=f"{number}.txt") for number, text in enumerate(texts)])


def test_two_pages_become_one_article_without_a_word_of_the_rest():
    article = extracted(PAGE_1, PAGE_2)
    assert article.title == TITLE
    assert article.section == "World Watch"
    assert article.summary == SUMMARY
    assert article.authors == ("Staff writer",)
    assert (article.published_at, article.published_precision) == (datetime(2012, 4, 24, tzinfo=UTC), Precision.DAY)
    assert [block.text for block in article.blocks] == FIRST + SECOND
    assert article.page_urls == ("0.txt", "1.txt")
    assert article.receipt.notes == ()


def test_pages_are_put_in_order_by_their_marks():
    assert extracted(PAGE_2, PAGE_1).blocks == extracted(PAGE_1, PAGE_2).blocks


def test_page_two_alone_says_that_page_one_is_missing_and_makes_nothing_up():
    article = extracted(PAGE_2)
    assert [block.text for block in article.blocks] == SECOND
    assert (article.authors, article.published_at, article.title) == ((), None, TITLE)
    assert article.receipt.notes == ("page 1 of 2 is missing",)


def test_the_receipt_counts_what_was_removed_by_rule():
    receipt = extracted(PAGE_1).receipt
    rules = {removed.rule: removed for removed in receipt.removed}
    assert rules["caption"].characters == len(CAPTION)
    assert rules["credit"].blocks == 1
    assert 0 < receipt.kept_share < 1
    assert sum(removed.characters for removed in receipt.removed) + receipt.kept_characters == receipt.page_characters


def test_a_page_of_another_article_is_left_out_and_named():
    other = PAGE_2.replace("Harbour strike: Port of Varna closes after blast", "Herring quota: boats stay in port")
    article = extracted(PAGE_1, other)
    assert [block.text for block in article.blocks] == FIRST
    assert "another article" in article.receipt.notes[0]


def test_headings_stay_between_paragraphs_and_runs_of_teasers_go():
    teasers = "Grain prices rise again\n\nNew ferry for the islands\n\nStorm warning for the weekend"
    text = f"{TITLE}\n\nBy Ann Roe\n\n{FIRST[0]}\n\nWhere the ships go\n\n{FIRST[1]}\n\n{teasers}\n\n{SECOND[0]}"
    blocks = extracted(text).blocks
    assert [block.text for block in blocks] == [FIRST[0], "Where the ships go", FIRST[1], SECOND[0]]
    assert blocks[1].kind is BlockKind.HEADING


def test_security_words_in_prose_are_not_taken_for_a_cookie_notice():
    prose = "The trojan steals cookies and passwords from the browser and sends them to a server in Tallinn every hour."
    text = f"{TITLE}\n\nBy Ann Roe\n\n{blank_between(FIRST)}\n\n{prose}\n\n{SECOND[0]}"
    assert prose in [block.text for block in extracted(text).blocks]


@pytest.mark.parametrize("text", ["", " \n ", "Home\nWorld\nSport\n" * 30, "A short note, and no more."])
def test_what_holds_no_article_is_refused_with_a_reason(text):
    with pytest.raises(NotAnArticle) as refusal:
        extracted(text)
    assert refusal.value.reason in {Reason.EMPTY, Reason.NO_ARTICLE}


def test_pages_of_one_article_are_found_among_others():
    other = PAGE_1.replace(TITLE, "Herring quota: boats stay in port")
    files = [("a1", PAGE_1), ("b1", other), ("a2", PAGE_2), ("c", "Home\nWorld")]
    assert group_dumps(files) == [["a1", "a2"], ["b1"], ["c"]]


def test_a_digest_that_repeats_its_title_daily_is_not_joined_with_itself():
    files = [("monday", PAGE_1), ("monday2", PAGE_2), ("tuesday", PAGE_1), ("tuesday2", PAGE_2)]
    assert group_dumps(files) == [["monday", "monday2"], ["tuesday", "tuesday2"]]


@pytest.mark.parametrize(
    ("line", "mark"),
    [("(Page 2 of 2)", (2, 2)), ("Page 2", (2, 0)), ("Seite 3 von 5", (3, 5)), ("(2/4)", (2, 4)), ("第2页", (2, 0)),
     ("1/2", None), ("Page 3 of 2", None), ("Pages of history", None)],
)  # fmt: skip
def test_page_marks(line, mark):
    assert page_mark(line) == mark


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("By Staff writer / April 24, 2012", date(2012, 4, 24)),
        ("28. April 2023, 20:22 Uhr", date(2023, 4, 28)),
        ("Publié le 3 août 2024", date(2024, 8, 3)),
        ("5 de junio de 2025", date(2025, 6, 5)),
        ("15.05.2023 - 13:52 Uhr", date(2023, 5, 15)),
        ("2025年1月14日 20:00", date(2025, 1, 14)),
        ("12/31/2024", date(2024, 12, 31)),
        ("31.02.2024", None),
        ("version 1.2.3, 24 rooms", None),
    ],
)
def test_days_are_read_as_people_write_them(line, day):
    assert find_day(line) == day


@given(st.lists(st.sampled_from([*FIRST, *SECOND, "Share", "Home", "• World", "", "(Page 2 of 2)", "\x00\ud800"])))
def test_any_order_of_lines_is_an_article_or_a_refusal(lines):
    try:
        article = extract_dump([RawPage("\n".join(lines).encode("utf-8", "surrogatepass"))])
    except NotAnArticle:
        return
    assert article.title
    assert article.blocks
