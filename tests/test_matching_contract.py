"""Which words find which articles: decided here for every backend, and not by an engine's defaults."""

from datetime import timedelta

import pytest

from index.errors import BadRequest
from index.query import Filters, Mode, Order
from tests.stores import NOON, article, find, ids, put

MATCHES = [
    # query, language, text that it finds
    ("missile", "en", "Missiles were fired"),
    ("organisations", "en", "An organisation"),
    ("Angriffe", "de", "Der Angriff"),
    ("attaques", "fr", "Une attaque"),
    ("misiles", "es", "Un misil"),
    ("ракеты", "ru", "Ракета упала"),
    ("Munchen", "de", "Sicherheit in München"),
    ("MÜNCHEN", "de", "in Munchen"),
    ("refugies", "fr", "Les réfugiés"),
    ("strasse", "de", "die Straße"),
    ("Lodz", "pl", "w mieście Łódź"),
    ("Orsted", "da", "firmaet Ørsted"),
    ("Istanbul", "tr", "İSTANBUL"),
    ("Αθηνα", "el", "στην Αθήνα"),
    ("елка", "ru", "Ёлка"),
    ("محمد", "ar", "مُحَمَّد"),
    ("ﬁnance", "en", "finance"),
    ("ＣＶＥ－２０２４－３４００", "en", "about CVE-2024-3400."),
    ("CVE-2024-3400", "zh", "严重漏洞CVE-2024-3400被利用"),
    ("cve-2024-3400", "en", "(CVE‑2024‑3400)"),
    ("10.0.0.1", "en", "from 10.0.0.1, twice"),
    ("2001:db8::1", "en", "the host 2001:0DB8:0:0::1 answers"),
    ("evil.example.com", "en", "at hxxp://evil[.]example[.]com/a"),
    ("example.com", "en", "write to info@example.com"),
    ("info@example.com", "en", "write to info@example.com."),
    ("d41d8cd98f00b204e9800998ecf8427e", "en", "MD5 D41D8CD98F00B204E9800998ECF8427E"),
    ("Iran-backed", "en", "Iran-backed groups"),
    ("Iran-backed", "en", "Iran backed groups"),
    ("Iran", "en", "Iran-backed groups"),
    ("Iran", "fr", "la crise de l’Iran"),
    ("2024", "en", "CVE-2024-3400"),
    ("Russia", "en", "Russia's army"),
    ("Russia’s", "en", "Russia"),
    ("US", "en", "the U.S. army"),
    ("U.N.", "en", "the UN council"),
    ("O'Brien", "en", "Mr O’Brien said"),
    ("大学", "zh", "北京大学校长"),
    ("核", "zh", "朝鲜核武器"),
    ("ミサイル", "ja", "弾道ミサイル発射"),
    ("ﾐｻｲﾙ", "ja", "弾道ミサイル発射"),
    ("미사일", "ko", "탄도미사일을 발사"),
    ("北京", "en", "the character 北京 stands here"),
    ("हिन्दी", "hi", "यह हिन्दी है"),
    ('"north korea"', "en", "In North Korea, today"),
    ('"弾道ミサイル"', "ja", "北の弾道ミサイル発射"),
    ('"CVE-2024-3400 exploited"', "en", "CVE-2024-3400 exploited"),
    ("state's AND a:b ( \\ [ ^~*", "en", "the state"),
]


@pytest.mark.parametrize(("query", "language", "text"), MATCHES)
def test_finds(store, query, language, text):
    put(store, article("a", "T", text, language=language), article("z", "T", "Something else.", language="en"))
    assert ids(store, query) == ["a"]


MISSES = [
    ("CVE-2024-340", "en", "CVE-2024-3400"),
    ("CVE-2024-3400", "en", "CVE-2024-3401 and CVE-2023-3400"),
    ("CVE-2024-3400", "en", "In 2024 the CVE list had 3400 entries"),
    ("10.0.0.1", "en", "10.0.0.12 and 110.0.0.1, in 10 0 0 1"),
    ("example.com", "en", "example.org, the com of an example"),
    ("1.2.3", "en", "version 1.2.30"),
    ("d41d8cd9", "en", "D41D8CD98F00B204E9800998ECF8427E"),
    ("Iran-backed", "en", "backed Iran"),
    ("Wahl", "de", "Wahn"),
    ("か", "ja", "がある"),
    ("学北", "zh", "北京大学"),
    ("हिन्द", "en", "हिन्दी"),
    ('"north korea"', "en", "North and South Korea"),
    ('"missile"', "en", "missiles"),
    ('"大学北京"', "zh", "北京大学"),
    ('"CVE-2024-34"', "en", "CVE-2024-3400"),
]


@pytest.mark.parametrize(("query", "language", "text"), MISSES)
def test_does_not_find(store, query, language, text):
    put(store, article("a", "T", text, language=language))
    assert ids(store, query) == []


def test_stems_belong_to_the_language_of_the_article(store):
    put(store, article("en", "T", "organization", language="en"), article("xx", "T", "organization", language=""))
    assert ids(store, "organizations") == ["en"]


def test_a_word_is_stemmed_by_the_language_of_the_article_that_holds_it(store):
    """ "tanker" is "tank" in German; an English article on tanks is no hit for it."""
    put(store, article("tanks", "T", "Tanks rolled in", language="en"), article("de", "T", "Die Tanks", language="de"))
    put(store, article("ship", "T", "Tankers sailed", language="en"))
    assert set(ids(store, "tanker")) == {"ship", "de"}


