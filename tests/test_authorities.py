"""Several authorities loaded together: each has the numbers it has alone, and region and total are their sums."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from config.cohorts import Cohort
from config.disclosure import disclosure_rules
from dashboard.access.roles import WITHOUT_SIGN_IN
from dashboard.command_line import main
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import UsageError, load, load_authorities, read_authorities
from data_access.load.several_authorities import Authority
from data_access.tables import child
from metrics.measures.catalogue import measures
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State
from metrics.units import ASSESSMENTS, CHILDREN_ANY
from metrics.units.breakdowns import AREAS, BREAKDOWNS
from metrics.units.unit import Responsibility
from tests.metrics.disclosure.authorities import NoGuard
from tests.several_authorities import each_alone

AS_AT = datetime.date(2025, 8, 31)
NAMES = {"Ashford": "North", "Berwick": "North", "Calder": "South"}
PROTECTED = [measure for measure in measures() if measure.unit in (CHILDREN_ANY, ASSESSMENTS)]
"""Of a unit of children and one of events; hiding takes long, and is held to examples for all measures elsewhere."""
NUMBERS = ["period", "numerator", "denominator", "value", "lower", "upper"]


@dataclass
class Together:
    """The authorities, pooled and each by itself."""

    authorities: list[Authority]
    pooled: Reporting
    alone: dict[str, Reporting]


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def together(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Together:
    folder = tmp_path_factory.mktemp("authorities")
    authorities, alone = each_alone(folder, NAMES, 20, 25, AS_AT)
    new = request.getfixturevalue("postgresql_database") if request.param == "postgresql" else None
    address = new() if new else f"duckdb:///{folder / 'pooled.duckdb'}"
    load_authorities(authorities, address, as_at=AS_AT)
    return Together(authorities, Reporting(engine(address)), {name: own.of(Cohort.RECORDED) for name, own in alone.items()})


def counted(summary: pl.DataFrame) -> list[tuple[object, ...]]:
    return summary.filter(pl.col("denominator") > 0).select(NUMBERS).rows()


def test_each_authority_has_the_numbers_it_has_alone(together: Together) -> None:
    compared = 0
    for measure in measures():
        for name, own in together.alone.items():
            found = counted(together.pooled.summary(measure, "year", where={"authority": (name,)}))
            wanted = counted(own.summary(measure, "year")) if measure.sources <= own.provided else []
            assert found == wanted, (measure.id, name)
            compared += len(wanted)
    assert compared > 100


def test_every_breakdown_of_an_authority_is_the_one_it_has_alone(together: Together) -> None:
    for measure in measures():
        for name, own in together.alone.items():
            if measure.sources <= own.provided:
                for breakdown in ("placement", "ethnicity", "unaccompanied"):
                    found = together.pooled.summary(measure, "year", by=(breakdown,), where={"authority": (name,)})
                    assert counted(found) == counted(own.summary(measure, "year", by=(breakdown,))), (measure.id, name, breakdown)


@pytest.mark.parametrize("area", AREAS)
def test_areas_add_up_to_the_whole(together: Together, area: str) -> None:
    for measure in measures():
        parts = together.pooled.summary(measure, "year", by=(area,))
        assert_adds_up(together.pooled.summary(measure, "year"), parts, not_covered(together, measure, list(NAMES)))


def not_covered(together: Together, measure: Measure, names: list[str]) -> set[str]:
    """The periods that are not covered for at least one of the authorities that take part, also of one that nothing is counted of."""
    facts = together.pooled.facts(measure.unit, "year")
    assert facts.covered is not None
    labels = set(facts.periods["label"])
    each_covered = [facts.covered.periods(measure, facts.periods, [name]) for name in facts.covered.taking_part(measure, names)]
    return {label for label in labels if not each_covered or any(label not in covered for covered in each_covered)}


def assert_adds_up(whole: pl.DataFrame, parts: pl.DataFrame, uncovered: set[str]) -> None:
    """A period of all together is covered only where it is for each; then the parts add up to it."""
    sums = dict(parts.group_by("period").agg(pl.col("denominator").sum()).iter_rows())
    told = whole.filter(pl.col("denominator").is_not_null())
    assert told.select("period", "denominator").rows() == [(period, sums[period]) for period in told["period"]], whole["measure"].unique()
    of_state = pl.col("state") == State.NOT_COVERED.value
    assert set(whole.filter(of_state)["period"]) == uncovered & set(whole["period"])
    assert set(parts.filter(of_state)["period"]) <= uncovered


def test_a_region_is_its_authorities(together: Together) -> None:
    for measure in measures():
        by_authority = together.pooled.summary(measure, "year", by=("authority",), where={"region": ("North",)})
        assert set(by_authority["authority"]) <= {"Ashford", "Berwick"}
        region = together.pooled.summary(measure, "year", where={"region": ("North",)})
        assert_adds_up(region, by_authority, not_covered(together, measure, ["Ashford", "Berwick"]))


def test_an_authority_that_lacks_a_table_is_in_no_measure_that_needs_it(together: Together) -> None:
    lacking = [(measure, name) for measure in measures() for name, own in together.alone.items() if not measure.sources <= own.provided]
    assert lacking
    for measure, name in lacking:
        assert not together.pooled.summary(measure, "year", where={"authority": (name,)})["denominator"].sum(), (measure.id, name)


def test_there_are_areas_and_no_teams(together: Together) -> None:
    assert list(together.pooled.breakdowns)[:2] == list(AREAS)
    assert "team" not in together.pooled.breakdowns
    assert set(together.pooled.groups("authority", "year")) == set(NAMES)


def test_one_authority_sees_nothing_of_this(together: Together) -> None:
    for own in together.alone.values():
        assert own.breakdowns is BREAKDOWNS
        assert not set(AREAS) & set(own.facts(measures()[0].unit, "year").cells.columns)


def test_pages_offer_areas_last_and_only_where_there_are_several(together: Together) -> None:
    several = PermittedReporting(together.pooled, WITHOUT_SIGN_IN, NoGuard()).breakdowns
    assert next(iter(several)) == "placement"
    assert [*several][-2:] == ["region", "authority"]
    assert "team" not in several
    for reporting in together.alone.values():
        assert PermittedReporting(reporting, WITHOUT_SIGN_IN, NoGuard()).breakdowns == BREAKDOWNS


def test_a_managers_team_is_of_one_authority(together: Together) -> None:
    def children(team: str) -> set[str]:
        own = Reporting(together.pooled._engine, Responsibility((team,)))
        return set(own.groups("authority", "year"))

    assert children("Ashford: North") == {"Ashford"}
    assert children("North") == set()


def test_the_protected_numbers_are_the_exact_ones_rounded_or_hidden(together: Together) -> None:
    rules = disclosure_rules()
    hidden = shown = 0
    for measure in PROTECTED:
        for by in (("authority",), ("region",), ("region", "authority"), ("authority", "placement")):
            protected = together.pooled.protected_summary(measure, "year", by=by)
            exact = together.pooled.summary(measure, "year", by=by)
            joined = protected.join(exact, on=["period", *by], how="left", suffix="_exact").filter(pl.col("denominator").is_not_null())
            numbers = joined.select("denominator", pl.col("denominator_exact").fill_null(0)).rows()
            assert all(n % rules.base == 0 and n >= rules.smallest_group and abs(n - true) < rules.base for n, true in numbers)
            hidden += protected["denominator"].null_count()
            shown += joined.height
    assert hidden
    assert shown


MANIFEST = """
[[authority]]
name = "Ashford"
region = "North"
sources = ["{0}"]

