//! `docs/COMPATIBILITY.md` says what the catalogue says. After a change of the tables:
//! `TORCH_WIZARD_WRITE_TABLE=1 cargo test --test compatibility`, and read the difference.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]
#![expect(clippy::disallowed_methods, reason = "a test that reads a file of the repository")]

use std::fmt::Write as _;
use torch_wizard::catalog::{ArchList, Catalog, Numbering, Platform};
use torch_wizard::facts::{ComputeCapability, CudaVersion, TorchVersion};

const HEAD: &str = "# Which wheel runs on which card

What torch-wizard decides from, as a table: the stable CUDA wheels of torch, the code compiled into them, and the driver
they need. Made from `assets/catalog/` by `tests/compatibility.rs`, where each row has its source and its date. A card
needs code of its own generation (same first number, second number not above its own) and the higher of the two
drivers, that of the runtime and that of the card. `?` is what reports contradict each other about.
";

/// Releases in a row whose wheels of a variant are alike.
struct Span<'a> {
    first: &'a TorchVersion,
    last: &'a TorchVersion,
    list: &'a ArchList,
}

fn spans<'a>(catalog: &'a Catalog, platform: Platform, variant: &str) -> Vec<Span<'a>> {
    let mut spans: Vec<Span<'a>> = Vec::new();
    for row in catalog.builds(platform).filter(|row| row.variant == variant && !row.is_unverified) {
        let torch = &row.release.torch;
        let Some(list) = catalog.arch_list(torch, variant, platform) else { continue };
        let is_alike = |span: &Span<'_>| {
            (&span.list.archs, &span.list.ptx, &span.list.unsure) == (&list.archs, &list.ptx, &list.unsure)
        };
        // Newest first: each further one begins the span earlier.
        match spans.last_mut().filter(|span| is_alike(span)) {
            Some(span) => span.first = torch,
            None => spans.push(Span { first: torch, last: torch, list }),
        }
    }
    spans
}

fn names(list: &[ComputeCapability]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn table(catalog: &Catalog) -> String {
    let mut out = HEAD.to_owned();
    for (platform, title, on) in [
        (Platform::WindowsX86, "Windows, 64-bit", Numbering::Windows),
        (Platform::LinuxX86, "Linux on x86-64", Numbering::Linux),
        (Platform::LinuxArm, "Linux on Arm", Numbering::Linux),
    ] {
        writeln!(out, "\n## {title}\n").unwrap();
        out += "| variant | torch | code for | PTX | least driver of the runtime |\n| --- | --- | --- | --- | --- |\n";
        for runtime in catalog.runtimes.iter().rev() {
            let driver = catalog.floor_of_runtime(runtime.cuda, on).unwrap().first;
            for Span { first, last, list } in spans(catalog, platform, &runtime.variant) {
                let torch = if first == last { last.to_string() } else { format!("{first} – {last}") };
                let unsure = if list.unsure.is_empty() { String::new() } else { format!(" {}?", names(&list.unsure)) };
                let (variant, code, ptx) = (&runtime.variant, names(&list.archs), names(&list.ptx));
                writeln!(out, "| {variant} | {torch} | {code}{unsure} | {ptx} | {driver} |").unwrap();
            }
        }
    }
    out += "\n## Drivers of the cards\n\n| compute capability | least on Linux | least on Windows | last branch |\n";
    out += "| --- | --- | --- | --- |\n";
    for row in &catalog.generations {
        let range = if row.from == row.to { row.from.to_string() } else { format!("{} – {}", row.from, row.to) };
        let first =
            |first: &Option<_>, least: &torch_wizard::facts::DriverVersion| first.as_ref().unwrap_or(least).to_string();
        let (linux, windows) = (first(&row.first_linux, &row.linux), first(&row.first_windows, &row.windows));
        let last = row.last_branch.map(|branch| branch.to_string()).unwrap_or_default();
        writeln!(out, "| {range} | {linux} | {windows} | {last} |").unwrap();
    }
    writeln!(out, "\nAs of {}.", catalog.as_of().unwrap()).unwrap();
    out
}

#[test]
fn the_public_table_is_that_of_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/COMPATIBILITY.md");
    let now = table(Catalog::embedded().unwrap());
    if std::env::var_os("TORCH_WIZARD_WRITE_TABLE").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == now, "docs/COMPATIBILITY.md is not what the tables say; see the head of this file");
}

#[test]
fn the_table_names_what_decides_most_cases() {
    let text = table(Catalog::embedded().unwrap());
    let windows = text.split("\n## ").find(|part| part.starts_with("Windows")).unwrap();
    let newest = |variant: &str| windows.lines().find(|line| line.starts_with(&format!("| {variant} |"))).unwrap();
    assert!(newest("cu128").contains("2.11.0") && newest("cu126").contains("2.14.1"), "{windows}");
    assert!(!newest("cu126").contains("12.0") && newest("cu132").contains("12.0"));
    assert_eq!(CudaVersion::of_variant("cu132"), Some(CudaVersion::new(13, 2)));
}
