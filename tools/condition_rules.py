"""Triggers of cautions, floors and tests as rules over vocabulary ids, from the words of the tables.

`make_conditions.py` writes them into the TOML files once. Words of a table that say "considered" or
"proposed" need no atom: the option that lists the rule is what is considered. `possible(x)` is true
where the cause x keeps more than half a percent, or where the floor x is shown.
"""

from __future__ import annotations

# ruff: noqa: E501, ISC004 - a table of rules, one string a rule

CAUTIONS: dict[str, str] = {
    "bis_egfr": "egfr_under_35 or hx_dialysis",
    "bis_ca": "calcium_low or d25_low",
    "bis_dental": "hx_dental_problem",
    "bis_jaw": "rx_bone_drug_long",
    "diltiazem_av": "(hx_av_block and not hx_pacemaker) or rx_beta_blocker or rx_digoxin",
    "diltiazem_bp": "sx_sbp_under_90 or sx_sbp_under_100 or hx_orthostatic or hx_heart_failure",
    "diltiazem_cyp3a4": "rx_ciclosporin_tacrolimus or rx_statin or rx_colchicine or rx_anticoagulant",
    "sts_acidosis": "bicarbonate_under_18 or anion_gap_high",
    "sts_qt": "sx_qt_long or magnesium_low or calcium_low",
    "sts_volume": "hx_heart_failure or hx_oliguria",
    "ivig_thrombosis": (
        "hx_thrombosis or hx_malignancy or hx_hyperviscosity or hx_immobility or rx_oestrogen"
        " or hx_venous_catheter or hx_cardiovascular_risk or age > 65"
    ),
    "ivig_renal": (
        "egfr_under_60 or hx_diabetes or age > 65 or hx_dehydration or hx_active_infection"
        " or m_protein_high or rx_ivig_sucrose or rx_nsaid"
    ),
    "ivig_volume": "hx_heart_failure",
    "mino_pigment": "rx_minocycline_long or hx_fair_skin or rx_retinoid",
    "mino_child": "age < 8 or hx_pregnancy",
    "colch_egfr": "egfr_under_30 or hx_dialysis",
    "colch_cyp": "rx_cyp3a4_inhibitor or rx_ciclosporin_tacrolimus or rx_diltiazem",
    "warf_calcinosis": "always",
    "vka_calciphylaxis": (
        "rx_vka and (possible(calciphylaxis_uraemic) or possible(calciphylaxis_nonuraemic))"
    ),
    "nsaid_renal": (
        "egfr_under_60 or (rx_ace_inhibitor and rx_diuretic) or hx_heart_failure or hx_peptic_ulcer"
        " or rx_anticoagulant or age > 75"
    ),
    "jak_vte": (
        "age >= 65 or hx_smoker or hx_cardiovascular_risk or hx_malignancy or hx_thrombosis"
        " or hx_active_infection"
    ),
    "tnf_tb": "hx_latent_tb_untreated or hx_heart_failure",
    "ritux_hbv": "hbv_marker_high or hx_hepatitis_b",
    "cina_ca": "calcium_under_2_1",
    "ptx_hungry_bone": "alp_high or age < 18 or calcium_low or hx_dialysis",
    "acetaz_acidosis": (
        "bicarbonate_low or sodium_low or potassium_low or hx_liver_disease or egfr_under_30"
        " or hx_adrenal_insufficiency or hx_sulfa_allergy or rx_aspirin_high"
    ),
    "milk_alkali_bis": "hx_milk_alkali or rx_calcium_alkali",
    "comp_abi": "sx_abi_low or sx_abi_over_1_3",
    "surg_ssc_healing": (
        "(hx_systemic_sclerosis or possible(systemic_sclerosis))"
        " and (sx_digital_ulcer or sx_raynaud or hx_smoker)"
    ),
    "surg_tc_recur": (
        "(possible(tumoral_calcinosis_familial) or possible(tumoral_calcinosis_uraemic)"
        " or possible(tumoral_calcinosis_sporadic)) and phosphate_high"
    ),
    "surg_cappd": "rx_calcium_heparin or hx_ckd or egfr_under_60",
    "barb_bleed": "rx_anticoagulant or platelets_under_50",
    "eswt_rules": (
        "hx_pregnancy or sx_tumour_in_field or hx_active_infection or hx_bleeding_tendency"
        " or rx_anticoagulant or hx_open_growth_plates or hx_pacemaker"
    ),
    "fop_im": "possible(fop) or hx_fop or sx_short_great_toe",
    "fop_biopsy": "possible(fop) or hx_fop or sx_short_great_toe",
    "bx_calciphylaxis": (
        "hx_calciphylaxis or possible(calciphylaxis_uraemic) or possible(calciphylaxis_nonuraemic)"
    ),
    "hydatid_puncture": "ab_echinococcus or hx_hydatid or possible(echinococcus)",
    "gd_egfr": "egfr_under_30 or hx_dialysis or hx_acute_kidney_injury",
    "contrast_ckd": "egfr_under_30 or hx_acute_kidney_injury or (egfr_under_60 and hx_diabetes)",
    "vitd_ca_stop": (
        "calcium_high or hx_calciphylaxis or possible(calciphylaxis_uraemic)"
        " or possible(calciphylaxis_nonuraemic)"
    ),
    "denosumab_ckd": "egfr_under_30 or hx_dialysis",
    "denosumab_stop": "rx_denosumab_stopped",
    "cina_nodialysis": "not hx_dialysis",
    "steroid_ssc": "hx_systemic_sclerosis or possible(systemic_sclerosis)",
    "palov_label": "hx_pregnancy or hx_open_growth_plates",
    "cysticercosis_treat": "hx_cysticercosis or possible(cysticercosis)",
    "hypercalc_digoxin": "calcium_high and rx_digoxin",
    "im_anticoag": "rx_anticoagulant",
    "loa_load_dec_ivermectin": "exp_filaria",
    "tb_before_immunosuppression": (
        "(site_lymph_node or site_lung_apex or exp_tb_contact or exp_endemic_country or exp_silica"
        " or hx_tuberculosis or hx_latent_tb_untreated) and not igra_normal"
    ),
    "antiparasitic_pregnancy_liver": (
        "hx_pregnancy or hx_liver_disease or alt_high or leucocytes_low or platelets_low"
        " or possible(echinococcus) or rx_interacting"
    ),
    "tb_preventive_liver": (
        "hx_liver_disease or alt_high or hx_alcohol_excess or hx_pregnancy or rx_interacting"
        " or sx_cough or sx_constitutional"
    ),
    "mtx_pregnancy_liver_egfr": (
        "hx_pregnancy or hx_breastfeeding or hx_child_wish or hx_liver_disease or hx_alcohol_excess"
        " or egfr_under_60 or leucocytes_low or hx_immunodeficiency or hx_active_infection or rx_nsaid"
    ),
    "hcq_retina_qt": (
        "hx_retina_disease or egfr_under_60 or rx_tamoxifen or rx_hydroxychloroquine_long or sx_qt_long"
        " or rx_qt_drug or potassium_low or magnesium_low"
    ),
    "steroid_general": (
        "hx_diabetes or hx_hypertension or hx_heart_failure or hx_active_infection or hx_tuberculosis"
        " or hbv_marker_high or hx_strongyloides or hx_peptic_ulcer or hx_osteoporosis or hx_glaucoma"
        " or rx_corticosteroid"
    ),
    "statin_liver_pregnancy": (
        "hx_liver_disease or hx_pregnancy or hx_breastfeeding or hx_statin_myopathy"
        " or rx_ciclosporin_tacrolimus or rx_cyp3a4_inhibitor or rx_diltiazem or rx_colchicine"
    ),
    "azole_rifampicin_interaction": (
        "rx_anticoagulant or rx_ciclosporin_tacrolimus or rx_statin or rx_colchicine or rx_interacting"
        " or rx_digoxin or rx_oestrogen or rx_qt_drug or hx_liver_disease or hx_heart_failure or hx_pregnancy"
    ),
    "nitisinone_eye": "sx_eye_pain or hx_pregnancy",
    "tamoxifen_vte": (
        "hx_thrombosis or hx_stroke or hx_immobility or rx_anticoagulant or sx_vaginal_bleeding"
        " or hx_pregnancy"
    ),
    "lmwh_egfr_platelets": (
        "egfr_under_30 or hx_dialysis or platelets_low or hx_heparin_thrombocytopenia or sx_active_bleeding"
    ),
    "thiazide_na_k_ca": (
        "sodium_low or potassium_low or calcium_high or hx_phpt or rx_calcium_supplement"
        " or rx_vitamin_d_supplement or hx_gout or egfr_under_30 or hx_oliguria or rx_lithium or rx_digoxin"
        " or hx_sulfa_allergy"
    ),
    "potassium_citrate_k_egfr": (
        "potassium_high or hx_ckd or egfr_under_60 or rx_diuretic or rx_ace_inhibitor or hx_heart_failure"
        " or hx_adrenal_insufficiency or hx_dehydration or hx_peptic_ulcer or sx_bowel_obstruction"
        " or hx_active_infection"
    ),
    "pxe_antiplatelet_bleeding": (
        "hx_pxe or possible(pxe) or sx_angioid_streaks"
        " or (hx_pxe and (rx_antiplatelet or rx_nsaid or rx_anticoagulant))"
    ),
    "ggcx_clotting_before_procedure": (
        "gene_ggcx or (sx_lax_skin and hx_bleeding_tendency) or (inr_high and not rx_anticoagulant)"
    ),
    "surgery_bleeding": (
        "rx_anticoagulant or rx_antiplatelet or platelets_under_50 or inr_high or hx_bleeding_tendency"
        " or hx_amyloidosis or hx_ckd"
    ),
    "iv_calcium_high_phosphate": (
        "(phosphate_high and not (sx_tetany or sx_seizure or sx_arrhythmia or sx_qt_long)) or rx_digoxin"
        " or (age < 1 and rx_interacting)"
    ),
    "phosphate_purge_ckd": (
        "egfr_under_60 or age >= 55 or hx_dehydration or hx_bowel_disease or rx_ace_inhibitor"
        " or rx_diuretic or rx_nsaid"
    ),
    "rasburicase_g6pd": "hx_g6pd_deficiency or exp_endemic_country",
    "infant_low_calcium_feed": "rx_low_calcium_feed and (calcium_normal or calcium_low)",
    "hypophosphatasia_bisphosphonate": "alp_low or gene_alpl",
    "gaci_phosphate_calcitriol": "(gene_enpp1 or gene_abcc6 or possible(gaci)) and phosphate_low",
    "sarcoma_centre_before_surgery": (
        "sx_mass_over_5cm or sx_growing or site_tumour or course_recurs or possible(tumour_soft_tissue)"
    ),
    "myonecrosis_and_tc_no_puncture": (
        "possible(calcific_myonecrosis) or possible(tumoral_calcinosis_familial)"
        " or possible(tumoral_calcinosis_uraemic) or possible(tumoral_calcinosis_sporadic)"
    ),
    "cortisol_before_surgery_or_thyroxine": (
        "site_adrenal or site_ear_cartilage or (sodium_low and (sx_fatigue or sx_sbp_under_100))"
        " or rx_corticosteroid or hx_adrenal_insufficiency"
    ),
    "radiotherapy_neurogenic_ho": "hx_spinal_brain_injury",
    "vka_mgp_keutel": "(gene_mgp or possible(keutel) or hx_pxe or possible(pxe)) and rx_vka",
    "anti_vegf_recent_stroke": "hx_stroke or hx_active_infection or hx_pregnancy",
    "pregnancy_teratogens": "sex = F and age >= 12 and age < 55 and hx_pregnancy",
}

