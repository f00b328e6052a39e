"""Hypothesis settings of all tests."""

from hypothesis import HealthCheck, settings

# No deadline: timings say nothing on a busy machine. Derandomized: the same tests every time.
settings.register_profile(
    "unipixel", deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unipixel")
