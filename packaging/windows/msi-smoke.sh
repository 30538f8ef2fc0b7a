#!/usr/bin/env bash
# Installs, upgrades and removes an MSI under wine and checks each step.
#   msi-smoke.sh OLD.msi NEW.msi --dir Programs/torch-wizard --exe torch-wizard.exe [--args --version] \
#                --link torch-wizard.lnk --name torch-wizard [--keep-data torch-wizard-data]
#   --dir        install folder below LocalAppData
#   --exe/--args program in it that must run and end with 0 after install and after upgrade
#   --link       Start-menu shortcut that must exist while installed
#   --name       ProductName, as in the list of installed programs
#   --keep-data  a folder below LocalAppData with user data that must survive
# Prints one line per check and, last, 'N passed, N failed'; exit code 1 if any failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
old="${1:?OLD.msi}"; new="${2:?NEW.msi}"; shift 2
dir="" exe="" args="" link="" name="" keep=""
while [ $# -gt 0 ]; do
    case "$1" in
        --dir) dir="$2" ;; --exe) exe="$2" ;; --args) args="$2" ;; --link) link="$2" ;;
        --name) name="$2" ;; --keep-data) keep="$2" ;; *) die "unknown option $1" ;;
    esac
    shift 2
done
if [ -z "$dir" ] || [ -z "$exe" ] || [ -z "$name" ]; then die "--dir, --exe and --name are needed"; fi
"$KIT/wine-run.sh" --prepare
run() { "$KIT/wine-run.sh" --no-x --timeout 180 "$@"; }

c="$WINEPREFIX/drive_c"
user="$(find "$c/users" -maxdepth 3 -path '*/AppData/Local' -not -path '*/Public/*' -print -quit)"
menu="${user%/Local}/Roaming/Microsoft/Windows/Start Menu/Programs"
passed=0 failed=0
ok() { if "${@:2}"; then passed=$((passed + 1)); echo "ok    $1"; else failed=$((failed + 1)); echo "FAIL  $1"; fi; }
no() { ! "$@"; }
prop() { msiinfo export "$1" Property | awk -F'\t' -v k="$2" '$1 == k { sub(/\r$/, "", $2); print $2 }'; }
listed() { run uninstaller.exe --list 2>/dev/null | tr -d '\r' | grep -cF "|||$name" || true; }
uninstall_version() { # what Windows' list of apps would show
    local k
    for k in 'HKCU\Software' 'HKLM\Software' 'HKLM\Software\Wow6432Node'; do
        run reg query "$k\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\$1" /v DisplayVersion 2>/dev/null | tr -d '\r' | awk '/DisplayVersion/ { print $3 }'
    done | head -1
}
msi() { # action file [words]
    local log rc=0
    log="$(mktemp)"
    # shellcheck disable=SC2086
    run msiexec "$1" "$(winepath -w "$(realpath "$2")" 2>/dev/null)" /qn ${3:-} >"$log" 2>&1 || rc=$?
    [ "$rc" = 0 ] || { say "msiexec $1 ended with $rc"; tail -5 "$log" >&2; }
    rm -f "$log"; return "$rc"
}
# shellcheck disable=SC2086  # --args holds several words
works() { [ -f "$user/$dir/$exe" ] && run "$user/$dir/$exe" $args >/dev/null 2>&1; }
files() { (cd "$c" && find users 'Program Files' 'Program Files (x86)' ProgramData \( -path '*/Temp/*' -o -path '*/Temp' -o -path '*INetCache*' -o -path '*/Microsoft/Installer' \) -prune -o -print 2>/dev/null | sort); }
same_size() { [ "$(stat -c %s "$1" 2>/dev/null)" = "$2" ]; }
size_in_msi() { msiinfo export "$1" File | awk -F'\t' -v e="$exe" '$3 ~ e { print $4; exit }' | tr -d '\r'; }

before="$(mktemp)"; after="$(mktemp)"; trap 'rm -f "$before" "$after"' EXIT
winepath -w / >/dev/null 2>&1 || true
ok "not installed at first" test "$(listed)" = 0
files >"$before"
if [ -n "$keep" ]; then mkdir -p "$user/$keep"; echo data >"$user/$keep/keep.txt"; fi
vold="$(prop "$old" ProductVersion)"; vnew="$(prop "$new" ProductVersion)"
pold="$(prop "$old" ProductCode)"; pnew="$(prop "$new" ProductCode)"
ok "old and new share the upgrade code, differ in product code" \
    test "$(prop "$old" UpgradeCode)" = "$(prop "$new" UpgradeCode)" -a "$pold" != "$pnew"
ok "asks for no administrator (summary word count has bit 8, no ALLUSERS)" \
    test "$(( $(msiinfo suminfo "$old" | sed -n 's/^Source: \([0-9]*\).*/\1/p') & 8 ))" = 8 -a -z "$(prop "$old" ALLUSERS)"

ok "install $vold" msi /i "$old"
ok "$exe is there and runs" works
ok "file size is that of $vold" same_size "$user/$dir/$exe" "$(size_in_msi "$old")"
[ -z "$link" ] || ok "Start-menu link" test -f "$menu/$link"
ok "listed once" test "$(listed)" = 1
ok "version shown is $vold" test "$(uninstall_version "$pold")" = "$vold"

ok "upgrade to $vnew" msi /i "$new"
ok "$exe runs after the upgrade" works
ok "file size is that of $vnew" same_size "$user/$dir/$exe" "$(size_in_msi "$new")"
ok "still listed once" test "$(listed)" = 1
ok "version shown is $vnew" test "$(uninstall_version "$pnew")" = "$vnew"
[ -z "$link" ] || ok "Start-menu link after the upgrade" test -f "$menu/$link"
ok "going back to $vold is refused" no msi /i "$old" 2>/dev/null
ok "version is still $vnew" test "$(uninstall_version "$pnew")" = "$vnew"

ok "uninstall" msi /x "$new"
ok "install folder is gone" test ! -e "$user/$dir"
[ -z "$link" ] || ok "Start-menu link is gone" test ! -e "$menu/$link"
ok "no longer listed" test "$(listed)" = 0
if [ -n "$keep" ]; then
    ok "user data kept" test -f "$user/$keep/keep.txt"
    rm -rf "${user:?}/$keep"
fi
files >"$after"
# %LOCALAPPDATA%\Programs is Windows' own folder for programs of one user
left="$(comm -13 "$before" "$after" | grep -vE '/AppData/Local/Programs$' || true)"
[ -z "$left" ] || printf 'left behind: %s\n' "$left"
ok "nothing else left behind" test -z "$left"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
