"""One declaration is all a new measure takes: it is then printed, on its page, in the overview and in the definitions."""

import pytest
from streamlit.testing.v1 import AppTest

from config.settings import PROJECT_FOLDER
from dashboard.command_line import main
from metrics.measures import statement_2
from metrics.measures.kinds import Better, Proportion, Rows
from metrics.units.dates import days_between

CHILDREN = statement_2.CHILDREN

reviewed_plan = Proportion(
    id="reviewed_plan",
    title="Children whose plan was reviewed this term",
    unit=CHILDREN,
    nice="Ours: what the virtual school asked for",
    denominator=statement_2.education_plan.denominator,
    numerator=Rows("the number with a plan of the last 120 days", days_between(CHILDREN.c.plan_completed_on, CHILDREN.c.on_date) < 120),
    better=Better.HIGHER,
    counted="The 120 days end on the last day of the period on which the child was in scope.",
    why="A plan is only as good as its last review.",
)


@pytest.fixture(autouse=True)
def declared(monkeypatch, demo_database, tmp_path):
    monkeypatch.setattr(statement_2, "reviewed_plan", reviewed_plan, raising=False)
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def test_it_is_printed(demo_database, capsys):
    assert main(["measures", "--exact", "--database", demo_database, "--measure", "reviewed_plan"]) == 0
    assert capsys.readouterr().out.count("reviewed_plan,") == 16


@pytest.mark.parametrize("page", ["statement_2", "overview", "definitions"])
def test_it_is_on_its_page_in_the_overview_and_in_the_definitions(page):
    app = AppTest.from_file(str(PROJECT_FOLDER / "dashboard" / "app.py"), default_timeout=60).run()
    app = app.switch_page(f"../pages/{page}.py").run()
    assert not app.exception
    words = [str(getattr(element, "value", "")) for kind in ("subheader", "markdown") for element in app.get(kind)]
    words += [str(element.proto.body) for element in app.get("html")]
    assert any(reviewed_plan.title in text for text in words)
