"""A module may import its own layer or lower ones, never higher, and nothing imports in a circle."""

import ast
from pathlib import Path

import pytest

import unipixel

PACKAGE = Path(unipixel.__file__).parent
LAYERS = {
    "version": 0,
    "errors": 0,
    "extras": 0,
    "files": 0,
    "parallel": 0,
    "progress": 0,
    "remembered": 0,
    "image": 1,
    "plugin": 1,
    "grid": 2,
    "color": 2,
    "cleanup": 3,
    "conversion": 3,
    "dither": 3,
    "evaluation": 3,
    "caption": 3,
    "checkpoint": 3,
    "lora": 3,
    "sampling": 4,
    "dataset": 4,
    "export": 5,
    "recipe": 5,
    "diffusion": 5,
    "report": 6,
    "demo": 6,
    "stages": 7,
    "web": 8,
    "cli": 9,
    "__init__": 10,
    "__main__": 10,
}
TORCH = {"torch", "diffusers", "transformers", "peft", "accelerate", "safetensors"}


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, *, inside_functions: bool) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    nodes = ast.walk(tree) if inside_functions else _outside_functions(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _outside_functions(node):
    for child in ast.iter_child_nodes(node):
        type_checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not type_checking:
            yield child
            yield from _outside_functions(child)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def test_every_room_has_a_layer():
    assert {room(name) for name in MODULES} == set(LAYERS)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down(name):
    own = LAYERS[room(name)]
    higher = {
        target
        for target in imports_of(MODULES[name], inside_functions=True)
        if target.split(".")[0] == "unipixel" and room(target) in LAYERS and LAYERS[room(target)] > own
    }
    if name == "unipixel":  # the lazy surface reaches everywhere
        higher = set()

    assert not higher


def test_no_circles():
    graph = {
        name: {target for target in imports_of(path, inside_functions=False) if target in MODULES and target != name}
        for name, path in MODULES.items()
    }
    left = dict(graph)
    while free := [name for name, targets in left.items() if not targets & set(left)]:
        for name in free:
            del left[name]

    assert not left


@pytest.mark.parametrize("name", [name for name in MODULES if room(name) != "diffusion"])
def test_only_the_diffusion_room_imports_torch(name):
    heavy = {target.split(".")[0] for target in imports_of(MODULES[name], inside_functions=True)} & TORCH

    assert not heavy
