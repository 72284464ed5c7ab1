"""When a site read counts as the place where a deposit was put."""

import pytest

from kossa.demo.places import place_of, right_site, words


@pytest.mark.parametrize(
    ("read", "true"),
    [
        ("site_aorta_abdominal", "site_aorta_abdominal"),
        ("site_aorta_thoracic", "site_aorta_arch"),
        ("site_lung", "site_lung_nodule"),
        ("site_lung_apex", "site_lung"),
        ("site_hilum", "site_hilar_node"),
        ("site_mediastinum", "site_hilar_node"),
        ("site_physio_pelvic_phlebolith", "site_pelvic_vein"),
        ("site_kidney_any", "site_renal_pyramid"),
        ("site_visceral_artery", "site_splenic_artery"),
        ("site_peripheral_artery", "site_iliac_artery"),
        ("site_spleen", "site_spleen"),
    ],
)
def test_the_same_place_in_other_words_is_right(read, true):
    assert right_site(read, true)


@pytest.mark.parametrize(
    ("read", "true"),
    [
        (None, "site_lung"),
        ("site_artery", "site_aorta_abdominal"),
        ("site_aorta_thoracic", "site_aorta_abdominal"),
        ("site_mediastinum", "site_aorta_arch"),
        ("site_lung", "site_hilar_node"),
        ("site_abdomen", "site_stomach"),
        ("site_pelvis", "site_pelvic_vein"),
        ("site_liver", "site_spleen"),
        ("site_femoral_artery", "site_pelvic_vein"),
    ],
)
def test_another_place_or_a_vague_one_is_wrong(read, true):
    assert not right_site(read, true)


def test_a_place_without_a_row_has_no_name():
    assert place_of("site_spleen") is None
    assert words(None) == "place not told"
    assert words("site_spleen") == "spleen"
