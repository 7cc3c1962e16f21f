"""What people do with cutline, each told as a story through the real app, the real engine and real files."""

import pytest

pytest.register_assert_rewrite("tests.stories.desk", "tests.stories.sitting")  # so that a failed story shows both sides
