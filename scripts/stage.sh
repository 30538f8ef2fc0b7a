# shellcheck shell=bash
# Sourced by scripts/test.sh and .ci/run: runs a stage into its own log, prints one line of result, counts tests.
# LOGS (a folder) must be set.
mkdir -p "$LOGS"
stages_failed=() stages_skipped=()
tests_passed=0 tests_failed=0 tests_skipped=0

# stage NAME COMMAND [WORDS]: never ends the script; a failed stage shows the end of its log.
stage() {
    local name="$1" log started=$SECONDS rc=0
    shift
    log="$LOGS/${name//[^A-Za-z0-9]/-}.log"
    printf '%-44s' "$name"
    # An `if` would switch -e off inside a function that is run as a stage.
    set +e
    (set -e; "$@") >"$log" 2>&1 </dev/null
    rc=$?
    set -e
    if [ "$rc" = 0 ]; then
        printf 'ok       %4s s\n' "$((SECONDS - started))"
    else
        printf 'FAILED   %4s s   (exit code %s, %s)\n' "$((SECONDS - started))" "$rc" "$log"
        stages_failed+=("$name")
        tail -n 240 "$log" | sed 's/^/    | /'
    fi
    count_tests "$log"
}

# skip NAME WHY: says so. In CI everything must be there, so there it is a failure.
skip() {
    printf '%-44s' "$1"
    if [ "${CI:-}" = true ]; then
        printf 'FAILED            (cannot run: %s)\n' "$2"
        stages_failed+=("$1")
    else
        leave_out "" "$2"
        stages_skipped+=("$1")
    fi
}

# leave_out NAME WHY: what is only run on request; no failure anywhere.
leave_out() {
    [ -z "$1" ] || printf '%-44s' "$1"
    printf 'skipped           (%s)\n' "$2"
}

# Adds up the closing lines of nextest, cargo test, unittest and our scripts ("N passed, N failed") in a log, and
# shows what tests themselves say they skipped: a test that cannot run prints a line that begins with "skipped:".
count_tests() {
    local counts
    counts="$(awk '
        function number(text, word) { return match(text, "[0-9]+ " word) ? substr(text, RSTART, RLENGTH) + 0 : 0 }
        function after(text, word) { return match(text, word "=[0-9]+") ? substr(text, RSTART + length(word) + 1, RLENGTH) + 0 : 0 }
        { gsub(/\033\[[0-9;]*m/, "") }
        # unittest: "Ran 30 tests in 3.1s", then "OK (skipped=12)" or "FAILED (failures=1, errors=1, skipped=12)"
        /^Ran [0-9]+ tests? in / { ran = $2; next }
        ran != "" && /^(OK|FAILED)( \(|$)/ {
            bad = after($0, "failures") + after($0, "errors"); not_run = after($0, "skipped")
            failed += bad; left += not_run; passed += ran - bad - not_run; ran = ""
            next
        }
        /^ *Summary \[/ || /^test result: / || /^[0-9]+ passed, [0-9]+ failed/ {
            passed += number($0, "passed"); failed += number($0, "failed") + number($0, "timed out")
            left += number($0, "skipped") + number($0, "ignored")
        }
        END { print passed + 0, failed + 0, left + 0 }' "$1")"
    local passed failed left
    read -r passed failed left <<<"$counts"
    [ "$((passed + failed + left))" = 0 ] || printf '    %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$left"
    tests_passed=$((tests_passed + passed))
    tests_failed=$((tests_failed + failed))
    tests_skipped=$((tests_skipped + left))
    sed -n 's/^ *[Ss][Kk][Ii][Pp][Pp][Ee][Dd]: \(.*\)/    skipped: \1/p' "$1" | sort -u
}

# Prints the outcome; the last line is the true count of tests. Returns 1 if a stage failed.
summary() {
    echo
    [ ${#stages_skipped[@]} = 0 ] || printf 'not run here: %s\n' "${stages_skipped[*]}"
    [ ${#stages_failed[@]} = 0 ] || printf 'failed stage: %s\n' "${stages_failed[@]}"
    printf 'all stages: %s s\n' "$SECONDS"
    printf '%s passed, %s failed, %s skipped\n' "$tests_passed" "$tests_failed" "$tests_skipped"
    [ ${#stages_failed[@]} = 0 ]
}
