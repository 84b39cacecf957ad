"""Everything that can go wrong with an index, as one tree.

    SecnewsError
    ├── BadRequest            the caller asked for something that cannot be
    │   └── ModelMismatch     the query, or the article, was embedded by another model than the index
    ├── ModelUnusable         the model's files are missing, or are not the published ones
    └── IndexFault
        ├── IndexUnavailable  not reachable, or locked for too long            (a retry makes sense)
        │   └── IndexFull     no room to write                                 (a retry makes sense, after making room)
        ├── IndexDamaged      what is stored cannot be read                    (a person must act)
        └── IndexIncompatible made by another schema, or not an index of ours  (a person must act)

A backend's own exceptions never leave it: they become one of these, and each message says what to do.
"""

from __future__ import annotations


class SecnewsError(Exception):
    """Base of all expected errors. The message is for people and says what to do."""

    retryable = False


class BadRequest(SecnewsError, ValueError):
    """The request cannot be answered as asked."""


class ModelMismatch(BadRequest):
    """Vectors of two models cannot be compared."""


class ModelUnusable(SecnewsError):
    """The embedding model cannot be loaded, or its checksum is wrong."""


class IndexFault(SecnewsError):
    """Base of what an index raises."""


class IndexUnavailable(IndexFault):
    """The index cannot be reached, or was locked for too long."""

    retryable = True


class IndexFull(IndexUnavailable):
    """The index has no room left to write."""


class IndexDamaged(IndexFault):
    """What is stored cannot be read."""


class IndexIncompatible(IndexFault):
    """The index was made by another version, or is something else altogether."""
