"""Runs PyTorch's kernel families and compares each with a float64 reference on the processor.

    python -I -u verify.py --device cpu|all|0,1|GPU-uuid --level quick|full|soak

Standard library and torch only, Python >= 3.10. Prints one JSON object a line on standard output (kinds `hello`,
`started`, `waiting`, `check`, `end`); everything else goes to standard error.

The process that prints never imports torch. A worker process does the work, one for each device, so that a crash,
a hang or a poisoned CUDA context takes one check with it and no more.

How far a result may be off. The measure is the largest, over the rows (last dimension) of every result, of
|x - reference| / |reference| in the 2-norm; a row smaller than the typical row counts as typical, so that a row of
zeros divides by nothing. One wrong element among a thousand shows as about 0.03. With u the unit roundoff of a type
(float32 6e-8, TF32 and float16 5e-4, bfloat16 4e-3), K summands with random rounding err by about sqrt(K) u, at
worst K u; a result rounded once to its type errs by at most u. References share no code with what they judge.
"""

import argparse
import faulthandler
import json
import os
import platform
import queue
import signal
import statistics
import subprocess
import sys
import threading
import time
import traceback
import zlib
from collections import namedtuple

# How often a check is repeated with other numbers.
LEVELS = {"quick": 1, "full": 8, "soak": 100}

# Seconds until a silent worker is given up. PTX: the driver compiles every kernel at its first use.
LIMITS = {"import": 300, "devices": 60, "check": 60, "check-ptx": 900, "further-round": 10}

# After so many time-outs on a device its other checks are not tried.
TIME_OUTS_PER_DEVICE = 2

# Which machine code runs on which card: code sm_XY runs on the same major version with the same or a higher minor
# version, except as listed; it is the table DEVICE_REQUIREMENT of torch/cuda/__init__.py (2.15.0, 2026-11-21).
NOT_ON = {50: {53}, 52: {53}, 60: {62}, 70: {72}, 80: {87}, 86: {87}, 100: {101}}
# CUDA 13.2 and newer: binaries for servers also run on the small boards (same place).
NOT_ON_SINCE_13_2 = {70: set(), 80: set(), 86: set()}
# 10.1 was renamed to 11.0 (same place). The other three are boards whose code runs nowhere else.
ONLY_ON = {53: {53}, 62: {62}, 72: {72}, 87: {87}, 101: {101, 110}, 110: {101, 110}}


def code_runs(code, device, cuda):
    """Whether machine code for `code` (86) runs on a card of capability `device` (89), with CUDA (13, 2)."""
    if code in ONLY_ON:
        return device in ONLY_ON[code]
    excluded = (NOT_ON | NOT_ON_SINCE_13_2 if cuda >= (13, 2) else NOT_ON).get(code, set())
    return code // 10 == device // 10 and code <= device and device not in excluded


def kernels_for(device, arch_list, cuda):
    """What this torch has for a card of capability `device`: native, same-major, ptx or none."""
    machine, virtual, exact = set(), set(), set()
    for arch in arch_list:
        kind, _, number = arch.partition("_")
        digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
        if kind not in ("sm", "compute") or not digits.isdigit():
            continue
        # sm_90a, compute_90a: code for exactly this card, promised to run on no other.
        if number.endswith("a"):
            exact.add(int(digits))
        else:
            (machine if kind == "sm" else virtual).add(int(digits))
    if device in machine | exact:
        return "native"
    if any(code_runs(code, device, cuda) for code in machine):
        return "same-major"
    return "ptx" if any(code <= device for code in virtual) else "none"


# ---------------------------------------------------------------------------------------------------- the checks

Case = namedtuple("Case", "run reference tolerance operations pick", defaults=(None, lambda *results: results))
Case.__doc__ = """One prepared check.

run         computes on the device, returns a tuple of tensors; this is what is timed
reference   computes the same in float64 on the processor
tolerance   the most that counts as right
operations  of one run, where their number is clear
pick        the part of the results that is compared, the same that `reference` computes
"""


class Skip(Exception):
    """The check does not exist here."""