def test_a_common_word_counts_little_in_a_language_with_few_articles_too(store):
    """ "in" stands in every article; the only German one must not come first for it."""
    english = [article(f"en{n}", "T", f"Explosives found in depot {n}", language="en") for n in range(20)]
    put(store, *english, article("lorry", "T", "Explosives in a lorry", language="en"))
    put(store, article("de", "T", "Drei Festnahmen in Hamburg und in Bremen", language="de"))
    found = find(store, "explosives in a lorry", mode=Mode.KEYWORD, limit=30).hits
    assert found[0].article.id == "lorry"
    assert found[-1].article.id == "de"


def test_title_and_summary_are_found_and_the_title_counts_most(store):
    put(
        store,
        article("body", "One", "About drones and other things of the day"),
        article("title", "Drones", "About this and other things of the day"),
        article("summary", "One", "About this and other things of the day", summary="drones"),
    )
    assert ids(store, "drones")[0] == "title"
    assert set(ids(store, "drones")) == {"title", "summary", "body"}
    fields = {hit.article.id: hit.explanation.fields for hit in find(store, "drones").hits}
    assert fields == {"title": ("title",), "summary": ("summary",), "body": ("body",)}


def test_any_loose_word_will_do_and_more_are_better(store):
    put(store, article("one", "T", "truck parts"), article("two", "T", "truck parts and missiles"))
    assert ids(store, "truck missiles") == ["two", "one"]


@pytest.mark.parametrize("mode", list(Mode))
def test_phrases_and_exclusions_bind_both_halves(store, mode):
    put(
        store,
        article("row", "T", "north korea fired a missile"),
        article("apart", "T", "a missile from korea in the north"),
        article("none", "T", "nothing of the kind"),
    )
    assert ids(store, '"north korea"', mode) == ["row"]
    assert ids(store, 'missile "north korea"', mode) == ["row"]
    assert set(ids(store, "missile -kind", mode)) == {"row", "apart"}
    assert ids(store, 'missile -kind -"north korea"', mode) == ["apart"]


def test_a_phrase_does_not_run_across_title_and_paragraphs(store):
    put(store, article("a", "North", "Korea and the South", "Korea"), article("b", "T", "North-Korea"))
    assert ids(store, '"north korea"') == ["b"]
    assert ids(store, '"south korea"') == []


def test_an_excluded_word_excludes_all_that_it_would_find(store):
    put(store, article("a", "T", "missiles"), article("b", "T", "tanks"), article("c", "T", "CVE-2024-3400"))
    assert ids(store, "T -missile") == ["b", "c"]
    assert ids(store, "T -CVE-2024-3400") == ["a", "b"]


def test_an_excluded_run_of_characters_is_a_phrase(store):
    put(store, article("a", "T", "北京大学", language="zh"), article("b", "T", "大学生", language="zh"))
    assert ids(store, "T -北京大学") == ["b"]


def test_a_time_span_that_ends_before_it_begins_holds_nothing(store):
    put(store, article("a", "T", "missile"))
    upside_down = Filters(after=NOON + timedelta(days=1), before=NOON - timedelta(days=1))
    assert [ids(store, text, mode, filters=upside_down) for text in ("missile", "") for mode in Mode] == [[]] * 6


@pytest.mark.parametrize("mode", list(Mode))
def test_filters_bind_both_halves(store, mode):
    put(
        store,
        article("a", "T", "missile one", source="a", sources=("a", "b"), published_at=NOON),
        article("b", "T", "missile two", source="b", language="de", published_at=NOON + timedelta(days=1)),
        article("c", "T", "missile three", source="c", published_at=NOON + timedelta(days=2)),
    )

    def passing(**filters):
        return set(ids(store, "missile", mode, filters=Filters(**filters)))

    assert passing(sources=("b",)) == {"a", "b"}
    assert passing(sources=("a", "c")) == {"a", "c"}
    assert passing(sources=("unknown",)) == set()
    assert passing(languages=("DE",)) == {"b"}
    assert passing(after=NOON + timedelta(days=1)) == {"b", "c"}
    assert passing(before=NOON + timedelta(days=1)) == {"a"}
    assert passing(sources=("b",), languages=("en",), after=NOON, before=NOON + timedelta(seconds=1)) == {"a"}


def test_an_undated_article_counts_from_when_it_was_first_seen(store):
    put(store, article("undated", "T", "x"), article("old", "T", "x", published_at=NOON - timedelta(days=9)))
    assert ids(store, "x", order=Order.NEWEST) == ["undated", "old"]
    assert ids(store, "x", filters=Filters(after=NOON)) == ["undated"]


# Odd queries


ODD = ['"', '""', '"""', "-", "--", '-"', "!!!", "a" * 9_000, "🚀", "\x00", "AND OR NOT", "state's", "a:b", "(", "*"]


@pytest.mark.parametrize("text", [*ODD, "\\", "\ud800"])
@pytest.mark.parametrize("mode", list(Mode))
def test_no_query_is_an_error_of_ours(store, mode, text):
    put(store, article("a", "T", "text"))
    assert find(store, text, mode).mode is mode


def test_words_beyond_the_limit_are_not_looked_up_and_that_is_said(store):
    put(store, article("a", "T", "last"), article("b", "T", "word0"))
    results = find(store, " ".join(f"word{n}" for n in range(64)) + " last")
    assert [hit.article.id for hit in results.hits] == ["b"]
    assert "1 words" in results.notes[0]


def test_too_many_exclusions_are_refused_and_not_cut(store):
    with pytest.raises(BadRequest, match="64"):
        find(store, " ".join(f"-word{n}" for n in range(65)))
