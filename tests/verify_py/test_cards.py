"""Cards, drivers, the table of checks: nothing that needs torch."""

import pathlib
import platform
import sys
import tempfile
import unittest
from unittest import mock

from programs import PACKAGE
from verify.cards import judge_driver, kernels_for
from verify.checks.companions import holds, satisfies
from verify.registry import CHECKS, checks_of, lacks_package, reason_to_skip
from verify.session import choose


class KernelsForACard(unittest.TestCase):
    def test_code_runs_on_the_same_major_version_from_its_minor_on(self):
        wheel = "sm_75 sm_80 sm_86 sm_90 sm_100 sm_120".split()
        for arch_list, card, cuda, expected in [
            (wheel, 120, (13, 0), "native"),
            (wheel, 121, (13, 0), "same-major"),
            (wheel, 89, (13, 0), "same-major"),
            (wheel, 103, (13, 0), "same-major"),
            (wheel, 61, (13, 0), "none"),
            (wheel, 70, (13, 0), "none"),
            (wheel, 87, (13, 0), "none"),
            (wheel, 87, (13, 2), "same-major"),
            (wheel, 110, (13, 0), "none"),
            (["sm_80", "sm_86", "sm_90"], 120, (12, 4), "none"),
            (["sm_80", "sm_90", "compute_90"], 120, (12, 4), "ptx"),
            (["sm_90a"], 90, (12, 4), "native"),
            (["sm_100a"], 103, (12, 8), "none"),
            (["sm_100f"], 103, (12, 9), "same-major"),
            (["sm_100"], 101, (12, 8), "none"),
            (["sm_101"], 110, (12, 8), "same-major"),
            (["sm_60"], 62, (12, 6), "none"),
            (["sm_60"], 61, (12, 6), "same-major"),
            (["sm_120"], 90, (12, 8), "none"),
            ([], 86, (12, 8), "none"),
            (["gfx1100", "sm_x"], 86, (12, 8), "none"),
        ]:
            with self.subTest(arch_list=arch_list, card=card, cuda=cuda):
                self.assertEqual(kernels_for(card, arch_list, cuda), expected)

    def test_devices_are_chosen_by_number_or_identity(self):
        cards = [{"index": 0, "uuid": "GPU-a"}, {"index": 1, "uuid": None}]
        self.assertEqual(choose("all", cards), (cards, []))
        self.assertEqual(choose("1", cards), ([cards[1]], []))
        self.assertEqual(choose("GPU-a, 2", cards), ([cards[0]], ["2"]))

    def test_a_driver_carries_every_runtime_of_its_major_version_and_older_ones(self):
        for driver, runtime, outcome, words in [
            ("13.2", "13.2", "passed", "the driver knows CUDA 13.2, this torch brings CUDA 13.2"),
            ("13.2", "12.6", "passed", "CUDA 12.6"),
            ("13.0", "13.2", "passed", "compatible within CUDA 13"),
            ("12.9", "13.0", "failed", "too old"),
            ("12.10", "12.9", "passed", "CUDA 12.9"),
            (None, "13.2", "skipped", "no driver answers"),
        ]:
            with self.subTest(driver=driver, runtime=runtime):
                found = judge_driver(driver, runtime)
                self.assertEqual(found[0], outcome)
                self.assertIn(words, found[1])
        self.assertNotIn("newer driver", judge_driver("12.10", "12.9")[1])

    def test_versions_are_compared_as_metadata_asks(self):
        for version, asked, expected in [
            ("3.9.0", "~=3.9.0", True), ("3.9.4", "~=3.9.0", True), ("3.10.0", "~=3.9.0", False),
            ("3.8.9", "~=3.9.0", False), ("3.2.0", "==3.2.0", True), ("3.2.1", "==3.2.0", False),
            ("3.2.0+git1", "==3.2.0", True), ("3.2", "==3.2.0", True), ("2.3.1", ">=2.2,<3", True),
            ("3.0", ">=2.2,<3", False), ("3.0", "", True), ("3.0", "!=3.0", False),
        ]:
            self.assertEqual(satisfies(version, asked), expected, (version, asked))


