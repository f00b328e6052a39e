"""Settings of all tests: of hypothesis, and of the mathematics library, which reads its own when torch is loaded."""

import os

from hypothesis import HealthCheck, settings

# What the command sets too, so that the same run gives the same bytes on every processor.
os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")
if "PYTEST_XDIST_WORKER" in os.environ:  # as many processes as cores: more threads would only be in each other's way
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No deadline: timings say nothing on a busy machine. Derandomized: the same tests every time.
settings.register_profile(
    "unipixel", deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unipixel")