# The datum a prescriber asks first, where the rule names more than a short list can hold.
CAUTION_ASKS: dict[str, tuple[str, ...]] = {
    "ivig_thrombosis": ("hx_thrombosis", "hx_malignancy"),
    "ivig_renal": ("egfr_under_60", "hx_diabetes"),
    "nsaid_renal": ("egfr_under_60", "rx_anticoagulant", "hx_peptic_ulcer"),
    "jak_vte": ("hx_thrombosis", "hx_smoker", "hx_malignancy"),
    "acetaz_acidosis": ("bicarbonate_low", "egfr_under_30", "potassium_low", "hx_sulfa_allergy"),
    "eswt_rules": ("hx_pregnancy", "rx_anticoagulant", "hx_pacemaker"),
    "tb_before_immunosuppression": ("igra_normal",),
    "antiparasitic_pregnancy_liver": ("hx_pregnancy", "alt_high", "leucocytes_low"),
    "tb_preventive_liver": ("alt_high", "hx_pregnancy", "hx_alcohol_excess"),
    "mtx_pregnancy_liver_egfr": ("hx_pregnancy", "egfr_under_60", "hx_liver_disease", "leucocytes_low"),
    "hcq_retina_qt": ("hx_retina_disease", "egfr_under_60", "sx_qt_long"),
    "steroid_general": ("hx_diabetes", "hx_hypertension", "hx_active_infection"),
    "statin_liver_pregnancy": ("hx_liver_disease", "hx_pregnancy"),
    "azole_rifampicin_interaction": ("rx_anticoagulant", "hx_liver_disease", "hx_pregnancy"),
    "tamoxifen_vte": ("hx_thrombosis", "hx_pregnancy"),
    "lmwh_egfr_platelets": ("egfr_under_30", "platelets_low", "hx_heparin_thrombocytopenia"),
    "thiazide_na_k_ca": ("sodium_low", "potassium_low", "calcium_high", "egfr_under_30"),
    "potassium_citrate_k_egfr": ("potassium_high", "egfr_under_60"),
    "surgery_bleeding": ("rx_anticoagulant", "platelets_under_50", "inr_high"),
    "phosphate_purge_ckd": ("egfr_under_60", "hx_dehydration"),
    "cortisol_before_surgery_or_thyroxine": (),
    # answered by the weighing and the floors; asking everybody for them would drown what matters
    "fop_im": (),
    "fop_biopsy": (),
    "pxe_antiplatelet_bleeding": (),
    "sarcoma_centre_before_surgery": ("sx_mass_over_5cm", "sx_growing"),
}

