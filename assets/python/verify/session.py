"""The whole verification: which checks run where, what is repeated, what is printed."""

import platform

from . import checks  # noqa: F401  (fills the table)
from .cards import capability, judge_driver
from .process import Lost, Worker
from .protocol import emit, report_check, result, shorten, skipped
from .registry import ROUNDS, checks_of, lacks_package, reason_to_skip

# Seconds until a silent worker is given up; a check has its own. PTX: the driver compiles every kernel when first used.
LIMITS = {"import": 300, "devices": 60, "check-ptx": 900, "further-round": 10}

# After so many time-outs on a device its other checks are not tried.
TIME_OUTS_PER_DEVICE = 2

# So many failures of a device are also tried on the processor and on another card: each costs two starts of torch.
COMPARED_PER_DEVICE = 3


class Session:
    """The worker in use, replaced when it is lost."""

    def __init__(self, rounds=1, seconds=300):
        self.worker = None
        self.rounds, self.seconds = rounds, seconds

    def ready(self):
        """Puts a fresh worker to work; what its import of torch said. Raises Lost."""
        self.drop()
        self.worker = Worker()
        imported = self.ask("import torch", LIMITS["import"], do="import")
        self.worker.pid = imported.pop("pid")
        return imported

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

    def prepare(self):
        """Sees to it that there is a worker with torch; why there is none, as a result, or None. Raises Lost."""
        if self.worker is None:
            imported = self.ready()
            if imported["import_error"]:
                self.drop()
                return result("failed", imported["import_error"])
        return None

    def check(self, check, place):
        """One check in the present worker, or in a fresh one if there is none. Raises Lost."""
        if broken := self.prepare():
            return broken

        def tell(progress):
            emit("progress", check=check.name, device=place.index, **progress)

        limit = LIMITS["check-ptx"] if place.compiles_ptx else check.limit
        limit += LIMITS["further-round"] * (0 if check.once else self.rounds - 1)
        return self.ask(
            check.name, limit, tell=tell, do="check", check=check.name, device=place.name, rounds=self.rounds,
            seconds=self.seconds,
        )


class Place:
    """Where a check runs: a device of the hello line, or the processor (None)."""

    def __init__(self, device=None):
        self.device = device
        self.index = device["index"] if device else None
        self.name = f"cuda:{self.index}" if device else "cpu"
        self.capability = capability(device) if device else None
        self.compiles_ptx = bool(device) and device["kernels"] == "ptx"


def look_around(session, level):
    """Imports torch and lists the devices; prints `hello` and the check `import`.

    The fields of `hello`, whether torch is there, and the result of looking for cards.
    """
    hello = dict(
        level=level, python=platform.python_version(), torch=None, cuda_runtime=None, driver_runtime=None,
        cuda_available=False, arch_list=[], devices=[], companions={}, import_error=None,
    )
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
    # In torch's order, and each once, however often it is named.
    chosen = [device for device in devices if {str(device["index"]), device["uuid"]} & set(names)]
    return chosen, [name for name in names if name not in by_name]


def other_places(check, place, devices):
    """Where else a check that failed on a card is tried: on the processor, and on another card if there is one."""
    others = [Place(device) for device in devices if device["index"] != place.index and device["kernels"] != "none"]
    others = [other for other in others if reason_to_skip(check, other.capability) is None]
    # One of the same model says most.
    others.sort(key=lambda other: other.device["name"] != place.device["name"])
    return ([] if check.card_only else [Place()]) + others[:1]


def elsewhere(session, check, place):
    """The check once more in a fresh process: its result."""
    session.drop()
    try:
        return session.check(check, place)
    except Lost as lost:
        return result(lost.outcome, lost.detail)
    finally:
        session.drop()


def evidence(where, found):
    """An item of `repeats`."""
    return dict(where=where, outcome=found["outcome"], max_error=found["max_error"])


def settle(session, check, place, first, devices, compare):
    """What counts of a failure or crash on a card: repeated in a fresh process, then, if asked, elsewhere."""
    again = elsewhere(session, check, place)
    repeats = [evidence("fresh process", again)]
    # A crash stands, whatever happens later; so does a wrong result that becomes a crash or a hang.
    found = again if first["outcome"] == "failed" and again["outcome"] in ("passed", "failed") else first
    if again["outcome"] == "passed" and first["outcome"] == "failed":
        found["detail"] = shorten(f"passed when repeated in a fresh process; at first: {first['detail']}")
    elif compare:
        for other in other_places(check, place, devices):
            repeats.append(evidence(other.name, elsewhere(session, check, other)))
    found["repeats"] = repeats
    return found


def begin(session, check, place):
    """Prints `started`; the result if it cannot even begin, else None. Raises Lost."""
    pid, lost, broken = None, None, None
    try:
        if check.isolated:
            session.drop()
        broken = session.prepare()
        pid = session.worker.pid if session.worker else None
    except Lost as error:
        lost = error
    emit("started", check=check.name, device=place.index, pid=pid)
    if lost:
        raise lost
    return broken


def check_device(session, level, place, devices):
    """Every check of a level on one device, each in a process that no failed check has touched."""
    time_outs = compared = 0
    for check in checks_of(level):
        if reason := reason_to_skip(check, place.capability):
            report_check(check.name, place.index, skipped(reason))
            continue
        if skip := lacks_package(check):
            report_check(check.name, place.index, skipped(str(skip), skip.absent))
            continue
        if time_outs == TIME_OUTS_PER_DEVICE:
            detail = f"not tried: {time_outs} checks before it did not end"
            report_check(check.name, place.index, skipped(detail, absent=False))
            continue
        try:
            found = begin(session, check, place) or session.check(check, place)
        except Lost as lost:
            found = result(lost.outcome, lost.detail)
            time_outs += lost.outcome == "timed-out"
        # What is missing from the wheel is missing in a fresh process too. The processor is what we compare with.
        in_vain = not place.device or check.stands or "no kernel image" in (found["detail"] or "")
        if found["outcome"] in ("failed", "crashed") and not in_vain:
            found = settle(session, check, place, found, devices, compared < COMPARED_PER_DEVICE)
            compared += len(found["repeats"]) > 1
            time_outs += found["repeats"][0]["outcome"] == "timed-out"
        if check.isolated or found["outcome"] == "failed":
            session.drop()
        report_check(check.name, place.index, found)


def check_cards(session, level, wanted, hello, listed):
    """The cards asked for, one after another."""
    report_check("cuda-available", None, listed)
    if hello["cuda_runtime"]:
        report_check("driver-runtime", None, result(*judge_driver(hello["driver_runtime"], hello["cuda_runtime"])))
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
        check_device(session, level, Place(device), hello["devices"])


def parent_main(wanted, level, seconds=300):
    """The whole verification."""
    session = Session(ROUNDS[level], seconds)
    try:
        hello, imported, listed = look_around(session, level)
        if imported and wanted == "cpu":
            check_device(session, level, Place(), [])
        elif imported:
            check_cards(session, level, wanted, hello, listed)
        emit("end")
    finally:
        session.drop()