[[authority]]
name = "Berwick"
sources = ["{1}"]
"""


def test_the_command_loads_what_a_file_names(together: Together, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = (together.authorities[index].sources for index in (0, 1))
    (tmp_path / "authorities.toml").write_text(MANIFEST.replace('["{0}"]', str([*map(str, one)])).replace('["{1}"]', str([*map(str, two)])))
    address = f"duckdb:///{tmp_path / 'pooled.duckdb'}"
    assert main(["load", "--authorities", str(tmp_path / "authorities.toml"), "--database", address]) == 0
    assert "Ashford: " in capsys.readouterr().out
    with engine(address).connect() as connection:
        ids = set(connection.scalars(sa.select(child.c.child_id)))
    assert {id.partition("/")[0] for id in ids} == {"Ashford", "Berwick"}
    asked = ["--period", "year", "--by", "authority", "--measure", "assessment_covers_all_factors"]
    assert main(["measures", "--database", address, *asked]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[authority]]\nname = "A"\nsources = ["a"]\n', "at least two"),
        ('[[authority]]\nname = "A"\nsources = ["a"]\n[[authority]]\nname = "A"\nsources = ["b"]\n', "each once"),
        ('[[authority]]\nname = "A/B"\nsources = ["a"]\n', "line 1"),
        ('[[authority]]\nname = "A"\nsources = []\n', "list of folders"),
        ('[[authority]]\nname = "A"\n', "lacks 'sources'"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "authorities.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_authorities(path)


def test_a_last_day_that_there_can_not_be_is_no_authoritys_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "authorities.toml"
    path.write_text('[[authority]]\nname = "A"\nsources = ["a"]\n[[authority]]\nname = "B"\nsources = ["b"]\n')
    assert main(["load", "--authorities", str(path), "--as-at", "9999-12-31"]) == 2
    assert "\n9999-12-31 can't be the last day that counts" in capsys.readouterr().err


def test_sources_are_named_in_one_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "somewhere", "--authorities", str(tmp_path / "authorities.toml")]) == 2
    assert "give no others" in capsys.readouterr().err


def test_areas_can_not_be_asked_of_one_authority_which_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = f"duckdb:///{tmp_path / 'alone.duckdb'}"
    load(write_demo(tmp_path / "sources", children=60, years=1), address, made_up=True)
    monkeypatch.setattr(Reporting, "facts", lambda *_: pytest.fail("figures were worked out"))
    assert main(["measures", "--database", address, "--by", "authority"]) == 1
    assert "no breakdown 'authority'" in capsys.readouterr().err
    assert main(["measures", "--database", address, "--where", "region=North"]) == 1
    assert "no breakdown 'region'" in capsys.readouterr().err
    assert main(["measures", "--database", address, "--by", "authority", "--exact"]) == 1
    assert "no breakdown 'authority'" in capsys.readouterr().err
    pack = tmp_path / "pack.xlsx"
    assert main(["pack", "--database", address, "--statement", "2", "--by", "authority", "--output", str(pack)]) == 1
    assert "no breakdown 'authority'" in capsys.readouterr().err
    assert not pack.exists()
