import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants import mutants

ROOT = Path(__file__).resolve().parents[1]

MODULE = """\
SMALL = {1, 2}

def guarded(number):
    if number > 9:
        raise ValueError
    return number in SMALL

def unnoticed(number):
    if number > 9:
        raise ValueError
    return number
"""
ITS_TESTS = """\
import pytest
import tiny

@pytest.mark.parametrize("number", [1, 2, 9])
def test_is_small(number):
    assert tiny.guarded(number) == (number < 3)

def test_is_refused():
    with pytest.raises(ValueError):
        tiny.guarded(10)

def test_is_given_back():
    assert tiny.unnoticed(1) == 1
"""


def changes(source, **how):
    return [change for _, change, _, _ in mutants(source, **how)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("audit.record(by)", ["audit.record(by)  ->  pass"]),
        ("if a: raise b", ["if a: raise b  ->  pass", "if a: raise b  ->  if True: raise b"]),
        ("row = lock(row)", ["row = lock(row)  ->  pass"]),
        ("new = lock(row)", []),
        ("return a == b", ["a == b  ->  a != b"]),
        ("return not a", ["not a  ->  a"]),
        ("return a and b", ["a and b  ->  a or b", "a and b  ->  b", "a and b  ->  a"]),
        ("return others - {by}", ["others - {by}  ->  others", "{by}  ->  {*()}"]),
        ("return max(a, b)", ["max(a, b)  ->  min(a, b)"]),
        ("return rows.filter(pk=1)", ["rows.filter(pk=1)  ->  rows.all()"]),
        ("return rows.active()", ["rows.active()  ->  rows.all()"]),
        (
            "return rows.select_for_update(of=a)",
            [
                "rows.select_for_update(of=a)  ->  rows.all()",
                "rows.select_for_update(of=a)  ->  rows.select_for_update()",
            ],
        ),
    ],
)
def test_guards_locks_and_filters_are_taken_out_or_turned_around(line, expected):
    found = changes(f"def function(a, row):\n    {line}\n", links={"filter", "active", "select_for_update"})
    assert [" ".join(change.split()) for change in found] == [" ".join(change.split()) for change in expected]


@pytest.fixture
def look_for_mutants(tmp_path):
    """Run the tool on a tiny module and the given tests of it."""
    (tmp_path / "tiny.py").write_text(MODULE)

    def run(tests):
        (tmp_path / "test_tiny.py").write_text(tests)
        return subprocess.run(
            [sys.executable, "-m", "tests.mutants", "tiny.py", "--tests", "test_tiny.py"],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTEST_XDIST_WORKER": "",
                "PYTEST_ADDOPTS": f"-c {ROOT / 'pyproject.toml'}",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_it_lists_the_changes_that_no_test_notices(look_for_mutants, tmp_path):
    run = look_for_mutants(ITS_TESTS)
    assert run.returncode == 0, run.stdout + run.stderr
    listed = [line for line in run.stdout.splitlines() if line.startswith("tiny.py")]
    assert sorted(listed) == [
        "tiny.py:9: if number > 9: raise ValueError  ->  pass",
        "tiny.py:9: number > 9  ->  number >= 9",
    ]
    assert "The tests notice 7 of 9 changes: 78%." in run.stdout
    assert (tmp_path / "tiny.py").read_text() == MODULE


def test_where_the_tests_fail_without_a_change_it_says_nothing_about_mutants(look_for_mutants):
    run = look_for_mutants("import nothing_of_this_name")
    assert run.returncode != 0
    assert "changes" not in run.stdout
