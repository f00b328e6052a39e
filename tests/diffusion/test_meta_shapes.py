"""The meta device chooses dtypes and attention as a GPU would."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from unipixel.diffusion.live_bytes import LiveBytes
from unipixel.diffusion.meta_shapes import GpuShapes


def test_products_are_narrow_and_norms_wide() -> None:
    narrow, wide = (torch.zeros(2, 8, 4, 4, device="meta", dtype=kind) for kind in (torch.bfloat16, torch.float32))
    with torch.device("meta"):
        linear, conv, group, layer = nn.Linear(4, 4), nn.Conv2d(8, 8, 1), nn.GroupNorm(2, 8), nn.LayerNorm(4)
    with GpuShapes(torch.bfloat16):
        assert {linear(wide).dtype, conv(wide).dtype, (wide @ wide).dtype} <= {torch.bfloat16, torch.float32}
        assert linear(wide).dtype == conv(wide).dtype == torch.bfloat16
        assert group(narrow).dtype == layer(narrow).dtype == torch.float32
        assert F.silu(narrow).dtype == torch.bfloat16
        assert F.silu(wide).dtype == torch.float32
    with GpuShapes(None):
        assert linear(wide).dtype == group(wide).dtype == torch.float32


def test_the_narrow_copy_of_a_trained_weight_is_made_once_and_forgotten() -> None:
    with torch.device("meta"):
        layer = nn.Linear(64, 64, bias=False)
    x = torch.zeros(1, 64, device="meta", dtype=torch.bfloat16)
    copy = 2 * 64 * 64
    with LiveBytes(layer.parameters()) as live, GpuShapes(torch.bfloat16) as shapes, torch.no_grad():
        layer(x)
        assert copy <= live.now < copy + 2 * 64
        layer(x)
        assert live.now < copy + 2 * 64
        shapes.forget()
        assert live.now < copy


@pytest.mark.parametrize("dtype", [None, torch.bfloat16])
def test_attention_never_holds_its_matrix(dtype: torch.dtype | None) -> None:
    tokens = 4096
    query = torch.zeros(1, 2, tokens, 8, device="meta", requires_grad=True)
    with LiveBytes() as live:
        with GpuShapes(dtype):
            said = F.scaled_dot_product_attention(query, query, query, dropout_p=0.0, is_causal=False)
        said.float().sum().backward()
    assert said.shape == query.shape
    assert live.peak < tokens * tokens
