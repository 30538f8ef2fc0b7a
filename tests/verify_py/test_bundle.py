"""The program as one file."""

import json
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

from programs import LOAD, PACKAGE, SOURCES, bundle, bundle_text


class TheBundle(unittest.TestCase):
    def test_it_holds_every_source_as_it_is(self):
        code = LOAD + "print(json.dumps(sys.meta_path[0].find_spec.__globals__['SOURCES']))"
        done = subprocess.run([sys.executable, "-B", "-c", code, bundle()], capture_output=True, encoding="utf-8")
        paths = {path.relative_to(SOURCES).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
        self.assertEqual(json.loads(done.stdout), paths)

    def test_a_json_string_of_ascii_is_the_same_in_python(self):
        every = "".join(chr(number) for number in range(128))
        twice = json.dumps(json.dumps({"a": every}, ensure_ascii=False), ensure_ascii=False)
        self.assertEqual(json.loads(eval(twice)), {"a": every})

    def test_the_literal_is_there_once_and_the_beginning_is_short(self):
        text = (SOURCES / "bundle.py").read_text("utf-8")
        self.assertEqual(text.count('"@SOURCES@"'), 1)
        self.assertTrue(bundle_text().isascii())
        code = text[text.index("import importlib.abc") :].splitlines()
        self.assertLess(len(code), 40)

    def test_tracebacks_show_the_line(self):
        code = LOAD + textwrap.dedent("""
            import traceback
            try:
                verify.registry.Context(None, "cpu", "softmax")
            except AttributeError:
                traceback.print_exc()
        """)
        done = subprocess.run([sys.executable, "-B", "-c", code, bundle()], capture_output=True, encoding="utf-8")
        self.assertIn("verify.py/verify/registry.py", done.stderr)
        self.assertIn("self.device = torch.device(device)", done.stderr)

    def test_it_needs_nothing_beside_it_and_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "verify.py")
            program.write_bytes(bundle().read_bytes())
            done = subprocess.run([sys.executable, "-I", program, "--help"], capture_output=True, encoding="utf-8")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("--level", done.stdout)
            self.assertEqual([path.name for path in pathlib.Path(folder).iterdir()], ["verify.py"])


if __name__ == "__main__":
    unittest.main()
