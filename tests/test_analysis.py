"""The analyser, by what a reader takes for the same word, and by what must hold for any text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import MAX_TOKEN_CHARACTERS, analysed, chunks
from index.errors import BadRequest
from index.folding import fold
from index.highlight import Highlighter, spans
from index.stemming import stem, stemmable
from index.wanted import Sought, wanted


def words(text):
    return [token.text for token in analysed(text).words]


def wholes(text):
    return [token.text for token in analysed(text).wholes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Missiles were fired.", ["missiles", "were", "fired"]),
        ("Russia's and Russia’s", ["russia", "and", "russia"]),
        ("l'Iran, O’Brien", ["l", "iran", "o", "brien"]),
        ("U.S. and U.N.-led", ["us", "and", "un", "led"]),
        ("a.m., e.g.", ["am", "eg"]),
        ("CVE-2024-3400", ["cve", "2024", "3400"]),
        ("long—dash, en–dash", ["long", "dash", "en", "dash"]),
        ("Raket\u00adten", ["raketten"]),
        ("½ m²", ["1", "2", "m2"]),
        ("", []),
        ("—!? … 🚀", []),
    ],
)
def test_words_of_a_text(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CVE-2024-3400, CVE‑2024‑3401", ["cve-2024-3400", "cve-2024-3401"]),
        ("10.0.0.1:443 and 10.0.0.0/8", ["10.0.0.1", "10.0.0.0"]),
        ("2001:DB8:0::1 or 2001:db8::1", ["2001:db8::1", "2001:db8::1"]),
        ("at 10:30:45, 00:1A:2b:3c:4d:5e", ["10:30:45", "00:1a:2b:3c:4d:5e"]),
        ("hxxps://www.evil[.]example(.)com/x", ["www.evil.example.com", "evil.example.com"]),
        ("user[at]example[dot]com", ["user@example.com", "example.com"]),
        ("Iran-backed, v1.2.3, a_file.exe", ["iran-backed", "v1.2.3", "a_file.exe"]),
        ("ends here.", []),
        ("one.Two", ["one.two"]),
        ("plain words 3 4", []),
    ],
)
def test_wholes_of_a_text(text, expected):
    assert wholes(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "muller"), ("ÉCOLE", "ecole"), ("Łódź", "lodz"), ("Ørsted", "orsted"), ("Đà Nẵng", "da nang"),
        ("straße", "STRASSE"), ("Æsir", "aesir"), ("cœur", "coeur"), ("ısı", "isi"), ("İZMİR", "izmir"),
        ("Ёлка", "елка"), ("Київ", "киів"), ("ΑΘΉΝΑ", "αθηνα"), ("ὀδός", "οδοσ"), ("مُحَمَّد", "محمد"), ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"), ("ｆｕｌｌ", "full"), ("٣٤", "34"), ("e\u0301", "\u00e9"), ("ﬁ", "fi"), ("ﾃﾛ", "テロ"),
    ],
)  # fmt: skip
def test_readers_take_them_for_the_same_word(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("が", "か"), ("パ", "ハ"), ("한", "하"), ("हिन्दी", "हन्द"), ("க", "கா"), ("ไทย", "ไทยา"), ("क़", "क")],
)
def test_marks_that_make_another_letter_stay(one, other):
    assert fold(one) != fold(other)


def test_decomposed_and_composed_text_are_the_same():
    text = "Élysée が 한국 हिन्दी Ёлка"
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


def test_runs_become_overlapping_pairs_and_single_characters():
    assert words("北京大学 核") == ["北京", "京大", "大学", "核"]
    assert wholes("北京大学") == ["北", "京", "大", "学"]
    assert words("F16戦闘機") == ["f16", "戦闘", "闘機"]
    assert words("탄도미사일") == ["탄도", "도미", "미사", "사일"]


def test_every_token_knows_its_place():
    text = "In Kraków: ｶﾞｽ, evil[.]example[.]com"
    assert {token.text: text[token.start : token.end] for token in analysed(text).words}["krakow"] == "Kraków"
    assert {token.text: text[token.start : token.end] for token in analysed(text).words}["ガス"] == "ｶﾞｽ"
    assert text[analysed(text).wholes[-1].start :] == "evil[.]example[.]com"


def test_an_endless_token_is_cut_alike_in_text_and_query():
    assert words("A" * 9_000) == ["a" * MAX_TOKEN_CHARACTERS]
    assert words("é" * 9_000) == ["e" * MAX_TOKEN_CHARACTERS]


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_tokens_hold_no_gap_and_lie_inside_the_text(text):
    for token in (*analysed(text).words, *analysed(text).wholes):
        assert token.text
        assert not any(character.isspace() for character in token.text)
        assert 0 <= token.start < token.end <= len(text)


@given(st.text(max_size=60))
def test_case_and_surroundings_change_nothing(text):
    assert words(f"  {text}\n") == words(text)
    ascii_text = "".join(character for character in text if character.isascii())
    assert words(ascii_text.upper()) == words(ascii_text.lower())


@given(st.text(max_size=60))
def test_what_a_text_says_is_found_in_it(text):
    text = text.replace('"', " ").replace("-", " ")
    sought = wanted(text).loose
    found = {(place.sought.row, place.sought.wholes) for place in Highlighter(sought).find(text, "")}
    assert found == {(one.row, one.wholes) for one in sought}


@given(st.text(alphabet="aé'’-.@:[]()0F漢が\u3099한 U", max_size=40))
@settings(max_examples=300)
def test_odd_joints_are_read_somehow(text):
    for chunk in chunks(text):
        assert all(token.end <= len(text) for token in (*chunk.words, *chunk.wholes))


# Stems


def test_stems_carry_their_language():
    assert stem("missiles", "en") == "missil"
    assert stem("angriffe", "de") == "angriff"
    assert stem("réfugiés", "fr") == "refugi"
    assert stem("réfugiés", "xx") == "refugies"


def test_languages_without_a_stemmer_are_known():
    assert stemmable("en")
    assert not stemmable("zh")
    assert not stemmable("")
    assert not stemmable("no such language")


# Queries


def test_an_identifier_is_sought_as_one():
    assert wanted("CVE-2024-3400").loose == (Sought("CVE-2024-3400", wholes=("cve-2024-3400",)),)
    assert wanted("example.com").loose == (Sought("example.com", wholes=("example.com",)),)


def test_joined_letters_are_sought_as_one_or_as_a_row():
    assert wanted("Iran-backed").loose == (Sought("Iran-backed", ("iran", "backed"), ("iran-backed",)),)


def test_a_query_is_taken_apart():
    query = wanted('missile "north korea" -drone -"south korea" 核')
    assert [one.spelled for one in query.loose] == ["missile", "核"]
    assert [one.row for one in query.phrases] == [("north", "korea")]
    assert {one.row for one in query.excluded} == {("drone",), ("south", "korea")}


def test_repeated_words_count_once_and_many_are_dropped():
    assert [one.spelled for one in wanted("Bomb attack bomb BOMB").loose] == ["Bomb", "attack"]
    assert wanted(" ".join(f"w{n}" for n in range(70))).dropped == 6


def test_too_many_phrases_are_refused():
    with pytest.raises(BadRequest):
        wanted('"a" ' * 65)


# Highlights


def marked(text, query, language="en"):
    return [text[span.start : span.end] for span in spans(Highlighter(wanted(query).positive).find(text, language))]


def test_highlights_mark_stems_rows_and_wholes():
    assert marked("Missiles and a missile", "missile") == ["Missiles", "missile"]
    assert marked("Missiles and a missile", '"missile"') == ["missile"]
    assert marked("In North Korea, north of Korea", '"north korea"') == ["North Korea"]
    assert marked("10.0.0.1 and 10.0.0.12", "10.0.0.1") == ["10.0.0.1"]
    assert marked("朝鲜核武器", "核", "zh") == ["核"]


def test_overlapping_pairs_are_marked_as_one():
    assert marked("弾道ミサイル発射", "ミサイル", "ja") == ["ミサイル"]
