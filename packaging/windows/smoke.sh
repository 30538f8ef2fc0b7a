#!/usr/bin/env bash
# Runs the console program under wine and checks what it answers against the command line's contract.
#   smoke.sh torch-wizard.exe
# `detect` and `plan` find a real CPython and a real uv.exe on the PATH (wine-python/setup.sh). Files of the
# program go to a folder of their own. Prints a line a check and, last, 'N passed, N failed'.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
exe="$(realpath "${1:?smoke.sh torch-wizard.exe}")"
python="${PYTHON:-python3}"
"$KIT/wine-run.sh" --prepare
"$KIT/wine-python/setup.sh" >&2

# A blank and a letter outside ASCII, as in many a user's name.
work="$(mktemp -d "${TMPDIR:-/tmp}/torch wizard ü.XXXXXX")"
trap 'rm -rf "$work"' EXIT
dos() { local path="Z:$1"; printf '%s' "${path//\//\\}"; }
WINEPATH="$(dos "$WINKIT_CACHE/winpython")"
TORCH_WIZARD_HOME="$(dos "$work/home")"
export WINEPATH TORCH_WIZARD_HOME

passed=0 failed=0
check() { # TITLE COMMAND [WORDS]
    if "${@:2}" >&2; then passed=$((passed + 1)); echo "ok    $1"; else failed=$((failed + 1)); echo "FAIL  $1"; fi
}
# answers NAME WANTED-EXIT WORDS...: runs the program, keeps its answer in $work/NAME.out.
answers() {
    local name="$1" wanted="$2" rc=0
    shift 2
    "$KIT/wine-run.sh" --no-x --timeout 180 "$exe" "$@" >"$work/$name.out" 2>"$work/$name.err" || rc=$?
    [ "$rc" = "$wanted" ] || {
        say "torch-wizard $*: exit code $rc, not $wanted"
        tail -n 20 "$work/$name.out" "$work/$name.err"
        return 1
    }
}
says() { grep -qaE -- "$2" "$work/$1.out" || { say "$1 does not say: $2"; head -c 4000 "$work/$1.out"; return 1; }; }

facts_are_windows() {
    "$python" - "$work/detect.out" <<'PY'
import json, sys

facts = json.load(open(sys.argv[1], encoding="utf-8"))
assert facts["schema"] == 1, facts["schema"]
assert facts["os"]["family"] == "windows", facts["os"]
assert facts["os"]["arch"] == "x86_64", facts["os"]
assert facts["gpus"] == [], facts["gpus"]
assert facts["driver"]["state"] in ("found", "absent", "unknown"), facts["driver"]
assert all(p["outcome"] in ("found", "absent", "unknown", "timed-out") for p in facts["probes"]), facts["probes"]
assert any("\\" in p["path"] and p["version"].startswith("3.11.") for p in facts["pythons"]), facts["pythons"]
PY
}
# A batch file with bare line feeds misreads labels and long lines.
has_crlf() { ! grep -qavP '\r$' "$work/$1.out" || { say "$1: lines without CR LF"; return 1; }; }

check "--version ends with 0" answers version 0 --version
check "--version names program and number" says version '^torch-wizard [0-9]+\.[0-9]+\.[0-9]+'
check "detect --json ends with 0" answers detect 0 detect --json
check "detect --json is the contract's JSON, of Windows" facts_are_windows
check "plan --format bat ends with 0" answers plan 0 plan --format bat --route cpu --env "$(dos "$work/torch env")"
check "plan --format bat pins torch" says plan 'torch(==|-)2\.[0-9]+'
check "plan --format bat keeps the folder's blank" says plan 'torch env'
check "plan --format bat ends its lines as cmd wants" has_crlf plan
check "an unknown command ends with 2" answers unknown 2 no-such-command
check "plan has changed nothing" test ! -e "$work/torch env"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
