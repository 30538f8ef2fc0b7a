"""The process that prints: isolation, repeats, evidence. Each test runs with the package and with the bundle."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import programs
from programs import FORMS, PYTHON, needs_torch, of, outcomes
from verify.process import worker_environment

CHECK_FIELDS = {
    "kind", "check", "device", "outcome", "milliseconds", "max_error", "tolerance", "tflops", "gb_per_second",
    "deterministic", "on_device", "repeats", "absent", "detail",
}


class Workers(unittest.TestCase):
    def test_they_count_devices_as_nvml_does_and_keep_what_the_user_hides(self):
        hostile = {"CUDA_VISIBLE_DEVICES": "1", "NVIDIA_TF32_OVERRIDE": "1", "CUBLAS_WORKSPACE_CONFIG": ":16:8"}
        with mock.patch.dict(os.environ, hostile):
            environment = worker_environment()
        self.assertEqual(environment["CUDA_DEVICE_ORDER"], "PCI_BUS_ID")
        self.assertEqual(environment["CUDA_VISIBLE_DEVICES"], "1")
        self.assertEqual(environment["CUBLAS_WORKSPACE_CONFIG"], ":16:8")
        self.assertNotIn("NVIDIA_TF32_OVERRIDE", environment)


class InBothForms:
    form = None
    first = {
        "import": "passed", "cuda-available": "passed", "driver-runtime": "passed", "arch-list": "passed",
        "matmul-fp16": "passed", "matmul-bf16": "skipped",
    }

    def played(self, behaviour, **named):
        return programs.played(FORMS[self.form](), behaviour, **named)

    def assert_others_pass(self, lines, **changed):
        names = {"conv2d": "passed", "layer-norm": "passed", "softmax": "passed"}
        self.assertEqual(outcomes(lines), self.first | names | changed)

    def test_every_line_has_the_fields_of_the_protocol(self):
        lines, _ = self.played({"softmax": "slow"})
        hello = lines[0]
        self.assertEqual(set(hello), {
            "kind", "level", "python", "torch", "cuda_runtime", "driver_runtime", "cuda_available", "arch_list",
            "devices", "companions", "import_error"})
        self.assertEqual((hello["level"], hello["driver_runtime"]), ("quick", "13.2"))
        self.assertEqual(hello["companions"], {"triton": "3.9.0"})
        for line in lines:
            if line["kind"] == "check":
                self.assertEqual(set(line), CHECK_FIELDS, line)
        started = [line for line in lines if line["kind"] == "started"]
        self.assertEqual(set(started[0]), {"kind", "check", "device", "pid"})
        progress = [line for line in lines if line["kind"] == "progress"]
        self.assertEqual(progress[2], {
            "kind": "progress", "check": "softmax", "device": 0, "done": 2, "total": 3, "unit": "steps"})
        self.assertEqual(lines[-1], {"kind": "end"})

    def test_progress_is_a_sign_of_life(self):
        # Longer in all than the limit of silence.
        lines, _ = self.played({"softmax": "slower"}, check=2)
        self.assert_others_pass(lines)

    def test_a_crash_takes_one_check_with_it_and_stands(self):
        lines, processes = self.played({"conv2d": "crash"})
        self.assert_others_pass(lines, conv2d="crashed")
        line = of(lines, "conv2d")
        self.assertEqual(line["detail"], "the process ended with 77")
        self.assertEqual([(item["where"], item["outcome"]) for item in line["repeats"]], [
            ("fresh process", "crashed"), ("cpu", "crashed"), ("cuda:1", "crashed")])
        self.assertEqual(len(set(processes["cuda-0-conv2d"] + processes["cuda-0-layer-norm"])), 3)
        self.assertEqual(processes["cuda-0-layer-norm"], processes["cuda-0-softmax"])

    def test_started_names_the_process_that_computes(self):
        lines, processes = self.played({"conv2d": "crash"}, wanted="all")
        for line in lines:
            if line["kind"] == "started":
                seen = processes[f"cuda-{line['device']}-{line['check']}"]
                # The second card was asked before about the crash of the first.
                self.assertEqual(str(line["pid"]), seen[line["device"] if line["check"] == "conv2d" else 0])

    def test_a_hang_is_ended_and_announced_every_second(self):
        lines, _ = self.played({"conv2d": "hang"}, check=2)
        self.assert_others_pass(lines, conv2d="timed-out")
        self.assertIn({"kind": "waiting", "for": "conv2d", "seconds": 1}, lines)

    def test_a_hang_says_where_it_is(self):
        heard = []
        self.played({"conv2d": "hang"}, check=3, heard=heard)
        self.assertIn("Timeout (0:00:02)!", heard[0])
        self.assertIn("in perform", heard[0])
        quiet = []
        self.played({"conv2d": "slower"}, check=3, heard=quiet)
        self.assertNotIn("Timeout", quiet[0])

    @unittest.skipIf(os.name == "nt", "a script that plays py-spy")
    def test_where_py_spy_is_there_it_tells_what_libraries_do(self):
        with tempfile.TemporaryDirectory() as folder:
            spy = pathlib.Path(folder, "py-spy")
            spy.write_text('#!/bin/sh\necho "played py-spy: $*"\n', encoding="utf-8")
            spy.chmod(0o755)
            heard = []
            path = os.pathsep.join([folder, os.environ.get("PATH", "")])
            lines, processes = self.played(
                {"conv2d": "hang"}, check=1, heard=heard, environment=dict(PATH=path))
        self.assert_others_pass(lines, conv2d="timed-out")
        pid = processes["cuda-0-conv2d"][0]
        self.assertIn(f"played py-spy: dump --native --pid {pid}", heard[0])

    def test_after_two_hangs_the_rest_of_a_device_is_not_tried(self):
        lines, _ = self.played({"conv2d": "hang", "layer-norm": "hang"}, check=1)
        expected = {"conv2d": "timed-out", "layer-norm": "timed-out", "softmax": "skipped"}
        self.assertEqual(outcomes(lines), self.first | expected)
        # It exists, as against bfloat16 on this card.
        self.assertEqual((of(lines, "softmax")["absent"], of(lines, "matmul-bf16")["absent"]), (False, True))

    def test_a_failure_counts_once_a_fresh_process_repeats_it(self):
        lines, processes = self.played({"conv2d": "wrong here"})
        self.assert_others_pass(lines, conv2d="failed")
        first, second = processes["cuda-0-conv2d"]
        self.assertEqual(len({first, second, *processes["cuda-0-layer-norm"]}), 3)
        self.assertEqual(of(lines, "conv2d")["repeats"], [
            {"where": "fresh process", "outcome": "failed", "max_error": 0.5},
            {"where": "cpu", "outcome": "passed", "max_error": None},
            {"where": "cuda:1", "outcome": "passed", "max_error": None},
        ])

    def test_what_fails_on_every_card_and_not_on_the_processor_is_told_so(self):
        lines, _ = self.played({"conv2d": "wrong on cards", "cards": 3})
        told = {item["where"]: item["outcome"] for item in of(lines, "conv2d")["repeats"]}
        # Of two others the one of the same model is asked.
        self.assertEqual(told, {"fresh process": "failed", "cpu": "passed", "cuda:2": "failed"})

    def test_only_the_first_failures_are_compared_with_other_places(self):
        lines, _ = self.played({name: "wrong" for name in ("matmul-fp16", "conv2d", "layer-norm", "softmax")})
        counts = [len(of(lines, name)["repeats"]) for name in ("matmul-fp16", "conv2d", "layer-norm", "softmax")]
        self.assertEqual(counts, [3, 3, 3, 1])

    def test_a_failure_that_does_not_come_back_passes_and_is_told(self):
        lines, _ = self.played({"conv2d": "wrong once"})
        line = of(lines, "conv2d")
        self.assertEqual(line["outcome"], "passed")
        self.assertEqual(line["detail"], "passed when repeated in a fresh process; at first: wrong once")
        self.assertEqual(line["repeats"], [{"where": "fresh process", "outcome": "passed", "max_error": None}])

    def test_what_the_wheel_lacks_is_not_looked_for_twice(self):
        lines, processes = self.played({"conv2d": "no kernel image"})
        self.assertEqual(of(lines, "conv2d")["outcome"], "failed")
        self.assertEqual(len(processes["cuda-0-conv2d"]), 1)

    def test_a_wrong_result_stands_when_its_repeat_crashes(self):
        lines, _ = self.played({"conv2d": "wrong, then crash"})
        line = of(lines, "conv2d")
        self.assertEqual((line["outcome"], line["detail"]), ("failed", "wrong, then crash"))
        self.assertEqual(line["repeats"][0], {"where": "fresh process", "outcome": "crashed", "max_error": None})

    def test_memory_that_forgot_once_is_not_asked_again(self):
        lines, processes = self.played({"memory-pattern": "wrong once"}, level="full")
        line = of(lines, "memory-pattern")
        self.assertEqual((line["outcome"], line["repeats"]), ("failed", []))
        self.assertEqual(len(processes["cuda-0-memory-pattern"]), 1)

    def test_each_card_has_a_process_of_its_own(self):
        lines, processes = self.played({}, wanted="all")
        self.assertEqual({line["device"] for line in lines if line["kind"] == "started"}, {0, 1})
        self.assertNotEqual(processes["cuda-0-conv2d"], processes["cuda-1-conv2d"])

    def test_an_isolated_check_has_a_process_of_its_own(self):
        lines, processes = self.played({}, level="full")
        self.assertEqual(of(lines, "memory-pattern")["outcome"], "passed")
        alone = processes["cuda-0-memory-pattern"]
        self.assertNotIn(alone, [processes[name] for name in processes if name != "cuda-0-memory-pattern"])

    def test_a_card_that_is_not_there_is_a_failure(self):
        lines, _ = self.played({}, wanted="7")
        self.assertIn("there is no device 7; torch sees 2", [line.get("detail") for line in lines])

    def test_an_import_that_crashes_is_told(self):
        lines, _ = self.played({"import": "crash"})
        self.assertEqual([line["kind"] for line in lines], ["hello", "check", "end"])
        self.assertEqual((lines[1]["outcome"], lines[1]["detail"]), ("crashed", "the process ended with 78"))

    def test_a_missing_torch_is_a_failed_import_and_a_whole_protocol(self):
        with tempfile.TemporaryDirectory() as folder:
            home = environment_with(folder, "raise ImportError('libcudart.so.13: cannot open')")
            lines = programs.run(FORMS[self.form](), "--device", "all", python=[home, "-B", "-I", "-u"])
        lines = [line for line in lines if line["kind"] != "waiting"]
        self.assertEqual([line["kind"] for line in lines], ["hello", "check", "end"])
        self.assertEqual(lines[0]["import_error"], "ImportError: libcudart.so.13: cannot open")
        self.assertEqual((lines[1]["check"], lines[1]["outcome"]), ("import", "failed"))

    @needs_torch
    @unittest.skipUnless(sys.platform.startswith("linux"), "reads /proc")
    def test_no_worker_outlives_a_killed_parent(self):
        parent = subprocess.Popen(
            [*PYTHON, FORMS[self.form](), "--device", "cpu"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding="utf-8")
        with parent:
            started = next(line for line in map(json.loads, parent.stdout) if line["kind"] == "started")
            workers = pathlib.Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
            self.assertEqual(workers, [str(started["pid"])])
            parent.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 5
        while alive(workers[0]) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(alive(workers[0]))


def environment_with(folder, torch_source):
    """A virtual environment whose torch is this text; its interpreter."""
    import venv

    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    windows = os.name == "nt"
    packages = [*pathlib.Path(folder).glob("Lib/site-packages" if windows else "lib/python*/site-packages")]
    pathlib.Path(packages[0], "torch.py").write_text(torch_source, encoding="utf-8")
    return pathlib.Path(folder, "Scripts/python.exe" if windows else "bin/python")


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class ThePackage(InBothForms, unittest.TestCase):
    form = "package"


class TheBundle(InBothForms, unittest.TestCase):
    form = "bundle"


if __name__ == "__main__":
    unittest.main()
