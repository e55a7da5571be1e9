"""What stops a load, told in sentences."""

from __future__ import annotations

from collections.abc import Sequence


class LoadError(Exception):
    """The load stopped before anything was written; `sentences` holds one sentence for each thing that stopped it."""

    def __init__(self, sentences: str | Sequence[str]) -> None:
        self.sentences = [sentences] if isinstance(sentences, str) else list(sentences)
        super().__init__("\n".join(self.sentences))


class UsageError(LoadError):
    """The load was asked for in a way that can't be done, whatever the files hold."""


class FileProblem(Exception):
    """One file that can't be used; the message names the file, what was found and what was expected."""
