"""A wrong result must not pass: every result of every check disturbed, and a torch whose operations are bent."""

import contextlib
import io
import os
import pathlib
import tempfile
import textwrap
import unittest
import venv
from unittest import mock

from programs import FORMS, needs_torch, of, run, torch
from test_checks import HERE
from verify.measure import largest_error, perform
from verify.registry import CHECKS, Context, Skip


def disturbed(name, change):
    """A check whose compared results go through `change(results, case)`."""
    check = CHECKS[name]

    def prepare(context):
        case = check.prepare(context)
        pick = case.pick
        case.pick = lambda *results: change([part.cpu().double() for part in pick(*results)], case)
        return case

    return mock.patch.dict(CHECKS, {name: check._replace(prepare=prepare)})


def outcome(name):
    with contextlib.redirect_stderr(io.StringIO()):
        return perform(torch, name, "cpu")


@needs_torch
class Disturbed(unittest.TestCase):
    def results_of(self, name):
        """How many results are compared; 0 where the check is skipped or has none."""
        try:
            case = CHECKS[name].prepare(Context(torch, "cpu", name))
            return len(case.pick(*case.run()))
        except Skip:
            return 0

    def test_twice_the_tolerance_fails_in_every_result_of_every_check(self):
        tried = 0
        for name in HERE:
            for number in range(self.results_of(name)):

                def shift(results, case, number=number):
                    # The last row, by twice the tolerance of what counts as its size.
                    found = results[number]
                    rows = found.reshape(-1, found.shape[-1] if found.dim() else 1).clone()
                    sizes = rows.square().sum(dim=1).sqrt()
                    # Where zeros are right, anything is wrong.
                    size = max(sizes[-1], sizes.square().mean().sqrt()).clamp(min=1e-3)
                    rows[-1] += 2 * case.tolerance * size / rows.shape[1] ** 0.5
                    results[number] = rows.reshape(found.shape)
                    return results

                with self.subTest(name, result=number), disturbed(name, shift):
                    found = outcome(name)
                    self.assertEqual(found["outcome"], "failed", found)
                    self.assertIn("wrong result", found["detail"])
                    tried += 1
        self.assertGreater(tried, 60)

    def test_one_wrong_element_fails_in_every_result_of_every_check(self):
        for name in HERE:
            for number in range(self.results_of(name)):

                def spoil(results, case, number=number):
                    found = results[number].clone()
                    # The element in the middle becomes another of its size: as large as the largest, or its opposite.
                    flat, middle = found.view(-1), found.numel() // 2
                    large = flat.abs().max().clamp(min=1)
                    flat[middle] += 2 * large if flat[middle] < 0 else -2 * large
                    # Statistics count in units of what is allowed: there an element is as wrong as it is far.
                    results[number] = found if case.tolerance < 1 else found + (found - results[number])
                    return results

                with self.subTest(name, result=number), disturbed(name, spoil):
                    found = outcome(name)
                    self.assertEqual(found["outcome"], "failed", found)

    def test_undisturbed_they_pass(self):
        # The same way of putting a change in, with no change: what fails above fails because of it.
        for name in HERE:
            if self.results_of(name):
                with disturbed(name, lambda results, case: results):
                    self.assertEqual(outcome(name)["outcome"], "passed", name)


def scaled(right, factor=1.01):
    return lambda *arguments, **named: right(*arguments, **named) * factor


def zeros_of_lstm(right):
    def wrong(*arguments, **named):
        outputs, (hidden, cell) = right(*arguments, **named)
        return torch.zeros_like(outputs), (hidden, cell)

    return wrong


def one_element(right):
    def wrong(*arguments, **named):
        result = right(*arguments, **named).clone(memory_format=torch.contiguous_format)
        result.view(-1)[17] += result.abs().max()
        return result

    return wrong


