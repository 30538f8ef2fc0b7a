#!/usr/bin/env bash
# Compiles a WiX v3 source into an MSI.
#   msi-build.sh --version 0.1.0 --bin DIR --dist DIR --out app.msi [--with-uv] [main.wxs]
# In the .wxs: $(var.Version), $(var.BinDir) (the exes), $(var.DistDir) (icon, licence ...), $(var.WithUv).
# wixl takes relative source paths only, so the work is done in a staging folder.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
version="" bin="" dist="" out="" uv=() wxs="$KIT/../../wix/main.wxs"
while [ $# -gt 0 ]; do
    case "$1" in
        --version) version="$2"; shift 2 ;;
        --bin) bin="$2"; shift 2 ;;
        --dist) dist="$2"; shift 2 ;;
        --out) out="$2"; shift 2 ;;
        --with-uv) uv=(-D WithUv=1); shift ;;
        -*) die "unknown option $1" ;;
        *) wxs="$1"; shift ;;
    esac
done
if [ -z "$version" ] || [ ! -d "$bin" ] || [ ! -d "$dist" ] || [ -z "$out" ]; then
    die "msi-build.sh --version V --bin DIR --dist DIR --out FILE [main.wxs]"
fi
out="$(realpath -m "$out")"
stage="$(mktemp -d)"; trap 'rm -rf "$stage"' EXIT
ln -s "$(realpath "$bin")" "$stage/bin"
ln -s "$(realpath "$dist")" "$stage/dist"
cp "$wxs" "$stage/main.wxs"
mkdir -p "$(dirname "$out")"
(cd "$stage" && wixl -a x64 -D Version="$version" -D BinDir=bin -D DistDir=dist "${uv[@]}" -o out.msi main.wxs)
# A path that an attribute or file name of wixl did not take leaves no file: say so.
[ -s "$stage/out.msi" ] || die "wixl wrote nothing"

# What wixl has no element for. One query a call: msibuild drops the second one.
query() { msibuild "$stage/out.msi" -q "$1" || die "the package did not take: $1"; }
# The user's PATH gets the folder at its end (`-`: taken back on uninstall; `=`: made if there is none).
# 5200 and 3300: where Microsoft's suggested sequence has these actions.
# shellcheck disable=SC2016  # the marks are SQL's
query 'CREATE TABLE `Environment` (`Environment` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL LOCALIZABLE, `Value` CHAR(255) LOCALIZABLE, `Component_` CHAR(72) NOT NULL PRIMARY KEY `Environment`)'
query "INSERT INTO \`Environment\` (\`Environment\`, \`Name\`, \`Value\`, \`Component_\`) VALUES ('Path', '=-Path', '[~];[INSTALLDIR]', 'Console')"
query "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('WriteEnvironmentStrings', 5200)"
query "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('RemoveEnvironmentStrings', 3300)"
query "UPDATE \`Component\` SET \`Condition\` = 'DESKTOPICON = \"1\"' WHERE \`Component\` = 'Desktop'"
# Another build of the same version (with uv or without) replaces this one instead of standing beside it: 513 is "found
# by this row, this version included".
upgrade="$(msiinfo export "$stage/out.msi" Property | awk -F'\t' '$1 == "UpgradeCode" { print $2 }' | tr -d '\r')"
query "DELETE FROM \`Upgrade\` WHERE \`ActionProperty\` = 'WIX_UPGRADE_DETECTED'"
query "INSERT INTO \`Upgrade\` (\`UpgradeCode\`, \`VersionMax\`, \`Attributes\`, \`ActionProperty\`) VALUES ('$upgrade', '$version', 513, 'WIX_UPGRADE_DETECTED')"
# The old one goes first, within the same transaction: what both have is then never counted twice.
query "UPDATE \`InstallExecuteSequence\` SET \`Sequence\` = 1525 WHERE \`Action\` = 'RemoveExistingProducts'"
mv "$stage/out.msi" "$out"
say "$(basename "$out"): $(stat -c %s "$out") bytes"
