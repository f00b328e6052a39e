"""Write docs/reference/commands.md, recipes.md and palettes.md from the commands, presets and palettes themselves.

    python scripts/write_reference.py

A test fails where the pages are not what this writes.
"""

from __future__ import annotations

from pathlib import Path

import click

from unipixel.cli.app import VERBS, group
from unipixel.color import builtin_palette, palette_names, shelf_entry
from unipixel.recipe import diff_recipes, dump_recipe, list_presets, load_recipe

SETTINGS = {"max_content_width": 100, "terminal_width": 100, "help_option_names": ["-h", "--help"]}
FOLDER = Path(__file__).parents[1] / "docs" / "reference"


def commands_page() -> str:
    """Every verb with its help, as ``unipixel VERB --help`` prints it at a width of 100."""
    parts = ["# Commands\n\nWritten by `scripts/write_reference.py` from `--help`; a test keeps it true.\n"]
    context = click.Context(group, info_name="unipixel", **SETTINGS)
    parts.append(_block(group.get_help(context)))
    for verb in VERBS:
        command = group.get_command(context, verb)
        parts.append(f"## unipixel {verb}\n\n" + _help(command, context, verb))
    return "\n".join(parts)


def recipes_page() -> str:
    """Every preset: the first whole, the others by what differs."""
    parts = [
        "# Recipes\n\nWritten by `scripts/write_reference.py` from the presets; a test keeps it true. `# ours:` marks what the"
        " UniPixel article\n(civitai 20213) does not state, with our reason. How to change a value: [recipes](../how-to/recipes.md).\n"
    ]
    first = load_recipe("unipixel")
    parts.append(f"## `unipixel`\n\n{first.title}\n\n```toml\n{dump_recipe(first)}```\n")
    for name in list_presets():
        if name == "unipixel":
            continue
        recipe = load_recipe(name)
        lines = [
            f"- `{key}`: {value!r}{_reason(recipe, key)}" for key, (_, value) in diff_recipes(first, recipe).items()
        ]
        parts.append(f"## `{name}`\n\n{recipe.title}\n\nDiffers from `unipixel` in:\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def palettes_page() -> str:
    """Every built-in palette with its aliases, what it is, and where its colours were found."""
    parts = [
        "# Palettes\n\nWritten by `scripts/write_reference.py` from the shelf; a test keeps it true. Case, spaces and hyphens of a name don't"
        " matter.\nOnly colour values were taken over, each compared with two sources. Use: [palettes](../how-to/palettes.md).\n\n"
        "| name | colours | also | what it is | colours found in |\n|---|---|---|---|---|"
    ]
    for name in palette_names():
        entry = shelf_entry(name)
        also = ", ".join(f"`{alias}`" for alias in entry.aliases)
        found = "; ".join(source if source.startswith("http") else f"`{source}`" for source in entry.sources)
        what = f"{entry.remark} {entry.home}".strip()
        parts.append(f"| `{name}` | {len(builtin_palette(name))} | {also} | {what} | {found} |")
    return "\n".join(parts) + "\n"


def _reason(recipe, key: str) -> str:
    reason = recipe.ours.get(key)
    return f" (ours: {reason})" if reason else ""


def _help(command: click.Command, parent: click.Context, name: str) -> str:
    context = click.Context(command, info_name=name, parent=parent, **SETTINGS)
    text = _block(command.get_help(context))
    if isinstance(command, click.Group):
        text += "".join("\n" + _help(command.commands[key], context, key) for key in command.list_commands(context))
    return text


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "commands.md").write_text(commands_page(), "utf-8")
    (FOLDER / "recipes.md").write_text(recipes_page(), "utf-8")
    (FOLDER / "palettes.md").write_text(palettes_page(), "utf-8")
