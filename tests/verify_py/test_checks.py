"""The checks with the real torch, on the processor."""

import contextlib
import io
import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

from programs import FORMS, PYTHON, needs_torch, of, run, torch
from verify import measure
from verify.measure import perform
from verify.process import Worker
from verify.registry import CHECKS, Case, Check, Context, Skip, checks_of, lacks_package, reason_to_skip

# Compiling takes half a minute; it has a test of its own.
SLOW = {"compile", "soak"}
HERE = [
    name for name, check in CHECKS.items()
    if not reason_to_skip(check, None) and not lacks_package(check) and name not in SLOW]

# With how many sets of numbers each quick check must pass: false alarms.
ROUNDS = int(os.environ.get("TORCH_WIZARD_TEST_ROUNDS", "3"))


def quietly(name, device="cpu", **named):
    with contextlib.redirect_stderr(io.StringIO()):
        return perform(torch, name, device, **named)


def in_a_worker(name):
    """What a check finds in a process of its own, as the program runs it."""
    command = [*PYTHON, str(FORMS["bundle"]()), "--worker", str(os.getpid())]
    with mock.patch("verify.process.worker_command", lambda: command), contextlib.redirect_stdout(io.StringIO()):
        worker = Worker()
        try:
            worker.ask("import torch", 300, do="import")
            return worker.ask(name, 300, do="check", check=name, device="cpu", rounds=1, seconds=1)
        finally:
            worker.end()


def made_up(case, **row):
    """Enters a check that gives this case, for the time of a test."""
    defaults = dict(
        level="quick", since=None, what="", card_only=None, package=None, limit=60, isolated=False, once=False,
        stands=False)
    return mock.patch.dict(CHECKS, {"made-up": Check("made-up", case, **{**defaults, **row})})


@needs_torch
class Checks(unittest.TestCase):
    def test_every_check_passes_here(self):
        for name in HERE:
            with self.subTest(name):
                found = perform(torch, name, "cpu")
                self.assertEqual(found["outcome"], "passed", found)
                self.assertLess(found["max_error"], found["tolerance"])
                self.assertIsNone(found["on_device"])
                self.assertIsNot(found["deterministic"], False)
                json.dumps(found, allow_nan=False)

    def test_what_is_not_installed_is_told(self):
        with made_up(lambda c: None, package="no_such_package_anywhere"):
            found = perform(torch, "made-up", "cpu")
        self.assertEqual((found["outcome"], found["detail"]), ("skipped", "not installed"))
        for check in CHECKS.values():
            if lacks_package(check):
                print(f"skipped: {check.name}: {check.package} is not installed")

    def test_no_false_alarm_with_other_numbers(self):
        for check in checks_of("quick"):
            if check.name in HERE and not check.once:
                with self.subTest(check.name):
                    found = perform(torch, check.name, "cpu", rounds=ROUNDS)
                    self.assertIn(found["outcome"], ("passed", "skipped"), found)

    def test_tolerances_are_those_of_their_types(self):
        # float32 but for what has its own; statistics and shares count in units of what is allowed.
        own = {"matmul-fp16": 2e-3, "matmul-bf16": 7.8e-3, "matmul-fp8": 2e-2, "nf4": 2e-2, "random": 1.0,
               "training-convnet": 1.0, "training-transformer": 1.0, "memory-pattern": 1.0}
        for name in HERE:
            with contextlib.suppress(Skip):
                case = CHECKS[name].prepare(Context(torch, "cpu", name))
                self.assertLessEqual(case.tolerance, own.get(name, 1e-4), name)

    def test_operations_and_bytes_become_speeds(self):
        self.assertGreater(perform(torch, "matmul-fp32", "cpu")["tflops"], 0)
        self.assertGreater(perform(torch, "memory-copy", "cpu")["gb_per_second"], 0)

    def test_inputs_do_not_change_between_runs_but_between_rounds(self):
        def numbers(turn):
            return Context(torch, "cpu", "softmax", turn).normal(5).tolist()

        self.assertEqual(numbers(0), numbers(0))
        self.assertNotEqual(numbers(0), numbers(1))

    def test_the_modes_of_torch_are_put_back(self):
        before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
        with measure.exact_modes(torch, tf32=not before[0]):
            self.assertEqual(torch.backends.cuda.matmul.allow_tf32, not before[0])
        self.assertEqual((torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32), before)

    def test_soak_counts_and_tells_how_far_it_is(self):
        told = []
        found = perform(torch, "soak", "cpu", seconds=2, tell=lambda *parts: told.append(parts))
        self.assertEqual(found["outcome"], "passed", found)
        self.assertIn("0 differed", found["detail"])
        self.assertEqual(told[-1], (2, 2, "s"))

    def test_soak_finds_one_bit_in_one_result(self):
        right, calls = torch.nn.functional.conv2d, []

        def flips(*arguments, **named):
            result = right(*arguments, **named)
            calls.append(1)
            if len(calls) == 3:
                result.view(-1).view(torch.int32)[12345] ^= 1
            return result

        with mock.patch.object(torch.nn.functional, "conv2d", flips):
            found = quietly("soak", seconds=2)
        self.assertEqual(found["outcome"], "failed")
        self.assertIn("1 DIFFERED", found["detail"])

    def test_compiling_works_or_says_why_not_and_leaves_nothing(self):
        found = in_a_worker("compile")
        self.assertEqual([*pathlib.Path(tempfile.gettempdir()).glob("torch-wizard-compile-*")], [])
        if found["outcome"] == "skipped":
            print(f"skipped: compile: {found['detail']}")
            self.assertTrue(found["detail"])
        else:
            self.assertEqual(found["outcome"], "passed", found)

    def test_the_whole_program_in_both_forms(self):
        for form, path in FORMS.items():
            with self.subTest(form):
                lines = run(path(), "--device", "cpu", "--level", "quick")
                self.assertEqual(lines[-1], {"kind": "end"})
                checks = [line["check"] for line in lines if line["kind"] == "check"]
                self.assertEqual(checks, ["import", *(check.name for check in checks_of("quick"))])
                self.assertEqual({line["outcome"] for line in lines if line["kind"] == "check"}, {"passed", "skipped"})
                self.assertTrue(of(lines, "matmul-fp32")["deterministic"])


