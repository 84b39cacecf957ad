"""Articles are cut into passages that fit the model, end where sentences end, and lose nothing."""

import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article, Block
from index.embedders.choosing import open_embedder
from index.embedders.hashing import HashingEmbedder
from index.passages import cut
from index.sentences import sentences
from tasks.embed import embedded


class SpellsAnew(HashingEmbedder):
    """Its tokens depend on what stands before them: "bcd" is one token after an a, and three at the start of a text."""

    def token_spans(self, text):
        return [match.span() for match in re.finditer(r"(?<=a)bcd|\w", text)]


NOW = datetime(2026, 1, 1, tzinfo=UTC)
PACKAGED = open_embedder()
TEN_TOKENS = HashingEmbedder(max_tokens=10)

# Scripts with and without spaces, marks that combine, characters that tokenizers drop, and stops of all kinds.
LETTERS = st.one_of(
    st.text("ab cdé. !?…\"'\n\t1"),
    st.text("东京地震。！？ 「」ひらがな한국어 "),
    st.text("مرحبا بالعالم؟ ۔ नमस्ते। สวัสดีครับ "),
    st.text("\u200b\u00ad\u0000\u0301½ﬁ🚒 x.\ud800"),
    st.text(),
)
BODIES = st.lists(st.lists(LETTERS, max_size=12).map("".join), max_size=5)


def article(*blocks):
    return Article("a1", "", "wire", "Title", tuple(Block(text) for text in blocks), NOW, NOW, "")


def texts(passages):
    return [passage.text for passage in passages]


def assert_sound(whole, passages, embedder):
    covered = set()
    for passage in passages:
        assert passage.text == whole.text[passage.start : passage.end]
        assert passage.text.strip() == passage.text != ""
        assert len(embedder.token_spans(passage.text)) <= embedder.description.max_tokens
        covered.update(range(passage.start, passage.end))
    assert [passage.start for passage in passages] == sorted({passage.start for passage in passages})
    assert {at for at, character in enumerate(whole.text) if not character.isspace()} <= covered


@given(BODIES, st.integers(1, 12))
def test_passages_fit_the_model_and_cover_every_character(blocks, limit):
    embedder = HashingEmbedder(max_tokens=limit)
    whole = article(*blocks)
    assert_sound(whole, cut(whole, embedder), embedder)


@given(BODIES.map(lambda blocks: blocks * 20))
@settings(max_examples=60, deadline=None)
def test_passages_of_the_packaged_model_fit_and_cover_every_character(blocks):
    whole = article(*blocks)
    assert_sound(whole, cut(whole, PACKAGED), PACKAGED)


def test_a_short_article_is_one_passage():
    assert texts(cut(article("A port was closed.", "Nobody was hurt."), TEN_TOKENS)) == [
        "A port was closed.\n\nNobody was hurt."
    ]


def test_an_article_without_a_body_has_no_passages():
    assert cut(article(), TEN_TOKENS) == ()
    assert cut(article(" ", "\t"), TEN_TOKENS) == ()


def test_a_passage_ends_with_a_sentence_and_the_next_one_repeats_it():
    whole = article("The minister spoke on Monday about the port. He denied. The strike goes on for one more week.")
    assert texts(cut(whole, TEN_TOKENS)) == [
        "The minister spoke on Monday about the port. He denied.",
        "He denied. The strike goes on for one more week.",
    ]


def test_a_long_sentence_is_not_repeated():
    whole = article("One two three four five six. Seven eight nine ten eleven twelve.")
    assert texts(cut(whole, TEN_TOKENS)) == ["One two three four five six.", "Seven eight nine ten eleven twelve."]


def test_a_sentence_over_the_limit_is_cut_between_words():
    whole = article(" ".join(f"word{number}" for number in range(25)))
    assert [len(text.split()) for text in texts(cut(whole, TEN_TOKENS))] == [10, 10, 5]


def test_a_sentence_without_spaces_is_cut_between_characters():
    whole = article("東" * 25)
    assert [len(text) for text in texts(cut(whole, TEN_TOKENS))] == [10, 10, 5]


@pytest.mark.parametrize("limit", range(1, 8))
def test_a_cut_that_makes_more_tokens_of_a_word_is_cut_again(limit):
    embedder = SpellsAnew(max_tokens=limit)
    whole = article("abcd" * 20, "abcd abcd. abcdabcd")
    assert_sound(whole, cut(whole, embedder), embedder)


def test_german_text_is_cut_by_tokens_not_by_words():
    sentence = "Die Bundesinnenministerin kündigte verschärfte Grenzkontrollen gegen Schleuserorganisationen an. "
    whole = article(sentence * 20)
    passages = cut(whole, PACKAGED)
    assert len(whole.text.split()) == 160
    assert len(passages) > 1
    assert_sound(whole, passages, PACKAGED)


@pytest.mark.parametrize(
    "page",
    ["." * 200_000, " ." * 100_000, "a." * 100_000, " " * 200_000 + "x", "東" * 100_000, '"' * 200_000, "x" * 200_000],
    ids=["dots", "spaced dots", "dotted letters", "spaces", "no spaces", "quotes", "one word"],
)
def test_a_page_of_nothing_but_one_sign_is_cut_in_seconds(page):
    started = time.monotonic()
    passages = cut(article(page), PACKAGED)
    assert passages[-1].end == len(page)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ('"We know," he said. "Go!" They went.', ['"We know," he said.', '"Go!"', "They went."]),
        ("Gen. John Smith of the U.S. Navy met Dr. Lee.", ["Gen. John Smith of the U.S. Navy met Dr. Lee."]),
        ("Am 12. Mai kam er an. Dann ging er.", ["Am 12. Mai kam er an.", "Dann ging er."]),
        ("It ended in 2024. Peace came.", ["It ended in 2024.", "Peace came."]),
        ("version 2.1 of example.com is out", ["version 2.1 of example.com is out"]),
        ("Wait... what? Yes… No.", ["Wait... what?", "Yes…", "No."]),
        ("地震があった。津波はない。", ["地震があった。", "津波はない。"]),
        ("「もう終わりだ。」と彼は言った。", ["「もう終わりだ。」", "と彼は言った。"]),
        ("هل انتهى؟ نعم.", ["هل انتهى؟", "نعم."]),
        ("यह अंत है। वह चला गया।", ["यह अंत है।", "वह चला गया।"]),
        ("A heading\n\nThe first line", ["A heading", "The first line"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_say(text, expected):
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_embedding_gives_each_passage_of_each_article_its_own_vector():
    first = article("The minister spoke on Monday about the port. He denied. The strike goes on for one more week.")
    empty, last = article(), article("Nobody was hurt.")
    done = embedded([first, empty, last], TEN_TOKENS)
    assert [len(one.passages) for one in done] == [2, 0, 1]
    for one in done:
        for passage in one.passages:
            assert passage.vector.tolist() == TEN_TOKENS.query(passage.text).tolist()


def test_embedding_nothing_gives_nothing():
    assert embedded([], TEN_TOKENS) == []