# A floor is shown where `sign` is known true and `and_` is not known false.
FLOORS: dict[str, list[tuple[str, str]]] = {
    "calciphylaxis": [
        ("sx_painful_necrosis or sx_retiform_purpura or sx_eschar", ""),
        (
            "sx_livedo",
            "egfr_under_30 or hx_dialysis or rx_vka or hx_obesity or hx_phpt"
            " or ((site_thigh or site_abdominal_wall or site_buttock or site_breast)"
            " and (op_kidney_transplant or hx_malignancy or hx_alcohol_liver"
            " or hx_connective_tissue_disease))",
        ),
    ],
    "malignancy_breast": [
        (
            "pattern_fine_pleomorphic or pattern_fine_linear or pattern_fine_linear_branching"
            " or spread_mammo_segmental",
            "",
        )
    ],
    "malignancy_mass": [
        ("sx_mass_over_5cm", ""),
        ("sx_growing", "sx_mass_over_5cm or site_tumour"),
        ("site_tumour and site_muscle", "not hx_trauma"),
    ],
    "malignancy_hypercalcaemia": [("calcium_over_3", ""), ("calcium_high", "pth_low")],
    "hypercalcaemic_crisis": [("calcium_over_3_5", ""), ("calcium_over_3", "sx_hypercalcaemia_symptoms")],
    "vascular_emergency": [
        ("site_artery or sx_infant_arterial", "age < 1"),
        ("sx_limb_ischaemia", ""),
        ("hx_aortic_stenosis_severe", "sx_syncope"),
    ],
    "fop": [
        ("sx_short_great_toe", "age < 18 or pattern_trabecular_bone or sx_neck_back_stiff"),
        (
            "sx_swelling_child or pattern_trabecular_bone or course_began_neck_or_back",
            "age < 18 and sx_short_great_toe",
        ),
    ],
    "hypocalcaemia": [
        ("calcium_under_1_9", ""),
        ("sx_tetany or sx_qt_long", "not (calcium_normal or calcium_high)"),
    ],
    "infection": [
        ("sx_infected_ulcer or sx_gas_in_tissue", ""),
        ("sx_skin_ulcer", "sx_infected_ulcer or sx_constitutional"),
    ],
    "active_tb": [
        ("site_lymph_node or hx_tuberculosis", "sx_cough or sx_constitutional or course_second_film_change")
    ],
    "spinal_cord": [("site_spinal_canal or site_disc or site_spinal_ligament", "sx_myelopathy")],
    "eye": [("sx_angioid_streaks or hx_pxe", "sx_visual_distortion")],
    "dm_cancer": [("hx_dermatomyositis", "age >= 18 and (age > 40 or ab_tif1g or ab_nxp2)")],
    "adrenal_insufficiency": [
        ("site_ear or site_adrenal", "sx_fatigue or sodium_low or glucose_low or sx_sbp_under_100")
    ],
}

