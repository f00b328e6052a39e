"""How many pictures fit into memory at once: counted from the UNet's shapes, without running it."""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from unipixel.diffusion.base import Base
from unipixel.diffusion.quiet import quiet_libraries

MOST = 8
"""Most pictures at once: more are hardly faster, and Ctrl-C loses those that are under way."""
SHARE = 0.5
"""Share of the free memory that is planned with. The rest is for what shapes do not tell: workspaces of convolutions
(on a GPU often several times the tensors), fragments, the autoencoder. It is a guess: where it fails, a batch is
halved and nothing is lost."""
_TEXT_TOKENS = 77


def pictures_at_once(base: Base, *, width: int, height: int, guided: bool) -> int:
    """Pictures that can be drawn at once, 1 to :data:`MOST`.

    Parameters
    ----------
    base : Base
    width, height : int
        Canvas px.
    guided : bool
        Whether each picture is asked for twice, with its prompt and its negative.
    """
    room = free_memory(base.device) * SHARE
    return max(1, min(MOST, int(room // picture_bytes(base, width=width, height=height, guided=guided))))


def picture_bytes(base: Base, *, width: int, height: int, guided: bool) -> int:
    """Most bytes of tensors that are alive at once in a pass through the UNet, for one picture.

    The same UNet is built without weights on torch's meta device, and what each operation makes and frees is counted.
    Attention counts as fused: it never holds its table of all pairs, as is so on GPUs and on the CPU.

    Parameters
    ----------
    base, width, height, guided
        As for `pictures_at_once`.
    """
    copies = 2 if guided else 1
    config, dtype = base.unet.config, base.dtype
    with quiet_libraries(), torch.device("meta"), torch.no_grad():
        unet = type(base.unet).from_config(config).to(dtype).eval()
        shape = (copies, base.latent_channels, height // base.stride, width // base.stride)
        pooled = config.projection_class_embeddings_input_dim - 6 * config.addition_time_embed_dim
        text = torch.empty(copies, _TEXT_TOKENS, config.cross_attention_dim, dtype=dtype)
        added = {"text_embeds": torch.empty(copies, pooled, dtype=dtype), "time_ids": torch.empty(copies, 6)}
        with _FusedAttention(), _Alive() as alive:
            unet(torch.empty(shape, dtype=dtype), torch.empty(()), text, added_cond_kwargs=added)
    return alive.most


def free_memory(device: torch.device) -> int:
    """Bytes that are free for tensors: of the GPU, of torch's pool there, or of the machine."""
    if device.type == "cuda":
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + unused
    import psutil  # comes with accelerate

    return int(psutil.virtual_memory().available)


class _Alive(TorchDispatchMode):
    """Counts the bytes of tensors that operations make, until they are freed."""

    def __init__(self) -> None:
        super().__init__()
        self.most = self._now = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = {tensor.untyped_storage()._cdata for tensor in tree_iter((args, kwargs)) if _is_tensor(tensor)}
        made = operation(*args, **(kwargs or {}))
        for tensor in filter(_is_tensor, tree_iter(made)):
            storage = tensor.untyped_storage()
            if storage._cdata not in given | self._known:
                self._known.add(storage._cdata)
                self._now += storage.nbytes()
                weakref.finalize(storage, self._freed, storage._cdata, storage.nbytes())
        self.most = max(self.most, self._now)
        return made

    def _freed(self, key: int, size: int) -> None:
        self._now -= size
        self._known.discard(key)


class _FusedAttention(TorchFunctionMode):
    """Lets attention make its result alone; on the meta device torch would lay out the table of all pairs."""

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function is torch.nn.functional.scaled_dot_product_attention:
            return torch.empty_like(args[0] if args else kwargs["query"])
        return function(*args, **(kwargs or {}))


def _is_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor)
