"""Which embedder a name in the settings means. Importing this is cheap, and so is opening: the first call loads."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from index.embedder import Embedder
from index.embedders import hashing, packaged
from index.embedders.hashing import HashingEmbedder
from index.errors import BadRequest

Backend = Literal["auto", "openvino", "torch"]


def open_embedder(name: str = "", cache: Path | None = None, backend: Backend = "auto") -> Embedder:
    """The embedder called `name`.

    Args:
        name: "" or "all-MiniLM-L6-v2" for the packaged model; "hashing" for the fake of the tests; else the folder of a
            sentence-transformers model, or its name on the hub.
        cache: where models from the hub are kept; None for the hub's own place. The packaged model needs none.
        backend: "openvino" (packaged model only, CPU), "torch" (takes a GPU where there is one), or "auto": OpenVINO
            for the packaged model wherever it is installed, torch for the rest.

    Raises:
        BadRequest: OpenVINO is asked for with another model. What is wrong with a model shows at the first call, as
            ModelUnusable.
    """
    if name == hashing.NAME:
        return HashingEmbedder()
    name = name or packaged.NAME
    if backend == "openvino" and name != packaged.NAME:
        raise BadRequest(f"OpenVINO runs {packaged.NAME} only, not {name}: choose the backend torch or auto")
    if name == packaged.NAME and (backend == "openvino" or (backend == "auto" and find_spec("openvino"))):
        from index.embedders.openvino_cpu import OpenVinoEmbedder

        return OpenVinoEmbedder()
    from index.embedders.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name, cache)
