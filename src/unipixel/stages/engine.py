"""Where the work on single pictures is done: on all cores of this machine, or over a Ray cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeVar

from unipixel.extras import need
from unipixel.parallel import in_order

Item = TypeVar("Item")
Result = TypeVar("Result")

EngineName = Literal["local", "ray"]

FEW = 12
"""So few items are done in this process: starting others would take longer."""
AHEAD = 4
"""Tasks for each core of a cluster that are handed out before the first result is taken."""


@dataclass(frozen=True)
class Engine:
    """Who does the work. Results are the same byte for byte."""

    name: EngineName = "local"
    """``local``: processes on this machine; ``ray``: a Ray cluster whose nodes all see the workspace at its path."""
    workers: int | None = None
    """Processes, or tasks at once; by default one for each core."""

    def run(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Call a function with each item; results come in the order of the items.

        Parameters
        ----------
        function : callable
            Picklable; may be called again for an item where a machine was lost.
        items : sequence
            Picklable.

        Raises
        ------
        MissingExtra
            Ray is asked for and not installed.
        WorkerLost
            A worker process of this machine was killed from outside.
        """
        if self.name == "ray":
            return _on_cluster(function, items, self.workers)
        return in_order(function, items, workers=1 if len(items) <= FEW else self.workers)


LOCAL = Engine()
"""All cores of this machine."""


def _on_cluster(function: Callable[[Item], Result], items: Sequence[Item], workers: int | None) -> Iterator[Result]:
    ray: Any = need("ray", extra="ray", purpose="the engine ray")
    if not ray.is_initialized():
        # The address of a running cluster comes from RAY_ADDRESS; without one, Ray starts on this machine.
        ray.init(logging_level="warning", log_to_driver=False)

    def work(item: Item) -> Result:  # Ray takes functions alone, and no partial ones
        return function(item)

    # A node that is lost takes its tasks with it: they are done again elsewhere, as often as it takes.
    task = ray.remote(max_retries=-1)(work)
    count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    left = iter(items)
    waiting = deque(task.remote(item) for item in islice(left, AHEAD * count))
    while waiting:
        result = ray.get(waiting.popleft())
        waiting.extend(task.remote(item) for item in islice(left, 1))
        yield result
