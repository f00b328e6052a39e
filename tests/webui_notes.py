"""The notes of pictures as the web UI writes, reads and pastes them; for its stand-in."""

import json
import re


def quote(value):
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if re.search(r"[,\n:]", text) else text


def create_infotext(p, all_prompts, all_seeds, all_subseeds, *, index=None, all_negative_prompts=None, **_):
    notes = {"Steps": 20, "Seed": all_seeds[index], **p.extra_generation_params}
    written = ", ".join(f"{key}: {quote(value)}" for key, value in notes.items())
    return f"{all_prompts[index]}\nNegative prompt: {all_negative_prompts[index]}\n{written}"


def parse_infotext(text):
    """Notes of the last line, unquoted."""
    found = re.findall(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)', text.splitlines()[-1])
    return {key: json.loads(value) if value.startswith('"') else value for key, value in found}


def paste(fields, text):
    """What pasting notes makes of each component's value; those that are left alone are missing."""
    notes = parse_infotext(text)
    values = ((component, read(notes)) for component, read in fields)
    return {component: value for component, value in values if value is not None}
