"""Which sources a run asks. Apart from the flow, so that the command can check it without Prefect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import BadRequest

if TYPE_CHECKING:
    from tasks.tools import Tools


def choose(tools: Tools, source_ids: Sequence[str] | None) -> list[str]:
    """The ids of the sources to ask: those named, or all that are enabled.

    Raises:
        BadRequest: an id that no source has, or nothing to do.
    """
    if not source_ids:
        chosen = [source.id for source in tools.sources.values() if source.enabled]
        if not chosen:
            raise BadRequest("no source is enabled: add one to the file that SECNEWS_SOURCES names")
        return chosen
    unknown = sorted(set(source_ids) - set(tools.sources))
    if unknown:
        raise BadRequest(f"no source has the id {', '.join(unknown)}: `secnews sources list` names them all")
    return list(dict.fromkeys(source_ids))
