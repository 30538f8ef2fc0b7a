"""The check program as one file: all sources of `verify/`, and this beginning that imports them from here.

Whoever builds it replaces the JSON string behind `SOURCES`, quotes included, by the sources written as JSON twice: the
object {"verify/__main__.py": "...", ...} (paths below this folder, forward slashes), and that text as a JSON string.
The sources are ASCII, of which a JSON string means the same in Python: JSON escapes no more than Python understands.
"""

import importlib.abc
import importlib.util
import json
import linecache
import sys

SOURCES = json.loads("@SOURCES@")


class Bundle(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    def find_spec(self, name, path=None, target=None):
        file, package = name.replace(".", "/") + ".py", name.replace(".", "/") + "/__init__.py"
        if file not in SOURCES and package not in SOURCES:
            return None
        origin = f"{__file__}/{package if package in SOURCES else file}"
        return importlib.util.spec_from_loader(name, self, origin=origin, is_package=package in SOURCES)

    def get_source(self, name):
        return SOURCES[self.find_spec(name).origin[len(__file__) + 1 :]]

    def exec_module(self, module):
        text, origin = self.get_source(module.__name__), module.__spec__.origin
        # So that tracebacks show lines.
        linecache.cache[origin] = (len(text), None, text.splitlines(keepends=True), origin)
        exec(compile(text, origin, "exec", dont_inherit=True), module.__dict__)


sys.meta_path.insert(0, Bundle())

from verify.__main__ import main

if __name__ == "__main__":
    main(sys.argv[1:])
