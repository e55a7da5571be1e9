"""The generated documentation says what the declarations say."""

import pytest

from dashboard.generated_docs import documents, measures_document
from metrics.measures import catalogue


@pytest.mark.parametrize("path", list(documents()), ids=lambda path: path.name)
def test_a_generated_document_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == documents()[path], f"{path.name} is out of date: run `make docs`."


def test_every_measure_is_in_it_once():
    text = measures_document()
    for measure in catalogue.measures():
        assert text.count(f"### {measure.title}\n") == 1
