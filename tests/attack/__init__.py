"""What an attacker and a bad day would try: kills, a full disk, databases that go away, hostile files and words, floods.

SECURITY.md has a table of what was tried, how often, and what held. What takes long is marked `long`, for `make test-all`.
"""
