"""UniPixel in txt2img and img2img: each picture is converted before it is saved, and what it was is kept beside it."""

import logging

from modules import scripts

from .asked import asked
from .infotext import paste_fields, to_notes, to_problem
from .panel import make_panel
from .pictures import convert_picture
from .settings import KEEP_NATIVE, KEEP_ORIGINAL, setting

KEPT = "unipixel_kept"
"""Attribute of a job: pictures that are shown behind the others, each with its notes."""


class UniPixelScript(scripts.Script):
    """The panel in txt2img and img2img."""

    def title(self):
        return "UniPixel"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        panel = make_panel("img2img" if is_img2img else "txt2img")
        self.infotext_fields = paste_fields(panel)
        return list(panel.values())

    def postprocess_image_after_composite(self, p, pp, *arguments):
        """Convert a picture; the last that happens to it before it is saved."""
        from unipixel.errors import UniPixelError

        given = asked(*arguments)
        if given is None:
            return
        try:
            made = convert_picture(pp.image, given)
        except UniPixelError as error:
            _tell(p, str(error))
            p.extra_generation_params.update(to_problem(given, error))
            return
        p.extra_generation_params.update(to_notes(given, made.native.shape[:2]))
        if setting(KEEP_ORIGINAL):
            _keep(p, pp.image, "-before-unipixel")
        if made.options.zoom > 1 and setting(KEEP_NATIVE):
            _keep(p, made.at_native_size, "-native")
        pp.image = made.shown

    def postprocess(self, p, processed, *arguments):
        """Show what was kept behind the others."""
        for picture, notes in getattr(p, KEPT, ()):
            processed.images.append(picture)
            processed.infotexts.append(notes)
        setattr(p, KEPT, [])


def _keep(p, picture, suffix):
    """Save a picture as the web UI saves the others, and have it shown."""
    from modules import images, processing, shared

    place = p.batch_index
    notes = processing.create_infotext(
        p, p.prompts, p.seeds, p.subseeds, index=place, all_negative_prompts=p.negative_prompts
    )
    if shared.opts.enable_pnginfo:
        picture.info["parameters"] = notes
    if p.save_samples():
        seed, prompt, kind = p.seeds[place], p.prompts[place], shared.opts.samples_format
        images.save_image(picture, p.outpath_samples, "", seed, prompt, kind, info=notes, p=p, suffix=suffix)
    setattr(p, KEPT, [*getattr(p, KEPT, ()), (picture, notes)])


def _tell(p, sentence):
    """Say what is wrong in the log and below the pictures."""
    logging.warning("UniPixel: %s", sentence)
    p.comment(f"UniPixel: {sentence}")
