"""A plug-in comes whole into its host, over nothing that is not ours."""

import shutil
import subprocess
import sys

import pytest

import unipixel
from unipixel.errors import PluginError
from unipixel.plugin import HOSTS, install_plugin, plugin_source
from unipixel.version import __version__


@pytest.fixture
def comfyui(tmp_path):
    root = tmp_path / "ComfyUI"
    (root / "custom_nodes").mkdir(parents=True)
    return root


@pytest.fixture(params=HOSTS)
def host(request, tmp_path):
    """Each host's name, and a folder as it has."""
    root = tmp_path / "host"
    (root / HOSTS[request.param].plugins).mkdir(parents=True)
    return request.param, root


def files_of(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_copy_is_the_whole_plug_in(host):
    name, root = host
    done = install_plugin(name, root)

    assert done.folder == root / HOSTS[name].plugins / HOSTS[name].folder
    assert done.state == "new"
    assert files_of(done.folder) == files_of(plugin_source(name))
    assert not list(done.folder.rglob("__pycache__"))
    assert [path.name for path in done.folder.parent.iterdir()] == [HOSTS[name].folder]


def test_no_folder_could_be_imported_instead_of_the_package():
    assert not [about.folder for about in HOSTS.values() if about.folder.isidentifier()]


def test_the_folder_of_plug_ins_will_do(comfyui):
    assert install_plugin("comfyui", comfyui / "custom_nodes").folder.parent.parent == comfyui


def test_an_older_one_of_ours_is_replaced(host):
    name, root = host
    old = install_plugin(name, root).folder
    (old / "gone.py").write_text("", "utf-8")
    (old.parent / HOSTS[name].set_aside / "new").mkdir(parents=True)  # of an install that was killed

    done = install_plugin(name, root)

    assert done.state == "replaced"
    assert not (old / "gone.py").exists()
    assert [path.name for path in old.parent.iterdir()] == [HOSTS[name].folder]


def test_a_link_follows_its_folder_and_is_replaced_without_touching_it(comfyui):
    source = plugin_source("comfyui")

    linked = install_plugin("comfyui", comfyui, link=True)
    assert linked.folder.is_symlink()
    assert linked.folder.resolve() == source

    copied = install_plugin("comfyui", comfyui)
    assert copied.state == "replaced"
    assert not copied.folder.is_symlink()
    assert (source / "pyproject.toml").is_file()


def test_a_link_that_leads_nowhere_is_replaced(comfyui):
    (comfyui / "custom_nodes" / "unipixel-nodes").symlink_to(comfyui / "gone")

    assert install_plugin("comfyui", comfyui).state == "replaced"


@pytest.mark.parametrize("content", [{}, {"pyproject.toml": 'name = "theirs"'}, {"pyproject.toml": "\xff"}])
def test_what_is_not_ours_is_left_alone(comfyui, content):
    theirs = comfyui / "custom_nodes" / "unipixel-nodes"
    theirs.mkdir()
    (theirs / "precious.txt").write_text("mine", "utf-8")
    for name, text in content.items():
        (theirs / name).write_text(text, "latin-1")

    with pytest.raises(PluginError, match="not ours"):
        install_plugin("comfyui", comfyui)
    assert (theirs / "precious.txt").read_text("utf-8") == "mine"


def test_a_clone_of_ours_is_left_alone(comfyui):
    clone = install_plugin("comfyui", comfyui).folder
    (clone / ".git").mkdir()

    with pytest.raises(PluginError, match="bring it up to date with git"):
        install_plugin("comfyui", comfyui)


def test_a_folder_that_is_not_the_host_is_told(tmp_path):
    with pytest.raises(PluginError, match="not the folder of ComfyUI, for it has no folder custom_nodes"):
        install_plugin("comfyui", tmp_path)
    with pytest.raises(PluginError, match="no folder custom_nodes"):
        install_plugin("comfyui", tmp_path / "gone")
    with pytest.raises(PluginError, match="no plug-in for 'paint'"):
        install_plugin("paint", tmp_path)


def test_where_no_links_can_be_made_it_is_told(comfyui, monkeypatch):
    def refuse(*_, **__):
        raise OSError(1, "a required privilege is not held")

    monkeypatch.setattr("pathlib.Path.symlink_to", refuse)

    with pytest.raises(PluginError, match="Leave --link out"):
        install_plugin("comfyui", comfyui, link=True)
    assert list((comfyui / "custom_nodes").iterdir()) == []


def test_next_steps_name_the_host_s_own_python(comfyui):
    core, restart = install_plugin("comfyui", comfyui).next_steps
    assert core.endswith(f"python -m pip install unipixel-kit=={__version__}")
    assert "with the Python that ComfyUI runs on" in core
    assert restart == HOSTS["comfyui"].then

    own = comfyui / "venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.touch()
    assert f'"{own}" -m pip install' in install_plugin("comfyui", comfyui).next_steps[0]


def test_within_an_installed_package_the_plug_in_lies_in_it(tmp_path):
    package = tmp_path / "site" / "unipixel"
    shutil.copytree(
        unipixel.__path__[0],
        package,
        ignore=shutil.ignore_patterns("__pycache__", "micro", "diffusion", "*.safetensors"),
    )
    shutil.copytree(plugin_source("comfyui"), package / "integrations" / "comfyui")
    code = f"import sys; sys.path.insert(0, {str(package.parent)!r}); import unipixel.plugin as p; "
    code += "print(p.plugin_source('comfyui'))"
    command = [sys.executable, "-I", "-c", code]

    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(package / "integrations" / "comfyui")

    shutil.rmtree(package / "integrations")
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "not among the installed files" in run.stderr


@pytest.mark.parametrize("host", HOSTS)
def test_every_host_gets_its_own_plug_in(tmp_path, host):
    (tmp_path / HOSTS[host].plugins).mkdir()

    done = install_plugin(host, tmp_path)

    assert done.folder == tmp_path / HOSTS[host].plugins / HOSTS[host].folder
    assert files_of(done.folder) == files_of(plugin_source(host))
    assert [path.name for path in done.folder.parent.iterdir()] == [HOSTS[host].folder]
    assert done.next_steps[-1] == HOSTS[host].then