@needs_torch
class Judging(unittest.TestCase):
    def test_a_result_that_is_not_finite_fails_and_is_valid_json(self):
        nan = lambda x, dim: torch.full_like(x, float("nan"))
        with mock.patch.object(torch.nn.functional, "softmax", nan):
            found = quietly("softmax")
        self.assertEqual((found["outcome"], found["max_error"]), ("failed", None))
        json.dumps(found, allow_nan=False)

    def test_an_error_is_a_failure_with_its_words(self):
        def broken(*_, **__):
            raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nCompile with")

        with mock.patch.object(torch.nn.functional, "softmax", broken):
            found = quietly("softmax")
        self.assertEqual(found["outcome"], "failed")
        self.assertIn("no kernel image is available", found["detail"])

    def test_results_of_another_device_are_caught(self):
        # The device `meta` stands for a card: the reference, computed on the processor, is no result of it.
        here = torch.ones(100, 3)
        case = lambda c: Case(lambda: (here,), lambda: (here.double(),), 1e-6)
        with made_up(case):
            found = quietly("made-up", device="meta")
        self.assertEqual(found["outcome"], "failed")
        self.assertEqual(found["detail"], "the result lies on cpu, not on meta")

    def test_what_is_computed_elsewhere_and_moved_is_caught(self):
        there = torch.ones(100, 3, device="meta")

        def moved():
            return (torch.matmul(torch.ones(100, 100), torch.ones(100, 3)).to("meta"),)

        for run, expected in [(moved, {("aten.ones.default", "cpu"), ("aten.mm.default", "cpu")}),
                              (lambda: (there + there,), set()),
                              # A step counter of an optimiser.
                              (lambda: (there * torch.ones(2).sum().item(),), set())]:
            results, astray = measure.watch(torch, torch.device("meta"), run)
            self.assertEqual(set(astray), expected)
            self.assertEqual(str(results[0].device), "meta")

    def test_a_check_that_is_computed_elsewhere_fails(self):
        def moved():
            return (torch.matmul(torch.ones(100, 100), torch.ones(100, 3)).to("meta"),)

        # Nothing can be read from `meta`: what is compared is right beforehand.
        right = torch.ones(100, 3)
        with made_up(lambda c: Case(moved, lambda: (right.double(),), 1e-6, pick=lambda out: (right,))):
            found = quietly("made-up", device="meta")
        self.assertEqual(found["outcome"], "failed")
        self.assertIn("ran on cpu, not on meta", found["detail"])

    def test_every_check_is_seen_when_it_is_computed_elsewhere(self):
        for name in HERE:
            case = CHECKS[name].prepare(Context(torch, "cpu", name))
            if case.watched:
                with self.subTest(name):
                    self.assertTrue(measure.watch(torch, torch.device("meta"), case.run)[1])

    def test_what_cannot_be_watched_is_told(self):
        from torch.utils import _python_dispatch as dispatch

        def shy():
            if dispatch._get_current_dispatch_mode() is not None:
                raise RuntimeError("not like this")
            return (torch.ones(100),)

        with made_up(lambda c: Case(shy, lambda: (torch.ones(100).double(),), 1e-6)):
            found = quietly("made-up")
        self.assertEqual(found["outcome"], "passed")
        self.assertEqual(found["detail"], "where it was computed could not be watched: RuntimeError: not like this")

    def test_gradients_are_watched_too(self):
        weight = torch.ones(100, 100, requires_grad=True)

        def gradient():
            return torch.autograd.grad((weight * weight).sum(), weight)

        _, astray = measure.watch(torch, torch.device("meta"), gradient)
        self.assertGreater(len(astray), 1)
        self.assertIn("aten.mul.Tensor", {operation for operation, _ in astray})

    def test_two_runs_that_differ_are_told(self):
        runs = []

        def unsteady():
            runs.append(1)
            return (torch.ones(100) + 1e-7 * len(runs),)

        with made_up(lambda c: Case(unsteady, lambda: (torch.ones(100).double(),), 1e-3)):
            found = quietly("made-up")
        self.assertEqual((found["outcome"], found["deterministic"]), ("passed", False))
        self.assertEqual(found["detail"], "two runs of the same numbers differ")

    def test_whether_a_wrong_result_comes_back_the_same_is_told(self):
        runs = []

        def wrong():
            runs.append(1)
            return (torch.full((100,), float(len(runs) if unsteady else 2)),)

        for unsteady in (False, True):
            runs.clear()
            with made_up(lambda c: Case(wrong, lambda: (torch.full((100,), 5.0).double(),), 1e-3)):
                found = quietly("made-up")
            self.assertEqual((found["outcome"], found["deterministic"]), ("failed", not unsteady))

    def test_clocks_agree_within_reason(self):
        self.assertTrue(measure.clocks_agree(10e-6, 3e-6))
        self.assertTrue(measure.clocks_agree(30e-3, 29e-3))
        self.assertFalse(measure.clocks_agree(30e-3, 0.0))
        self.assertFalse(measure.clocks_agree(30e-3, 1e-4))
        self.assertFalse(measure.clocks_agree(1e-3, 10e-3))

    def test_the_measure(self):
        largest = measure.largest_error
        reference = torch.ones(10, 1000, dtype=torch.float64)
        one_wrong = reference.clone()
        one_wrong[3, 17] = 2
        self.assertAlmostEqual(largest(torch, [one_wrong], [reference]), 1000**-0.5)
        self.assertEqual(largest(torch, [reference], [reference]), 0.0)
        self.assertEqual(largest(torch, [reference[:, 1:]], [reference]), float("inf"))
        zeros = torch.zeros(2, 3, dtype=torch.float64)
        self.assertGreater(largest(torch, [zeros + 1e-100], [zeros]), 1e50)

    def test_what_this_torch_lacks_is_skipped_only_on_the_processor(self):
        def lacking(*_, **__):
            raise RuntimeError('"addmm_impl_cpu_" not implemented for \'Half\'')

        with mock.patch.object(torch, "matmul", lacking):
            self.assertEqual(quietly("matmul-fp16")["outcome"], "skipped")


if __name__ == "__main__":
    unittest.main()
