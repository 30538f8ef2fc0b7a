"""Between several cards."""

import sys

from ..registry import EXACT, Case, Skip, check
from .memory import numbers


def other_cards(c):
    """The other cards that torch sees. Raises Skip if there are none."""
    others = [index for index in range(c.torch.cuda.device_count()) if index != c.device.index]
    if not others:
        raise Skip("torch sees one card only")
    return others


@check("peer-copy", level="full", card_only="copies between cards", isolated=True)
def peer_copy(c):
    """To each of the other cards and back."""
    torch, others = c.torch, other_cards(c)
    x, judged = numbers(c, 64)

    def run():
        return tuple(x.to(f"cuda:{other}").to(c.device) for other in others)

    def words():
        able = getattr(torch.cuda, "can_device_access_peer", lambda *_: None)
        ways = {True: "directly", False: "through the processor's memory", None: "way not known"}
        return ", ".join(f"cuda:{other}: {ways[able(c.device, other)]}" for other in others)

    return Case(
        run, lambda: tuple(judged() for _ in others), EXACT, bytes=2 * x.numel() * 4 * len(others),
        pick=lambda *results: tuple(back[::61] for back in results), words=words,
    )


@check("nccl", level="full", card_only="NCCL works between cards", isolated=True, limit=120, once=True)
def nccl(c):
    """The sum over all cards, which each of them then has."""
    torch = c.torch
    if sys.platform == "win32":
        raise Skip("there is no NCCL for Windows")
    others = other_cards(c)
    if not hasattr(torch._C, "_nccl_all_reduce"):
        raise Skip("this torch was built without NCCL")
    n = 1 << 20
    # Whole numbers, so that any order of adding gives the same.
    parts = [c.whole(-1000, 1000, n) for _ in range(len(others) + 1)]
    places = [c.device, *(torch.device("cuda", other) for other in others)]

    def run():
        summed = [part.float().to(place) for part, place in zip(parts, places)]
        torch.cuda.nccl.all_reduce(summed)
        for place in places:
            torch.cuda.synchronize(place)
        # Through the processor's memory: copies between cards are judged by themselves.
        return tuple(part.cpu().to(c.device) for part in summed)

    def words():
        return "NCCL " + ".".join(str(part) for part in torch.cuda.nccl.version()) + f", {len(places)} cards"

    return Case(
        run, lambda: tuple(sum(parts).double() for _ in places), EXACT, repeatable=False, watched=False, timed=False,
        words=words,
    )