# What a person should be asked where the and-part is open.
FLOOR_ASKS: dict[str, str] = {
    "calciphylaxis": "kidney function, dialysis, a vitamin K antagonist, weight",
    "malignancy_mass": "the size and depth of the mass, and whether there was an injury",
    "malignancy_hypercalcaemia": "PTH",
    "hypercalcaemic_crisis": "drowsiness, thirst, vomiting, the ECG",
    "vascular_emergency": "the age, or fainting",
    "fop": "look at the great toes before any biopsy, injection or operation",
    "hypocalcaemia": "calcium today",
    "infection": "pus, fever, spreading redness",
    "active_tb": "cough, fever, weight loss, older films",
    "spinal_cord": "gait, hands, bladder: signs of pressure on the cord",
    "eye": "new distortion of sight",
    "dm_cancer": "the age, and antibodies TIF1g and NXP2",
    "adrenal_insufficiency": "fatigue, low blood pressure, sodium, glucose",
}

FLOOR_SHOW: dict[str, str] = {
    "calciphylaxis": "possible calciphylaxis",
    "malignancy_breast": "calcification of suspicious form in the breast",
    "malignancy_mass": "possible soft tissue sarcoma",
    "malignancy_hypercalcaemia": "cancer, myeloma, vitamin D or milk-alkali behind the high calcium",
    "hypercalcaemic_crisis": "hypercalcaemic crisis",
    "vascular_emergency": "arterial emergency: arterial calcification of infancy, limb ischaemia, aortic stenosis",
    "fop": "fibrodysplasia ossificans progressiva: a biopsy or an injection into muscle can make new bone",
    "hypocalcaemia": "dangerously low calcium",
    "infection": "infected deposit or ulcer",
    "active_tb": "active tuberculosis",
    "spinal_cord": "pressure on the spinal cord",
    "eye": "new vessels behind the retina",
    "dm_cancer": "cancer beside dermatomyositis",
    "adrenal_insufficiency": "adrenal insufficiency",
}
FLOOR_WHO: dict[str, str] = {
    "malignancy_hypercalcaemia": (
        "the physician in charge; emergency department if above 3.5 mmol/L, drowsy, kidney injury or short QT"
    ),
    "infection": "the physician in charge",
}

