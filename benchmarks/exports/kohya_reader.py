"""sd-scripts: its parser and configuration file, its data set's blueprint, its scheduler, its LoRA on its own UNet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import torch
from reading import Reading, adaptable, bring, course

from unipixel.lora import TrainingSettings, UNetLayout, kohya_key


def read(checkout: Path, folder: Path, settings: TrainingSettings) -> Reading:
    script = bring("sdxl_train_network", checkout)
    util = sys.modules["library.train_util"]
    parser, file = script.setup_parser(), folder / "config.toml"
    given = {k: v for table in sys.modules["toml"].load(file).values() for k, v in table.items()}
    sys.argv = ["sdxl_train_network.py", "--config_file", str(file)]
    args = util.read_config_from_file(parser.parse_args(), parser)
    faults = _faults(parser, given, args)
    util.verify_training_args(args)
    sys.modules["library.sdxl_train_util"].verify_sdxl_training_args(args)
    faults += _data_faults(args, settings)
    return Reading(faults, _rates(util, args), _modules(checkout, args))


def _faults(parser: argparse.ArgumentParser, given: dict[str, Any], args: Any) -> list[str]:
    actions = {action.dest: action for action in parser._actions}
    faults = [f"unknown: {key}" for key in given if key not in actions]
    for key, value in given.items():
        if key in actions and not (_suits(actions[key], value) and getattr(args, key) == value):
            faults.append(f"{key} = {value!r} arrives as {getattr(args, key)!r}")
    return faults


def _suits(action: argparse.Action, value: Any) -> bool:
    """Whether a value, which a file gives without conversion, has the type that the command line would convert to."""
    if isinstance(action, argparse._StoreTrueAction):
        return isinstance(value, bool)
    named = getattr(action.type, "__name__", "str")
    kinds = (int, float) if named == "int_or_float" else (str,) if named == "Path" else (action.type or str,)
    values = value if action.nargs == "*" else [value]
    return isinstance(values, list) and all(type(one) in kinds for one in values)


def _data_faults(args: Any, settings: TrainingSettings) -> list[str]:
    config = sys.modules["library.config_util"]
    sanitizer = config.ConfigSanitizer(True, True, False, True)
    blueprint = config.BlueprintGenerator(sanitizer).generate(config.load_user_config(args.dataset_config), args)
    faults = []
    for dataset in blueprint.dataset_group.datasets:
        if dataset.params.batch_size != settings.batch_size:
            faults.append(f"a batch of {dataset.params.batch_size}")
        for subset in dataset.subsets:
            one = subset.params
            shown = (one.flip_aug, one.shuffle_caption, one.keep_tokens, one.caption_dropout_rate)
            wanted = (settings.flip, settings.caption_variants > 1, settings.kept_tags, settings.caption_dropout)
            if dataset.params.validation_split == 0 and shown != wanted:
                faults.append(f"shown as {shown} and not {wanted}")
            if args.cache_text_encoder_outputs and (one.shuffle_caption or one.caption_dropout_rate):
                faults.append("captions that change are to be cached")
            if one.color_aug or one.random_crop or one.face_crop_aug_range:
                faults.append("pixels are moved or painted")
    return faults


def _rates(util: Any, args: Any) -> list[float]:
    """By AdamW where the optimizer's package may be missing: the course is the same."""
    if args.optimizer_type != "Adafactor":
        args.optimizer_type, args.optimizer_args = "AdamW", args.optimizer_args[:1]
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": args.unet_lr}]
    _, _, optimizer = util.get_optimizer(args, groups)
    return course(optimizer, util.get_scheduler_fix(args, optimizer, 1), args.max_train_steps)


def _modules(checkout: Path, args: Any) -> frozenset[str]:
    network, original = bring("networks.lora", checkout), sys.modules["library.sdxl_original_unet"]
    network.LoRANetwork.UNET_TARGET_REPLACE_MODULE = ["Transformer2DModel"]  # a network with convolutions adds to it
    with torch.device("meta"):
        unet = original.SdxlUNet2DConditionModel()
        options = dict(option.split("=", 1) for option in args.network_args or [])
        lora = network.create_network(1.0, args.network_dim, args.network_alpha, None, [], unet, **options)
    names = {kohya_key("unet", name, UNetLayout()): name for name in adaptable()}
    return frozenset(names[one.lora_name] for one in lora.unet_loras)
