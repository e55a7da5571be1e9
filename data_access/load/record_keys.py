"""The record key of each child: what the protected view's rounding follows."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import polars as pl

from data_access.load.reading.batches import Rows, frames_of

BITS = 40
COUNTED = ("attachment_need", "care_arrangement", "care_start", "assessment", "programme")
"""Tables whose children are counted, also where nothing else is known of them."""


def with_record_keys(contents: Mapping[str, Rows], secret: bytes | None) -> dict[str, Rows]:
    """The contents with a key for every child who is counted; without any where there is no secret (nothing is written then).

    Children of whom only other tables know get a row of the table child, so that they have one.
    """
    known = pl.concat(frames_of(contents["child"]))
    counted = [frame.select("child_id") for name in COUNTED for frame in frames_of(contents[name])]
    others = pl.concat(counted).unique(maintain_order=True).join(known, on="child_id", how="anti").sort("child_id")
    children = pl.concat([known, others], how="diagonal")
    keys = [record_key(secret, child) for child in children["child_id"]] if secret else [None] * children.height
    return {**contents, "child": children.with_columns(pl.Series("record_key", keys, dtype=pl.Int64))}


def record_key(secret: bytes, child_id: str) -> int:
    """The first 40 bits of HMAC-SHA256(secret, child_id)."""
    return int.from_bytes(hmac.digest(secret, child_id.encode(), "sha256")[: BITS // 8], "big")
