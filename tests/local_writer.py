"""A process that writes to an embedded index, for the tests that kill it. Run: python -m tests.local_writer FOLDER NAME

It puts articles NAME-0, NAME-1, ... without end (or COUNT of them) and prints each id once it is acknowledged.
"""

import itertools
import sys
from pathlib import Path

from index.local.database import Database
from index.local.store import LocalStore
from index.local.store_tables import STORE_TABLES
from tests.stores import EMBEDDER, article


def main(folder, name, count=None):
    store = LocalStore(Database(Path(folder) / "secnews.db", STORE_TABLES), Path(folder))
    store.claim_model(EMBEDDER.description)
    # Puts of seven: small batches make many commits, and many moments to be killed at.
    for start in itertools.count(step=7) if count is None else range(0, int(count), 7):
        some = [article(f"{name}-{n}", "Missile", f"number{n} by {name}") for n in range(start, start + 7)]
        for result in store.put(some):
            print(result.id, result.status, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
