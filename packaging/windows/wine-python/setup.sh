#!/usr/bin/env bash
# A real CPython 3.11 for Windows and a real uv.exe, for use under wine. For tests only; nothing of it is shipped.
#   python.exe   -> $WINKIT_CACHE/winpython/python.exe   (the official 3.11 DLL and extension modules)
#   uv.exe       -> $WINKIT_CACHE/winpython/uv.exe       (the pin of assets/catalog/tools.toml)
# Where from: no package ships python.exe, but Panda3D's Windows wheel carries the official python311.dll and
# all .pyd files of the standard library (deploy_libs, for its own app packer). The pure-Python library is
# Debian 12's (3.11). python.exe and the venv launcher are built here.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/../../wheel.sh"
out="$WINKIT_CACHE/winpython"
mkdir -p "$WINKIT_CACHE"
exec 9>"$WINKIT_CACHE/.winpython.lock"; flock 9
if [ ! -e "$out/.complete" ]; then
    command -v x86_64-w64-mingw32-gcc >/dev/null || die "run ../setup.sh first"
    new="$out.new"; rm -rf "$new"; mkdir -p "$new/DLLs" "$new/dl" "$new/x"
    say "fetching Panda3D (for CPython's DLL) and pip"
    WHEEL_PYTHON=3.11 unpack_wheel panda3d==1.10.16 \
        37acfb92655c4226879f95c988e2ef1449a53c54486d6c1ebc00e2772429af82 win_amd64 "$new/x/panda3d"
    download_wheel pip==26.3 f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13 win_amd64 "$new/dl"
    lib="$new/x/panda3d/deploy_libs"
    cp "$lib/python311.dll" "$new/"
    cp "$lib"/*.pyd "$lib"/lib*.dll "$lib"/sqlite3.dll "$new/DLLs/"
    # standard library
    (cd "$new/dl" && apt-get download -qq libpython3.11-stdlib libpython3.11-minimal 2>/dev/null) || die "apt-get download failed (Debian 12 has these; are the package lists there?)"
    for d in "$new"/dl/libpython3.11-*.deb; do dpkg -x "$d" "$new/x/deb"; done
    mv "$new/x/deb/usr/lib/python3.11" "$new/Lib"
    rm -rf "$new/Lib/lib-dynload" "$new"/Lib/_sysconfigdata* "$new"/Lib/config-* "$new/Lib/sitecustomize.py"
    mkdir -p "$new/Lib/site-packages" "$new/Lib/venv/scripts/nt" "$new/Lib/ensurepip/_bundled"
    x86_64-w64-mingw32-gcc -O2 -s -Wall -municode -o "$new/python.exe" "$here/python.c"
    cp "$new/python.exe" "$new/pythonw.exe"
    x86_64-w64-mingw32-gcc -O2 -s -Wall -municode -o "$new/Lib/venv/scripts/nt/python.exe" "$here/venvlauncher.c"
    cp "$new/Lib/venv/scripts/nt/python.exe" "$new/Lib/venv/scripts/nt/pythonw.exe"
    # Debian leaves ensurepip out: pip goes in as a plain package, and a small ensurepip serves -m venv
    python3 -m zipfile -e "$new"/dl/pip-*.whl "$new/Lib/site-packages"
    cp "$new"/dl/pip-*.whl "$new/Lib/ensurepip/_bundled/"
    echo '# stand-in, see __main__' >"$new/Lib/ensurepip/__init__.py"
    cat >"$new/Lib/ensurepip/__main__.py" <<'PY'
import pathlib, sys
wheels = pathlib.Path(__file__).parent / "_bundled"
sys.path.insert(0, str(next(wheels.glob("pip-*.whl"))))
from pip._internal.cli.main import main
sys.exit(main(["install", "-q", "--no-cache-dir", "--no-index", "--find-links", str(wheels), "--upgrade", "--ignore-installed", "pip"]))
PY
    rm -rf "$new/x" "$new/dl"
    touch "$new/.complete"; rm -rf "$out"; mv "$new" "$out"
fi
"$here/../../fetch-uv.sh" windows_x86_64 "$out"
"$KIT/wine-run.sh" --timeout 120 "$out/python.exe" -c 'import sys, ssl, ctypes, sqlite3; print("CPython", sys.version); print(sys.platform, ssl.OPENSSL_VERSION)'
"$KIT/wine-run.sh" --timeout 60 "$out/uv.exe" --version
du -sh "$out" | cut -f1
