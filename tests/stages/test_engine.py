"""Results come in the order of the items, whoever does the work."""

import math
import sys
import types

import pytest

from unipixel.errors import MissingExtra
from unipixel.stages.engine import AHEAD, Engine


def test_results_are_in_order_however_many_workers():
    numbers = list(range(30))

    assert list(Engine(workers=1).run(math.factorial, numbers)) == list(Engine(workers=2).run(math.factorial, numbers))
    assert list(Engine(workers=2).run(math.factorial, [])) == []


class Cluster(types.ModuleType):
    """Ray's own words, done in this process: what is asked of it, and how much at once."""

    def __init__(self):
        super().__init__("ray")
        self.out, self.most, self.retries = 0, 0, None

    def is_initialized(self):
        return True

    def cluster_resources(self):
        return {"CPU": 2.0}

    def remote(self, max_retries):
        self.retries = max_retries

        def decorate(function):
            assert isinstance(function, types.FunctionType)  # the real one takes neither partial nor built-in ones

            def submit(item):
                self.out += 1
                self.most = max(self.most, self.out)
                return lambda: function(item)

            return types.SimpleNamespace(remote=submit)

        return decorate

    def get(self, reference):
        self.out -= 1
        return reference()


def test_a_cluster_gets_few_tasks_at_once_and_does_lost_ones_again(monkeypatch):
    cluster = Cluster()
    monkeypatch.setitem(sys.modules, "ray", cluster)

    assert list(Engine("ray").run(math.factorial, range(50))) == [math.factorial(number) for number in range(50)]

    assert cluster.most == 2 * AHEAD
    assert cluster.retries == -1


def test_without_ray_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(MissingExtra, match=r"unipixel-kit\[ray\]"):
        list(Engine("ray").run(math.factorial, [1]))
