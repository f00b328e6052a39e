"""An error for want of memory is told from others, and says what to change."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from unipixel.diffusion.memory_plan import MemorySettings
from unipixel.diffusion.out_of_memory import advice_out_of_memory, is_out_of_memory
from unipixel.lora import TrainingSettings

TRAINING = TrainingSettings(
    scale=8, rank=32, alpha=32, targets="linear", steps=1, batch_size=4, learning_rate=1e-4, seed=0
)


def test_the_cpus_own_error_is_known() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)

    assert is_out_of_memory(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 5.05 GB)"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
        MemoryError(),
    ],
)
def test_errors_of_all_devices_are_known(error: BaseException) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [RuntimeError("mat1 and mat2 shapes cannot be multiplied"), ValueError("out of memory"), OSError(28, "No space")],
)
def test_other_errors_are_not(error: BaseException) -> None:
    assert not is_out_of_memory(error)


def test_all_that_is_open_is_named_in_the_order_of_its_cost() -> None:
    settings = MemorySettings(
        training=replace(TRAINING, text_encoder_learning_rate=1e-5, ema_decay=0.99),
        canvases=[(1024, 1024)],
        gradient_checkpointing=False,
    )

    assert advice_out_of_memory(settings) == (
        "out of memory: to need less, take, in this order, gradient checkpointing; batch size 1 with accumulation 4; "
        "optimizer adamw8bit; base precision fp8; base precision nf4; no training of the text encoders; "
        "no moving average; a smaller rank; smaller canvases"
    )


def test_what_is_done_already_is_not_named() -> None:
    settings = MemorySettings(
        training=replace(TRAINING, batch_size=1, optimizer="adamw8bit", rank=4),
        canvases=[(1024, 1024)],
        base_precision="nf4",
    )

    assert advice_out_of_memory(settings).endswith("in this order, smaller canvases")
