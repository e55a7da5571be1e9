"""What the tests of process control ask of a chart's frame."""

import polars as pl

from tests.metrics import slow_process_control as slow

LINES = ["mean", "lower", "upper", "lower_2sigma", "upper_2sigma"]


def clean(frame):
    """The chart holds no NaN and no infinity."""
    numbers = frame.select(pl.col(pl.Float64))
    assert numbers.select(pl.all().is_finite().all()).row(0) == (True,) * numbers.width
    return frame


def flags(frame):
    directions = [
        {sign for sign, there in ((slow.ABOVE, high), (slow.BELOW, low)) if there}
        for high, low in zip(frame["signals_high"], frame["signals_low"], strict=True)
    ]
    return list(zip(frame["special_cause"], frame["direction"], directions, strict=True))


def causes(frame):
    return frame["special_cause"].to_list()


def limits(frame, row=0):
    return frame.select("mean", "lower", "upper").row(row)
