//! What tools printed on other people's machines, in several languages. The texts lie beside the developers' checkouts;
//! without them nothing is tested here, and that is said.

use super::gpu::{DriverTrouble, nvidia_smi};
use super::{python, toolkits, visual_studio};
use crate::catalog::Catalog;
use crate::facts::{OsFamily, Probed};
use crate::host::Host as _;
use crate::host::fake::{Script, World};
use crate::host::real::RealHost;
use std::path::Path;

/// One of those texts; `None`, and a line that says so, where they are not.
pub(crate) fn text(name: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/tool_outputs");
    let host = RealHost::new().unwrap();
    let found = host.read(&folder.join(name)).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if found.is_none() {
        assert!(host.meta(&folder).is_none(), "{name} is not among the texts");
        skipped(name);
    }
    found
}

#[expect(clippy::print_stderr, reason = "the test script shows which tests could not run")]
fn skipped(name: &str) {
    eprintln!("skipped: {name} lies beside the developers' checkouts");
}

#[test]
fn a_compiler_tells_its_version_on_every_system() {
    for (name, version) in [
        ("nvcc_12.4_windows.txt", "12.4"),
        ("nvcc_10.2_windows.txt", "10.2"),
        ("nvcc_12.4_linux.txt", "12.4"),
        ("nvcc_10.0_linux.txt", "10.0"),
        ("nvcc_9.0_linux.txt", "9.0"),
    ] {
        let Some(printed) = text(name) else { return };
        let world = World::new(OsFamily::Windows).program("nvcc", Script::prints(&printed));
        let [compiler] = toolkits::compilers(&world).try_into().unwrap_or_else(|_| panic!("{name}"));
        assert!(compiler.version.is_some_and(|told| told.starts_with(version)), "{name}");
    }
}

#[test]
fn visual_studio_is_found_whatever_language_it_describes_itself_in() {
    for (name, version, folder) in [
        ("vswhere-json-japanese-vs2019.txt", "16.11.32510.428", "Community"),
        ("vswhere-json-buildtools2022.txt", "17.13.35931.197", "BuildTools"),
    ] {
        let Some(printed) = text(name).map(|printed| whole(&printed)) else { return };
        let vswhere = r"C:\Program Files (x86)\Microsoft Visual Studio\Installer\vswhere.exe";
        let world = World::new(OsFamily::Windows).program(vswhere, Script::prints(&printed));
        let studios = visual_studio::studios(&world).unwrap();
        assert!(studios.iter().any(|studio| studio.version == version), "{name}: {studios:?}");
        assert!(studios[0].root.to_string_lossy().ends_with(folder), "{name}: {studios:?}");
    }
}

/// A list that was cut off within an entry, closed after the last whole line.
fn whole(list: &str) -> String {
    if list.trim_end().ends_with(']') {
        return list.to_owned();
    }
    let (lines, _) = list.trim_end().rsplit_once(",\n").unwrap();
    format!("{lines}}}]")
}

#[test]
fn a_launcher_that_names_no_paths_adds_no_python() {
    let Some(printed) = text("py_launcher_list_old.txt") else { return };
    let world = World::new(OsFamily::Windows).program("py", Script::prints(&printed));
    assert_eq!(python::read(&world, &|_| None), []);
}

#[test]
fn a_driver_that_does_not_answer_is_told_from_cards_that_are_not_there() {
    let of = |name: &str, code| {
        let printed = text(name)?;
        Some(nvidia_smi(&World::new(OsFamily::Linux).program("nvidia-smi", Script::prints(&printed).exit(code))))
    };
    let Some(none) = of("nvidia-smi_fail_nodevices.txt", 6) else { return };
    assert!(none.cards.is_absent());
    for (name, code, trouble) in [
        ("nvidia-smi_fail_mismatch.txt", 18, Some("restart-needed")),
        ("nvidia-smi_fail_nodriver.txt", 9, Some("driver-not-loaded")),
    ] {
        let Some(found) = of(name, code) else { return };
        assert!(matches!(found.cards, Probed::Unknown { .. }), "{name}");
        assert_eq!(found.troubles.first().map(DriverTrouble::code), trouble, "{name}");
    }
    let Some(unknown) = of("nvidia-smi_fail_nvml_unknown.txt", 255) else { return };
    assert!(matches!(unknown.cards, Probed::Unknown { .. }));
}

#[test]
fn a_refused_field_and_another_list_are_not_taken_for_cards() {
    let Some(refused) = text("nvidia-smi_query_bad_field.txt") else { return };
    let found = nvidia_smi(&World::new(OsFamily::Linux).program("nvidia-smi", Script::prints(&refused).exit(2)));
    assert!(matches!(found.cards, Probed::Unknown { .. }), "{found:?}");
}

#[test]
fn banners_of_fifteen_years_name_cards_and_driver() {
    let catalog = Catalog::embedded().unwrap();
    for (name, driver, cards) in [
        ("nvidia-smi_331_gtx680_linux.txt", "331.62", 2),
        ("nvidia-smi_396_gtx1070_linux.txt", "396.24", 1),
        ("nvidia-smi_450_titanxp_linux.txt", "450.57", 1),
        ("nvidia-smi_535_quadro4000_linux.txt", "535.129.03", 1),
        ("nvidia-smi_546_rtx4070ti_windows.txt", "546.33", 1),
        ("nvidia-smi_570_mixed_5090_4090_linux.txt", "570.124.04", 2),
        ("nvidia-smi_572_rtx5090_windows.txt", "572.83", 1),
        ("nvidia-smi_581_rtx5070ti_windows.txt", "581.57", 1),
        ("nvidia-smi_610_rtx3080_laptop_linux.txt", "610.43.03", 1),
    ] {
        let Some(printed) = text(name) else { return };
        let facts = crate::report_in::read(&printed, catalog).unwrap_or_else(|_| panic!("{name}"));
        assert_eq!(facts.driver.found().map(ToString::to_string).as_deref(), Some(driver), "{name}");
        assert_eq!(facts.gpus.found().map(Vec::len), Some(cards), "{name}: {:?}", facts.gpus);
    }
}
