"""The trainer of this package, with the settings of diffusers' script."""

from __future__ import annotations

from marks import Marks, arguments
from pictures import SCALE, read_pictures


def main() -> None:
    options = arguments()
    marks = Marks(options)
    from unipixel.diffusion import load_base, train_lora
    from unipixel.diffusion.heap import keep_freed_memory
    from unipixel.image import load_image
    from unipixel.lora.settings import TrainingSettings

    marks.watch()
    keep_freed_memory()  # as `unipixel train` does
    files, captions = read_pictures(options.pictures)
    base = load_base(options.base, device="cpu", dtype="float32")
    settings = TrainingSettings(
        scale=SCALE,
        rank=options.rank,
        alpha=options.rank,
        targets="attention",
        steps=options.steps,
        batch_size=options.batch,
        learning_rate=1e-4,
        seed=0,
        latents="sample",
        init="gaussian",
    )
    images = [load_image(file) for file in files]
    train_lora(base, images, captions, settings, out=options.out / "run", checkpoint_every=0)


if __name__ == "__main__":
    main()
