#!/usr/bin/env bash
# Compares the sizes of what package.sh made with sizes.tsv; says each, and ends with 1 if one is larger than it may be.
#   sizes.sh PROFILE OUT
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
profile="${1:?sizes.sh PROFILE OUT}" out="${2:?sizes.sh PROFILE OUT}"
rc=0
while IFS=$'\t' read -r of pattern limit; do
    [ "$of" = "$profile" ] || continue
    file="$(find "$out" -maxdepth 2 -name "$pattern" -print -quit)"
    [ -n "$file" ] || { echo "FAIL  no $pattern"; rc=1; continue; }
    size="$(stat -c %s "$file")"
    if [ "$size" -le "$limit" ]; then word="ok   "; else word="FAIL "; rc=1; fi
    printf '%s %s: %s of at most %s bytes\n' "$word" "$(basename "$file")" "$size" "$limit"
done < <(grep -v '^#' "$KIT/sizes.tsv")
exit "$rc"
