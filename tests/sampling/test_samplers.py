"""Names of samplers: what is drawn here has the name that hosts give to the same."""

import pytest

from unipixel.errors import OptionError
from unipixel.sampling import BASE, SAMPLERS, check_sampler, host_names
from unipixel.sampling.samplers import spacing_of

XL = {"base_scheduler": "EulerDiscreteScheduler", "base_spacing": "leading"}
NOOB = {"base_scheduler": "EulerDiscreteScheduler", "base_spacing": "trailing"}
MICRO = {"base_scheduler": "DDIMScheduler", "base_spacing": "trailing"}


def test_no_two_samplers_are_the_same_to_a_host():
    names = [host_names(name, **XL) for name in SAMPLERS]

    assert len({(each.a1111, each.a1111_schedule) for each in names}) == len(names)
    assert len({(each.comfy, each.comfy_schedule) for each in names}) == len(names)


def test_a_base_with_trailing_steps_has_the_schedule_that_is_the_same():
    assert host_names("euler-a", **XL).a1111_schedule == "Uniform"
    assert host_names("euler-a", **NOOB).a1111_schedule == "SGM Uniform"
    assert host_names("ddim", **XL).comfy_schedule == "ddim_uniform"
    assert host_names("ddim", **NOOB).comfy_schedule == "sgm_uniform"
    assert host_names("dpm++-2m-karras", **NOOB).comfy_schedule == "karras"


def test_the_bases_own_is_named_after_its_class():
    assert host_names(BASE, **MICRO).a1111 == "DDIM"
    assert host_names(BASE, **MICRO).comfy_schedule == "sgm_uniform"
    assert host_names(BASE, **XL).comfy == "euler"
    assert host_names(BASE, base_scheduler="PNDMScheduler", base_spacing="leading").a1111 == "Euler"
    assert spacing_of(BASE, "leading") == "leading"


def test_unknown_samplers_and_too_many_steps_are_refused():
    with pytest.raises(OptionError, match="There are: base, euler"):
        check_sampler("k_euler", 20)
    with pytest.raises(OptionError, match="at most 50"):
        check_sampler("lcm", 51)
    check_sampler("lcm", 50)
