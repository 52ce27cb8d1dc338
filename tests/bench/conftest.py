import pytest

from tests import reference_data


@pytest.fixture(autouse=True)
def _reference_data(transactional_db):
    """The measurement before this one left an empty database."""
    reference_data.put_back()


def pytest_addoption(parser):
    parser.addoption("--cases", type=int, default=10_000, help="how many cases the benchmark loads")
    parser.addoption("--rounds", type=int, default=60, help="how often each page is asked")
    parser.addoption("--contacts", type=int, default=100_000, help="how many contacts the sweep looks at")
    parser.addoption("--explain", action="store_true", help="the plans of the reports, too")
    parser.addoption("--sweeps", type=int, default=7, help="how often it does")
    parser.addoption("--staff", type=int, default=5_000, help="of how many people it is asked what they may teach")
    parser.addoption("--courses", type=int, default=1_000, help="and of how many courses")
