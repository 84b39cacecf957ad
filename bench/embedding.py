"""How fast passages and one cold query are embedded: `taskset -c 0,1 python bench/embedding.py`.

Prints passages/s over passages of about 219 tokens and the CPU's milliseconds for each (all cores together, which other
work on the machine disturbs less), the best of three rounds; and the seconds from starting a process to its first
query's vector, the median of five.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from index.embedder import Embedder
from index.embedders.openvino_cpu import OpenVinoEmbedder
from index.embedders.sentence_transformer import SentenceTransformerEmbedder

WORDS = (  # noqa: SIM905
    "Officials said on Monday that the convoy was stopped at the northern crossing after inspectors found radio parts "
    "under sacks of grain while a second group claimed in a statement that its fighters had left the port before dawn"
).split()
ROUNDS = 3
COLD = "from index.embedders.choosing import open_embedder; open_embedder().query('truck parts missiles')"


def main() -> None:
    embedders: list[tuple[str, Embedder, int]] = [
        ("openvino bf16", OpenVinoEmbedder("bf16"), 512),
        ("openvino fp32", OpenVinoEmbedder("f32"), 192),
        ("sentence-transformers fp32", SentenceTransformerEmbedder(device="cpu"), 128),
    ]
    for name, embedder, count in embedders:
        texts = passages(count)
        tokens = sum(len(embedder.token_spans(text)) for text in texts) / count
        embedder.passages(texts[:16])
        wall, cpu = (min(times) for times in zip(*(seconds(embedder, texts) for _ in range(ROUNDS)), strict=True))
        print(f"{name:28} {count / wall:7.1f} passages/s {1000 * cpu / count:7.1f} ms of CPU, {tokens:.0f} tokens each")
    print(f"{'cold query':28} {median(cold() for _ in range(5)):7.2f} s")


def passages(count: int) -> list[str]:
    """Texts of 195 to 245 words: no two alike, and not of one length."""
    return [
        " ".join(WORDS[(at * (1 + n % 5) + n) % len(WORDS)] for at in range(195 + n * 7 % 50)) for n in range(count)
    ]


def seconds(embedder: Embedder, texts: list[str]) -> tuple[float, float]:
    """Of the clock, and of the CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    embedder.passages(texts)
    return time.perf_counter() - wall, time.process_time() - cpu


def cold() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", COLD], check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