# test: (what it can show, rule for where it makes sense, rule that forbids it, rule that only cautions)
TESTS: dict[str, tuple[str, str, str, str]] = {
    "serum_calcium_phosphate_albumin_creatinine": ("calcium_high phosphate_high egfr_under_60", "", "", ""),
    "ionized_calcium": ("calcium_ionized_high", "calcium_high or albumin_low or hx_ckd", "", ""),
    "pth_intact": ("pth_high pth_low", "", "", ""),
    "vitd25": ("d25_high d25_low", "calcium_high or rx_vitamin_d_high or rx_vitamin_d_supplement", "", ""),
    "vitd1_25": ("d125_high", "pth_low or (phosphate_high and not egfr_under_60)", "", ""),
    "pthrp": ("pthrp_high", "calcium_high and pth_low", "", ""),
    "spep_flc": ("m_protein_high", "", "", ""),
    "urine_ca_cr_ratio": (
        "urine_ca_cr_ratio_low",
        "calcium_high",
        "",
        "rx_thiazide or rx_lithium or hx_ckd or d25_low",
    ),
    "urine_phosphate_tmpgfr": ("tmp_gfr_high", "phosphate_high and not hx_ckd", "", ""),
    "fgf23": ("fgf23_high fgf23_low", "phosphate_high and not hx_ckd", "", ""),
    "autoantibodies_ana_aca_scl70_rnap3": ("ab_centromere ab_scl70 ab_rnap3 ab_ana", "", "", ""),
    "myositis_panel": ("ab_nxp2 ab_mda5 ab_tif1g", "", "", ""),
    "ck_aldolase": ("ck_high aldolase_high", "", "", ""),
    "nailfold_capillaroscopy": ("sx_nailfold_abnormal", "", "", ""),
    "radiograph_of_site": (
        "pattern_nodular_clumped pattern_sheet_fascial pattern_lobulated_fluid_level pattern_trabecular_bone"
        " pattern_tram_track pattern_net_fine",
        "site_limb or site_soft_tissue or site_trunk",
        "",
        "hx_pregnancy",
    ),
    "ct_noncontrast_of_site": (
        "pattern_lobulated_fluid_level pattern_zonal_peripheral pattern_sheet_fascial pattern_rim"
        " pattern_tram_track pattern_popcorn",
        "",
        "",
        "age < 18 or hx_pregnancy",
    ),
    "dual_energy_ct": ("bx_cpp_crystals urate_high", "site_joint or site_periarticular", "", "hx_pregnancy"),
    "mri": (
        "tissue_necrosis site_tumour",
        "site_muscle or sx_mass_over_5cm or site_soft_tissue",
        "",
        "egfr_under_30",
    ),
    "ultrasound": (
        "site_tendon pattern_fluid_level",
        "site_tendon or site_soft_tissue or site_limb",
        "",
        "",
    ),
    "bone_scintigraphy": ("sx_bone_scan_lung_uptake", "", "", "hx_pregnancy"),
    "echocardiography": ("site_aortic_valve site_mitral_annulus", "site_heart", "", ""),
    "mammogram_magnification": (
        "pattern_fine_pleomorphic pattern_oil_cyst pattern_rod pattern_popcorn",
        "site_breast",
        "",
        "hx_pregnancy",
    ),
    "biopsy_skin_punch": (
        "bx_vessel_calcium_thrombosis bx_elastic_calcium bx_collagen_calcium bx_no_cyst bx_lamellar_bone"
        " bx_ghost_cells",
        "site_skin or site_subcutis or sx_hard_nodule",
        "possible(fop) or hx_fop or sx_short_great_toe",
        "possible(calciphylaxis_uraemic) or possible(calciphylaxis_nonuraemic)",
    ),
    "biopsy_incisional_deep": (
        "bx_vessel_calcium_thrombosis bx_hyaline_fat_necrosis bx_calcified_septa bx_sarcoma bx_cystic_histiocyte",
        "site_subcutis or site_muscle or site_fascia",
        "possible(fop) or hx_fop or sx_short_great_toe or possible(echinococcus) or hx_hydatid",
        "possible(calciphylaxis_uraemic) or possible(calciphylaxis_nonuraemic) or sx_mass_over_5cm",
    ),
    "biopsy_core_image_guided": (
        "bx_sarcoma bx_dcis bx_caseating bx_granuloma_noncaseating bx_tumour",
        "site_tumour or site_lymph_node or site_breast or site_lung or site_abdomen or site_muscle",
        "possible(fop) or hx_fop or sx_short_great_toe or possible(echinococcus) or hx_hydatid",
        "sx_mass_over_5cm or possible(tumour_soft_tissue)",
    ),
    "aspiration_of_collection": (
        "bx_milk_of_calcium bx_cpp_crystals bx_bcp_crystals",
        "pattern_lobulated_fluid_level or pattern_fluid_level or site_joint",
        "possible(fop) or hx_fop or sx_short_great_toe or possible(echinococcus) or hx_hydatid"
        " or possible(tumour_soft_tissue) or possible(calcific_myonecrosis)",
        "possible(tumoral_calcinosis_familial) or possible(tumoral_calcinosis_uraemic)"
        " or possible(tumoral_calcinosis_sporadic)",
    ),
    "igra_tst": ("igra_high", "", "", ""),
    "parasite_serology": ("ab_taenia ab_echinococcus ab_filaria ab_trichinella", "", "", ""),
    "chest_ct": (
        "site_lung_upper_zone pattern_centrilobular_ggo pattern_eggshell_node site_mediastinal_node",
        "site_chest or hx_ckd or hx_malignancy or calcium_high",
        "",
        "hx_pregnancy or age < 18",
    ),
    "slit_lamp_fundoscopy": ("site_cornea sx_angioid_streaks", "", "", ""),
    "gene_panel_ectopic_mineralization": (
        "gene_abcc6 gene_enpp1 gene_galnt3 gene_nt5e gene_ggcx",
        "",
        "",
        "",
    ),
    "acvr1_test": ("gene_acvr1", "possible(fop)", "", ""),
    "gnas_test": ("gene_gnas", "", "", ""),
    "repeat_labs_after_fasting": ("", "", "", ""),
    "review_old_imaging": ("course_static course_growing course_over_5y_after_disease", "", "", ""),
    "history_questions": (
        "hx_trauma rx_calcium_infusion op_im_injection hx_dialysis rx_vitamin_d_high hx_family_same",
        "",
        "",
        "",
    ),
}

