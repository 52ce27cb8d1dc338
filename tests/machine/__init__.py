import pytest

# So that what differs is shown where these modules assert, too.
pytest.register_assert_rewrite("tests.machine.stored", "tests.machine.walk")