class WhatTorchAsksFor(unittest.TestCase):
    def test_a_marker_holds_or_not_or_asks_what_is_not_known(self):
        system, version = platform.system(), "{}.{}".format(*sys.version_info)
        for marker, expected in [
            (f'platform_system == "{system}"', True), ("platform_system == 'Plan9'", False),
            (f'platform_system == "{system}" and python_version < "3.99"', True),
            (f'platform_system == "{system}" and python_version < "3.5"', False),
            (f'python_version == "{version}"', True), ('platform_system != "Plan9"', True),
            ('extra == "optree"', None), ('os_name == "nt" or os_name == "posix"', None), ('os_name < "x"', None),
        ]:
            self.assertEqual(holds(marker), expected, marker)

    def test_a_package_that_is_missing_counts_only_if_this_torch_asks_for_it_here(self):
        for requirement, words, absent in [
            ("triton~=3.9.0", "not installed, though this torch asks for triton ~=3.9.0", False),
            ('pytorch-triton==3.9; python_version > "3.0"', "not installed, though this torch asks for triton ==3.9",
             False),
            ("triton", "not installed, though this torch asks for triton", False),
            ('triton~=3.9.0; platform_system == "Plan9"', "not installed", True),
            ("triton-adapters~=3.9.0", "not installed", True), (None, "not installed", True),
        ]:
            with tempfile.TemporaryDirectory() as folder, self.subTest(requirement=requirement):
                lines = ["Metadata-Version: 2.1", "Name: torch", "Version: 99.0"]
                lines += [f"Requires-Dist: {requirement}"] if requirement else []
                info = pathlib.Path(folder, "torch-99.0.dist-info")
                info.mkdir()
                (info / "METADATA").write_text("\n".join(lines) + "\n")
                with mock.patch.object(sys, "path", [folder]), mock.patch("importlib.util.find_spec", return_value=None):
                    skip = lacks_package(CHECKS["triton"])
                self.assertEqual((str(skip), skip.absent), (words, absent))


class TheTable(unittest.TestCase):
    def test_levels_hold_the_quick_checks_and_their_own(self):
        names = {level: [check.name for check in checks_of(level)] for level in ("quick", "full", "soak")}
        self.assertEqual(set(names["soak"]) - set(names["quick"]), {"soak"})
        self.assertLess(set(names["quick"]), set(names["full"]))
        self.assertEqual(set(CHECKS), set(names["full"]) | set(names["soak"]))

    def test_only_what_a_card_is_too_old_for_is_left_out(self):
        newest = {"matmul-fp8"}
        tensor_cores = newest | {"matmul-tf32", "matmul-bf16", "attention-flash"}
        for capability, expected in [
            ((6, 1), tensor_cores | {"int8"}), ((7, 0), tensor_cores | {"int8"}), ((7, 5), tensor_cores),
            ((8, 0), newest), ((8, 9), set()), ((12, 0), set()),
        ]:
            left_out = {name for name, check in CHECKS.items() if reason_to_skip(check, capability)}
            self.assertEqual(left_out, expected, capability)

    def test_what_exists_only_on_cards_says_so_on_the_processor(self):
        left_out = {name for name, check in CHECKS.items() if reason_to_skip(check, None)}
        self.assertEqual(left_out, {
            "matmul-tf32", "attention-efficient", "pinned-copy", "streams", "cuda-graphs", "peer-copy", "nccl",
            "xformers"})
        self.assertIn("this card has 7.5", reason_to_skip(CHECKS["matmul-tf32"], (7, 5)))

    def test_sources_are_ascii_and_short(self):
        for path in PACKAGE.rglob("*.py"):
            text = path.read_text("utf-8")
            self.assertTrue(text.isascii(), path)
            self.assertLess(text.count("\n"), 500, path)


if __name__ == "__main__":
    unittest.main()
