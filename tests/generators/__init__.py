"""Small random authorities as raw files, for the project and `tests.reference` to read side by side."""

from tests.generators.authority import Authority, authorities, write

__all__ = ["Authority", "authorities", "write"]
