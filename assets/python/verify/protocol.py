"""What the program prints: one JSON object a line on standard output, and nothing else there.

Its fields may grow, and so may the kinds; a reader ignores what it does not know. `device` is torch's number of a card,
null for the processor or for the whole installation.

hello       first line but for `waiting`
    level           quick, full or soak
    python          "3.12.4"
    torch           "2.15.0+cu130"; null if it could not be imported
    cuda_runtime    the CUDA runtime in the wheel, "13.0"; null for a build without CUDA
    driver_runtime  the newest CUDA runtime that the driver knows, "13.2"; null without a driver
    cuda_available  whether torch sees a card that it can use
    arch_list       architectures compiled in
    devices         the cards that torch sees: index, name, uuid, capability ("8.9"), memory_bytes,
                    kernels (native, same-major, ptx, none)
    companions      installed packages beside torch: {"torchvision": "0.30.0", ...}
    import_error    why torch could not be imported, or null
waiting     nothing else was said for a second
    for             "import torch", "devices" or the name of a check
    seconds         how long already
started     a check began
    check, device
    pid             of the worker process, as the system (and NVML) counts it; null if there is none
progress    of a long check
    check, device
    done, total     numbers
    unit            of both: "s" or "bytes"
check       a check ended
    check, device
    outcome         passed, failed, skipped, timed-out or crashed
    milliseconds    median time of one run, or null
    max_error       the largest error seen (see `measure.py`), or null
    tolerance       the most that counts as right, or null
    tflops          10^12 operations a second, null where their number is not clear
    gb_per_second   10^9 bytes a second that were read and written, null where that is not the matter
    deterministic   whether two runs of the same numbers gave the same bits; null where that was not compared. False
                    for a matrix product points to the card.
    on_device       evidence that a card did it: allocated_bytes (the most that torch held there) and
                    event_milliseconds (one run by the card's own clock, null if not timed); null on the processor
    repeats         after a failure, the same check elsewhere: [{"where": "fresh process" | "cpu" | "cuda:1",
                    "outcome", "max_error"}]; for the question whether it is the software or the card
    absent          of a skipped one: there is no such thing on this device or in this environment, as against one that
                    exists and was not tried
    detail          words: why it was skipped, what failed, what it found; or null
end         all was said; the process ends with 0
"""

import json


def emit(kind, **fields):
    """One line for whoever reads us."""
    print(json.dumps({"kind": kind, **fields}, allow_nan=False), flush=True)


def result(outcome, detail=None):
    """The fields of a check that measured nothing."""
    return dict(
        outcome=outcome, milliseconds=None, max_error=None, tolerance=None, tflops=None, gb_per_second=None,
        deterministic=None, on_device=None, repeats=[], absent=False, detail=detail,
    )


def skipped(detail, absent=True):
    """The fields of a check that did not run."""
    return result("skipped", shorten(detail)) | dict(absent=absent)


def report_check(check, device, found):
    """One `check` line."""
    emit("check", check=check, device=device, **found)


def shorten(text, limit=600):
    """One line of bounded length."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit] + " ..."
