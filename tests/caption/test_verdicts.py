from unipixel.caption import Proposal
from unipixel.caption.verdicts import Verdicts, count_verdicts


def test_rules_and_taggers_are_counted_apart_and_exact_ones_not():
    tags = [
        Proposal("fog", "measured", 0.5, "rejected"),
        Proposal("fog", "measured", 0.5, "proposed"),
        Proposal("night", "measured", 0.7, "accepted"),
        Proposal("greyscale", "measured", 1.0, "accepted"),
        Proposal("tree", "machine", 0.4, "rejected", by="wd"),
        Proposal("cow", "machine", 0.9, "accepted", by="wd"),
        Proposal("cave", "hand"),
    ]

    assert count_verdicts(tags) == (Verdicts("wd", 0, 1, 1), Verdicts("fog", 1, 0, 1), Verdicts("night", 0, 1, 0))


def test_a_threshold_is_suggested_after_thirty_verdicts():
    good = [Proposal(f"a{n}", "machine", 0.9, "accepted", by="wd") for n in range(18)]
    mixed = [Proposal(f"b{n}", "machine", 0.5, "accepted" if n % 3 else "rejected", by="wd") for n in range(6)]
    bad = [Proposal(f"c{n}", "machine", 0.3, "rejected", by="wd") for n in range(6)]

    assert count_verdicts([*good, *mixed, *bad])[0].threshold == 0.5
    assert count_verdicts([*good, *bad, *bad, *mixed[:1] * 3])[0].threshold == 0.9
    assert count_verdicts([*good, *mixed])[0].threshold is None, "too few"
    assert count_verdicts(bad * 5)[0].threshold is None, "none was good"
