"""Minutes of load, every result compared with the first one of the same numbers."""

import time

from ..registry import CHECKS, Case, Context, check

# What is run in turn: arithmetic of several kinds and memory. All of them give the same bits each time.
LOADS = ("matmul-fp32", "matmul-fp16", "conv2d", "memory-copy")
CARD_LOADS = ("attention-efficient",)
CPU_LOADS = ("attention-math",)


def prepare(c, name):
    """A load, its first results, and whether these are right: (run, first, right)."""
    from ..measure import largest_error

    case = CHECKS[name].prepare(Context(c.torch, c.device, name))
    # A load that writes into the same memory each time is compared with a copy.
    first = tuple(tensor.clone() for tensor in case.run())
    picked = [tensor.cpu().double() for tensor in case.pick(*first)]
    error = largest_error(c.torch, picked, case.reference())
    return case.run, first, float(error / case.tolerance)


def load(c, runs, first, counts, wrong):
    """Runs in turn until the time is over; counts, and counts what differs."""
    torch, begin, told = c.torch, time.monotonic(), 0
    while (now := time.monotonic() - begin) < c.seconds:
        if int(now) > told:
            told = int(now)
            c.progress(told, c.seconds, "s")
        for name, run in runs.items():
            results = run()
            wrong[name] += not all(torch.equal(a, b) for a, b in zip(results, first[name], strict=True))
            counts[name] += 1
    c.progress(c.seconds, c.seconds, "s")


@check("soak", level="soak", limit=120, isolated=True, once=True, stands=True)
def soak(c):
    """Not one bit may differ; and the first results are judged by their references."""
    names = LOADS + (CARD_LOADS if c.cuda else CPU_LOADS)
    counts, wrong = dict.fromkeys(names, 0), dict.fromkeys(names, 0)

    def run():
        prepared = {name: prepare(c, name) for name in names}
        runs, first, shares = ({name: parts[i] for name, parts in prepared.items()} for i in range(3))
        load(c, runs, first, counts, wrong)
        numbers = [[float(wrong[name]), shares[name]] for name in names]
        return (c.torch.tensor(numbers, dtype=c.torch.float64, device=c.device),)

    def pick(numbers):
        differing, shares = numbers.cpu().double().unbind(dim=1)
        # No result may differ from the first; the first may be as far off as its own check allows.
        return c.in_units(differing, 0, 0.5), c.in_units(shares, 0, 1)

    def words():
        told = {name: f", {wrong[name]} DIFFERED" if wrong[name] else "" for name in names}
        parts = [f"{name} {counts[name]} times{told[name]}" for name in names]
        return f"{sum(counts.values())} results in {c.seconds} s, {sum(wrong.values())} differed: " + "; ".join(parts)

    # In units of what is allowed.
    return Case(
        run, lambda: (c.ones(len(names)), c.ones(len(names))), 1.0, pick=pick, repeatable=False, watched=False,
        timed=False, words=words,
    )
