"""A small stand-in for A1111's web UI and its descendants: as much of their contract as an extension meets.

Modules that an extension imports, its scripts as they are found and loaded, pictures that are drawn, saved and
postprocessed, notes that are pasted, and calls of programs. It runs with the real Gradio as with a stand-in for it.
"""

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

from PIL import Image, PngImagePlugin

from webui_notes import create_infotext, quote

ROOT = Path(__file__).parents[1]
PACK = ROOT / "integrations" / "webui"
TABS = ("txt2img", "img2img")


class Script:
    infotext_fields = None

    def ui(self, is_img2img):
        pass

    def postprocess_image_after_composite(self, p, pp, *args):
        pass

    def postprocess(self, p, processed, *args):
        pass


class ScriptPostprocessing:
    name = controls = None
    order = 1000

    def ui(self):
        pass

    def process(self, pp, **args):
        pass


class PostprocessedImage:
    """A picture on its way through Extras."""

    def __init__(self, image):
        self.image, self.info, self.extra_images, self.nametags = image, {}, [], []
        self.disable_processing = False

    def create_copy(self, new_image, *, nametags=None, disable_processing=False):
        copy = PostprocessedImage(new_image)
        copy.nametags = self.nametags + (nametags or [])
        copy.info, copy.disable_processing = dict(self.info), disable_processing
        return copy


class Upscale(ScriptPostprocessing):
    """The web UI's own, which is on whatever a program sends."""

    name = "Upscale"

    def __init__(self, gradio):
        self.gradio = gradio

    def ui(self):
        return {"upscale_by": self.gradio.Slider(minimum=1, maximum=8, value=4, label="Resize")}

    def process(self, pp, upscale_by=4):
        size = tuple(round(side * (upscale_by or 4)) for side in pp.image.size)
        pp.image = pp.image.resize(size, Image.Resampling.LANCZOS)
        pp.info["Postprocess upscale by"] = upscale_by


class OptionInfo:
    def __init__(self, default=None, label="", component=None, component_args=None, section=None):
        self.default, self.label, self.section = default, label, section


class Settings:
    """The web UI's settings; one that nobody registered is no attribute."""

    def __init__(self):
        self.labels, self.data = {}, {}
        self.enable_pnginfo, self.samples_save, self.samples_format = True, True, "png"

    def add_option(self, key, info):
        self.labels[key] = info

    def __getattr__(self, name):
        labels, data = self.__dict__["labels"], self.__dict__["data"]
        if name not in labels:
            raise AttributeError(name)
        return data.get(name, labels[name].default)


class Job:
    """What is drawn: prompts and seeds of one batch, and notes that grow from picture to picture."""

    def __init__(self, ui, count):
        self._ui, self.batch_size, self.batch_index, self.iteration = ui, count, 0, 0
        self.outpath_samples, self.do_not_save_samples = str(ui.root / "outputs"), False
        self.extra_generation_params, self.comments = {}, {}
        self.prompts, self.negative_prompts = ["a castle"] * count, ["blur"] * count

    def seed(self, first):
        self.seeds = [first + place for place in range(self.batch_size)]
        self.subseeds = list(self.seeds)

    def save_samples(self):
        return self._ui.opts.samples_save and not self.do_not_save_samples

    def comment(self, text):
        self.comments[text] = 1