# compare.csv: the findings of a person that fill a line, for dystrophic and for metastatic.
COMPARED: dict[str, tuple[str, str]] = {
    "Tissue condition": (
        "tissue_damaged tissue_necrosis tissue_scar tissue_haematoma bx_necrosis bx_fat_necrosis",
        "tissue_normal bx_normal_tissue_calcium",
    ),
    "Serum calcium and phosphate": (
        "neg_minerals_normal calcium_normal phosphate_normal",
        "calcium_high phosphate_high hx_hypercalcaemia hx_hyperphosphataemia",
    ),
    "Associated conditions": (
        "hx_trauma hx_burn hx_tuberculosis hx_connective_tissue_disease hx_coronary_disease hx_arterial_disease"
        " hx_venous_insufficiency hx_osteoarthritis op_surgery op_breast_surgery",
        "hx_ckd hx_dialysis hx_hyperparathyroidism rx_vitamin_d_high rx_calcium_alkali hx_sarcoidosis hx_myeloma"
        " op_kidney_transplant op_organ_transplant",
    ),
    "Location": (
        "spread_localized spread_single spread_unilateral",
        "spread_visceral spread_widespread site_stomach site_lung site_kidney_any site_myocardium site_cornea",
    ),
    "Lung": (
        "site_lung_nodule site_hilar_node site_lung_apex",
        "pattern_centrilobular_ggo site_lung_upper_zone",
    ),
    "Stomach": ("", "site_stomach"),
    "Vessel layer": (
        "tissue_artery_intima pattern_plaque_patchy",
        "tissue_artery_media pattern_tram_track bx_artery_media_calcium",
    ),
    "Biopsy": (
        "bx_necrosis bx_granuloma bx_caseating bx_hyaline_fat_necrosis bx_fat_necrosis bx_calcified_septa",
        "bx_normal_tissue_calcium",
    ),
    "Course": ("course_static course_years", "course_shrinking"),
}

