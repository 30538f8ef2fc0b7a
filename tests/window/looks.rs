//! A few reviewed pictures, dark and light. Pixels differ between drivers, so they are compared only where
//! `TORCH_WIZARD_TEST_LOOKS=1` says that the driver is the one they were made with (Mesa's lavapipe);
//! `UPDATE_SNAPSHOTS=1` makes them anew.
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use crate::shown::{Look, show};
use crate::states::all;
use eframe::egui::Theme;
use egui_kittest::SnapshotResults;
use torch_wizard::text::Language;

#[test]
fn pages_look_as_reviewed() {
    #[expect(clippy::disallowed_methods, reason = "tests have no Host")]
    if std::env::var_os("TORCH_WIZARD_TEST_LOOKS").is_none() {
        println!("skipped: pictures are compared with TORCH_WIZARD_TEST_LOOKS=1");
        return;
    }
    let dark = Look::default;
    let light = || Look { theme: Theme::Light, ..Look::default() };
    let small = || Look { size: [860.0, 600.0], ..Look::default() };
    let german = || Look { zoom: 1.25, language: Some(Language::German), ..Look::default() };
    let wanted: [(&str, &str, Look); 10] = [
        ("detect", "dark", dark()),
        ("detect", "light", light()),
        ("choose", "light", light()),
        ("review", "light", light()),
        ("run", "dark", dark()),
        ("run", "german", german()),
        ("verify", "dark", dark()),
        ("verify-proven", "small", small()),
        ("done", "dark", dark()),
        ("home", "dark", dark()),
    ];
    let states = all();
    let mut results = SnapshotResults::new();
    for (state, name, look) in wanted {
        let (_, model) = states.iter().find(|(known, _)| *known == state).unwrap();
        let mut harness = show(model.clone(), look);
        harness.snapshot(format!("{state}-{name}"));
        results.extend(harness.take_snapshot_results());
    }
}
