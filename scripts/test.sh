#!/usr/bin/env bash
# Runs all checks and tests. On Debian and Ubuntu it first installs the packages they need, where it may.
#   scripts/test.sh [--no-install]
# Logs: target/test-logs. Exit code 0 when nothing failed; what could not run here is named.
#   TORCH_WIZARD_TEST_TORCH=1   also the tests that need torch: those of assets/python/verify, run by
#                               TORCH_WIZARD_TEST_PYTHON (which must have torch), and the test that installs
#                               the real torch from the real index
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
LOGS="$PWD/target/test-logs"
. scripts/stage.sh
may_install=yes
case "${1:-}" in
    "") ;;
    --no-install) may_install=no ;;
    *) echo "scripts/test.sh [--no-install]" >&2; exit 2 ;;
esac

# The first Python that is new enough and can make virtual environments; empty if none.
fit_python() {
    local name
    for name in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
        command -v "$name" >/dev/null || continue
        if "$name" -c 'import sys, venv, ensurepip, pip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

install_packages() {
    local want=() root=()
    command -v cc >/dev/null || want+=(gcc libc6-dev)
    command -v c++ >/dev/null || want+=(g++)
    [ -n "$(fit_python)" ] || want+=(python3 python3-venv python3-pip)
    command -v shellcheck >/dev/null || want+=(shellcheck)
    # The window, drawn without a card: X server, window manager, hands on it, drivers that run on the processor, and
    # the libraries that the window's crates load when they start.
    command -v Xvfb >/dev/null || want+=(xvfb)
    command -v xdotool >/dev/null || want+=(xdotool)
    command -v openbox >/dev/null || want+=(openbox)
    [ -e /usr/share/vulkan/icd.d/lvp_icd.x86_64.json ] || [ -e /usr/share/vulkan/icd.d/lvp_icd.json ] ||
        want+=(mesa-vulkan-drivers)
    local library libraries
    libraries="$(ldconfig -p)"
    for library in libEGL.so.1:libegl1 libGL.so.1:libgl1 libX11-xcb.so.1:libx11-xcb1 libXcursor.so.1:libxcursor1 \
        libXi.so.6:libxi6 libXrandr.so.2:libxrandr2 libxkbcommon-x11.so.0:libxkbcommon-x11-0; do
        [[ "$libraries" == *"${library%%:*} "* ]] || want+=("${library##*:}")
    done
    [ ${#want[@]} -gt 0 ] || return 0
    if [ "$may_install" = no ]; then
        echo "not installing: ${want[*]}"
        return 0
    fi
    if ! command -v apt-get >/dev/null; then
        echo "no apt-get here; please install what Debian calls: ${want[*]}"
        return 0
    fi
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "may not install packages (neither root nor sudo without a password); please install: ${want[*]}"
            return 0
        fi
        root=(sudo -n)
    fi
    echo "installing ${want[*]}"
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
    "${apt[@]}" update >"$LOGS/apt.log" 2>&1 || true
    "${apt[@]}" install -y --no-install-recommends "${want[@]}" >>"$LOGS/apt.log" 2>&1 ||
        echo "apt-get install failed (see $LOGS/apt.log); going on with what is there"
}

# --- the tools -------------------------------------------------------------------------------------------------
install_packages
command -v cargo >/dev/null || { echo "no cargo: install Rust first (rustup.rs), then run this again" >&2; exit 1; }
PYTHON="$(fit_python)"
export PYTHON
uv_folder="$PWD/target/tools/uv"
if [ -n "$PYTHON" ]; then
    stage "uv from its wheel" packaging/fetch-uv.sh "linux_$(uname -m)" "$uv_folder"
fi
if [ -x "$uv_folder/uv" ]; then
    export TORCH_WIZARD_TEST_UV="$uv_folder/uv"
elif [ -z "${TORCH_WIZARD_TEST_UV:-}" ]; then
    skip "tests with the real uv" "no Python 3.10 or newer with venv and pip to fetch uv with"
fi

# What builds torch, and NVIDIA's own compiler: 28 MB and 165 MB, kept for the next run.
if [ "$(uname -sm)" = "Linux x86_64" ] && [ -n "$PYTHON" ]; then
    stage "CMake and Ninja from their wheels" packaging/fetch-build.sh "$PWD/target/tools/build"
    stage "nvcc from its wheels" packaging/fetch-build.sh --cuda "$PWD/target/tools/cuda"
    export TORCH_WIZARD_TEST_BUILD="$PWD/target/tools/build" TORCH_WIZARD_TEST_CUDA="$PWD/target/tools/cuda"
    command -v c++ >/dev/null || skip "builds from source" "no C++ compiler"
else
    skip "builds from source, nvcc" "wheels are pinned for Linux on x86-64 alone"
fi

# --- text and scripts ------------------------------------------------------------------------------------------
list_files() { git ls-files -z --cached --others --exclude-standard -- "$@"; }

no_loose_ends() {
    # The word is put together here so that this line does not find itself.
    local word='TO''DO|FIX''ME|XX''X'
    if list_files '*.rs' '*.py' '*.sh' '*.c' '*.toml' '*.yml' '*.wxs' .ci | xargs -0 grep -nP "\b($word)\b(?!\(#[0-9]+\))"; then
        echo "do it, or name the issue: (#12) right behind the word"
        return 1
    fi
}
changelog_is_current() {
    local version
    version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
    grep -qE "^## (Unreleased|\[?$version\]?)" CHANGELOG.md || { echo "CHANGELOG.md has no heading for $version"; return 1; }
}
scripts_are_sound() {
    list_files '*.sh' .ci/run | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR
}
python_parses() {
    # No file of the interpreter's own may be left beside the sources.
    list_files 'assets/python/*.py' 'tests/verify_py/*.py' | xargs -0 --no-run-if-empty "$PYTHON" -c '
import sys
for path in sys.argv[1:]:
    compile(open(path, encoding="utf-8").read(), path, "exec")
    print(path)'
}
# Colours, sizes and fonts have one home.
look_has_one_home() {
    local literals='Color32::(from_|[A-Z]{3,})|FontId::(new|proportional|monospace)\(|\.size\([0-9]|hex\(0x'
    if list_files 'src/gui/*.rs' 'src/gui/**/*.rs' | grep -zv 'src/gui/theme\.rs' |
        xargs -0 grep -nE "$literals" | grep -vE 'Color32::(TRANSPARENT|PLACEHOLDER)'; then
        echo "put it into src/gui/theme.rs and name it by its role"
        return 1
    fi
}
stage "no loose ends" no_loose_ends
stage "the look has one home" look_has_one_home
stage "changelog" changelog_is_current
if command -v shellcheck >/dev/null; then stage "shellcheck" scripts_are_sound; else skip "shellcheck" "not installed"; fi
if [ -n "$PYTHON" ]; then stage "assets/python parses" python_parses; else skip "assets/python parses" "no Python"; fi

# What others release can make a kit unfit that fitted yesterday.
if [ -n "${TORCH_WIZARD_TEST_UV:-}" ] && "$PYTHON" -c 'import tomllib' 2>/dev/null; then
    stage "kits fit the newest torch" "$PYTHON" -B scripts/kits_fit.py "$TORCH_WIZARD_TEST_UV"
else
    skip "kits fit the newest torch" "no uv, or no Python 3.11"
fi

# --- Rust ------------------------------------------------------------------------------------------------------
if cargo fmt --version >/dev/null 2>&1; then
    stage "fmt" cargo fmt --check
else
    skip "fmt" "rustup component add rustfmt"
fi
if cargo clippy --version >/dev/null 2>&1; then
    stage "clippy" cargo clippy --locked --lib --bins --no-default-features -- -D warnings
    stage "clippy, tests" cargo clippy --locked --all-targets --no-default-features --features test-support -- -D warnings
    stage "clippy, window" cargo clippy --locked --all-targets --features window-tests -- -D warnings
else
    skip "clippy" "rustup component add clippy"
fi
stage "doc" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --no-default-features

# Output of tests that passed goes to the log too: that is where a test says that it skipped itself.
run_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --locked --no-fail-fast --success-output=final --failure-output=immediate-final "$@"
    else
        cargo test --locked --no-fail-fast --lib --bins --tests "$@" -- --show-output
    fi
}
# What needs no window runs without it; then what the window adds: its own unit tests, journeys through its
# accessibility tree, and the real window in a real X server.
window_tests() {
    local rc=0
    if cargo nextest --version >/dev/null 2>&1; then
        # What is left out here has run above: it is none of the skipped.
        local only='binary(window) + binary(window_start) + (kind(lib) & test(/^gui::/)) + (binary(journeys) & test(/^window::/))'
        cargo nextest run --locked --no-fail-fast --success-output=final --failure-output=immediate-final --features window-tests -E "$only" 2>&1 |
            sed -E '/^ *Summary \[/s/, [0-9]+ skipped//'
        rc=${PIPESTATUS[0]}
    else
        cargo test --locked --no-fail-fast --features window-tests --lib --test window --test window_start -- --show-output || rc=$?
        cargo test --locked --no-fail-fast --features window-tests --test journeys -- --show-output window:: || rc=$?
    fi
    return "$rc"
}
# With what holds the wizard still at a record of its journal: the tests of kills and faults need it.
stage "tests" run_tests --no-default-features --features test-support
tally() { sed -n "s/^ *$1, .*: \([0-9]*\) tried, \([0-9]*\) $2\$/\1 \2/p" "$LOGS/tests.log" | awk -v what="$1" -v end="$2" '
    { tried += $1; held += $2 } END { if (tried) printf "    %s: %d tried, %d %s\n", what, tried, held, end }'; }
tally "kill points" survived
tally "faults" held
stage "doc tests" cargo test --locked --doc --no-default-features
stage "tests, window" window_tests

# --- real machines, as people reported them; their texts are no part of this repository -------------------------
corpus="$PWD/../shared/corpus"
score() {
    cargo build --locked --no-default-features --bin torch-wizard
    "$PYTHON" "$corpus/score.py" "$1" --misses --min "$2" --cmd "${CARGO_TARGET_DIR:-$PWD/target}/debug/torch-wizard"
}
if [ -r "$corpus/machines.jsonl" ] && [ -n "$PYTHON" ]; then
    stage "reported machines, 97 % of the fields" score machines 97
    stage "failures in logs, 90 % of the first answers" score failures 90
else
    leave_out "reported machines" "the corpus lies beside the developers' checkouts"
fi

# --- torch's own side ------------------------------------------------------------------------------------------
# Without torch the tests that need it skip themselves; -B leaves no file of the interpreter's beside the sources.
if [ "${TORCH_WIZARD_TEST_TORCH:-}" = 1 ]; then
    python_with_torch="${TORCH_WIZARD_TEST_PYTHON:-$PYTHON}"
    stage "torch for the tests" "$python_with_torch" -c 'import torch; print(torch.__version__)'
    stage "check program, with torch" "$python_with_torch" -B tests/verify_py_test.py
else
    leave_out "check program, with torch" "TORCH_WIZARD_TEST_TORCH=1 runs it"
    if [ -n "$PYTHON" ]; then stage "check program, without torch" "$PYTHON" -B tests/verify_py_test.py; fi
fi
if [ -n "${STAGE_COUNTS:-}" ]; then
    echo "$tests_passed $tests_failed $tests_skipped" >"$STAGE_COUNTS"
fi
summary
