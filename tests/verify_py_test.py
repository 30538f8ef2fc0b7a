"""Tests of assets/python/verify.py: python tests/verify_py_test.py

What needs torch is skipped, saying so, where torch is missing.
"""

import contextlib
import importlib.util
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from unittest import mock

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "assets" / "python" / "verify.py"


def load():
    spec = importlib.util.spec_from_file_location("verify", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify = load()
try:
    import torch
except ImportError:
    torch = None
needs_torch = unittest.skipIf(torch is None, "torch is not installed here")

# A worker that plays torch, two cards and its checks; the parent is the real one.
PLAYED_WORKER = textwrap.dedent("""
    import importlib.util, os, pathlib, sys, time
    spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
    verify = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verify)
    behaviour = {behaviour}
    def import_torch(state):
        state["torch"] = "played"
        return dict(torch="2.15.0+cu130", cuda_runtime="13.0", import_error=None)
    def list_devices(torch):
        card = dict(name="Card", capability="7.5", memory_bytes=1, kernels="native")
        devices = [dict(card, index=index, uuid=f"GPU-{index}") for index in range(2)]
        return dict(cuda_available=True, arch_list=["sm_75"], devices=devices, why_not=None)
    def perform(torch, check, device, rounds):
        seen = pathlib.Path(sys.argv[3], f"{device}-{check}".replace(":", "-"))
        before = seen.exists()
        with seen.open("a") as log:
            log.write(f"{os.getpid()} ")
        how = behaviour.get(check, "right")
        if how == "crash":
            os._exit(77)
        if how == "hang":
            time.sleep(600)
        if how in ("wrong", "no kernel image") or how == "wrong once" and not before:
            return verify.result("failed", how)
        return verify.result("passed")
    verify.import_torch, verify.list_devices, verify.perform = import_torch, list_devices, perform
    verify.worker_main(int(sys.argv[2]))
""")


def run_parent(behaviour, wanted="0", **limits):
    """The lines of a whole run with the played worker, and the processes in which each check ran."""
    parent = load()
    for check in list(parent.CHECKS):
        if check not in ("conv2d", "layer-norm", "softmax", "matmul-bf16"):
            del parent.CHECKS[check]
    parent.LIMITS.update(limits)
    with tempfile.TemporaryDirectory() as folder:
        worker = pathlib.Path(folder, "worker.py")
        worker.write_text(PLAYED_WORKER.replace("{behaviour}", repr(behaviour)), encoding="utf-8")
        command = [sys.executable, "-u", str(worker), str(SCRIPT), str(os.getpid()), folder]
        output = io.StringIO()
        with mock.patch.object(parent, "worker_command", lambda: command), contextlib.redirect_stdout(output):
            parent.parent_main(wanted, "quick")
        processes = {path.name: path.read_text().split() for path in pathlib.Path(folder).glob("c*-*")}
    return [json.loads(line) for line in output.getvalue().splitlines()], processes


def outcomes(lines):
    return {line["check"]: line["outcome"] for line in lines if line["kind"] == "check"}


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
                self.assertEqual(verify.kernels_for(card, arch_list, cuda), expected)

    def test_only_tf32_and_bfloat16_are_left_out_and_only_where_they_do_not_exist(self):
        for capability in ("6.1", "7.5", "8.0", "8.9", "12.0"):
            left_out = {name for name in verify.CHECKS if verify.reason_to_skip(name, {"capability": capability})}
            self.assertEqual(left_out, {"matmul-tf32", "matmul-bf16"} if float(capability) < 8 else set(), capability)
        self.assertEqual({name for name in verify.CHECKS if verify.reason_to_skip(name, None)}, {"matmul-tf32"})

    def test_devices_are_chosen_by_number_or_identity(self):
        cards = [{"index": 0, "uuid": "GPU-a"}, {"index": 1, "uuid": None}]
        self.assertEqual(verify.choose("all", cards), (cards, []))
        self.assertEqual(verify.choose("1", cards), ([cards[1]], []))
        self.assertEqual(verify.choose("GPU-a, 2", cards), ([cards[0]], ["2"]))


class Workers(unittest.TestCase):
    def test_they_count_devices_as_nvml_does_and_keep_what_the_user_hides(self):
        with mock.patch.dict(os.environ, {"CUDA_VISIBLE_DEVICES": "1", "NVIDIA_TF32_OVERRIDE": "1"}):
            environment = verify.worker_environment()
        self.assertEqual(environment["CUDA_DEVICE_ORDER"], "PCI_BUS_ID")
        self.assertEqual(environment["CUDA_VISIBLE_DEVICES"], "1")
        self.assertNotIn("NVIDIA_TF32_OVERRIDE", environment)

    def test_a_missing_torch_is_a_failed_import_and_a_whole_protocol(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "torch.py").write_text("raise ImportError('libcudart.so.13: cannot open')")
            parent = load()
            code = f"import sys, runpy; sys.path.insert(0, {folder!r}); sys.argv = [{str(SCRIPT)!r}, '--worker', " \
                   f"'{os.getpid()}']; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
            output = io.StringIO()
            with mock.patch.object(parent, "worker_command", lambda: [sys.executable, "-c", code]), \
                    contextlib.redirect_stdout(output):
                parent.parent_main("all", "quick")
        lines = [json.loads(line) for line in output.getvalue().splitlines() if "waiting" not in line]
        self.assertEqual([line["kind"] for line in lines], ["hello", "check", "end"])
        self.assertEqual(lines[0]["import_error"], "ImportError: libcudart.so.13: cannot open")
        self.assertEqual((lines[1]["check"], lines[1]["outcome"]), ("import", "failed"))


@needs_torch
class Checks(unittest.TestCase):
    def test_every_check_passes_here(self):
        for name in verify.CHECKS:
            if verify.reason_to_skip(name, None) is None:
                with self.subTest(name):
                    found = verify.perform(torch, name, "cpu")
                    self.assertEqual(found["outcome"], "passed", found)
                    self.assertLess(found["max_error"], found["tolerance"])

    def test_an_error_of_one_percent_is_caught_in_every_check(self):
        functional = torch.nn.functional
        for name, holder, operation in [
            ("matmul-fp32", torch, "matmul"),
            ("matmul-fp16", torch, "matmul"),
            ("matmul-bf16", torch, "matmul"),
            ("conv2d", functional, "conv2d"),
            ("lstm", torch.nn.LSTM, "forward"),
            ("attention", functional, "scaled_dot_product_attention"),
            ("layer-norm", functional, "layer_norm"),
            ("softmax", functional, "softmax"),
            ("embedding", functional, "embedding"),
            ("forward-backward", functional, "linear"),
            ("optimizer-step", torch.optim.AdamW, "step"),
        ]:
            right = getattr(holder, operation)

            def wrong(*arguments, **named):
                result = right(*arguments, **named)
                if name == "lstm":
                    return result[0] * 1.01, result[1]
                if name == "optimizer-step":
                    with torch.no_grad():
                        arguments[0].param_groups[0]["params"][0].mul_(1.01)
                    return result
                return result * 1.01

            with self.subTest(name), mock.patch.object(holder, operation, wrong):
                found = verify.perform(torch, name, "cpu")
                self.assertEqual(found["outcome"], "failed", found)
                self.assertIn("wrong result", found["detail"])

    def test_one_wrong_element_is_caught(self):
        right = torch.nn.functional.softmax

        def wrong(*arguments, **named):
            result = right(*arguments, **named)
            result[17, 5] += 0.01
            return result

        with mock.patch.object(torch.nn.functional, "softmax", wrong):
            self.assertEqual(verify.perform(torch, "softmax", "cpu")["outcome"], "failed")

    def test_a_result_that_is_not_finite_fails_and_is_valid_json(self):
        nan = lambda x, dim: torch.full_like(x, float("nan"))
        with mock.patch.object(torch.nn.functional, "softmax", nan):
            found = verify.perform(torch, "softmax", "cpu")
        self.assertEqual((found["outcome"], found["max_error"]), ("failed", None))
        json.dumps(found, allow_nan=False)

    def test_an_error_is_a_failure_with_its_words(self):
        def broken(*_, **__):
            raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nCompile with")

        with mock.patch.object(torch.nn.functional, "softmax", broken), contextlib.redirect_stderr(io.StringIO()):
            found = verify.perform(torch, "softmax", "cpu")
        self.assertEqual(found["outcome"], "failed")
        self.assertIn("no kernel image is available", found["detail"])

    def test_inputs_do_not_change_between_runs_but_between_rounds(self):
        def numbers(turn):
            return verify.Context(torch, "cpu", "softmax", turn).normal(5).tolist()

        self.assertEqual(numbers(0), numbers(0))
        self.assertNotEqual(numbers(0), numbers(1))

    def test_the_modes_of_torch_are_put_back(self):
        before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
        with verify.exact_modes(torch, tf32=not before[0]):
            self.assertEqual(torch.backends.cuda.matmul.allow_tf32, not before[0])
        self.assertEqual((torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32), before)

    def test_the_factors_of_tiles_leave_the_reference_exact(self):
        context = verify.Context(torch, "cpu", "matmul-fp32")
        case = verify.matmul_fp32(context)
        (picked,) = case.pick(*case.run())
        (reference,) = case.reference()
        self.assertEqual(picked.shape, reference.shape)
        self.assertGreater(float(reference.square().sum(dim=1).min()), 0.0)


class Isolation(unittest.TestCase):
    first = {"import": "passed", "cuda-available": "passed", "arch-list": "passed", "matmul-bf16": "skipped"}

    def test_a_crash_takes_one_check_with_it(self):
        lines, processes = run_parent({"conv2d": "crash"})
        self.assertEqual(
            outcomes(lines), self.first | {"conv2d": "crashed", "layer-norm": "passed", "softmax": "passed"})
        self.assertIn("the process ended with 77", [line.get("detail") for line in lines])
        self.assertNotEqual(processes["cuda-0-conv2d"], processes["cuda-0-layer-norm"])
        self.assertEqual(processes["cuda-0-layer-norm"], processes["cuda-0-softmax"])
        self.assertEqual(lines[-1], {"kind": "end"})

    def test_a_hang_is_ended_and_announced_every_second(self):
        lines, _ = run_parent({"conv2d": "hang"}, check=2)
        self.assertEqual(
            outcomes(lines), self.first | {"conv2d": "timed-out", "layer-norm": "passed", "softmax": "passed"})
        self.assertIn({"kind": "waiting", "for": "conv2d", "seconds": 1}, lines)

    def test_after_two_hangs_the_rest_of_a_device_is_not_tried(self):
        lines, _ = run_parent({"conv2d": "hang", "layer-norm": "hang"}, check=1)
        self.assertEqual(
            outcomes(lines), self.first | {"conv2d": "timed-out", "layer-norm": "timed-out", "softmax": "skipped"})

    def test_a_failure_counts_once_a_fresh_process_repeats_it(self):
        lines, processes = run_parent({"conv2d": "wrong"})
        self.assertEqual(outcomes(lines)["conv2d"], "failed")
        first, second = processes["cuda-0-conv2d"]
        self.assertEqual(len({first, second, *processes["cuda-0-layer-norm"]}), 3)

    def test_a_failure_that_does_not_come_back_passes_and_is_told(self):
        lines, _ = run_parent({"conv2d": "wrong once"})
        (line,) = [line for line in lines if line["kind"] == "check" and line["check"] == "conv2d"]
        self.assertEqual(line["outcome"], "passed")
        self.assertEqual(line["detail"], "passed when repeated in a fresh process; at first: wrong once")

    def test_what_the_wheel_lacks_is_not_looked_for_twice(self):
        lines, processes = run_parent({"conv2d": "no kernel image"})
        self.assertEqual(outcomes(lines)["conv2d"], "failed")
        self.assertEqual(len(processes["cuda-0-conv2d"]), 1)

    def test_each_card_has_a_process_of_its_own(self):
        lines, processes = run_parent({}, wanted="all")
        self.assertEqual({line["device"] for line in lines if line["kind"] == "started"}, {0, 1})
        self.assertNotEqual(processes["cuda-0-conv2d"], processes["cuda-1-conv2d"])

    def test_a_card_that_is_not_there_is_a_failure(self):
        lines, _ = run_parent({}, wanted="7")
        self.assertIn("there is no device 7; torch sees 2", [line.get("detail") for line in lines])


@needs_torch
@unittest.skipUnless(sys.platform.startswith("linux"), "reads /proc")
class NoSurvivors(unittest.TestCase):
    def test_no_worker_outlives_a_killed_parent(self):
        parent = subprocess.Popen([sys.executable, "-I", "-u", str(SCRIPT), "--device", "cpu"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
        with parent:
            for line in parent.stdout:
                if json.loads(line)["kind"] == "started":
                    break
            workers = pathlib.Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
            self.assertEqual(len(workers), 1)
            parent.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + 5
        while alive(workers[0]) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(alive(workers[0]))


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
