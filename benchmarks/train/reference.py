"""The loop of diffusers' SDXL LoRA script, told again for where the script itself is not at hand.

It does what ``examples/text_to_image/train_text_to_image_lora_sdxl.py`` of diffusers 0.42 does at a step, with the
same libraries: picture opened and encoded at every step, both text encoders run at every step, peft's LoRA on the
attention's four projections, torch's AdamW as it comes, Accelerate around model, optimizer, loader and schedule. It
leaves out what the script's other dependencies (torchvision, datasets) do, so it starts faster than the script.
"""

from __future__ import annotations

from marks import Marks, arguments
from pictures import read_pictures


def main() -> None:
    options = arguments()
    marks = Marks(options)
    import numpy as np
    import torch
    from accelerate import Accelerator
    from accelerate.utils import set_seed
    from diffusers import AutoencoderKL, DDPMScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
    from diffusers.optimization import get_scheduler
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict
    from PIL import Image
    from torch.nn import functional as F
    from tqdm.auto import tqdm
    from transformers import AutoTokenizer, CLIPTextModel, CLIPTextModelWithProjection

    from unipixel.diffusion.autoencoder import PatchAutoencoder

    marks.watch()
    accelerator = Accelerator(mixed_precision="no")
    set_seed(0)
    base = str(options.base)
    tokenizers = [AutoTokenizer.from_pretrained(base, subfolder=name) for name in ("tokenizer", "tokenizer_2")]
    noise_schedule = DDPMScheduler.from_pretrained(base, subfolder="scheduler")
    encoders = [
        CLIPTextModel.from_pretrained(base, subfolder="text_encoder"),
        CLIPTextModelWithProjection.from_pretrained(base, subfolder="text_encoder_2"),
    ]
    kind = (
        PatchAutoencoder if "PatchAutoencoder" in (options.base / "vae" / "config.json").read_text() else AutoencoderKL
    )
    vae = kind.from_pretrained(base, subfolder="vae")
    unet = UNet2DConditionModel.from_pretrained(base, subfolder="unet")
    for part in (unet, vae, *encoders):
        part.requires_grad_(False).to(accelerator.device, dtype=torch.float32)
    projections = ["to_k", "to_q", "to_v", "to_out.0"]
    unet.add_adapter(
        LoraConfig(r=options.rank, lora_alpha=options.rank, init_lora_weights="gaussian", target_modules=projections)
    )
    weights = [weight for weight in unet.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=1e-4, weight_decay=1e-2)

    files, captions = read_pictures(options.pictures)
    places = {"padding": "max_length", "max_length": 77, "truncation": True, "return_tensors": "pt"}

    class Pictures(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(files)

        def __getitem__(self, number: int) -> tuple[torch.Tensor, ...]:
            with Image.open(files[number]) as image:
                pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).contiguous()
            tokens = [tokenizer(captions[number], **places).input_ids[0] for tokenizer in tokenizers]
            return (pixels.float().div(255) - 0.5) / 0.5, *tokens

    loader = torch.utils.data.DataLoader(Pictures(), shuffle=True, batch_size=options.batch)
    schedule = get_scheduler("constant", optimizer=optimizer)
    unet, optimizer, loader, schedule = accelerator.prepare(unet, optimizer, loader, schedule)
    size = [[options.size, options.size, 0, 0, options.size, options.size]]

    bar = tqdm(range(options.steps))
    done = 0
    while done < options.steps:
        unet.train()
        for pixels, *tokens in loader:
            with accelerator.accumulate(unet):
                latents = vae.encode(pixels).latent_dist.sample() * vae.config.scaling_factor
                noise = torch.randn_like(latents)
                timesteps = torch.randint(0, noise_schedule.config.num_train_timesteps, (len(latents),))
                noisy = noise_schedule.add_noise(latents, noise, timesteps)
                said = [encoder(ids, output_hidden_states=True) for encoder, ids in zip(encoders, tokens, strict=True)]
                prediction = unet(
                    noisy,
                    timesteps,
                    torch.cat([each.hidden_states[-2] for each in said], dim=-1),
                    added_cond_kwargs={
                        "time_ids": torch.cat([torch.tensor(size, dtype=torch.float32) for _ in latents]),
                        "text_embeds": said[1].text_embeds,
                    },
                    return_dict=False,
                )[0]
                of_noise = noise_schedule.config.prediction_type == "epsilon"
                target = noise if of_noise else noise_schedule.get_velocity(latents, noise, timesteps)
                loss = F.mse_loss(prediction.float(), target.float())
                accelerator.gather(loss.repeat(options.batch)).mean().item()
                accelerator.backward(loss)
                accelerator.clip_grad_norm_(weights, 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
            done += 1
            bar.update(1)
            bar.set_postfix(step_loss=loss.detach().item(), lr=schedule.get_last_lr()[0])
            if done == options.steps:
                break
    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(accelerator.unwrap_model(unet)))
    StableDiffusionXLPipeline.save_lora_weights(options.out / "run", unet_lora_layers=layers)


if __name__ == "__main__":
    main()
