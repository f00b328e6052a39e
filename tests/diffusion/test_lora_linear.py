from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import nn

from unipixel.diffusion.lora_linear import LeanLinear, use_lean_layers


class _Quantized(nn.Linear):
    """Stands for a layer of 4 or 8 bits, which is a kind of linear layer too."""


def _layers(width: int = 6, hidden: int = 5, **changes: object) -> tuple[nn.Module, nn.Module]:
    """Put the same LoRA on the same small network, once ours and once peft's."""
    torch.manual_seed(0)
    ours = nn.Sequential(nn.Linear(width, hidden), nn.Tanh(), nn.Linear(hidden, 4, bias=False)).requires_grad_(False)
    peft = copy.deepcopy(ours)
    settings = {"r": 3, "lora_alpha": 5, "target_modules": ["0", "2"], "init_lora_weights": False, **changes}
    lean = LoraConfig(**settings)
    use_lean_layers(lean, ours)
    inject_adapter_in_model(lean, ours)
    inject_adapter_in_model(LoraConfig(**settings), peft)
    peft.load_state_dict(ours.state_dict())
    return ours, peft


def _gradients(model: nn.Module, x: torch.Tensor) -> list[torch.Tensor]:
    said = model(x)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    return [said, *torch.autograd.grad(said.square().sum(), [x, *weights])]


@pytest.mark.parametrize("shape", [(6,), (7, 6), (2, 3, 6)])
def test_output_and_gradients_are_those_of_peft(shape: tuple[int, ...]) -> None:
    ours, peft = _layers()
    x = torch.randn(shape, requires_grad=True)

    assert isinstance(ours[0], LeanLinear)
    assert not isinstance(peft[0], LeanLinear)
    for mine, theirs in zip(_gradients(ours, x), _gradients(peft, x), strict=True):
        torch.testing.assert_close(mine, theirs)


def test_layer_and_lora_are_one_node() -> None:
    ours, peft = _layers()
    x = torch.randn(3, 6)

    assert ours[0](x).grad_fn.name() == "_AddLoraBackward"
    assert peft[0](x).grad_fn.name() != "_AddLoraBackward"


def test_gradients_are_the_derivative() -> None:
    model, _ = _layers()
    model.double()
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    x = torch.randn(3, 6, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(lambda *_: model(x), (x, *weights))


def test_input_that_needs_no_gradient_trains_the_lora_all_the_same() -> None:
    ours, peft = _layers()
    x = torch.randn(3, 6)
    for model in (ours, peft):
        model(x).sum().backward()

    for mine, theirs in zip(ours.parameters(), peft.parameters(), strict=True):
        assert (mine.grad is None) == (theirs.grad is None)
        if mine.grad is not None:
            torch.testing.assert_close(mine.grad, theirs.grad)


def test_without_gradients_the_bits_are_those_of_peft() -> None:
    # so that a LoRA in place and the same LoRA loaded by another program give the same output
    ours, peft = _layers(128, 128, r=32)  # wide enough for the two ways to round differently
    x = torch.randn(64, 128)
    with torch.no_grad():
        assert torch.equal(ours(x), peft(x))


@pytest.mark.parametrize(
    "change", [{"lora_dropout": 0.5}, {"lora_bias": True, "target_modules": ["0"]}, {"use_dora": True}]
)
def test_what_is_not_plain_goes_the_way_of_peft(change: dict[str, object]) -> None:
    ours, peft = _layers(**change)
    x = torch.randn(4, 6, requires_grad=True)
    found = []
    for model in (ours, peft):
        torch.manual_seed(1)
        found.append(_gradients(model, x))

    for mine, theirs in zip(*found, strict=True):
        assert torch.equal(mine, theirs)


def test_autocast_goes_the_way_of_peft() -> None:
    ours, peft = _layers()
    x = torch.randn(4, 6)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mine, theirs = ours(x), peft(x)

    assert mine.dtype == theirs.dtype
    assert torch.equal(mine, theirs)


@pytest.mark.parametrize("change", [lambda layer: layer.enable_adapters(False), lambda layer: layer.merge()])
def test_a_lora_switched_off_or_merged_goes_the_way_of_peft(change: Callable[[LeanLinear], None]) -> None:
    ours, peft = _layers()
    x = torch.randn(4, 6, requires_grad=True)
    for model in (ours, peft):
        change(model[0])

    assert torch.equal(ours[0](x), peft[0](x))


def test_a_layer_of_another_dtype_than_its_lora_goes_the_way_of_peft() -> None:
    ours, peft = _layers()
    for model in (ours, peft):
        model[0].base_layer.bfloat16()
    x = torch.randn(4, 6, dtype=torch.bfloat16)

    assert torch.equal(ours[0](x), peft[0](x))


def test_two_loras_at_once_add_up() -> None:
    ours, peft = _layers()
    for model in (ours, peft):
        torch.manual_seed(2)
        for layer in (model[0], model[2]):
            layer.update_layer("second", 2, lora_alpha=2, config=LoraConfig(r=2, init_lora_weights=False))
            layer.set_adapter(["default", "second"])
    x = torch.randn(4, 6)

    assert torch.equal(ours(x), peft(x))


def test_layers_of_few_bits_are_left_to_peft() -> None:
    model = nn.Sequential(_Quantized(4, 4), nn.Linear(4, 4))
    config = LoraConfig(target_modules=["0", "1"])
    use_lean_layers(config, model)
    inject_adapter_in_model(config, model)

    assert not any(isinstance(module, LeanLinear) for module in model.modules())