# Radiation in mSv, the middle of what the table's words say.
MILLISIEVERT: dict[str, float] = {
    "radiograph_of_site": 0.05,
    "ct_noncontrast_of_site": 5.0,
    "dual_energy_ct": 5.0,
    "bone_scintigraphy": 4.0,
    "mammogram_magnification": 0.4,
    "chest_ct": 3.0,
}
# Looks that cost nothing and that the table of tests does not list.
EXAMINATIONS: list[dict[str, object]] = [
    {
        "id": "look_at_great_toes",
        "settles": "FOP or another ossification; before any biopsy, injection or operation",
        "shows": ["sx_short_great_toe"],
        "where": "age < 18 and (pattern_trabecular_bone or sx_swelling_child or course_began_neck_or_back)",
        "grade": "A",
        "source": "short great toe in 28 of 28 with FOP, Oxford series (read)",
        "checked": "read",
    },
    {
        "id": "look_at_skin_and_hands",
        "settles": "connective tissue disease, calciphylaxis, pseudoxanthoma, Albright signs",
        "shows": [
            "sx_raynaud",
            "sx_sclerodactyly",
            "sx_dm_rash",
            "sx_livedo",
            "sx_painful_necrosis",
            "sx_pxe_skin",
            "sx_aho",
        ],
        "where": "site_limb or site_soft_tissue or site_trunk or site_skin",
        "grade": "C",
        "source": "judgement: clinical reference, section 1.5",
        "checked": "judgement",
    },
]
JOINT = frozenset({"serum_calcium_phosphate_albumin_creatinine"})

