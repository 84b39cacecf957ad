"""Every embedder keeps the contract of index/embedder.py; the real ones agree with sentence-transformers."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from index.embedders.choosing import open_embedder
from index.embedders.hashing import HashingEmbedder
from index.embedders.openvino_cpu import OpenVinoEmbedder
from index.embedders.sentence_transformer import SentenceTransformerEmbedder
from index.errors import BadRequest, ModelUnusable

SEIZED = "Customs officers seized truck parts bound for a missile plant."
TEXTS = [
    SEIZED,
    "Police found components for rockets in a lorry at the border.",
    "The bakery won a prize for its sourdough bread.",
    "",
    "¿Quién atacó el puerto?",
    "気象庁は13日、日向灘で震度5弱の地震があったと発表した。",
    "a lone \ud800 surrogate",
    "\u200b\u0000",
    "Two ministers resigned on Friday. " * 30,
    "x" * 5000,
]
# The first five numbers of SEIZED's vector. They move when weights, tokenizer, pooling or a library's arithmetic do.
PACKAGED_NUMBERS = [-0.0361107, 0.0685635, 0.0236878, 0.0103430, 0.0389624]
HASHING_NUMBERS = [0.0, 0.0, -0.25, 0.25, -0.25]

HASHING = HashingEmbedder(dimension=8)
FP32 = OpenVinoEmbedder("f32")
BF16 = OpenVinoEmbedder("bf16")
TORCH = SentenceTransformerEmbedder(device="cpu")

# Importing torch takes 10 s, too long for the unit layer.
torch_too = pytest.param(TORCH, id="torch", marks=pytest.mark.service)
every_embedder = pytest.mark.parametrize(
    "embedder",
    [pytest.param(HASHING, id="hashing"), pytest.param(FP32, id="fp32"), pytest.param(BF16, id="bf16"), torch_too],
)
packaged_models = pytest.mark.parametrize(
    ("embedder", "tolerance"),
    [
        pytest.param(FP32, 1e-5, id="fp32"),
        # Half the digits: bf16 keeps 8 bits of each number.
        pytest.param(BF16, 2e-3, id="bf16"),
        pytest.param(TORCH, 1e-5, id="torch", marks=pytest.mark.service),
    ],
)


def cosines(some, others):
    return np.sum(some * others, axis=1)


@every_embedder
def test_vectors_are_float32_of_unit_length_in_the_shape_described(embedder):
    vectors = embedder.passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.description.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    query = embedder.query(SEIZED)
    assert query.shape == (embedder.description.dimension,)
    assert query.dtype == np.float32


@every_embedder
def test_no_texts_give_no_vectors(embedder):
    assert embedder.passages([]).shape == (0, embedder.description.dimension)


@every_embedder
def test_vectors_come_in_the_order_of_the_texts_whatever_shares_a_batch(embedder):
    apart = np.stack([embedder.passages([text])[0] for text in TEXTS])
    shuffled = random.Random(7).sample(range(len(TEXTS)), len(TEXTS))
    together = embedder.passages([TEXTS[at] for at in shuffled])
    # bf16 rounds differently where padding changes the shape of the sums: 6e-4 at most over 64 news articles.
    tolerance = 1e-3 if embedder is BF16 else 1e-5
    assert together == pytest.approx(apart[shuffled], abs=tolerance)


@every_embedder
def test_the_same_text_has_the_same_vector(embedder):
    assert embedder.passages(TEXTS).tolist() == embedder.passages(TEXTS).tolist()


@every_embedder
def test_a_query_lies_nearest_to_the_passage_that_shares_its_words(embedder):
    vectors = embedder.passages(TEXTS)
    assert int(np.argmax(vectors @ embedder.query("truck parts for a missile plant"))) == 0


@every_embedder
def test_token_spans_point_at_the_words_and_do_not_overlap(embedder):
    text = "Zürich: 3 attacks \ud800 on oil pipelines."
    spans = embedder.token_spans(text)
    words = [text[start:end] for start, end in spans]
    assert [word for word in words if word.isalpha()][:1] == ["Zürich"]
    assert {"attacks", "oil"} <= set(words)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert list(embedder.token_spans("")) == []


@every_embedder
def test_words_within_the_longest_input_count_and_words_past_it_do_not(embedder):
    filler = ["word"] * (embedder.description.max_tokens - 1)
    inside, twin = (embedder.query(" ".join([*filler, last])) for last in ("missile", "bakery"))
    past, same = (embedder.query(" ".join([*filler, "word", last])) for last in ("missile", "bakery"))
    assert len(embedder.token_spans(" ".join([*filler, "missile"]))) == embedder.description.max_tokens
    assert inside.tolist() != twin.tolist()
    assert past.tolist() == same.tolist()


@every_embedder
def test_a_megabyte_of_text_is_embedded_by_its_beginning(embedder):
    beginning = "pipeline attack " * embedder.description.max_tokens
    assert embedder.query(beginning + "bread " * 160_000) == pytest.approx(embedder.query(beginning), abs=1e-6)


@packaged_models
def test_the_packaged_model_gives_its_canonical_numbers(embedder, tolerance):
    assert embedder.query(SEIZED)[:5] == pytest.approx(PACKAGED_NUMBERS, abs=tolerance)
    assert embedder.passages([SEIZED])[0, :5] == pytest.approx(PACKAGED_NUMBERS, abs=tolerance)


def test_the_fake_gives_its_canonical_numbers():
    assert HASHING.query(SEIZED)[:5] == pytest.approx(HASHING_NUMBERS, abs=1e-6)


@packaged_models
def test_meaning_counts_where_no_word_is_shared(embedder, tolerance):
    rockets, bread = embedder.passages(TEXTS[1:3]) @ embedder.query("missile components smuggled in a truck")
    assert rockets > bread + 0.3


@pytest.mark.service
@pytest.mark.parametrize(("embedder", "least"), [(FP32, 0.99999), (BF16, 0.9999)], ids=["fp32", "bf16"])
def test_openvino_agrees_with_sentence_transformers(embedder, least):
    assert cosines(embedder.passages(TEXTS), TORCH.passages(TEXTS)).min() > least
    assert [embedder.token_spans(text) for text in TEXTS] == [TORCH.token_spans(text) for text in TEXTS]


def test_threads_share_one_embedder_from_its_first_call_on():
    fresh = OpenVinoEmbedder("f32")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fresh.passages(TEXTS[:3]), range(4)))
    assert all(vectors == pytest.approx(found[0], abs=1e-5) for vectors in found)


def test_a_name_in_the_settings_picks_the_embedder():
    assert open_embedder("").description == open_embedder("all-MiniLM-L6-v2").description
    assert isinstance(open_embedder(""), OpenVinoEmbedder)
    assert isinstance(open_embedder("", backend="torch"), SentenceTransformerEmbedder)
    assert isinstance(open_embedder("hashing"), HashingEmbedder)
    assert isinstance(open_embedder("intfloat/e5-small-v2"), SentenceTransformerEmbedder)


def test_openvino_refuses_a_model_it_does_not_know():
    with pytest.raises(BadRequest, match="choose the backend torch or auto"):
        open_embedder("intfloat/e5-small-v2", backend="openvino")


@pytest.mark.service
def test_a_model_that_is_nowhere_is_refused_with_a_way_out(tmp_path):
    with pytest.raises(ModelUnusable, match="use all-MiniLM-L6-v2, which is installed with secnews"):
        open_embedder(str(tmp_path)).query("missile")


@pytest.mark.service
def test_another_model_is_known_by_the_checksum_of_its_own_weights():
    from index.embedders.packaged import installed_folder

    copy = open_embedder(str(installed_folder()))
    assert copy.description.dimension == 384
    assert copy.description.max_tokens == 254
    assert copy.description.checksum == "c700294b0bc30731197f69fd95edada099d8a9e173656512fa53cca4a9aeb13f"
