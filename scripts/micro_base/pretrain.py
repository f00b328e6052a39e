"""Pre-train the micro base: a small model of SDXL's architecture, on drawings that have no pixels to see.

    python scripts/micro_base/pretrain.py --out build/micro

Draws its own data (``scenes.py``), fits the autoencoder (``fit_autoencoder.py``), then trains UNet and both text encoders
together. Written to be interrupted: run it again and it goes on. ``--export`` writes the diffusers folder that the package ships.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import random
import string
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from diffusers import DDIMScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from fit_autoencoder import STRIDE, fit_autoencoder, to_tensor
from scenes import COLORS, DISTANCES, GROUNDS, LIGHTS, SUBJECTS, draw_scene
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from unipixel.diffusion.autoencoder import PatchAutoencoder

SIZES = {
    (16, 16): 4000,
    (20, 16): 4000,
    (16, 20): 4000,
    (24, 24): 1500,
    (28, 28): 1500,
    (32, 24): 1500,
    (24, 32): 1500,
}
"""How many pictures of each latent size (width, height) are drawn; one latent is 8x8 px."""
SMALL, SMALL_PART = 3, 0.65
"""The first sizes are cheap: in this part of the training only they are seen, since subjects are learned there at less than
half the price; in the rest, all of them."""
TOKENS_PER_BATCH = 4096
"""Latents in one batch: every size costs about the same."""
SUBJECT_WEIGHT = 4.0
"""What a latent of the subject counts in the loss against one of the ground."""
AVERAGE_EVERY = 8
"""Steps after which the processes average their weights (local SGD): small convolutions gain little from threads."""
SAVE_EVERY = 200
"""Steps; a multiple of `AVERAGE_EVERY`, so that what is saved is the same in all processes."""
WIDTHS = (64, 96)
"""Hidden sizes of the two text encoders; they differ, since loaders tell them apart by it."""


# --- models -----------------------------------------------------------------------------------------------------------


def clip_bytes() -> dict[int, str]:
    """The printable stand-in that CLIP's tokenizer uses for each byte (Radford et al., 2019)."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in kept]
    return {**{byte: chr(byte) for byte in kept}, **{byte: chr(256 + i) for i, byte in enumerate(rest)}}


def build_tokenizer(folder: Path) -> CLIPTokenizer:
    """A CLIP tokenizer that knows the words of the drawings whole and spells all others in bytes."""
    symbols = list(clip_bytes().values())
    vocabulary = [*symbols, *(symbol + "</w>" for symbol in symbols)]
    words = sorted(
        {
            word
            for phrase in [*COLORS, *SUBJECTS, *GROUNDS, *LIGHTS, *DISTANCES, "background", "from above", "from side"]
            for piece in phrase.replace("-", " - ").split()
            for word in ([piece[0], piece[1:]] if piece == "1girl" else [piece])
        }
    )
    merges: list[str] = []
    for word in words:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            pair = f"{parts[0]} {parts[1]}"
            parts[:2] = [parts[0] + parts[1]]
            if pair not in merges:
                merges.append(pair)
            if parts[0] not in vocabulary:
                vocabulary.append(parts[0])
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "vocab.json").write_text(
            json.dumps({token: i for i, token in enumerate(vocabulary)}, ensure_ascii=False), "utf-8"
        )
        (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", "utf-8")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def build_models(tokenizer: CLIPTokenizer, seed: int) -> torch.nn.ModuleDict:
    """UNet with text-time conditioning and two text encoders, SDXL's blocks in small."""
    torch.manual_seed(seed)
    common = dict(
        vocab_size=len(tokenizer),
        max_position_embeddings=77,
        num_hidden_layers=2,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
    )
    first = CLIPTextConfig(
        hidden_size=WIDTHS[0],
        intermediate_size=4 * WIDTHS[0],
        num_attention_heads=4,
        hidden_act="quick_gelu",
        projection_dim=WIDTHS[0],
        **common,
    )
    second = CLIPTextConfig(
        hidden_size=WIDTHS[1],
        intermediate_size=4 * WIDTHS[1],
        num_attention_heads=6,
        hidden_act="gelu",
        projection_dim=WIDTHS[1],
        **common,
    )
    unet = UNet2DConditionModel(
        sample_size=24,
        in_channels=12,
        out_channels=12,
        block_out_channels=(48, 80, 128),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 1, 1),
        attention_head_dim=(3, 5, 8),
        cross_attention_dim=sum(WIDTHS),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=WIDTHS[1] + 6 * 32,
        norm_num_groups=16,
    )
    return torch.nn.ModuleDict(
        {"unet": unet, "text_encoder": CLIPTextModel(first), "text_encoder_2": CLIPTextModelWithProjection(second)}
    )


