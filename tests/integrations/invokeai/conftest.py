"""One InvokeAI for all tests that run in it."""

import pytest

from invokeai_host import InvokeAI


@pytest.fixture(scope="session")
def invokeai(tmp_path_factory):
    with InvokeAI(tmp_path_factory.mktemp("invokeai") / "root") as host:
        yield host