# Hidden-state table of the kidney: P(sign | kidney failure), whatever the cause of the deposit.
RENAL_CHILDREN: dict[str, tuple[float, float, str]] = {
    "phosphate_high": (0.45, 0.75, "binder-treated 40-60 %, untreated 60-90 %: KDIGO-era cohorts"),
    "phosphate_low": (0.02, 0.08, "judgement"),
    "calcium_high": (0.05, 0.15, "judgement; calciphylaxis registry median 2.20 mmol/L, Brandenburg 2017"),
    "calcium_low": (0.15, 0.40, "judgement; the same registry: lower quartile 2.06 mmol/L"),
    "pth_high": (0.70, 0.92, "KDIGO-era cohorts"),
    "pth_low": (0.02, 0.10, "judgement"),
    "d25_low": (0.40, 0.80, "judgement"),
    "d125_low": (0.50, 0.85, "judgement"),
    "d125_high": (0.01, 0.04, "judgement"),
    "alp_high": (0.15, 0.45, "judgement"),
    "haemoglobin_low": (0.50, 0.85, "judgement"),
    "rx_phosphate_binder": (0.40, 0.80, "judgement"),
    "rx_calcium_supplement": (0.30, 0.60, "judgement"),
    "rx_active_vitamin_d": (0.30, 0.60, "judgement"),
    "hx_hyperparathyroidism": (0.30, 0.60, "judgement"),
}