def build_scheduler() -> DDIMScheduler:
    """v-prediction with zero terminal SNR (Lin et al., 2023, arXiv 2305.08891)."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


# --- data -------------------------------------------------------------------------------------------------------------


Pool = tuple[torch.Tensor, torch.Tensor, list[tuple[str, ...]]]
"""Pictures of one size: latents (n, 12, h, w) float16, their weight in the loss (n, h, w) float16, and their tags."""


def draw_pool(args: tuple[int, tuple[int, int], int]) -> tuple[np.ndarray, np.ndarray, list[tuple[str, ...]]]:
    """Draw pictures of one size: ``(n, H, W, 3)`` uint8, the subjects' masks ``(n, H, W)`` uint8, and tags."""
    seed, (width, height), count = args
    rng = random.Random(seed)
    scenes = [draw_scene(rng, width * STRIDE, height * STRIDE) for _ in range(count)]
    return (
        np.stack([scene.image for scene in scenes]),
        np.stack([scene.mask for scene in scenes]),
        [scene.tags for scene in scenes],
    )


def load_pools(folder: Path, model: PatchAutoencoder, seed: int) -> list[Pool]:
    """One pool a size, drawn once and kept."""
    file = folder / "pools.pt"
    if file.exists():
        return torch.load(file, weights_only=True)
    sizes = list(SIZES)
    jobs = [
        (seed * 10000 + 100 * i + j, sizes[i], 100) for i in range(len(sizes)) for j in range(SIZES[sizes[i]] // 100)
    ]
    parts: dict[tuple[int, int], list[Pool]] = {size: [] for size in sizes}
    with ProcessPoolExecutor(2) as workers, torch.no_grad():
        for (_, size, _), (images, masks, tags) in zip(jobs, workers.map(draw_pool, jobs), strict=True):
            latents = model.encode(to_tensor(images)).latent_dist.mode().half()
            weights = torch.nn.functional.max_pool2d(torch.from_numpy(masks)[:, None] / 255, STRIDE)[:, 0]
            parts[size].append((latents, (1 + (SUBJECT_WEIGHT - 1) * weights).half(), tags))
    pools: list[Pool] = []
    for size in sizes:
        latents, weights, tags = zip(*parts[size], strict=True)
        pools.append((torch.cat(latents), torch.cat(weights), [tag for part in tags for tag in part]))
    torch.save(pools, file)
    return pools


def write_caption(rng: random.Random, tags: tuple[str, ...]) -> str:
    """Tags in any order, some left out; sometimes a word that means nothing, so that a trigger word can be learned later."""
    if rng.random() < 0.1:
        return ""
    kept = [tags[0], *(tag for tag in tags[1:] if rng.random() < 0.9)]
    rng.shuffle(kept)
    if rng.random() < 0.2:
        kept.insert(0, "".join(rng.choices(string.ascii_lowercase + string.digits + "-", k=rng.randint(4, 12))))
    return ", ".join(kept)


# --- training ---------------------------------------------------------------------------------------------------------


def encode_text(
    models: torch.nn.ModuleDict, tokenizer: CLIPTokenizer, captions: list[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """As SDXL does it: both encoders' last hidden state but one side by side, and the second one's pooled output."""
    ids = tokenizer(captions, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    first = models["text_encoder"](ids, output_hidden_states=True)
    second = models["text_encoder_2"](ids, output_hidden_states=True)
    return torch.cat([first.hidden_states[-2], second.hidden_states[-2]], -1), second.text_embeds


def step_loss(models, tokenizer, scheduler, latents, weights, captions, generator) -> torch.Tensor:
    """v-prediction loss of one batch: over the picture weighted by `weights` (n, h, w), over the time step by min-SNR 5
    (Hang et al., 2023, arXiv 2303.09556) plus .15."""
    count, _, height, width = latents.shape
    steps = torch.randint(1000, (count,), generator=generator)
    noise = torch.randn(latents.shape, generator=generator)
    noisy, target = scheduler.add_noise(latents, noise, steps), scheduler.get_velocity(latents, noise, steps)
    embeds, pooled = encode_text(models, tokenizer, captions)
    ids = torch.tensor(
        [[height * STRIDE, width * STRIDE, 0, 0, height * STRIDE, width * STRIDE]], dtype=torch.float
    ).expand(count, -1)
    predicted = models["unet"](noisy, steps, embeds, added_cond_kwargs={"text_embeds": pooled, "time_ids": ids}).sample
    snr = scheduler.alphas_cumprod[steps] / (1 - scheduler.alphas_cumprod[steps])
    error = ((predicted - target).square().mean(1) * weights).sum((1, 2)) / weights.sum((1, 2))
    return (error * (snr.clamp(max=5) / (snr + 1) + 0.15)).mean()


def train(rank: int, processes: int, out: Path, steps: int, seed: int, peak: float) -> None:
    """Train as one of several processes; the learning rate falls along a cosine over all `steps`."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{(out / 'meet').resolve()}", rank=rank, world_size=processes)
    tokenizer, scheduler = build_tokenizer(out / "tokenizer"), build_scheduler()
    pools = load_pools(out, load_autoencoder(out, seed), seed)
    models = build_models(tokenizer, seed)
    models["unet"].to(memory_format=torch.channels_last)  # a fifth faster on a CPU
    average = copy.deepcopy(models)
    optimizer = torch.optim.AdamW(models.parameters(), lr=peak, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    parts = {"models": models, "average": average, "optimizer": optimizer}
    state = {"step": 0, "seconds": 0.0, "samples": 0, "loss": 0.0}
    if (out / "state.pt").exists():
        saved = torch.load(out / "state.pt", weights_only=True)
        state = saved["state"]
        for name, part in parts.items():
            part.load_state_dict(saved[name])
    while state["step"] < steps:
        began, step = time.monotonic(), state["step"]
        rate = peak * min(1.0, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * step / steps)) * 0.98 + 0.02)
        for group in optimizer.param_groups:
            group["lr"] = rate
        draw = (seed * 10**7 + step) * processes + rank
        rng, generator = random.Random(draw), torch.Generator().manual_seed(draw)
        latents, weights, tags = pools[rng.randrange(SMALL if step < SMALL_PART * steps else len(SIZES))]
        chosen = [rng.randrange(len(tags)) for _ in range(TOKENS_PER_BATCH // (latents.shape[2] * latents.shape[3]))]
        captions = [write_caption(rng, tags[i]) for i in chosen]
        batch = latents[chosen].float().contiguous(memory_format=torch.channels_last)
        loss = step_loss(models, tokenizer, scheduler, batch, weights[chosen].float(), captions, generator)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(models.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % AVERAGE_EVERY == 0:
            mean_over_processes(models, processes)
        decay = min(0.999, (step + 1) / (step + 20))
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(models.parameters()), 1 - decay)
        state["step"], state["samples"] = step + 1, state["samples"] + processes * len(chosen)
        state["loss"] = loss.item() if step == 0 else 0.99 * state["loss"] + 0.01 * loss.item()
        state["seconds"] += time.monotonic() - began
        if rank == 0 and step % 50 == 0:
            with open(out / "log.jsonl", "a") as log:
                log.write(json.dumps({**state, "rate": rate}) + "\n")
        if rank == 0 and ((step + 1) % SAVE_EVERY == 0 or step + 1 == steps):
            torch.save({**{name: part.state_dict() for name, part in parts.items()}, "state": state}, out / "state.new")
            (out / "state.new").replace(out / "state.pt")


def mean_over_processes(models: torch.nn.ModuleDict, processes: int) -> None:
    """Average the weights of all processes, in one message."""
    parameters = [parameter.data for parameter in models.parameters()]
    flat = torch.cat([parameter.flatten() for parameter in parameters])
    dist.all_reduce(flat)
    for parameter, part in zip(
        parameters, flat.div_(processes).split([parameter.numel() for parameter in parameters]), strict=True
    ):
        parameter.copy_(part.view_as(parameter))


def load_autoencoder(out: Path, seed: int) -> PatchAutoencoder:
    """Fit the autoencoder once, keep it and its figures."""
    folder = out / "vae"
    if not folder.exists():
        model, figures = fit_autoencoder(seed=seed)
        (out / "autoencoder.json").write_text(json.dumps(figures, indent=1) + "\n")
        model.save_pretrained(folder)
    return PatchAutoencoder.from_pretrained(folder).eval()


def export(out: Path, folder: Path, seed: int) -> None:
    """Write the averaged weights in float16 as a diffusers folder."""
    tokenizer = build_tokenizer(out / "tokenizer")
    models = build_models(tokenizer, seed)
    models.load_state_dict(torch.load(out / "state.pt", weights_only=True)["average"])
    pipeline = StableDiffusionXLPipeline(
        vae=load_autoencoder(out, seed),
        unet=models["unet"],
        text_encoder=models["text_encoder"],
        text_encoder_2=models["text_encoder_2"],
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        scheduler=build_scheduler(),
        force_zeros_for_empty_prompt=False,
        add_watermarker=False,
    )
    pipeline.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    for file in folder.rglob("config.json"):  # where the parts lay on this machine is nobody's business
        config = json.loads(file.read_text("utf-8"))
        config.pop("_name_or_path", None)
        file.write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/micro"), help="folder for data, state and log")
    parser.add_argument("--steps", type=int, default=13000, help="steps in all, over every call")
    parser.add_argument("--peak", type=float, default=1.5e-3, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2, help="one core each")
    parser.add_argument("--export", type=Path, help="write the diffusers folder here and stop")
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    if args.export:
        export(args.out, args.export, args.seed)
        return
    build_tokenizer(args.out / "tokenizer")  # once, before the processes read it
    load_pools(args.out, load_autoencoder(args.out, args.seed), args.seed)
    (args.out / "meet").unlink(missing_ok=True)
    torch.multiprocessing.spawn(
        train,
        (args.processes, args.out, args.steps, args.seed, args.peak),
        nprocs=args.processes,
    )


if __name__ == "__main__":
    main()
