"""Runs one check and judges it.

How far a result may be off. The measure is the largest, over the rows (last dimension) of every result, of
|x - reference| / |reference| in the 2-norm; a row smaller than the typical row counts as typical, so that a row of
zeros divides by nothing. One wrong element among a thousand shows as about 0.03. With u the unit roundoff of a type
(float32 6e-8, TF32 and float16 5e-4, bfloat16 4e-3), K summands with random rounding err by about sqrt(K) u, at
worst K u; a result rounded once to its type errs by at most u. Whole numbers and copies must be exact: EXACT, since one
wrong among them shows as far more. Statistics and shares are judged in units of what is allowed, with the tolerance 1
(`Context.in_units`).
"""

import contextlib
import statistics
import time
import traceback

from . import checks  # noqa: F401  (fills the table)
from .protocol import result, shorten, skipped
from .registry import CHECKS, Context, Skip, lacks_package

# What a torch for the processor may lack; on a card none of it may be missing.
LACKING_ON_CPU = ("not implemented for 'Half'", "not implemented for 'BFloat16'", "not implemented for 'Float8_e4m3fn'")


class exact_modes:
    """float32 means float32 (TF32 only where asked for), and sums are not rounded on the way; undone at the end."""

    def __init__(self, torch, tf32):
        matmul_flags = torch.backends.cuda.matmul
        self.wanted = [
            (matmul_flags, "allow_tf32", tf32),
            (torch.backends.cudnn, "allow_tf32", tf32),
            (matmul_flags, "allow_fp16_reduced_precision_reduction", False),
            (matmul_flags, "allow_bf16_reduced_precision_reduction", False),
            # The same algorithm each time, so that two runs can be compared.
            (torch.backends.cudnn, "benchmark", False),
            (torch.backends.cudnn, "deterministic", True),
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
    for found, reference in zip(results, references, strict=True):
        if found.shape != reference.shape or not all(bool(torch.isfinite(part).all()) for part in (found, reference)):
            return float("inf")
        if reference.numel() == 0:
            continue
        width = reference.shape[-1] if reference.dim() else 1
        rows = reference.reshape(-1, width)
        off = (found.reshape(-1, width) - rows).square().sum(dim=1).sqrt()
        size = rows.square().sum(dim=1).sqrt()
        typical = size.square().mean().sqrt().clamp(min=1e-300)
        worst = max(worst, float((off / size.clamp(min=float(typical))).max()))
    return worst


def same_bits(torch, first, second):
    """Whether two results are the same, bit for bit but for the kind of a NaN and the sign of a zero."""
    pairs = list(zip(first, second, strict=True))
    return all(torch.equal(a, b) or bool(((a == b) | ((a != a) & (b != b))).all()) for a, b in pairs)


def watch(torch, device, run):
    """Runs, and returns the results and what was computed elsewhere than on `device`: [("aten.mm", "cpu"), ...].

    Whoever computes on the processor and moves the result to the card is seen here. Tensors of a few numbers are no
    matter: optimisers count their steps on the processor.
    """
    try:
        from torch.utils._python_dispatch import TorchDispatchMode
        from torch.utils._pytree import tree_flatten
    except ImportError:
        return run(), []
    astray = []

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, operation, types, arguments=(), named=None):
            results = operation(*arguments, **(named or {}))
            for item in tree_flatten(results)[0]:
                if isinstance(item, torch.Tensor) and item.numel() > 64 and item.device.type != device.type:
                    astray.append((str(operation), item.device.type))
            return results

    with Watch():
        return run(), astray


class Clock:
    """Times runs: on the wall, and on a card also by its own events."""

    def __init__(self, torch, device):
        self.torch, self.device, self.cuda = torch, device, device.type == "cuda"

    def wait(self):
        if self.cuda:
            self.torch.cuda.synchronize(self.device)

    def sample(self, run, count):
        """Seconds of one of `count` runs: (wall, events or None)."""
        self.wait()
        if self.cuda:
            first, last = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
            first.record()
        begin = time.perf_counter()
        for _ in range(count):
            run()
        if self.cuda:
            last.record()
        self.wait()
        wall = time.perf_counter() - begin
        return wall / count, first.elapsed_time(last) / 1e3 / count if self.cuda else None

    def median(self, run, budget):
        """Median of at least three samples of some 5 ms, about `budget` seconds in all: (wall, events or None)."""
        pilot = max(self.sample(run, 1)[0], 1e-6)
        count = min(max(round(0.005 / pilot), 1), 50)
        samples = [self.sample(run, count) for _ in range(min(max(round(budget / (count * pilot)), 3), 9))]
        walls, events = zip(*samples)
        return statistics.median(walls), statistics.median(events) if self.cuda else None


def clocks_agree(wall, events):
    """Whether a card's clock and the wall's may speak of the same run.

    Wide on purpose, since drivers collect work before they begin it: the card was busy for no more than twice the time
    (and a millisecond), and of a run of 20 ms or more for at least a tenth.
    """
    return events <= 2 * wall + 1e-3 and (wall < 20e-3 or events >= wall / 10)


class Wrong(Exception):
    """The check failed, in words."""


