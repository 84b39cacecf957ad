"""The texts of the sample sites: all fiction, of the length of agency copy, and data that cannot become markup."""

import re

import pytest

from flows.demo.articles import read_story, stories
from flows.demo.pages import body_html
from index.article import Block, BlockKind

SPACELESS = {"ja", "zh"}

# Sanity only: the big names that one would copy from, and the outlets of the packaged list of sources.
REAL_OUTLETS = (
    "Reuters", "Associated Press", "BBC", "CNN", "Al Jazeera", "The Guardian", "New York Times", "Washington Post",
    "Deutsche Welle", "France 24", "Le Monde", "El País", "Der Spiegel", "Xinhua", "TASS", "Kyodo", "Yonhap",
    "Krebs", "BleepingComputer", "Bellingcat", "Schneier", "CISA", "United Nations", "NATO", "Microsoft", "Google",
)  # fmt: skip


@pytest.mark.parametrize("story", [story for story in stories() if story.is_article], ids=lambda story: story.slug)
def test_articles_have_the_length_of_agency_copy(story):
    text = " ".join(block.text for block in story.blocks)
    length = len(text) / 2 if story.language in SPACELESS else len(text.split())
    assert 90 <= length <= 450 * len(story.pages), f"{length} words"


def test_what_a_story_says_cannot_become_markup():
    assert body_html([Block("a < b & <script>")]) == "<p>a &lt; b &amp; &lt;script&gt;</p>"
    items = [Block("one", BlockKind.LIST_ITEM), Block("two", BlockKind.LIST_ITEM), Block("end")]
    assert body_html(items) == "<ul><li>one</li><li>two</li></ul>\n<p>end</p>"


def test_nothing_real_is_named():
    for story in stories():
        text = " ".join([story.title, story.summary, *story.authors, *(block.text for block in story.blocks)])
        assert [name for name in REAL_OUTLETS if re.search(rf"\b{name}\b", text)] == [], story.slug


def test_a_text_without_its_fence_or_with_an_unknown_key_names_its_file():
    with pytest.raises(ValueError, match=r"meridian/odd\.md: put the TOML between two lines"):
        read_story("title = 'x'", "meridian", "odd")
    with pytest.raises(ValueError, match=r"meridian/odd\.md: .*colour"):
        read_story('+++\ntitle = "x"\nsection = "y"\ncolour = "red"\n+++\n\nText.', "meridian", "odd")