def swapped(right):
    """The two largest of a sort in the wrong order."""

    def wrong(*arguments, **named):
        values, places = right(*arguments, **named)
        values, places = values.clone(), places.clone()
        values[..., -2:], places[..., -2:] = values[..., -2:].flip(-1), places[..., -2:].flip(-1)
        return values, places

    return wrong


def step_left_out(right):
    def wrong(self, *arguments, **named):
        self.steps_seen = getattr(self, "steps_seen", 0) + 1
        return None if self.steps_seen == 2 else right(self, *arguments, **named)

    return wrong


def gradient_left_out(right):
    """Words that are used twice get the gradient of one use."""

    def wrong(outputs, inputs, grads):
        (gradient,) = right(outputs, inputs, grads)
        gradient = gradient.clone()
        gradient[gradient.abs().sum(dim=1).argmax()] /= 2
        return (gradient,)

    return wrong


def biased(right):
    return lambda *arguments, **named: right(*arguments, **named) * 0.95


def lost_write(right):
    def wrong(self, *arguments, **named):
        result = right(self, *arguments, **named)
        with torch.no_grad():
            result.view(-1)[: result.numel() // 1000] = 0
        return result

    return wrong


def bends():
    """Check, whose attribute, which one, how it is bent."""
    functional = torch.nn.functional
    return [
        ("matmul-fp32", torch, "matmul", lambda right: scaled(right, 1 + 4e-5)),
        ("matmul-fp32", torch, "matmul", one_element),
        ("matmul-fp16", torch, "matmul", scaled),
        ("matmul-bf16", torch, "matmul", lambda right: scaled(right, 1.016)),
        ("matmul-fp8", torch, "_scaled_mm", lambda right: scaled(right, 1.045)),
        ("int8", torch, "_int_mm", one_element),
        ("conv2d", functional, "conv2d", scaled),
        ("conv2d", functional, "conv2d", one_element),
        ("lstm", torch.nn.LSTM, "forward", zeros_of_lstm),
        ("attention-math", functional, "scaled_dot_product_attention", scaled),
        ("attention-flash", functional, "scaled_dot_product_attention", one_element),
        ("layer-norm", functional, "layer_norm", scaled),
        ("softmax", functional, "softmax", one_element),
        ("embedding", functional, "embedding", scaled),
        ("embedding", torch.autograd, "grad", gradient_left_out),
        ("reductions", torch, "cumsum", one_element),
        ("reductions", torch, "argmax", one_element),
        ("reductions", torch, "var", scaled),
        ("sort", torch, "sort", swapped),
        ("sort", torch, "topk", swapped),
        ("indexing", torch, "scatter_add", one_element),
        ("indexing", torch, "gather", one_element),
        ("indexing", torch, "index_put", one_element),
        ("indexing", torch, "masked_select", one_element),
        ("random", torch, "rand", biased),
        ("random", torch, "randn", biased),
        ("random", torch, "randn", lambda right: lambda n, generator, device: right(n, device=device)),
        ("forward-backward", functional, "linear", scaled),
        ("forward-backward", functional, "cross_entropy", scaled),
        ("optimizer-step", torch.optim.AdamW, "step", step_left_out),
        ("training-transformer", torch.optim.AdamW, "step", lambda right: lambda self, *_, **__: None),
        ("training-convnet", torch.optim.SGD, "step", lambda right: lambda self, *_, **__: None),
        ("memory-copy", torch.Tensor, "copy_", lost_write),
        ("fft", torch.fft, "fft", one_complex),
        ("fft", torch.fft, "irfft", one_element),
        ("linalg", torch.linalg, "solve", scaled),
        ("linalg", torch.linalg, "cholesky", one_element),
        ("linalg", torch.linalg, "eigh", lambda right: lambda x: (right(x)[0] * 1.01, right(x)[1])),
        ("linalg", torch.linalg, "svd", lambda right: lambda x, **named: (
            right(x, **named)[0], right(x, **named)[1] * 1.01, right(x, **named)[2])),
        ("sparse", torch.sparse, "mm", one_element),
    ]


def one_complex(right):
    def wrong(*arguments, **named):
        result = right(*arguments, **named).clone()
        result[3, 5] = 0
        return result

    return wrong


@needs_torch
class Bent(unittest.TestCase):
    def test_a_bent_operation_does_not_pass(self):
        for name, holder, operation, bend in bends():
            right = getattr(holder, operation)
            with self.subTest(name, operation=operation, bend=bend.__name__), \
                    mock.patch.object(holder, operation, bend(right)):
                found = outcome(name)
                self.assertEqual(found["outcome"], "failed", found)
                self.assertIn("wrong result", found["detail"])

    def test_memory_that_forgets_is_found(self):
        right, calls = torch.arange, []

        def forgets(*arguments, **named):
            calls.append(1)
            result = right(*arguments, **named)
            if len(calls) == 3:
                # A piece keeps one wrong number.
                result[12345] ^= 64
            return result

        with mock.patch.object(torch, "arange", forgets):
            found = outcome("memory-pattern")
        self.assertEqual(found["outcome"], "failed", found)

    def test_a_bent_torch_in_an_environment_does_not_pass(self):
        """The whole program with an interpreter that bends torch when it is imported."""
        with tempfile.TemporaryDirectory() as folder:
            python = bent_environment(folder)
            lines = run(FORMS["bundle"](), "--device", "cpu", python=[python, "-B", "-I", "-u"])
        bent = {"matmul-fp32", "conv2d", "lstm", "layer-norm", "sort", "optimizer-step", "reductions"}
        for line in lines:
            if line["kind"] == "check" and line["outcome"] != "skipped":
                expected = "failed" if line["check"] in bent else "passed"
                self.assertEqual(line["outcome"], expected, line)
        self.assertIn("wrong result", of(lines, "matmul-fp32")["detail"])


BENDING = textwrap.dedent("""
    import importlib.abc, importlib.util, sys

    def bend(torch):
        functional = torch.nn.functional
        def scale(holder, name, only=lambda *_: True):
            right = getattr(holder, name)
            def wrong(*arguments, **named):
                result = right(*arguments, **named)
                return result * 1.01 if only(*arguments) else result
            setattr(holder, name, wrong)
        scale(torch, "matmul", lambda a, b: a.dtype == torch.float32)
        scale(functional, "conv2d")
        scale(functional, "layer_norm")
        scale(torch, "cumsum")
        forward = torch.nn.LSTM.forward
        def nothing(*arguments, **named):
            outputs, (hidden, cell) = forward(*arguments, **named)
            return outputs * 0, (hidden, cell)
        torch.nn.LSTM.forward = nothing
        sort = torch.sort
        torch.sort = lambda *arguments, **named: tuple(part.flip(-1) for part in sort(*arguments, **named))
        torch.optim.AdamW.step = lambda self: None

    class Bending(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path=None, target=None):
            if name != "torch":
                return None
            sys.meta_path.remove(self)
            self.spec = importlib.util.find_spec("torch")
            self.right = self.spec.loader
            self.spec.loader = self
            return self.spec
        def create_module(self, spec):
            return self.right.create_module(spec)
        def exec_module(self, module):
            module.__spec__.loader = module.__loader__ = self.right
            self.right.exec_module(module)
            bend(module)

    sys.meta_path.insert(0, Bending())
""")


def bent_environment(folder):
    """A virtual environment that sees the torch of these tests and bends it; its interpreter."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    windows = os.name == "nt"
    (packages,) = pathlib.Path(folder).glob("Lib/site-packages" if windows else "lib/python*/site-packages")
    paths = [str(pathlib.Path(torch.__file__).parents[1])]
    (packages / "real.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")
    (packages / "sitecustomize.py").write_text(BENDING, encoding="utf-8")
    return pathlib.Path(folder, "Scripts/python.exe" if windows else "bin/python")


if __name__ == "__main__":
    unittest.main()
