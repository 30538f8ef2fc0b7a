#!/usr/bin/env bash
# Installs, upgrades and removes the MSI under wine as a user or a lab's roll-out would, and checks each step.
#   msi-smoke.sh OLD.msi NEW.msi WITHOUT-UV.msi SHOT.png
# WITHOUT-UV is of OLD's version; SHOT.png gets a picture of the window that the installed program opens by itself.
# Files and registry are listed before and after: nothing may be left. Prints a line a check and, last, 'N passed, N
# failed'; exit code 1 if any failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
[ $# = 4 ] || die "msi-smoke.sh OLD.msi NEW.msi WITHOUT-UV.msi SHOT.png"
old="$1" new="$2" bare="$3" shot="$4"
"$KIT/wine-run.sh" --prepare
run() { "$KIT/wine-run.sh" --no-x --timeout 180 "$@"; }

c="$WINEPREFIX/drive_c"
user="$(find "$c/users" -maxdepth 3 -path '*/AppData/Local' -not -path '*/Public/*' -print -quit)"
profile="${user%/AppData/Local}"
programs="$user/Programs/torch-wizard" data="$user/torch-wizard"
menu="$profile/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/torch-wizard.lnk"
desktop="$profile/Desktop/torch-wizard.lnk"
run_once='HKCU\Software\Microsoft\Windows\CurrentVersion\RunOnce'
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

passed=0 failed=0
ok() { if "${@:2}"; then passed=$((passed + 1)); echo "ok    $1"; else failed=$((failed + 1)); echo "FAIL  $1"; fi; }
no() { ! "$@"; }
prop() { msiinfo export "$1" Property | awk -F'\t' -v k="$2" '$1 == k { sub(/\r$/, "", $2); print $2 }'; }
listed() { run uninstaller.exe --list 2>/dev/null | tr -d '\r' | grep -cF '|||torch-wizard' || true; }
shown_version() { # what Windows' list of apps would show
    local hive
    for hive in HKCU HKLM; do # wine keeps them with the machine's
        run reg query "$hive\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\$1" /v DisplayVersion 2>/dev/null | tr -d '\r' |
            awk '/DisplayVersion/ { print $3 }'
    done | head -n 1
}
msi() { # action file [words]
    local rc=0
    run msiexec "$1" "$(winepath -w "$(realpath "$2")" 2>/dev/null)" /qn "${@:3}" >"$work/msi.log" 2>&1 || rc=$?
    [ "$rc" = 0 ] || { say "msiexec $1 ended with $rc"; tail -5 "$work/msi.log" >&2; }
    return "$rc"
}
console_answers() { run "$programs/torch-wizard.exe" --version 2>/dev/null | grep -q '^torch-wizard [0-9]'; }
size_in_msi() { msiinfo export "$1" File | awk -F'\t' '$3 ~ /torch-wizard.exe/ { print $4; exit }' | tr -d '\r'; }
is_of() { [ "$(stat -c %s "$programs/torch-wizard.exe" 2>/dev/null)" = "$(size_in_msi "$1")" ]; }
# Where the scheduler keeps the user's tasks.
check_at_log_on() { [ -n "$(find "$c/windows/system32/tasks" -name 'torch-wizard log-on check*' -print -quit 2>/dev/null)" ]; }
path_has_us() { run reg query 'HKCU\Environment' /v Path 2>/dev/null | tr -d '\r' | grep -qiF 'Programs\torch-wizard'; }
files() {
    (cd "$c" && find users 'Program Files' 'Program Files (x86)' ProgramData \
        \( -path '*/Temp/*' -o -path '*/Temp' -o -path '*INetCache*' -o -path '*/Microsoft/Installer' \) -prune -o -print 2>/dev/null | sort)
}
# A line for each value of the user's and the machine's registry: key and name.
registry() {
    local hive
    for hive in 'HKCU' 'HKLM\Software'; do
        run reg export "$hive" "$(winepath -w "$work" 2>/dev/null)\\hive.reg" /y >/dev/null 2>&1
        iconv -f UTF-16 -t UTF-8 "$work/hive.reg" | tr -d '\r' |
            awk '/^\[/ { key = $0; print key; next } /^["@]/ { sub(/=.*/, ""); print key " " $0 }'
    done | sort
}
# The window, opened by the program's own choice; what came of it stands in window-start.json.
window_opens() {
    "$KIT/wine-run.sh" --x --shot "$shot" --shot-after 25 --timeout 40 "$programs/torch-wizardw.exe" >"$work/window.log" 2>&1 || true
    [ -s "$data/data/window-start.json" ] && cat "$data/data/window-start.json" && echo
}
paints_with() { # the one renderer
    TORCH_WIZARD_RENDERER="$1" "$KIT/wine-run.sh" --x --timeout 15 "$programs/torch-wizardw.exe" >"$work/window.log" 2>&1 || true
    window_says "[(t['renderer'], t['ready_ms'] is not None) for t in tries] == [('$1', True)]"
}
window_says() { # PYTHON-EXPRESSION over tries
    "${PYTHON:-python3}" -c 'import json, sys
tries = json.load(open(sys.argv[1], encoding="utf-8"))["tries"]
sys.exit(0 if eval(sys.argv[2]) else 1)' "$data/data/window-start.json" "$1"
}
is_a_picture() { [ "$(identify -format %k "$shot" 2>/dev/null || echo 0)" -gt 100 ]; }

winepath -w / >/dev/null 2>&1 || true
ok "not installed at first" test "$(listed)" = 0
mkdir -p "$profile/Desktop"
run reg add "$run_once" /f >/dev/null 2>&1
files >"$work/files-before"
registry >"$work/registry-before"
ok "the registry can be listed" test -s "$work/registry-before"
vold="$(prop "$old" ProductVersion)" vnew="$(prop "$new" ProductVersion)"
pold="$(prop "$old" ProductCode)" pnew="$(prop "$new" ProductCode)"
ok "old and new share the upgrade code, differ in product code" \
    test "$(prop "$old" UpgradeCode)" = "$(prop "$new" UpgradeCode)" -a "$pold" != "$pnew"
ok "asks for no administrator (summary word count has bit 8, no ALLUSERS)" \
    test "$(( $(msiinfo suminfo "$old" | sed -n 's/^Source: \([0-9]*\).*/\1/p') & 8 ))" = 8 -a -z "$(prop "$old" ALLUSERS)"

ok "install $vold" msi /i "$old"
ok "the console program is there and answers" console_answers
ok "it is that of $vold" is_of "$old"
ok "uv.exe is beside it" test -f "$programs/uv.exe"
ok "Start-menu link" test -f "$menu"
ok "no icon on the desktop unasked" no test -e "$desktop"
ok "the user's PATH has its folder" path_has_us
ok "listed once" test "$(listed)" = 1
ok "version shown is $vold" test "$(shown_version "$pold")" = "$vold"
ok "the window was started" window_opens
ok "DirectX 12 is tried first and fails here" window_says 'tries[0]["renderer"] == "dx12" and tries[0]["ready_ms"] is None'
ok "another renderer paints" window_says 'any(t["ready_ms"] is not None for t in tries[1:])'
ok "its picture shows something" is_a_picture

rm -f "$data/data/machine.json" # the window may have written it, too
ok "it looks at the environments as at log-on, without a window" run "$programs/torch-wizardw.exe" recheck --quiet
ok "and remembers the machine" test -s "$data/data/machine.json"
ok "OpenGL alone paints" paints_with glow
ok "the processor alone paints" paints_with software

ok "the build without uv replaces it" msi /i "$bare"
ok "listed once" test "$(listed)" = 1
ok "uv.exe is gone" no test -e "$programs/uv.exe"
ok "upgrade to $vnew, with an icon on the desktop" msi /i "$new" DESKTOPICON=1
ok "the console program answers after the upgrade" console_answers
ok "it is that of $vnew" is_of "$new"
ok "still listed once" test "$(listed)" = 1
ok "version shown is $vnew" test "$(shown_version "$pnew")" = "$vnew"
ok "Start-menu link and desktop icon" test -f "$menu" -a -f "$desktop"
ok "the user's PATH still has its folder" path_has_us
ok "the settings of before are there" test -s "$data/data/window-start.json"
ok "going back to $vold is refused" no msi /i "$old" 2>/dev/null
ok "version is still $vnew" test "$(shown_version "$pnew")" = "$vnew"

run reg add "$run_once" /v torch-wizard /d torch-wizardw.exe /f >/dev/null 2>&1
ok "the check at log-on is switched on" run "$programs/torch-wizard.exe" watch on
ok "it is a task of the scheduler" check_at_log_on
ok "uninstall" msi /x "$new"
ok "program folder, links and PATH entry are gone" no test -e "$programs" -o -e "$menu" -o -e "$desktop"
ok "the user's PATH no longer has its folder" no path_has_us
ok "the line for the next log-in is gone" no run reg query "$run_once" /v torch-wizard >/dev/null 2>&1
ok "the task is gone" no check_at_log_on
ok "no longer listed" test "$(listed)" = 0
ok "settings and cache are kept" test -s "$data/data/window-start.json"

mkdir -p "$profile/torch-cu130" "$data/cache/wheels"
echo 'home = C:\Python312' >"$profile/torch-cu130/pyvenv.cfg"
ok "install again" msi /i "$new"
ok "uninstall with PURGE=1" msi /x "$new" PURGE=1
ok "settings and cache are gone" no test -e "$data"
ok "the user's environment is there" test -s "$profile/torch-cu130/pyvenv.cfg"
rm -rf "${profile:?}/torch-cu130"

files >"$work/files-after"
registry >"$work/registry-after"
# %LOCALAPPDATA%\Programs is Windows' own folder for programs of one user
left="$(comm -13 "$work/files-before" "$work/files-after" | grep -vE '/AppData/Local/Programs$' || true)"
[ -z "$left" ] || printf 'left behind: %s\n' "$left"
ok "no file left behind" test -z "$left"
# Windows' own folders of its list of packages, which the first package on a PC makes.
own='\\(Installer|Features|Products|UpgradeCodes|Components|UserData|S-1-[0-9-]+)\]$'
left="$(comm -13 "$work/registry-before" "$work/registry-after" | grep -vE "$own" || true)"
[ -z "$left" ] || printf 'left in the registry: %s\n' "$left"
ok "nothing left in the registry" test -z "$left"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
