"""The benchmarks are scripts beside each other: their folder goes to the end of the path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks" / "grid"))
sys.path.append(str(Path(__file__).parents[2] / "benchmarks" / "color"))
