"""How a check is written: one function, its tolerance in it, and one line above it.

    @check("softmax")
    def softmax(c):
        ...prepare numbers with the context `c`...
        return Case(run, reference, tolerance)

The line says what else there is to know: the level, the least compute capability, why it is not on the processor, how
long a worker may be silent, whether it needs a process of its own. A function raises `Skip` where what it asks for does
not exist. Modules of checks import without torch: the process that prints reads the table and never imports torch.
"""

import importlib.util
import zlib
from collections import namedtuple
from dataclasses import dataclass
from typing import Callable

# How often a check is repeated with other numbers. The level soak has its own load.
ROUNDS = {"quick": 1, "full": 8, "soak": 1}

# The tolerance of whole numbers and copies: one of them off by one shows as 1e-8 at least.
EXACT = 1e-9

Check = namedtuple("Check", "name prepare level since what card_only package asked limit isolated once stands")
Check.__doc__ = """A row of the table.

level       quick: part of every level; full or soak: part of this level alone
since       least compute capability, (8, 0), or None; `what` needs it
card_only   why the processor has no such thing, or None
package     must be installed, or None
asked       says what this torch asks of the package ("~=3.9.0"), None if it does well without it; or None
limit       seconds until a silent worker is given up
isolated    runs in a process of its own
once        not repeated with other numbers: long ones
stands      a failure is no less true when it does not come back: no repeat takes it away
"""

CHECKS = {}


def check(
    name, level="quick", since=None, what=None, card_only=None, package=None, asked=None, limit=60, isolated=False,
    once=False, stands=False,
):
    """Enters a function into the table, in the order in which checks run."""

    def enter(prepare):
        CHECKS[name] = Check(
            name, prepare, level, since, what or name, card_only, package, asked, limit, isolated, once, stands)
        return prepare

    return enter


def checks_of(level):
    """The checks of a level: the quick ones, and its own. What belongs to the whole installation is not in here."""
    return [check for check in CHECKS.values() if check.level in ("quick", level)]


def reason_to_skip(check, capability):
    """Why a check does not exist on a card of this capability, (8, 9) (None: the processor); None if it does."""
    if capability is None:
        return check.card_only
    if check.since is not None and capability < check.since:
        return "{} needs compute capability {}.{}; this card has {}.{}".format(check.what, *check.since, *capability)
    return None


@dataclass
class Case:
    """One prepared check."""

    # Computes on the device, returns a tuple of tensors; this is what is timed.
    run: Callable
    # Computes the same in float64 on the processor, sharing no code with what it judges.
    reference: Callable
    # The most that counts as right; see `measure.py`.
    tolerance: float
    # Operations of one run, where their number is clear; bytes read and written, where they are the matter.
    operations: float | None = None
    bytes: float | None = None
    # The part of the results that is compared, the same that `reference` computes.
    pick: Callable = lambda *results: results
    # Whether two runs with the same numbers must give the same bits: not where sums depend on the order of threads.
    repeatable: bool = True
    # Whether all tensors of the run lie on the device; see `watch` in `measure.py`.
    watched: bool = True
    # Whether the run is timed. Long ones are not, they say what they found.
    timed: bool = True
    # Words for a check that passed; asked after the run.
    words: Callable = lambda: None


class Skip(Exception):
    """The check does not exist here; or, not `absent`, it does and cannot be tried."""

    def __init__(self, words, absent=True):
        super().__init__(words)
        self.absent = absent


def lacks_package(check):
    """A `Skip` if the package of a check is not in this environment, else None. Imports nothing."""
    if not check.package or importlib.util.find_spec(check.package) is not None:
        return None
    asked = check.asked() if check.asked else None
    if asked is not None:
        return Skip(f"not installed, though this torch asks for {check.package} {asked}".rstrip(), absent=False)
    return Skip("not installed")


class Context:
    """What a check may use: torch, its device, and numbers that are the same in every run."""

    def __init__(self, torch, device, check, turn=0, seconds=300, tell=None):
        self.torch = torch
        self.device = torch.device(device)
        self.cuda = self.device.type == "cuda"
        self.check, self.turn, self.seconds = check, turn, seconds
        self.seed = zlib.crc32(check.encode()) + turn
        self.generator = torch.Generator().manual_seed(self.seed)
        # progress(done, total, unit): says how far a long check is.
        self.progress = tell or (lambda done, total, unit: None)

    def normal(self, *shape, dtype=None, scale=1.0):
        """Normally distributed numbers on the processor, already rounded to `dtype`."""
        return (self.torch.randn(shape, generator=self.generator) * scale).to(dtype or self.torch.float32)

    def whole(self, low, high, *shape):
        """Whole numbers from `low` on, below `high`, on the processor."""
        return self.torch.randint(low, high, shape, generator=self.generator)

    def order(self, *shape):
        """0 ... n - 1 in a mixed order in every row, on the processor: sorting has one right answer."""
        return self.torch.rand(shape, generator=self.generator).argsort(dim=-1)

    def factors(self, *shape):
        """Numbers out of 1, 2, 4: multiplying by them rounds nothing, and their sums never cancel."""
        return 2.0 ** self.whole(0, 3, *shape)

    def put(self, tensor):
        """A copy on the device; also on the processor, where the original stays the reference's."""
        return tensor.to(self.device, copy=True)

    def in_units(self, found, expected, allowed):
        """For what is judged number by number: 1 + (found - expected) / allowed, each in a row of its own.

        Compared with `ones`, the error is the largest share of what is allowed, and the tolerance 1.
        """
        numbers = (found, expected, allowed)
        found, expected, allowed = (self.torch.as_tensor(part, dtype=self.torch.float64) for part in numbers)
        return (1 + (found - expected) / allowed).reshape(-1, 1)

    def ones(self, count):
        """What `in_units` of right numbers would be."""
        return self.torch.ones(count, 1, dtype=self.torch.float64)
