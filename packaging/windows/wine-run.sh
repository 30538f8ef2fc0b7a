#!/usr/bin/env bash
# Runs a Windows exe headless under wine and hands on its exit code.
#   wine-run.sh [options] program.exe [args]
#   wine-run.sh --prepare                 make the prefix (once) and leave
# Options:
#   --shot FILE.png    screenshot of the whole screen before the program ends
#   --shot-after S     ... S seconds after the start (default 8)
#   --timeout S        end the program after S seconds (exit code 124; default 600)
#   --screen WxH       virtual screen (default 1280x800)
#   --x / --no-x       with or without a virtual screen (default: by the exe's subsystem)
#   --keep             no clean-up of leftover processes in the prefix (window programs)
# Extra environment for the program: set it in the caller (wine hands it on).
# Works as cargo's runner (CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

shot="" shot_after=8 limit=600 screen=1280x800 x=auto keep="" prepare=""
while [ $# -gt 0 ]; do
    case "$1" in
        --shot) shot="$2"; shift 2 ;;
        --shot-after) shot_after="$2"; shift 2 ;;
        --timeout) limit="$2"; shift 2 ;;
        --screen) screen="$2"; shift 2 ;;
        --x) x=yes; shift ;;
        --no-x) x=no; shift ;;
        --keep) keep=1; shift ;;
        --prepare) prepare=1; shift ;;
        --) shift; break ;;
        -*) die "unknown option $1" ;;
        *) break ;;
    esac
done

# Certificate files named by Unix paths mean nothing to Windows programs: say where they are on Z:.
for v in SSL_CERT_FILE REQUESTS_CA_BUNDLE PIP_CERT; do
    case "${!v:-}" in /*) p="${!v}"; export "$v=Z:${p//\//\\}" ;; esac
done
unset SSL_CERT_DIR CURL_CA_BUNDLE PIP_FIND_LINKS
[ -n "${SSL_CERT_FILE:-}" ] || [ ! -f /etc/ssl/certs/ca-certificates.crt ] || export SSL_CERT_FILE='Z:\etc\ssl\certs\ca-certificates.crt'

mkdir -p "$WINKIT_CACHE" "$(dirname "$WINEPREFIX")"
sys32="$WINEPREFIX/drive_c/windows/system32"
exec 8>"$WINEPREFIX.lock"
if [ ! -e "$WINEPREFIX/.winkit-ready" ]; then
    flock -x 8
    if [ ! -e "$WINEPREFIX/.winkit-ready" ]; then
        say "making the wine prefix"
        rm -rf "$WINEPREFIX"
        env -u DISPLAY wineboot -i >/dev/null 2>&1 || true
        wineserver -w
        [ -d "$sys32" ] || die "wineboot made no prefix"
        # Rust's std imports ProcessPrng from a DLL that wine 8 lacks.
        x86_64-w64-mingw32-gcc -O2 -s -shared -o "$sys32/bcryptprimitives.dll" "$KIT/shim/bcryptprimitives.c" -ladvapi32
        # Windows 11 as the reported version; no crash dialog.
        env -u DISPLAY wine reg add 'HKCU\Software\Wine' /v Version /d win11 /f >/dev/null 2>&1 || true
        env -u DISPLAY wine reg add 'HKCU\Software\Wine\WineDbg' /v ShowCrashDialog /t REG_DWORD /d 0 /f >/dev/null 2>&1 || true
        wineserver -w
        touch "$WINEPREFIX/.winkit-ready"
    fi
    flock -u 8
fi
[ -z "$prepare" ] || exit 0
[ $# -gt 0 ] || die "which program?"

exe="$1"
if [ "$x" = auto ]; then
    x=yes
    # PE subsystem at e_lfanew + 92: 3 = console.
    if [ -f "$exe" ] && [ "$(head -c 2 "$exe" | tr -d '\0')" = MZ ]; then
        pe=$(od -An -tu4 -j60 -N4 "$exe" | tr -d ' ')
        [ "$(od -An -tu2 -j$((pe + 92)) -N2 "$exe" | tr -d ' ')" != 3 ] || x=no
    fi
    [ -z "$shot" ] || x=yes
fi

if [ "$x" = no ]; then
    flock -s 8                       # console programs may run side by side
    # fd 8 stays closed in children: a left-over wineserver must not hold the lock
    if [ ! -f /dev/stdout ] && [ ! -f /dev/stderr ]; then
        rc=0; env -u DISPLAY timeout -k 5 "$limit" wine "$@" 8>&- || rc=$?
        exit "$rc"
    fi
    # wine 8 hands CPython and some others an unusable handle for a plain file: give them pipes.
    exec 5> >(cat 8>&-); out_pid=$!
    exec 6> >(cat >&2 8>&- 5>&-); err_pid=$!
    rc=0; env -u DISPLAY timeout -k 5 "$limit" wine "$@" >&5 2>&6 5>&- 6>&- 8>&- || rc=$?
    exec 5>&- 6>&-
    wait "$out_pid" "$err_pid" || true
    exit "$rc"
fi

flock -x 8                           # one window program at a time per prefix
[ -n "$keep" ] || wineserver -k 8>&- 2>/dev/null || true   # a desktop started without a display would stick
tmp="$(mktemp -d)"
Xvfb -displayfd 7 -screen 0 "${screen}x24" -nolisten tcp -noreset 7>"$tmp/display" >"$tmp/xvfb.log" 2>&1 8>&- &
xpid=$!
# shellcheck disable=SC2317  # called by the trap
cleanup() {
    [ -n "$keep" ] || wineserver -k 8>&- 2>/dev/null || true
    kill "$xpid" 2>/dev/null || true
    wait "$xpid" 2>/dev/null || true
    rm -rf "$tmp"
}
trap cleanup EXIT
for _ in $(seq 100); do [ ! -s "$tmp/display" ] || break; sleep 0.1; done
[ -s "$tmp/display" ] || die "Xvfb did not start: $(cat "$tmp/xvfb.log")"
DISPLAY=":$(tr -d '\n' <"$tmp/display")"
export DISPLAY
# Mesa's software Vulkan and OpenGL, whatever the machine has.
lvp="$(find /usr/share/vulkan/icd.d -name 'lvp_icd*.json' -print -quit 2>/dev/null || true)"
[ -z "$lvp" ] || export VK_DRIVER_FILES="$lvp" VK_ICD_FILENAMES="$lvp"
export LIBGL_ALWAYS_SOFTWARE=1

timeout -k 5 "$limit" wine "$@" 8>&- &
pid=$!
if [ -n "$shot" ]; then
    for _ in $(seq $((shot_after * 5))); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
    if kill -0 "$pid" 2>/dev/null; then
        import -silent -window root "$shot" 8>&- || say "no screenshot"
    else
        say "ended before the screenshot"
    fi
fi
rc=0; wait "$pid" || rc=$?
exit "$rc"
