import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
A_TEST_OF_THE_SAMPLE_DISTRICT = """import pytest
from tests.services import NO_SAMPLE_DISTRICT

def test_the_sample():
    pytest.skip(NO_SAMPLE_DISTRICT)
"""
A_BROWSER_TEST = "import pytest\n\n@pytest.mark.browser\ndef test_a_page():\n    pass\n"


@pytest.fixture
def run_without_chromium(tmp_path):
    """Run one test, a browser test unless another is given, where no Chromium is on the PATH."""

    def run(ci, test=A_BROWSER_TEST):
        (tmp_path / "test_page.py").write_text(test)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", "", "-c", ROOT / "pyproject.toml", tmp_path / "test_page.py"],
            cwd=ROOT,
            env={**os.environ, "PATH": str(tmp_path), "PYTEST_XDIST_WORKER": "", "PYTEST_ADDOPTS": "", "CI": ci},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_without_chromium_browser_tests_are_left_out_with_one_line_that_says_how_to_get_it(run_without_chromium):
    run = run_without_chromium(ci="")
    assert run.returncode == 0, run.stdout
    assert run.stdout.count("apt-get install chromium") == 1
    assert "1 skipped" in run.stdout


def test_under_continuous_integration_a_test_that_is_left_out_has_failed(run_without_chromium):
    run = run_without_chromium(ci="true")
    assert run.returncode == 1, run.stdout
    assert "1 error" in run.stdout


def test_without_the_sample_district_its_tests_are_left_out_with_one_line_also_under_continuous_integration(
    run_without_chromium,
):
    run = run_without_chromium(ci="true", test=A_TEST_OF_THE_SAMPLE_DISTRICT)
    assert run.returncode == 0, run.stdout
    assert run.stdout.count("1 skipped: Ed-Fi's sample district is not beside this repository") == 1
