"""Settings of all tests: of hypothesis, and of the mathematics library, which reads its own when torch is loaded."""

import os

from hypothesis import HealthCheck, settings

# What the command sets too, so that the same run gives the same bytes on every processor.
os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")

# No deadline: timings say nothing on a busy machine. Derandomized: the same tests every time.
settings.register_profile(
    "unipixel", deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unipixel")
