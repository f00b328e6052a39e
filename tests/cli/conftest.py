"""The command line as a person meets it."""

import pytest

from unipixel.cli.app import main


@pytest.fixture
def run(capsys):
    """Run a command: its exit code, standard output and standard error; never a traceback."""

    def call(*args):
        with pytest.raises(SystemExit) as stop:
            main([str(arg) for arg in args])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return stop.value.code, captured.out, captured.err

    return call
