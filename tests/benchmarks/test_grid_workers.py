import numpy as np
from peers import PEERS
from workers import Worker


def test_a_tool_that_takes_too_long_is_stopped_and_started_anew():
    rng = np.random.default_rng(0)
    art = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
    worker = Worker("unipixel")
    try:
        late = worker.ask(art.repeat(8, 0).repeat(8, 1), 0.0)
        found = worker.ask(art.repeat(8, 0).repeat(8, 1), 60.0)
    finally:
        worker.stop()

    assert late.is_over
    assert late.answer is None
    assert found.answer is not None
    assert found.answer.native is not None
    assert np.array_equal(found.answer.native, art)
    assert found.answer.is_sure


def test_peers_that_are_not_installed_have_no_version():
    assert PEERS["unipixel"].version is not None
    assert all(peer.version is None or peer.version[0].isdigit() for peer in PEERS.values())
