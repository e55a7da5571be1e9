"""What many people look at is worked out and drawn once: whoever looks at the same gets the same, without waiting for it again.

The same is: the same version of the data and part of it, role, filters, targets, published figures, and what people wrote, on the same
day (`View.identity`). What is shared is never changed. Before it is given, whoever looks has passed the same guard as for numbers made
for them alone. Streamlit keeps what was drawn with `st.cache_resource` and sends it again; widgets can't be among it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar, cast

import streamlit as st

from dashboard.content.view import View

T = TypeVar("T")
VALUES_KEPT = 200
"""Of what is worked out: a few for each page and choice of filters."""
DRAWN_KEPT = 2000
"""Of what is drawn, each a part of a page; the largest are two charts, about 20 kB."""


def worked_out_once(view: View, what: Hashable, work: Callable[[View], T]) -> T:
    """What `work` gives for the view; `what` tells it apart from everything else that is worked out of the same view.

    It must not be changed by whoever gets it. Raises what `work` and the guard do.
    """
    if not view.identity:
        return work(view)
    view.reporting.before_look()
    # By name: for each argument by position, Streamlit inspects the function anew.
    return cast("T", _worked_out(identity=view.identity, what=repr(what), _view=view, _work=work))


def while_counting(height: int, *, there: bool) -> AbstractContextManager[object]:
    """A grey shape, in place of the page's next part, while what it needs is counted; nothing to see where that is `there` already.

    Streamlit starts a thread for each such shape. An empty element takes its place, so that the charts that follow stay where they are:
    elsewhere on the page, the browser would draw them anew.
    """
    return nullcontext(st.empty()) if there else st.skeleton(height=height)


def drawn_once(view: View, what: Hashable, draw: Callable[[], None]) -> None:
    """Draws with `draw`, which has no widget; `what` tells it apart from everything else that is drawn of the same view.

    Raises what `draw` and the guard do.
    """
    if not view.identity:
        draw()
        return
    view.reporting.before_look()
    _drawn(identity=view.identity, what=repr(what), _draw=draw)


@st.cache_resource(max_entries=VALUES_KEPT, show_spinner=False)
def _worked_out(identity: str, what: str, _view: View, _work: Callable[[View], object]) -> object:
    return _work(_view)


@st.cache_resource(max_entries=DRAWN_KEPT, show_spinner=False)
def _drawn(identity: str, what: str, _draw: Callable[[], None]) -> None:
    _draw()