class Context:
    """What a check may use: torch, its device, and numbers that are the same in every run."""

    def __init__(self, torch, device, check, turn=0):
        self.torch = torch
        self.device = torch.device(device)
        self.cuda = self.device.type == "cuda"
        self.generator = torch.Generator().manual_seed(zlib.crc32(check.encode()) + turn)

    def normal(self, *shape, dtype=None, scale=1.0):
        """Normally distributed numbers on the processor, already rounded to `dtype`."""
        return (self.torch.randn(shape, generator=self.generator) * scale).to(dtype or self.torch.float32)

    def factors(self, *shape):
        """Numbers out of 1, 2, 4: multiplying by them rounds nothing, and their sums never cancel."""
        return 2.0 ** self.torch.randint(0, 3, shape, generator=self.generator)

    def put(self, tensor):
        """A copy on the device; also on the processor, where the original stays the reference's."""
        return tensor.to(self.device, copy=True)


def matmul(c, dtype, size, tolerance):
    """Product of two matrices that are A and B laid side by side r x r times, every tile with a factor of its own.

    kron(S, A) @ kron(T, B) = kron(S @ T, A @ B): so the large product that is timed is also the one that is judged,
    on every 61st row, while the reference costs no more than the small one.
    """
    torch = c.torch
    n, r = (512, size // 512) if c.cuda else (256, 2)
    a, b, s, t = c.normal(n, n, dtype=dtype), c.normal(n, n, dtype=dtype), c.factors(r, r), c.factors(r, r)
    left = torch.kron(c.put(s.to(dtype)), c.put(a))
    right = torch.kron(c.put(t.to(dtype)), c.put(b))
    rows = torch.arange(0, n * r, 61)

    def reference():
        tiles = (s.double() @ t.double())[rows // n]
        small = (a.double() @ b.double())[rows % n]
        return ((tiles.unsqueeze(2) * small.unsqueeze(1)).flatten(1),)

    return Case(lambda: (torch.matmul(left, right),), reference, tolerance, 2 * (n * r) ** 3, lambda out: (out[::61],))


def matmul_fp32(c):
    # sqrt(4096) u = 4e-6, five times that for other orders of summing; TF32 in its place would show as 3e-4.
    return matmul(c, c.torch.float32, 4096, 2e-5)


def matmul_tf32(c):
    # Both factors are rounded (some cards cut instead: 2 u) to 11 bits: 4e-4 to 1e-3 in the norm; 4 u.
    return matmul(c, c.torch.float32, 8192, 2e-3)


def matmul_fp16(c):
    # Products are summed in float32, the result is rounded to 11 bits (u = 5e-4) once or, in parts, a few times: 4 u.
    return matmul(c, c.torch.float16, 8192, 2e-3)


def matmul_bf16(c):
    # As float16 with 8 bits, u = 3.9e-3: two roundings at worst, 2 u, stays below an error of one percent.
    return matmul(c, c.torch.bfloat16, 8192, 7.8e-3)


def conv2d(c):
    """3 x 3 convolution; the batch is a few pictures repeated, each time with a factor of its own."""
    torch = c.torch
    channels, side, distinct, r = (64, 56, 2, 32) if c.cuda else (32, 28, 2, 2)
    x, weight, s = c.normal(distinct, channels, side, side), c.normal(channels, channels, 3, 3), c.factors(r)
    batch = (c.put(s).view(r, 1, 1, 1, 1) * c.put(x)).flatten(0, 1)
    device_weight = c.put(weight)

    def reference():
        padded, kernel = torch.zeros(distinct, channels, side + 2, side + 2, dtype=torch.float64), weight.double()
        padded[:, :, 1:-1, 1:-1] = x.double()
        total = torch.zeros(distinct, channels, side, side, dtype=torch.float64)
        for i in range(3):
            for j in range(3):
                shifted = padded[:, :, i : i + side, j : j + side]
                total += torch.einsum("oc,bcyx->boyx", kernel[:, :, i, j], shifted)
        return ((s.double().view(r, 1, 1, 1, 1) * total).flatten(0, 1)[::3],)

    operations = 2 * r * distinct * side * side * 9 * channels * channels
    # Winograd's algorithm, which cuDNN may choose, errs some 10 times more than summing (sqrt(576) u = 1.4e-6).
    return Case(
        lambda: (torch.nn.functional.conv2d(batch, device_weight, padding=1),),
        reference, 5e-5, operations, lambda out: (out[::3],),
    )


def lstm(c):
    torch = c.torch
    width, steps, batch = (256, 32, 16) if c.cuda else (64, 16, 8)
    x, scale = c.normal(steps, batch, width), width**-0.5
    w_in, w_hidden = c.normal(4 * width, width, scale=scale), c.normal(4 * width, width, scale=scale)
    b_in, b_hidden = c.normal(4 * width, scale=scale), c.normal(4 * width, scale=scale)
    module = torch.nn.LSTM(width, width)
    with torch.no_grad():
        for parameter, value in zip(module.parameters(), (w_in, w_hidden, b_in, b_hidden)):
            parameter.copy_(value)
    module, device_x = module.to(c.device), c.put(x)

    def reference():
        hidden = cell = torch.zeros(batch, width, dtype=torch.float64)
        outputs = []
        for step in x.double():
            gates = step @ w_in.double().T + b_in.double() + hidden @ w_hidden.double().T + b_hidden.double()
            enter, forget, candidate, leave = gates.chunk(4, dim=1)
            cell = forget.sigmoid() * cell + enter.sigmoid() * candidate.tanh()
            hidden = leave.sigmoid() * cell.tanh()
            outputs.append(hidden)
        return torch.stack(outputs), hidden, cell

    def run():
        with torch.no_grad():
            outputs, (hidden, cell) = module(device_x)
        return outputs, hidden[0], cell[0]

    # As a float32 product, carried through 32 steps; the fast tanh of GPUs adds a few u.
    return Case(run, reference, 5e-5)


def attention(c):
    torch = c.torch
    if not hasattr(torch.nn.functional, "scaled_dot_product_attention"):
        raise Skip("this torch is older than scaled_dot_product_attention (2.0)")
    # float16 is what uses the fused kernels on a card.
    dtype, batch, heads, length = (torch.float16, 2, 8, 2048) if c.cuda else (torch.float32, 1, 4, 256)
    q, k, v = (c.normal(batch, heads, length, 64, dtype=dtype) for _ in range(3))
    device_q, device_k, device_v = c.put(q), c.put(k), c.put(v)

    def reference():
        scores = q[:, :, ::31].double() @ k.double().transpose(2, 3) / 8
        weights = (scores - scores.amax(dim=3, keepdim=True)).exp()
        return (weights / weights.sum(dim=3, keepdim=True) @ v.double(),)

    # float16: scores and weights may be rounded on the way (kernels without fusion do), each by u = 5e-4 of values up
    # to 6: 8 u. float32: two sums of at most 256.
    return Case(
        lambda: (torch.nn.functional.scaled_dot_product_attention(device_q, device_k, device_v),),
        reference, 4e-3 if c.cuda else 1e-5, 4 * batch * heads * length * length * 64, lambda out: (out[:, :, ::31],),
    )


def layer_norm(c):
    torch = c.torch
    rows, width = (4096, 1024) if c.cuda else (512, 512)
    x, weight, bias = c.normal(rows, width), c.normal(width), c.normal(width)
    device_x, device_weight, device_bias = c.put(x), c.put(weight), c.put(bias)

    def reference():
        centred = x.double() - x.double().mean(dim=1, keepdim=True)
        deviation = ((centred * centred).mean(dim=1, keepdim=True) + 1e-5).sqrt()
        return (centred / deviation * weight.double() + bias.double(),)

    # sqrt(1024) u = 2e-6 for mean and variance, and a few roundings.
    return Case(
        lambda: (torch.nn.functional.layer_norm(device_x, (width,), device_weight, device_bias, 1e-5),),
        reference, 1e-5,
    )


def softmax(c):
    torch = c.torch
    x = c.normal(*((4096, 1024) if c.cuda else (512, 512)), scale=3.0)
    device_x = c.put(x)

    def reference():
        powers = (x.double() - x.double().amax(dim=1, keepdim=True)).exp()
        return (powers / powers.sum(dim=1, keepdim=True),)

    # exp of a rounded difference up to 24: 24 u = 1.4e-6, the sum, and exp's own last bits.
    return Case(lambda: (torch.nn.functional.softmax(device_x, dim=1),), reference, 1e-5)


def embedding(c):
    """Rows of a table, and the gradient that adds up for rows used several times."""
    torch = c.torch
    words, width, count = (20000, 256, 8192) if c.cuda else (2000, 64, 1024)
    table, upstream = c.normal(words, width), c.normal(count, width)
    index = torch.randint(0, words, (count,), generator=c.generator)
    device_table, device_index, device_upstream = c.put(table).requires_grad_(), c.put(index), c.put(upstream)

    def run():
        rows = torch.nn.functional.embedding(device_index, device_table)
        (gradient,) = torch.autograd.grad(rows, device_table, device_upstream)
        return rows.detach(), gradient

    def reference():
        gradient = torch.zeros(words, width, dtype=torch.float64)
        return table.double()[index], gradient.index_add_(0, index, upstream.double())

    # Copies are exact; a gradient is a sum of a handful: some u.
    return Case(run, reference, 1e-6)


def forward_backward(c):
    """Loss and all gradients of a small classifier: linear, tanh, linear, cross-entropy."""
    torch = c.torch
    batch, width, hidden, classes = (512, 512, 1024, 128) if c.cuda else (64, 128, 256, 32)
    x = c.normal(batch, width)
    target = torch.randint(0, classes, (batch,), generator=c.generator)
    values = [
        c.normal(hidden, width, scale=width**-0.5), c.normal(hidden, scale=0.1),
        c.normal(classes, hidden, scale=hidden**-0.5), c.normal(classes, scale=0.1),
    ]
    device_x, device_target = c.put(x), c.put(target)
    parameters = [c.put(value).requires_grad_() for value in values]

    def run():
        functional = torch.nn.functional
        middle = functional.linear(device_x, parameters[0], parameters[1]).tanh()
        loss = functional.cross_entropy(functional.linear(middle, parameters[2], parameters[3]), device_target)
        return loss.detach(), *torch.autograd.grad(loss, parameters)

    def reference():
        inputs = x.double()
        w1, b1, w2, b2 = (value.double() for value in values)
        middle = (inputs @ w1.T + b1).tanh()
        logits = middle @ w2.T + b2
        logits = logits - logits.amax(dim=1, keepdim=True)
        chances = logits.exp() / logits.exp().sum(dim=1, keepdim=True)
        rows = torch.arange(batch)
        loss = -chances[rows, target].log().mean()
        d_logits = chances.clone()
        d_logits[rows, target] -= 1
        d_logits /= batch
        d_middle = d_logits @ w2 * (1 - middle * middle)
        return loss, d_middle.T @ inputs, d_middle.sum(dim=0), d_logits.T @ middle, d_logits.sum(dim=0)

    # Four float32 products in a row, sums up to 1024 (2e-6 each), subtractions that cancel part of the value.
    return Case(run, reference, 5e-5)


def optimizer_step(c):
    """Three steps of AdamW with given gradients."""
    torch = c.torch
    width = 1024 if c.cuda else 256
    start, gradients = c.normal(width, width), [c.normal(width, width) for _ in range(3)]
    device_start, device_gradients = c.put(start), [c.put(gradient) for gradient in gradients]
    rate, beta1, beta2, epsilon, decay = 0.01, 0.9, 0.999, 1e-8, 0.1

    def run():
        parameter = device_start.clone().requires_grad_()
        optimizer = torch.optim.AdamW([parameter], lr=rate, betas=(beta1, beta2), eps=epsilon, weight_decay=decay)
        for gradient in device_gradients:
            parameter.grad = gradient
            optimizer.step()
        return (parameter.detach(),)

    def reference():
        value, mean, square = start.double(), 0.0, 0.0
        for step, gradient in enumerate((gradient.double() for gradient in gradients), 1):
            mean = beta1 * mean + (1 - beta1) * gradient
            square = beta2 * square + (1 - beta2) * gradient * gradient
            value = value * (1 - rate * decay)
            value = value - rate * (mean / (1 - beta1**step)) / ((square / (1 - beta2**step)).sqrt() + epsilon)
        return (value,)

    # A few roundings a step of a value that hardly changes; a step left out would show as 1e-2.
    return Case(run, reference, 2e-6)


CHECKS = {
    "matmul-fp32": matmul_fp32,
    "matmul-tf32": matmul_tf32,
    "matmul-fp16": matmul_fp16,
    "matmul-bf16": matmul_bf16,
    "conv2d": conv2d,
    "lstm": lstm,
    "attention": attention,
    "layer-norm": layer_norm,
    "softmax": softmax,
    "embedding": embedding,
    "forward-backward": forward_backward,
    "optimizer-step": optimizer_step,
}


def reason_to_skip(check, device):
    """Why a check does not exist on a device of the hello line (None: the processor); None if it does."""
    if check == "matmul-tf32" and device is None:
        return "TF32 is a mode of NVIDIA's tensor cores"
    if device is not None and float(device["capability"].split(".")[0]) < 8:
        if check == "matmul-tf32":
            return f"TF32 needs compute capability 8.0; this card has {device['capability']}"
        if check == "matmul-bf16":
            return f"bfloat16 is only emulated below compute capability 8.0; this card has {device['capability']}"
    return None


# ------------------------------------------------------------------------------------------------- running a check


class exact_modes:
    """float32 means float32 (TF32 only where asked for), and sums are not rounded on the way; undone at the end."""

    def __init__(self, torch, tf32):
        matmul_flags = torch.backends.cuda.matmul
        self.wanted = [
            (matmul_flags, "allow_tf32", tf32),
            (torch.backends.cudnn, "allow_tf32", tf32),
            (matmul_flags, "allow_fp16_reduced_precision_reduction", False),
            (matmul_flags, "allow_bf16_reduced_precision_reduction", False),
        ]
        # Older torch lacks some.
        self.wanted = [(holder, name, value) for holder, name, value in self.wanted if hasattr(holder, name)]

    def __enter__(self):
        self.before = [(holder, name, getattr(holder, name)) for holder, name, _ in self.wanted]
        for holder, name, value in self.wanted:
            setattr(holder, name, value)

    def __exit__(self, *_):
        for holder, name, value in self.before:
            setattr(holder, name, value)


def largest_error(torch, results, references):
    """The measure at the top of this file; infinite if a result is not finite or has another shape."""
    worst = 0.0
    for result, reference in zip(results, references, strict=True):
        if result.shape != reference.shape or not bool(torch.isfinite(result).all()):
            return float("inf")
        width = reference.shape[-1] if reference.dim() else 1
        rows = reference.reshape(-1, width)
        off = (result.reshape(-1, width) - rows).square().sum(dim=1).sqrt()
        size = rows.square().sum(dim=1).sqrt()
        typical = size.square().mean().sqrt().clamp(min=1e-300)
        worst = max(worst, float((off / size.clamp(min=float(typical))).max()))
    return worst


def median_seconds(run, wait, budget):
    """Median time of one run: at least three samples of some 5 ms, about `budget` seconds in all."""

    def sample(count):
        wait()
        begin = time.perf_counter()
        for _ in range(count):
            run()
        wait()
        return (time.perf_counter() - begin) / count

    pilot = max(sample(1), 1e-6)
    count = min(max(round(0.005 / pilot), 1), 50)
    samples = min(max(round(budget / (count * pilot)), 3), 9)
    return statistics.median(sample(count) for _ in range(samples))


def perform(torch, check, device, rounds=1):
    """Runs one check; what it found, in the fields of the `check` line."""
    found = dict(outcome="passed", milliseconds=None, max_error=None, tolerance=None, tflops=None, detail=None)
    wait = (lambda: torch.cuda.synchronize(device)) if device != "cpu" else (lambda: None)
    try:
        with exact_modes(torch, tf32=check == "matmul-tf32"):
            for turn in range(rounds):
                case = CHECKS[check](Context(torch, device, check, turn))
                results = case.run()
                wait()
                astray = {str(result.device) for result in results} - {str(torch.device(device))}
                if astray:
                    raise RuntimeError(f"the result lies on {', '.join(sorted(astray))}, not on {device}")
                with torch.no_grad():
                    picked = [result.cpu().double() for result in case.pick(*results)]
                    error = largest_error(torch, picked, case.reference())
                del results
                found["tolerance"] = case.tolerance
                if not error <= case.tolerance:
                    # JSON has no infinity: no number, but words.
                    found["max_error"] = error if error != float("inf") else None
                    words = f"error {error:.2g}, allowed {case.tolerance:.2g}" if found["max_error"] else "not finite"
                    found |= dict(outcome="failed", detail=f"wrong result: {words} (round {turn + 1} of {rounds})")
                    return found
                found["max_error"] = max(error, found["max_error"] or 0.0)
                if turn == 0:
                    seconds = median_seconds(case.run, wait, 0.4 if device != "cpu" else 0.1)
                    found["milliseconds"] = round(seconds * 1e3, 4)
                    found["tflops"] = round(case.operations / seconds / 1e12, 4) if case.operations else None
                del case
    except Skip as reason:
        found |= dict(outcome="skipped", detail=str(reason))
    except Exception as error:
        traceback.print_exc()
        if device == "cpu" and "not implemented for 'Half'" in str(error):
            found |= dict(outcome="skipped", detail="this torch has no float16 for the processor")
        else:
            found |= dict(outcome="failed", detail=shorten(f"{type(error).__name__}: {error}"))
    finally:
        if device != "cpu":
            torch.cuda.empty_cache()
    return found


def shorten(text, limit=600):
    """One line of bounded length."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit] + " ..."


# ------------------------------------------------------------------------------------------------------ the worker


def import_torch(state):
    """Imports torch; its versions, or why that failed."""
    try:
        import torch
    except BaseException as error:
        traceback.print_exc()
        return dict(torch=None, cuda_runtime=None, import_error=shorten(f"{type(error).__name__}: {error}"))
    state["torch"] = torch
    return dict(torch=str(torch.__version__), cuda_runtime=torch.version.cuda, import_error=None)


def list_devices(torch):
    """The cards that torch sees, or why it sees none."""
    found = dict(cuda_available=False, arch_list=[], devices=[], why_not=None)
    if torch.version.cuda is None:
        found["why_not"] = f"this torch ({torch.__version__}) was built without CUDA"
        return found
    try:
        # torch.cuda.get_arch_list() is empty without a working driver; what the wheel holds is known all the same.
        found["arch_list"] = (torch._C._cuda_getArchFlags() or "").split()
    except (AttributeError, RuntimeError):
        found["arch_list"] = torch.cuda.get_arch_list()
    try:
        torch.cuda.init()
        count = torch.cuda.device_count()
    except Exception as error:
        found["why_not"] = shorten(str(error))
        count = 0
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if count == 0 and hidden is not None:
        found["why_not"] = f"CUDA_VISIBLE_DEVICES={hidden!r} is set; {found['why_not'] or 'no card is visible'}"
    cuda = tuple(int(part) for part in torch.version.cuda.split(".")[:2])
    for index in range(count):
        card = torch.cuda.get_device_properties(index)
        uuid = getattr(card, "uuid", None)
        found["devices"].append(dict(
            index=index, name=card.name, uuid=f"GPU-{uuid}" if uuid else None,
            capability=f"{card.major}.{card.minor}", memory_bytes=card.total_memory,
            kernels=kernels_for(card.major * 10 + card.minor, found["arch_list"], cuda),
        ))
    found["cuda_available"] = count > 0
    return found


def die_with_parent(parent):
    """Linux: the kernel kills this process when the parent dies, whatever it is stuck in."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    except (ImportError, OSError, AttributeError):
        return
    if os.getppid() != parent:
        os._exit(0)


def quiet_crash_dialogs():
    """Windows: a crash or a missing DLL ends the process at once instead of asking somebody to press a button."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002 | 0x8000)


def worker_main(parent):
    """Answers requests on standard input until it ends; a line for a line."""
    die_with_parent(parent)
    quiet_crash_dialogs()
    # The answers keep the pipe for themselves; whatever a library prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    faulthandler.enable()
    requests = queue.Queue()

    def read():
        for line in sys.stdin:
            requests.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, name="requests", daemon=True).start()
    state = {}
    while True:
        request = requests.get()
        if request["do"] == "import":
            answer = import_torch(state)
        elif request["do"] == "devices":
            answer = list_devices(state["torch"])
        else:
            answer = perform(state["torch"], request["check"], request["device"], request["rounds"])
        print(json.dumps(answer, allow_nan=False), file=answers, flush=True)


# ------------------------------------------------------------------------------------------------------ the parent


def emit(kind, **fields):
    """One line for whoever reads us."""
    print(json.dumps({"kind": kind, **fields}, allow_nan=False), flush=True)


class Lost(Exception):
    """A worker that gives no answer any more. `outcome` is `crashed` or `timed-out`."""

    def __init__(self, outcome, detail):
        super().__init__(detail)
        self.outcome, self.detail = outcome, detail


def worker_command():
    """How a worker is started. Isolated as this process, without buffers."""
    # What was told not to write compiled files beside the packages does not let others do so either.
    silent = ["-B"] if sys.dont_write_bytecode else []
    return [sys.executable, "-I", "-u", *silent, os.path.abspath(__file__), "--worker", str(os.getpid())]


def worker_environment():
    """Devices are numbered as NVML does. A forced TF32 would make every float32 result wrong."""
    environment = dict(os.environ, CUDA_DEVICE_ORDER="PCI_BUS_ID")
    environment.pop("NVIDIA_TF32_OVERRIDE", None)
    return environment


def how_it_ended(code):
    """An exit status in words."""
    if code < 0:
        try:
            return f"the process was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"the process was ended by signal {-code}"
    return f"the process ended with {code if code < 0x80000000 else hex(code)}"


class Worker:
    """A process that has torch."""

    def __init__(self):
        self.process = subprocess.Popen(
            worker_command(), env=worker_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            encoding="utf-8", errors="replace", creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, name="answers", daemon=True).start()

    def _read(self):
        with self.process.stdout as answers:
            for line in answers:
                self.lines.put(line)
        self.lines.put(None)

    def ask(self, waiting_for, limit, **request):
        """The answer to a request; says every second that it still waits. Raises Lost."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except OSError:
            pass  # It died: the queue says so.
        begin = time.monotonic()
        while True:
            try:
                line = self.lines.get(timeout=1.0)
            except queue.Empty:
                seconds = round(time.monotonic() - begin)
                if seconds >= limit:
                    self.end()
                    raise Lost("timed-out", f"no answer within {limit} s") from None
                emit("waiting", **{"for": waiting_for, "seconds": seconds})
                continue
            if line is None:
                self.end()
                code = self.process.returncode
                raise Lost("crashed", how_it_ended(code) if code is not None else "the process cannot be ended")
            return json.loads(line)

    def end(self):
        """Ends the process. One that hangs inside a driver cannot be ended; it is left behind."""
        try:
            # Also what ends the real interpreter behind the launcher of a Windows environment.
            self.process.stdin.close()
        except OSError:
            pass
        for last_resort in (self.process.kill, lambda: None):
            try:
                self.process.wait(timeout=1)
                return
            except subprocess.TimeoutExpired:
                last_resort()


class Session:
    """The worker in use, replaced when it is lost."""

    def __init__(self):
        self.worker = None

    def ready(self):
        """A worker that has imported torch, and what the import said. Raises Lost."""
        self.drop()
        self.worker = Worker()
        return self.ask("import torch", LIMITS["import"], do="import")

    def ask(self, waiting_for, limit, **request):
        try:
            return self.worker.ask(waiting_for, limit, **request)
        except Lost:
            self.worker = None
            raise

    def drop(self):
        """Ends the worker, if there is one."""
        if self.worker is not None:
            self.worker.end()
            self.worker = None

    def check(self, check, device, rounds, limit):
        """One check in the present worker, or in a fresh one if there is none. Raises Lost."""
        if self.worker is None:
            imported = self.ready()
            if imported["import_error"]:
                self.drop()
                return result("failed", imported["import_error"])
        return self.ask(check, limit, do="check", check=check, device=device, rounds=rounds)


def result(outcome, detail=None):
    """The fields of a check that measured nothing."""
    return dict(outcome=outcome, milliseconds=None, max_error=None, tolerance=None, tflops=None, detail=detail)


def report_check(check, device, found):
    """One `check` line."""
    emit("check", check=check, device=device, **found)


def look_around(session):
    """Imports torch and lists the devices; prints `hello` and the check `import`. The devices, or None."""
    hello = dict(python=platform.python_version(), torch=None, cuda_runtime=None, cuda_available=False, arch_list=[],
                 devices=[], import_error=None)
    imported, listed = result("passed"), result("passed")
    try:
        hello |= session.ready()
        if hello["import_error"]:
            imported = result("failed", hello["import_error"])
    except Lost as lost:
        imported = result(lost.outcome, lost.detail)
        hello["import_error"] = lost.detail
    if imported["outcome"] == "passed":
        try:
            devices = session.ask("devices", LIMITS["devices"], do="devices")
            why_not = devices.pop("why_not")
            hello |= devices
            if not hello["cuda_available"]:
                listed = result("failed", why_not or "torch sees no card")
        except Lost as lost:
            listed = result(lost.outcome, lost.detail)
    emit("hello", **hello)
    report_check("import", None, imported)
    return hello, imported["outcome"] == "passed", listed


def choose(wanted, devices):
    """The devices asked for, and the names among them that do not exist."""
    if wanted == "all":
        return devices, []
    by_name = {str(device["index"]): device for device in devices} | {d["uuid"]: d for d in devices if d["uuid"]}
    names = list(dict.fromkeys(name.strip() for name in wanted.split(",")))
    return [by_name[name] for name in names if name in by_name], [name for name in names if name not in by_name]


def check_device(session, device, rounds):
    """Every check on one device (None: the processor), each in a process that no failed check has touched."""
    index = device["index"] if device else None
    name = f"cuda:{index}" if device else "cpu"
    limit = LIMITS["check-ptx" if device and device["kernels"] == "ptx" else "check"]
    limit += LIMITS["further-round"] * (rounds - 1)
    time_outs = 0
    for check in CHECKS:
        if reason := reason_to_skip(check, device):
            report_check(check, index, result("skipped", reason))
            continue
        if time_outs == TIME_OUTS_PER_DEVICE:
            report_check(check, index, result("skipped", f"not tried: {time_outs} checks before it did not end"))
            continue
        emit("started", check=check, device=index)
        try:
            found = session.check(check, name, rounds, limit)
            # What is missing from the wheel is missing in a fresh process too.
            if found["outcome"] == "failed" and device and "no kernel image" not in (found["detail"] or ""):
                first = found
                session.drop()
                found = session.check(check, name, rounds, limit)
                if found["outcome"] == "passed":
                    found["detail"] = shorten(f"passed when repeated in a fresh process; at first: {first['detail']}")
                else:
                    session.drop()
        except Lost as lost:
            found = result(lost.outcome, lost.detail)
            time_outs += lost.outcome == "timed-out"
        report_check(check, index, found)


def parent_main(wanted, level):
    """The whole verification."""
    session = Session()
    try:
        hello, imported, listed = look_around(session)
        if imported and wanted == "cpu":
            check_device(session, None, LEVELS[level])
        elif imported:
            report_check("cuda-available", None, listed)
            chosen, missing = choose(wanted, hello["devices"])
            for name in missing if listed["outcome"] == "passed" else []:
                detail = f"there is no device {name}; torch sees {len(hello['devices'])}"
                report_check("cuda-available", int(name) if name.isdigit() else None, result("failed", detail))
            for number, device in enumerate(chosen):
                if number:
                    session.drop()
                kernels, holds = device["kernels"], " ".join(hello["arch_list"]) or "nothing"
                detail = f"compute capability {device['capability']}: {kernels}; this torch holds {holds}"
                report_check("arch-list", device["index"], result("failed" if kernels == "none" else "passed", detail))
                check_device(session, device, LEVELS[level])
        emit("end")
    finally:
        session.drop()


def main(arguments):
    parser = argparse.ArgumentParser(description="Compares PyTorch's kernels with float64 on the processor.")
    parser.add_argument("--device", default="all", help="cpu, all, or numbers or UUIDs of cards with commas")
    parser.add_argument("--level", default="quick", choices=LEVELS)
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if options.worker is not None:
        worker_main(options.worker)
    parent_main(options.device, options.level)


if __name__ == "__main__":
    main(sys.argv[1:])