class WebUI:
    """The host: its modules, and what people and programs do with it."""

    def __init__(self, root, gradio):
        self.root, self.gradio, self.opts = Path(root), gradio, Settings()
        self.scripts, self.postprocessing, self.on_settings, self.on_saved, self.log = [], [], [], [], []
        self.count = 0
        (self.root / "outputs").mkdir(parents=True, exist_ok=True)

    def modules(self):
        """What an extension finds in ``sys.modules``."""
        names = {
            "scripts": {"Script": Script, "AlwaysVisible": object()},
            "scripts_postprocessing": {
                "ScriptPostprocessing": ScriptPostprocessing,
                "PostprocessedImage": PostprocessedImage,
            },
            "script_callbacks": {"on_ui_settings": self.on_settings.append, "on_image_saved": self.on_saved.append},
            "shared": {"opts": self.opts, "OptionInfo": OptionInfo},
            "ui_components": {"InputAccordion": self._accordion},
            "images": {"save_image": self.save_image},
            "processing": {"create_infotext": create_infotext},
            "paths_internal": {"data_path": str(self.root)},
        }
        made = {"gradio": self.gradio, "modules": ModuleType("modules")}
        for name, content in names.items():
            module = ModuleType(f"modules.{name}")
            vars(module).update(content)
            setattr(made["modules"], name, module)
            made[f"modules.{name}"] = module
        return made

    def _accordion(self, value=None, *, label, elem_id):
        gradio = self.gradio
        switch = gradio.Checkbox(value=value, label=label, elem_id=f"{elem_id}-checkbox", visible=False)
        accordion = gradio.Accordion(label=label, elem_id=elem_id, open=True)

        class WithSwitch:
            def __enter__(self):
                accordion.__enter__()
                return switch

            def __exit__(self, *error):
                accordion.__exit__(*error)

        return WithSwitch()

    def load(self, folder=PACK):
        """Run an extension's scripts, as at the start and whenever scripts are reloaded."""
        for kept in (self.scripts, self.postprocessing, self.on_settings, self.on_saved):
            kept.clear()
        for file in sorted((Path(folder) / "scripts").glob("*.py")):
            path, sys.path = sys.path, [str(folder), *sys.path]
            try:
                spec = importlib.util.spec_from_file_location(file.name, file)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
            finally:
                sys.path = path
            for found in vars(module).values():
                if inspect.isclass(found) and issubclass(found, Script):
                    self.scripts.append(found)
                elif inspect.isclass(found) and issubclass(found, ScriptPostprocessing):
                    self.postprocessing.append(found())

    def make_settings(self):
        for make in self.on_settings:
            make()

    def make_tab(self, tab):
        """A tab's scripts with their controls; programs' calls make them anew too."""
        made = []
        for kind in self.scripts:
            script = kind()
            script.controls = script.ui(tab == "img2img")
            made.append(script)
        return made

    def make_extras(self):
        """Name to controls of all that Extras has, in its order."""
        scripts = sorted([*self.postprocessing, Upscale(self.gradio)], key=lambda script: script.order)
        for script in scripts:
            script.controls = script.ui()
        return scripts

    def draw(self, pictures, *arguments, script, batches=1, job=None):
        """Convert pictures as if they had been drawn: batches of equal size, notes, saving, then what comes after."""
        size = len(pictures) // batches
        job, shown = job or Job(self, size), SimpleNamespace(images=[], infotexts=[])
        for job.iteration in range(batches):
            job.seed(100 + job.iteration * size)
            for job.batch_index in range(size):
                pp = SimpleNamespace(image=pictures[job.iteration * size + job.batch_index])
                script.postprocess_image_after_composite(job, pp, *arguments)
                notes = create_infotext(
                    job, job.prompts, job.seeds, job.subseeds, index=job.batch_index,
                    all_negative_prompts=job.negative_prompts,
                )  # fmt: skip
                if job.save_samples():
                    seed = job.seeds[job.batch_index]
                    self.save_image(pp.image, job.outpath_samples, "", seed, "a castle", "png", info=notes, p=job)
                if self.opts.enable_pnginfo:
                    pp.image.info["parameters"] = notes
                shown.images.append(pp.image)
                shown.infotexts.append(notes)
        script.postprocess(job, shown, *arguments)
        return job, shown

    def arguments_of(self, script, sent):
        """Arguments of a program's call: defaults, and over them what it sends, as far as it goes."""
        arguments = [control.value for control in script.controls]
        return [*sent[: len(arguments)], *arguments[len(sent) :]]

    def extras(self, pictures, values=None, scripts=None):
        """Send pictures through Extras; without values as a program's call does, which has None for other scripts."""
        shown = []
        for name, picture in pictures:
            pp = PostprocessedImage(picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB"))
            whole = [pp]
            for script in scripts or self.make_extras():
                given = dict.fromkeys(script.controls) if script.name != "Upscale" else {}
                given.update((values or {}).get(script.name, {}))
                for each in list(whole):
                    if not each.disable_processing:
                        script.process(each, **given)
                    whole += each.extra_images
                    each.extra_images.clear()
            for each in whole:
                notes = ", ".join(f"{key}: {quote(value)}" for key, value in each.info.items())
                suffix = "".join(f"-{tag}" for tag in each.nametags)
                each.file, _ = self.save_image(
                    each.image, str(self.root / "outputs"), name, info=notes, pnginfo_section_name="postprocessing",
                    forced_filename=f"{name}{suffix}",
                )  # fmt: skip
            shown += whole
        return shown

    def save_image(
        self, image, path, basename, seed=None, prompt=None, extension="png", info="", p=None, suffix="",
        pnginfo_section_name="parameters", forced_filename=None,
    ):  # fmt: skip
        name = forced_filename or f"{self.count:05}-{seed}{suffix}"
        self.count += 1
        file = Path(path) / f"{name}.{extension}"
        notes = PngImagePlugin.PngInfo()
        saved = SimpleNamespace(image=image, p=p, filename=str(file), pnginfo={pnginfo_section_name: info})
        if self.opts.enable_pnginfo:
            notes.add_text(pnginfo_section_name, info)
        if extension == "png":
            image.save(file, pnginfo=notes)
        else:
            image.convert("RGB").save(file)
        image.already_saved_as = str(file)
        for told in self.on_saved:
            told(saved)
        return str(file), None
