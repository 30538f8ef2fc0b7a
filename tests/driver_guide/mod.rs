//! Cards × driver × system → which driver to take, which not, and how.

use crate::made_up::{facts, found};
use torch_wizard::assess::{DriverGuide, Reason, Serves, driver_guide};
use torch_wizard::catalog::Catalog;
use torch_wizard::facts::MachineFacts;

fn guide(facts: &MachineFacts) -> Result<DriverGuide, Vec<Reason>> {
    driver_guide(facts, Catalog::embedded().unwrap())
}

fn codes(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>().join(",")
}

/// `no 580.88 580 driver-too-old`: whether the present one serves, the least, the branch (`580!` if it is the last), why.
fn say(facts: &MachineFacts) -> String {
    match guide(facts) {
        Ok(guide) => {
            let serves = match guide.serves {
                Serves::Yes => "yes",
                Serves::Partly => "partly",
                Serves::No => "no",
                Serves::Unknown => "unknown",
            };
            let last = if guide.last_branch == Some(guide.branch) { "!" } else { "" };
            format!("{serves} {} {}{last} {}", guide.least, guide.branch, codes(&guide.why))
        }
        Err(why) => codes(&why),
    }
}

#[test]
fn cards_and_driver_say_which_to_take() {
    let mut wrong = Vec::new();
    for (cards, driver, system, expected) in [
        // The newest torch wants CUDA 13, whose least driver is of the branch that gets fixes longest.
        ("12.0", "-", "windows", "no 580.88 580 driver-missing"),
        ("12.0", "566.36", "windows", "no 580.88 580 driver-too-old"),
        ("12.0", "576.02", "windows", "partly 580.88 580 driver-held-back,driver-fault"),
        ("12.0", "580.88", "windows", "yes 580.88 580 driver-serves"),
        ("12.0", "-", "linux", "no 580.65.06 580 driver-missing"),
        ("12.0", "570.124.06", "linux", "partly 580.65.06 580 driver-held-back"),
        ("12.0", "566.36", "wsl", "no 580.88 580 driver-too-old"),
        ("8.9", "581.57", "windows", "yes 580.88 580 driver-serves,driver-fault"),
        // A fault that can cost the card.
        ("8.9", "595.60", "windows", "no 580.88 580 driver-fault,driver-fault"),
        // Later branches have dropped them, and their newest torch asks for less.
        ("6.1", "591.44", "windows", "no 528.33 580! driver-dropped-card,driver-fault"),
        ("6.1", "581.57", "windows", "yes 528.33 580! driver-serves,driver-fault"),
        ("6.1", "590.48.01", "linux", "no 525.60.13 580! driver-dropped-card"),
        ("6.1;8.6", "-", "windows", "no 580.88 580! driver-missing"),
        // One wants the open kernel module, the other has only the proprietary one.
        ("6.1;12.0", "580.95.05", "linux", "driver-no-module-for-all"),
        ("6.1;12.0", "581.57", "windows", "yes 580.88 580! driver-serves,driver-fault"),
        ("3.5", "470.256.02", "linux", "no-code-for-card"),
        ("12.0", "?", "linux", "unknown 580.65.06 580 driver-unknown"),
        ("-", "-", "windows", "no-nvidia-card"),
        ("!", "?", "linux", "cards-unknown"),
        ("12.0", "580.95.05", "wsl1", "wsl1-has-no-gpu"),
        ("-", "-", "macos", "no-cuda-on-macos"),
    ] {
        let said = say(&facts(cards, driver, system, &["3.12"]));
        if said != expected {
            wrong.push(format!("{cards} {driver} {system}: {said:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn on(version: &str, cards: &str, driver: &str, system: &str) -> DriverGuide {
    let mut facts = facts(cards, driver, system, &["3.12"]);
    let mut os = facts.os.found().unwrap().clone();
    version.clone_into(&mut os.version);
    facts.os = found(os);
    guide(&facts).unwrap()
}

fn steps(guide: &DriverGuide) -> Vec<String> {
    let said = |step: &torch_wizard::assess::Unblock| match &step.command {
        Some(command) => format!("{}: {command}", step.code),
        None => step.code.clone(),
    };
    guide.steps.iter().map(said).collect()
}

#[test]
fn a_system_whose_packages_are_known_gets_their_command_and_any_other_a_page() {
    let ubuntu = on("Ubuntu 24.04.3 LTS", "12.0", "-", "linux");
    let last = ["driver-restart", "driver-look-again: torch-wizard recheck"];
    assert_eq!(steps(&ubuntu)[0], "driver-package: sudo apt install nvidia-driver-580-open");
    assert_eq!(steps(&ubuntu)[1..], last);
    assert_eq!(codes(&ubuntu.heed), "driver-module");
    assert!(ubuntu.heed[0].text.contains("open kernel module"), "{}", ubuntu.heed[0].text);
    let pascal = on("Linux Mint 22", "6.1", "590.48.01", "linux");
    assert_eq!(
        steps(&pascal)[..2],
        ["driver-runfile: sudo nvidia-uninstall", "driver-package: sudo apt install nvidia-driver-580"]
    );
    assert_eq!(codes(&pascal.heed), "driver-not-after,driver-module");
    for (system, page) in [
        ("Fedora Linux 43 (Workstation Edition)", "https://rpmfusion.org/Howto/NVIDIA"),
        ("Arch Linux", "https://wiki.archlinux.org/title/NVIDIA"),
        ("Debian GNU/Linux 13 (trixie)", "https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/"),
    ] {
        let guide = on(system, "8.9", "-", "linux");
        assert_eq!((guide.page.as_str(), steps(&guide)[0].as_str()), (page, "driver-package"), "{system}");
        assert!(guide.steps[0].text.contains(page), "{}", guide.steps[0].text);
    }
}

#[test]
fn on_windows_a_way_back_is_a_clean_install_that_is_watched() {
    let back = on("Windows 11 24H2", "6.1", "591.44", "windows");
    let expected = [
        "driver-page",
        "driver-clean",
        "driver-watch: torch-wizard watch on",
        "driver-restart",
        "driver-look-again: torch-wizard recheck",
    ];
    assert_eq!(steps(&back), expected);
    assert!(back.steps[1].text.contains("you go back"), "{}", back.steps[1].text);
    let forth = on("Windows 11 24H2", "12.0", "566.36", "windows");
    let expected = ["driver-page", "driver-clean", "driver-restart", "driver-look-again: torch-wizard recheck"];
    assert_eq!(steps(&forth), expected);
    assert!(forth.steps[1].text.starts_with("If the installer fails"), "{}", forth.steps[1].text);
    // Faults of later releases are told before one is taken.
    assert!(codes(&forth.heed).contains("driver-avoid"), "{}", codes(&forth.heed));
    assert!(forth.heed.iter().any(|reason| reason.text.contains("Fans can stand still")));
    let wsl = on("Ubuntu 24.04.3 LTS", "12.0", "566.36", "wsl");
    assert!(steps(&wsl).contains(&"driver-restart: wsl --shutdown".to_owned()), "{:?}", steps(&wsl));
    assert!(codes(&wsl.heed).ends_with("driver-not-in-wsl"), "{}", codes(&wsl.heed));
    assert_eq!(wsl.page, "https://www.nvidia.com/drivers");
}

#[test]
fn a_driver_that_serves_needs_no_steps_and_a_container_has_none_of_its_own() {
    assert!(on("Windows 11 24H2", "12.0", "580.88", "windows").steps.is_empty());
    let mut inside = facts("12.0", "580.95.05", "linux", &["3.12"]);
    let mut os = inside.os.found().unwrap().clone();
    os.is_container = true;
    inside.os = found(os);
    assert_eq!(say(&inside), "driver-of-the-host");
}
