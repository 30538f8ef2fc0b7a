"""With a real card, where there is one: everything passes, fits, ran there, and what did not run there is caught."""

import contextlib
import io
import time
import unittest
from unittest import mock

from programs import FORMS, run, torch
from verify.cards import capability
from verify.measure import perform
from verify.registry import checks_of, lacks_package, reason_to_skip

needs_card = unittest.skipUnless(torch is not None and torch.cuda.is_available(), "no card here")


@needs_card
class OnACard(unittest.TestCase):
    def test_quick_passes_in_time_and_memory(self):
        begin = time.monotonic()
        lines = run(FORMS["bundle"](), "--device", "0", "--level", "quick")
        print(f"quick: {time.monotonic() - begin:.1f} s")
        card = capability(lines[0]["devices"][0])
        checks = {line["check"]: line for line in lines if line["kind"] == "check"}
        for check in checks_of("quick"):
            line = checks[check.name]
            left_out = reason_to_skip(check, card) or lacks_package(check)
            self.assertEqual(line["outcome"], "skipped" if left_out else "passed", line)
            if line["max_error"] and line["on_device"]:
                share = line["max_error"] / line["tolerance"]
                print(f"{check.name}: {share:.3f} of the tolerance, {line['on_device']}")
                # The rest of 1.5 GB is the context, workspaces and what the allocator keeps.
                self.assertLess(line["on_device"]["allocated_bytes"], 1.1e9, line)

    def test_full_passes(self):
        for line in run(FORMS["bundle"](), "--device", "0", "--level", "full"):
            if line["kind"] == "check":
                self.assertIn(line["outcome"], ("passed", "skipped"), line)

    def test_work_of_the_processor_is_caught(self):
        right = torch.nn.functional.softmax

        def moved(x, dim):
            return right(x.cpu(), dim=dim).to(x.device)

        for bent, words in [(moved, "ran on cpu"), (lambda x, dim: right(x.cpu(), dim=dim), "the result lies on cpu")]:
            with mock.patch.object(torch.nn.functional, "softmax", bent), contextlib.redirect_stderr(io.StringIO()):
                found = perform(torch, "softmax", "cuda:0")
            self.assertEqual(found["outcome"], "failed", found)
            self.assertIn(words, found["detail"])


if __name__ == "__main__":
    unittest.main()
