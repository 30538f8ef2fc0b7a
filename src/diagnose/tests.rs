//! The tools' own words, as they stand in their sources, and logs of every kind.

mod encodings;
mod words;

use super::*;

fn of(log: &str) -> Diagnosis {
    of_bytes(log.as_bytes())
}

fn of_bytes(log: &[u8]) -> Diagnosis {
    diagnose(&mut &*log, Knowledge::embedded().unwrap()).unwrap()
}

fn label(log: &str) -> String {
    of(log).answer.label().to_owned()
}

#[test]
fn the_cause_goes_before_what_follows_from_it() {
    let log = "error: Microsoft Visual C++ 14.0 or greater is required.\n  C:\\x\\cl.exe\n\
               ERROR: Failed building wheel for flash-attn\n";
    let said = of(log);
    assert_eq!(said.answer.label(), "msvc-missing");
    assert_eq!(said.evidence, [Evidence { line: 1, text: log.lines().next().unwrap().to_owned() }]);
    let follows: Vec<_> = said.others.iter().map(|other| (other.label.as_str(), other.also)).collect();
    assert!(follows.contains(&("flash-attn-build", false)), "{follows:?}");
}

#[test]
fn a_second_cause_is_named_beside_the_first_and_makes_it_less_sure() {
    let first = "RuntimeError: CUDA error: no kernel image is available for execution on the device\n";
    let alone = of(first);
    let said = of(&format!("{first}OMP: Error #15: Initializing libiomp5md.dll, but found it already initialized.\n"));
    assert!(said.others.iter().any(|other| other.also), "{said:?}");
    assert!(said.confidence < alone.confidence && alone.confidence >= 0.9);
}

#[test]
fn what_depends_on_a_machine_that_the_log_does_not_name_is_possible() {
    let killed = of("Out of memory: Killed process 42 (python)\n");
    assert_eq!(killed.answer.label(), "host-oom-build");
    let others: Vec<_> = killed.others.iter().map(|other| (other.label.as_str(), other.also)).collect();
    assert_eq!(others, [("wsl-memory", false)]);
    assert_eq!(label("microsoft-standard-WSL2\nOut of memory: Killed process 42 (python)\n"), "wsl-memory");
}

#[test]
fn a_retry_that_was_followed_by_success_is_no_failure() {
    let retry = "WARNING: Retrying after connection broken by 'ReadTimeoutError(\"Read timed out.\")'\n";
    assert_eq!(label(retry), "network-timeout");
    assert_eq!(label(&format!("{retry}Successfully installed torch-2.9.0\n")), "none");
    assert_eq!(label(&format!("Successfully installed torch-2.9.0\n{retry}")), "network-timeout");
}

#[test]
fn a_command_and_what_pip_asks_about_itself_are_no_failure() {
    let log = "2026-11-29T23:23:08.644Z ── build: python -m pip wheel --no-build-isolation .\n\
               2026-11-29T23:23:12.449Z   error: the flux capacitor is empty\n\
               2026-11-29T23:23:12.552Z Could not fetch URL https://index.example/simple/pip/: There was a problem confirming the ssl certificate: CERTIFICATE_VERIFY_FAILED - skipping\n";
    let said = of(log);
    assert_eq!((said.answer.label(), said.others.len()), ("unknown", 0), "{said:?}");
    let shown = "error: the flux capacitor is empty".to_owned();
    assert_eq!(said.evidence, [Evidence { line: 2, text: shown }], "without its moment");
    let without = of("ModuleNotFoundError: No module named 'torch'\nbuilding wheel\n pip wheel --no-build-isolation\n");
    assert_ne!(without.answer.label(), "unknown");
}

#[test]
fn a_word_inside_of_a_name_is_none() {
    // The symbol of a function that takes such a warning, as the compiler writes it.
    let symbol = "ImportError: /site-packages/some_ops.so: undefined symbol: _ZN3c104WarnENS_18DeprecationWarningE\n";
    assert_eq!(label(symbol), "extension-abi");
    assert_eq!(label("x.py:3: DeprecationWarning: ImportError is raised for an undefined symbol\n"), "none");
}

#[test]
fn an_open_kernel_module_that_refuses_a_card_goes_before_what_follows_from_it() {
    let noted = "[ 1.0] PKCS#7 signature not signed with a trusted key\n";
    let refused = "NVRM: Open nvidia.ko is only ready for use on Data Center GPUs.\n\
                   NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x63:0x0:1)\n";
    assert_eq!(label(&format!("{noted}{refused}")), "gpu-unsupported-by-driver");
    let alone = of(noted);
    assert!(alone.answer.label() == "secure-boot" && alone.confidence < 0.8, "{alone:?}");
}

#[test]
fn docker_looking_for_an_image_is_no_failure() {
    let log =
        "Unable to find image 'some/image:1.0' locally\n1.0: Pulling from some/image\nStatus: Downloaded newer image\n";
    assert_eq!(label(log), "none");
}

#[test]
fn what_is_not_known_is_unknown_with_its_lines() {
    let said = of("starting\nError: the flux capacitor is empty\nmore\nFrobError: no plutonium\n");
    assert_eq!(said.answer, Answer::Unknown);
    assert!(said.confidence < 0.8);
    let lines: Vec<u64> = said.evidence.iter().map(|line| line.line).collect();
    assert_eq!(lines, [4, 2]);
}

#[test]
fn what_complains_of_nothing_is_fine() {
    assert_eq!(of("").answer, Answer::Fine);
    assert_eq!(of("Collecting torch\nSuccessfully installed torch-2.9.0\n").answer, Answer::Fine);
    assert!(of("hello").confidence < 0.8);
}

#[test]
fn what_a_tool_rules_out_while_it_looks_around_says_nothing() {
    let skipped =
        "  Skipping link: none of the wheel's tags (cp38-cp38-win32) are compatible: torch-2.9.0-cp38-win32.whl\n";
    let asked =
        "ERROR: Could not find a version that satisfies the requirement torch==9.9 (from versions: 2.7.0, 2.8.0)\n";
    assert_eq!(label(&format!("{}{asked}", skipped.repeat(40))), "version-not-on-index");
}

#[test]
fn a_line_is_counted_where_it_stands_however_far_down() {
    let mut log = "[ 12%] Building CXX object error.cpp.o\n".repeat(40_000);
    log.push_str(
        "make: progress 10%\rmake: progress 20%\rcc1plus: fatal error: Killed signal terminated program cc1plus\n",
    );
    let said = of(&log);
    assert_eq!(said.answer.label(), "host-oom-build");
    let [line] = said.evidence.as_slice() else { panic!("{said:?}") };
    assert_eq!(
        (line.line, line.text.as_str()),
        (40_001, "cc1plus: fatal error: Killed signal terminated program cc1plus")
    );
}

#[test]
fn a_line_of_megabytes_is_searched_and_shown_in_part() {
    let log = format!("{}CUDA out of memory{}", "x".repeat(3 << 20), "y".repeat(3 << 20));
    let said = of(&log);
    assert_eq!(said.answer.label(), "gpu-oom");
    assert!(said.evidence.iter().all(|line| line.line == 1 && line.text.chars().count() <= 401), "{said:?}");
}

#[test]
fn a_label_is_one_of_those_that_are_known_and_its_confidence_a_share() {
    let log = words::LINES.iter().map(|(line, _)| *line).collect::<Vec<_>>().join("\n");
    let said = of(&log);
    assert!((0.0..=1.0).contains(&said.confidence));
    assert!(said.others.iter().all(|other| (0.0..=1.0).contains(&other.confidence)));
}