def run_again(torch, case, clock, found, where):
    """The results of a second run, watched if that tells something; None if nobody needs them. Raises Wrong."""
    second, elsewhere, device = None, [], clock.device
    if case.watched and (case.repeatable or clock.cuda):
        try:
            second, elsewhere = watch(torch, device, case.run)
        except Exception as error:
            # What runs alone and not while it is watched is no fault of the card's; without watching it runs or fails.
            second = case.run()
            words = f"where it was computed could not be watched: {type(error).__name__}: {error}"
            found["detail"] = shorten(words, 200)
    elif case.repeatable:
        second = case.run()
    clock.wait()
    if elsewhere:
        operation, other = elsewhere[0]
        more = f" and {len(elsewhere) - 1} more" if len(elsewhere) > 1 else ""
        raise Wrong(f"{operation}{more} ran on {other}, not on {device} ({where})")
    return second


def judge(torch, case, clock, found, where):
    """One run of a case against its reference, a second one against the first. Raises Wrong."""
    device = clock.device
    results = case.run()
    clock.wait()
    astray = {str(tensor.device) for tensor in results} - {str(device)}
    if astray:
        raise Wrong(f"the result lies on {', '.join(sorted(astray))}, not on {device}")
    with torch.no_grad():
        picked = [tensor.detach().cpu().double() for tensor in case.pick(*results)]
    error = largest_error(torch, picked, case.reference())
    found["tolerance"] = case.tolerance
    if not error <= case.tolerance:
        # JSON has no infinity: no number, but words.
        found["max_error"] = error if error < float("inf") else None
        words = f"error {error:.2g}, allowed {case.tolerance:.2g}"
        if found["max_error"] is None:
            words = "not finite, or not its shape"
        if case.repeatable:
            # Wrong in the same way again, as software is, or in another way, as memory and cores are that fail.
            with contextlib.suppress(Exception):
                found["deterministic"] = same_bits(torch, results, case.run())
        raise Wrong(f"wrong result: {words} ({where})")
    found["max_error"] = max(error, found["max_error"] or 0.0)
    second = run_again(torch, case, clock, found, where)
    if case.repeatable:
        same = same_bits(torch, results, second)
        found["deterministic"] = same and found["deterministic"] is not False
    return bool(results)


def measure_speed(case, clock, found):
    """Times a case. Raises Wrong."""
    if not case.timed:
        return
    budget = 0.1 if clock.device.type == "cpu" else 0.3 if case.operations or case.bytes else 0.05
    seconds, events = clock.median(case.run, budget)
    found["milliseconds"] = round(seconds * 1e3, 4)
    found["tflops"] = round(case.operations / seconds / 1e12, 4) if case.operations else None
    found["gb_per_second"] = round(case.bytes / seconds / 1e9, 2) if case.bytes else None
    if events is not None:
        found["on_device"]["event_milliseconds"] = round(events * 1e3, 4)
        if not clocks_agree(seconds, events):
            raise Wrong(f"the card's clock says {events * 1e3:.3g} ms, the wall's {seconds * 1e3:.3g} ms")


def one_round(torch, check, context, found, where):
    """Prepares, judges and (the first time) measures. Raises Skip, Wrong and whatever torch raises."""
    clock = Clock(torch, context.device)
    if clock.cuda:
        torch.cuda.reset_peak_memory_stats(context.device)
    case = check.prepare(context)
    try:
        has_results = judge(torch, case, clock, found, where)
    except Wrong as wrong:
        words = case.words()
        raise Wrong(f"{wrong}; {words}" if words else str(wrong)) from wrong
    if clock.cuda and has_results:
        held = torch.cuda.max_memory_allocated(context.device)
        found["on_device"] = dict(allocated_bytes=held, event_milliseconds=None)
        if held <= 0:
            raise Wrong("no memory of the card was used")
    if context.turn == 0 and has_results:
        measure_speed(case, clock, found)
    found["detail"] = case.words() or found["detail"]


def perform(torch, name, device, rounds=1, seconds=300, tell=None):
    """Runs one check; what it found, in the fields of the `check` line."""
    found, check = result("passed"), CHECKS[name]
    device = torch.device(device)
    rounds = 1 if check.once else rounds
    here = contextlib.nullcontext()
    if skip := lacks_package(check):
        return skipped(str(skip), skip.absent)
    try:
        if device.type == "cuda":
            # Counting of memory begins here. Streams and events belong to the current card.
            torch.cuda.init()
            here = torch.cuda.device(device)
        with exact_modes(torch, tf32=name == "matmul-tf32"), here:
            for turn in range(rounds):
                context = Context(torch, device, name, turn, seconds, tell)
                one_round(torch, check, context, found, f"round {turn + 1} of {rounds}")
        if found["deterministic"] is False:
            words = "two runs of the same numbers differ"
            found["detail"] = f"{words}; {found['detail']}" if found["detail"] else words
    except Skip as skip:
        found = skipped(str(skip), skip.absent)
    except Wrong as wrong:
        found |= dict(outcome="failed", detail=shorten(str(wrong)))
    except Exception as error:
        traceback.print_exc()
        if device.type == "cpu" and (missing := [words for words in LACKING_ON_CPU if words in str(error)]):
            found = skipped(f"this torch for the processor: {missing[0]}")
        else:
            found |= dict(outcome="failed", detail=shorten(f"{type(error).__name__}: {error}"))
    finally:
        if device.type == "cuda":
            # A poisoned context fails here too; what the check found counts.
            with contextlib.suppress(Exception):
                torch.cuda.empty_cache()
    return found
