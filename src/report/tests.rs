mod beside;

use super::*;
use crate::assess::{Assessment, Build, Origin, Route, Verdict};
use crate::catalog::Catalog;
use crate::facts::{ComputeCapability, Gpu, Hardware, Probed, Source, Via};
use crate::lock::Lock;
use crate::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, plan};
use crate::text::Language;
use crate::verify::{Check, CheckOutcome, Circumstances, Expected, Proof, ReportBuilder};
use std::collections::BTreeMap;
use std::fmt::Write as _;

fn recorded(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name).with_extension("jsonl");
    #[expect(clippy::disallowed_methods, reason = "a test reads its recording")]
    std::fs::read_to_string(path).unwrap()
}

fn folded(name: &str, circumstances: Circumstances) -> VerificationReport {
    let expected =
        |_: &str, check: &str| ["matmul-fp16", "matmul-bf16"].contains(&check).then_some(Expected::calculated(61.8));
    let mut builder = ReportBuilder::new(circumstances, &expected);
    for line in recorded(name).lines() {
        builder.line(line);
    }
    builder.finish(Some(0))
}

fn circumstances() -> Circumstances {
    Circumstances {
        card_present: Some(true),
        taken_at: "2026-11-21T10:15:00.123Z".to_owned(),
        driver: Some("581.57".to_owned()),
        ..Circumstances::default()
    }
}

fn report(name: &str) -> VerificationReport {
    folded(name, circumstances())
}

fn catalog() -> &'static Catalog {
    Catalog::embedded().unwrap()
}

fn english() -> Text {
    Text::new(Language::English)
}

fn page(report: &VerificationReport) -> String {
    verification_html(report, &About::default(), catalog(), &english())
}

/// A page as its commands are copied.
fn copied(page: &str) -> String {
    page.replace("<span class=\"option\">", "").replace("</span>", "")
}

/// The answer of a page.
fn answer(page: &str) -> &str {
    page.split("<p class=\"answer\">").nth(1).unwrap().split("</p>").next().unwrap()
}

/// The row of a check.
fn row<'a>(page: &'a str, check: &str) -> &'a str {
    let start = format!("<tr><th scope=\"row\"><code>{check}</code>");
    page.split(&start).nth(1).unwrap_or_else(|| panic!("no row {check}")).split("</tr>").next().unwrap()
}

#[test]
fn each_verdict_has_the_sentence_that_is_true_of_it() {
    for (name, sentence) in [
        ("rtx5070-healthy", "Your GPU runs PyTorch"),
        ("rtx2060-healthy", "Your GPU runs PyTorch"),
        ("rtx5070-wrong-softmax", "Your GPU does not compute correctly"),
        ("rtx5070-arch-missing", "PyTorch does not run on your GPU"),
        ("rtx5070-and-gtx1080", "PyTorch does not run on every chosen GPU"),
        ("no-driver", "PyTorch does not run on your GPU"),
        ("import-error", "PyTorch could not be loaded"),
        ("rtx5070-crash-conv2d", "Not proven: the checks did not all run"),
        ("rtx5070-hang-lstm", "Not proven: the checks did not all run"),
        ("cpu-wheel", "This PyTorch cannot use a GPU"),
    ] {
        let report = report(name);
        assert_eq!(answer(&page(&report)), sentence, "{name}");
        assert_eq!(headline(&report, &english()), sentence, "{name}");
    }
    let without_card = folded("no-driver", Circumstances { card_present: Some(false), ..circumstances() });
    assert_eq!(answer(&page(&without_card)), "No usable NVIDIA card was found");
    let on_cpu = Circumstances { choice: "cpu".parse().unwrap(), ..circumstances() };
    let mut on_cpu = folded("cpu-run", on_cpu);
    on_cpu.cuda_runtime = Some("13.0".to_owned());
    assert_eq!(answer(&page(&on_cpu)), "PyTorch was checked on the processor alone");
    let softmax = on_cpu.checks.iter_mut().find(|check| check.check == "softmax").unwrap();
    softmax.outcome = CheckOutcome::Failed;
    assert_eq!(answer(&page(&on_cpu)), "PyTorch does not work correctly on your processor");
    let mut pair = report("rtx5070-healthy");
    let second = pair.devices[0].clone();
    pair.devices.push(second);
    assert_eq!(answer(&page(&pair)), "Your GPUs run PyTorch");
}

#[test]
fn a_simulated_card_is_never_shown_as_proven() {
    let mut report = folded("rtx5070-healthy", Circumstances { simulated: true, ..circumstances() });
    // Also not if a file that was read says so.
    report.verdict = Proof::Proven;
    report.devices[0].verdict = Proof::Proven;
    let page = page(&report);
    assert_eq!(answer(&page), "Simulated GPU: nothing is proven");
    assert!(page.contains("Not proven</span>") && !page.contains("Proven</span>"), "{page}");
}

#[test]
fn a_skipped_check_is_shown_as_skipped_with_its_reason() {
    let page = page(&report("rtx2060-healthy"));
    let skipped = row(&page, "matmul-bf16");
    assert!(skipped.contains("</span> Skipped</span>"), "{skipped}");
    assert!(!skipped.contains("Passed") && !skipped.contains("good"), "{skipped}");
    let not_run = page.split("<h2>What did not run</h2>").nth(1).unwrap();
    assert!(not_run.contains("<code>matmul-bf16</code> (card 0) skipped: "), "{not_run}");
    assert!(page.contains("<dt>Skipped</dt><dd class=\"quiet\">4</dd>"), "{page}");
}

#[test]
fn what_was_never_reached_is_named() {
    let mut report = report("rtx5070-healthy");
    report.checks.retain(|check| check.check != "softmax");
    let page = page(&report);
    assert!(page.contains("<code>softmax</code> (card 0) was not reached"), "{page}");
    assert!(!page.contains("<th scope=\"row\"><code>softmax</code>"), "{page}");
}

#[test]
fn times_and_crashes_are_failures_with_their_own_word() {
    let hang = page(&report("rtx5070-hang-lstm"));
    assert!(row(&hang, "lstm").contains("Timed out"), "{}", row(&hang, "lstm"));
    let crash = page(&report("rtx5070-crash-conv2d"));
    assert!(row(&crash, "conv2d").contains("Crashed"), "{}", row(&crash, "conv2d"));
    assert!(crash.contains("<dt>Not finished</dt><dd class=\"bad\">1</dd>"), "{crash}");
}

#[test]
fn numbers_stand_beside_what_they_are_measured_by() {
    let page = page(&report("rtx5070-healthy"));
    let row = row(&page, "matmul-bf16");
    for part in ["17.80 ms", "61.8 of 61.8 TFLOPS (100 %, calculated)", "1.8e-3 / 7.8e-3"] {
        assert!(row.contains(part), "{part} in {row}");
    }
    let german =
        verification_html(&report("rtx5070-healthy"), &About::default(), catalog(), &Text::new(Language::German));
    assert!(
        german.contains("<html lang=\"de\">") && german.contains("61,8 von 61,8 TFLOPS (100 %, berechnet)"),
        "{german}"
    );
}

const NASTY: &str = "<script>alert('x')</script> \"quoted\" & more";

#[test]
fn names_and_paths_are_never_markup() {
    let mut report = report("rtx5070-wrong-softmax");
    report.devices[0].name = NASTY.to_owned();
    report.torch = Some(NASTY.to_owned());
    report.driver = Some(NASTY.to_owned());
    report.taken_at = NASTY.to_owned();
    report.label = Some(NASTY.to_owned());
    report.arch_list = vec![NASTY.to_owned()];
    for check in &mut report.checks {
        check.check = NASTY.to_owned();
        check.detail = Some(NASTY.to_owned());
    }
    let about = About { subject: Some(Path::new(NASTY)), system: Some(NASTY), ..About::default() };
    let html = verification_html(&report, &about, catalog(), &english());
    let mut machine = machine();
    if let Probed::Found { value, .. } = &mut machine.gpus {
        NASTY.clone_into(&mut value[0].name);
    }
    let plan = made(OsFamily::Linux, &format!("/data/{NASTY}"));
    let card = reference_card(&card(&machine, &plan, &report), &english());
    for page in [html, card] {
        assert!(!page.contains("<script") && !page.contains("\"quoted\""), "{page}");
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"), "{page}");
    }
}

fn source() -> Source {
    Source::new(Via::Nvml, "nvml")
}

fn machine() -> MachineFacts {
    let mut facts = MachineFacts::unknown("2026-11-21T10:00:00Z");
    facts.gpus = Probed::Found {
        value: vec![Gpu {
            index: 0,
            name: "NVIDIA GeForce RTX 5070".to_owned(),
            uuid: None,
            pci_id: None,
            pci_bus: None,
            capability: Some(ComputeCapability::new(12, 0)),
            memory_bytes: Some(12_820_480_000),
            board: crate::facts::Board::default(),
            source: source(),
        }],
        source: source(),
    };
    facts.driver = Probed::Found { value: "581.57".parse().unwrap(), source: source() };
    let os = OsFacts {
        version: "Windows 11 Pro 25H2".to_owned(),
        build: Some(26200),
        arch: "x86_64".to_owned(),
        ..OsFacts::of(OsFamily::Windows)
    };
    facts.os = Probed::Found { value: os, source: source() };
    let hardware = Hardware {
        cpu: "AMD Ryzen 7 9800X3D 8-Core Processor".to_owned(),
        logical_cores: 16,
        memory_bytes: 68_719_476_736,
    };
    facts.hardware = Probed::Found { value: hardware, source: source() };
    facts
}

/// 33 packages, as an install of torch with torchvision on Windows or Linux has.
fn lock() -> Lock {
    let mut text = "lock-version = \"1.0\"\ncreated-by = \"uv\"\n".to_owned();
    let fill = (0..30).map(|number| (format!("package-{number:02}"), "1.0".to_owned()));
    let named = [("torch", "2.15.0+cu130"), ("torchaudio", "2.15.0+cu130"), ("torchvision", "0.30.0+cu130")];
    for (name, version) in fill.chain(named.map(|(name, version)| (name.to_owned(), version.to_owned()))) {
        let file = format!("https://index.example/{name}-{version}-py3-none-any.whl");
        writeln!(text, "[[packages]]\nname = \"{name}\"\nversion = \"{version}\"").unwrap();
        writeln!(text, "index = \"https://index.example/whl/cu130\"\nwheels = [{{ url = \"{file}\", hashes = {{}} }}]")
            .unwrap();
    }
    Lock::from_pylock(&text).unwrap()
}

fn made(os: OsFamily, target: &str) -> Plan {
    let at = |name: &str| match os {
        OsFamily::Windows => format!(r"C:\Users\maximiliane\AppData\Local\torch-wizard\{name}").into(),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => format!("/home/maximiliane/.local/share/{name}").into(),
    };
    let assessment = Assessment {
        route: Route::Wheel,
        verdict: Verdict::Recommended { reasons: Vec::new() },
        build: Some(Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: "3.12".parse().ok(),
            origin: Origin::TorchIndex { url: "https://index.example/whl/cu130".to_owned() },
            seen_live: true,
        }),
        acceptable_variants: Vec::new(),
        gpus: Vec::new(),
        download_bytes: None,
        disk_bytes: None,
        seconds: None,
        risk: None,
        needs: Vec::new(),
    };
    let choices = Choices {
        target: target.into(),
        python: at("python"),
        python_version: "3.12.4".parse().ok(),
        engine: Engine::Uv,
        uv: Some(at("uv.exe")),
        cards: Vec::new(),
        replace: false,
    };
    let frame = Frame {
        id: "20261121-100000-123".to_owned(),
        made_at: "2026-11-21T10:00:00Z".to_owned(),
        os,
        places: Places { run: at("1"), store: at("wheels"), links: at("links"), uv_cache: at("cache") },
        indexes: Indexes::default(),
        inheritance: Inheritance { set: BTreeMap::new(), ..Inheritance::default() },
    };
    plan(assessment, choices, lock(), frame).unwrap()
}

fn card<'a>(facts: &'a MachineFacts, plan: &'a Plan, report: &'a VerificationReport) -> Card<'a> {
    Card {
        environment: &plan.target,
        os: plan.os,
        facts,
        plan: Some(plan),
        known: None,
        report: Some(report),
        made_at: "2026-11-21T10:20:00Z",
        private: None,
    }
}

#[test]
fn the_card_has_what_a_person_needs_to_use_and_keep_it() {
    let (facts, report) = (machine(), report("rtx5070-healthy"));
    let plan = made(OsFamily::Windows, r"C:\Users\maximiliane\torch-cu130");
    let page = copied(&reference_card(&card(&facts, &plan, &report), &english()));
    for part in [
        "NVIDIA GeForce RTX 5070 · compute capability 12.0 · 11.9 GiB",
        "Windows 11 Pro 25H2 (26200) · x86_64",
        "Proven on 2026-11-21 10:15 UTC under driver 581.57.",
        "2.15.0+cu130",
        "0.30.0+cu130",
        "https://index.example/whl/cu130",
        r"&amp; C:\Users\maximiliane\torch-cu130\Scripts\Activate.ps1",
        r"<code>C:\Users\maximiliane\torch-cu130\Scripts\activate.bat</code>",
        r"<code>C:\Users\maximiliane\torch-cu130\Scripts\python.exe</code>",
        r"uv.exe pip install --python C:\Users\maximiliane\torch-cu130\Scripts\python.exe ipykernel",
        "python.exe -m ipykernel install --user --name torch-cu130",
        r"<code>torch-wizard verify C:\Users\maximiliane\torch-cu130</code>",
        r"\1\install.log",
        "61.8 of 61.8 TFLOPS (100 %, calculated)",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("package-07"), "packages are not listed");
    let plan = made(OsFamily::Linux, "/data/my torch");
    let page = copied(&reference_card(&card(&facts, &plan, &report), &english()));
    assert!(page.contains("<code>. &#39;/data/my torch/bin/activate&#39;</code>"), "{page}");
    assert!(page.contains("--name my-torch<") && !page.contains("PowerShell"), "{page}");
}

#[test]
fn a_card_proves_nothing_that_is_not_proven() {
    let (mut facts, plan) = (machine(), made(OsFamily::Linux, "/data/torch"));
    let good = report("rtx5070-healthy");
    for (report, sentence) in [
        (Some(report("rtx5070-hang-lstm")), "Not proven: the checks did not all run"),
        (Some(report("rtx5070-wrong-softmax")), "Your GPU does not compute correctly"),
        (None, "This environment is not proven"),
    ] {
        let page = reference_card(&Card { report: report.as_ref(), ..card(&facts, &plan, &good) }, &english());
        assert_eq!(answer(&page), sentence);
        assert!(!page.contains("Proven on"), "{page}");
    }
    let known = known(Proof::Proven);
    let remembered = Card { report: None, known: Some(&known), ..card(&facts, &plan, &good) };
    let page = reference_card(&remembered, &english());
    assert!(page.contains("Proven on 2026-10-01 08:00 UTC under driver 570.86."), "{page}");
    if let Probed::Found { source, .. } = &mut facts.gpus {
        source.via = Via::Simulated;
    }
    let page = reference_card(&Card { known: Some(&known), ..card(&facts, &plan, &good) }, &english());
    assert_eq!(answer(&page), "Simulated GPU: nothing is proven");
    assert!(!page.contains("Proven on") && !page.contains("TFLOPS"), "{page}");
}

fn known(verdict: Proof) -> Known {
    Known {
        path: "/data/torch".into(),
        created: "2026-10-01T08:00:00Z".to_owned(),
        torch: Some("2.15.0+cu130".to_owned()),
        variant: Some("cu130".to_owned()),
        route: None,
        plan_id: None,
        verdict: Some(verdict),
        verified_at: Some("2026-10-01T08:00:00Z".to_owned()),
        driver: Some("570.86".to_owned()),
        last_report: None,
        machine: None,
    }
}

#[test]
fn nothing_private_is_left_where_it_is_to_be_hidden() {
    let mut report = report("rtx5070-wrong-softmax");
    let private = Private::new(Path::new("/home/maximiliane"), None);
    let words = "/home/maximiliane/x by maximiliane, maximiliane's".to_owned();
    for check in &mut report.checks {
        check.detail = Some(words.clone());
    }
    report.devices[0].name.clone_from(&words);
    let (facts, plan) = (machine(), made(OsFamily::Linux, "/home/maximiliane/torch-cu130"));
    let about =
        About { subject: Some(&plan.target), system: Some(&words), facts: Some(&facts), private: Some(&private) };
    let html = verification_html(&report, &about, catalog(), &english());
    let card = Card { private: Some(&private), ..card(&facts, &plan, &report) };
    for page in [html, reference_card(&card, &english())] {
        assert!(!page.contains("maximiliane"), "{page}");
        assert!(page.contains("<code>~/torch-cu130</code>"), "{page}");
    }
}

#[test]
fn both_pages_are_whole_and_need_nothing_from_elsewhere() {
    let (facts, plan) = (machine(), made(OsFamily::Windows, r"C:\torch"));
    let mut skipped = report("rtx2060-healthy");
    let unknown = Check { check: "newer-check".to_owned(), ..skipped.checks[0].clone() };
    skipped.checks.push(unknown);
    for text in [english(), Text::new(Language::German)] {
        for report in [&skipped, &report("no-driver"), &report("rtx5070-and-gtx1080"), &report("import-error")] {
            let card = card(&facts, &plan, report);
            for page in [verification_html(report, &About::default(), catalog(), &text), reference_card(&card, &text)] {
                for outside in ["<script", "src=", "href=", "url(", "@import", "on load"] {
                    assert!(!page.contains(outside), "{outside} in {page}");
                }
                // A key without a sentence is said as it is.
                assert!(!page.contains("report-") && !page.contains("card-"), "{page}");
                for tag in ["div", "section", "dl", "dt", "dd", "table", "tr", "th", "td", "span", "code", "p", "tbody"]
                {
                    let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
                    assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag} in {page}");
                }
                assert_eq!(page.matches("<h1>").count(), 1);
                assert_eq!(page.matches("<table").count(), page.matches("<caption>").count());
            }
        }
    }
}

/// Writes the pages for looking at them: `TORCH_WIZARD_PAGES=FOLDER cargo test --lib report:: -- --ignored`.
#[test]
#[ignore = "writes files for a person to look at"]
fn pages_to_look_at() {
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever looks at the pages")]
    let folder = std::path::PathBuf::from(std::env::var_os("TORCH_WIZARD_PAGES").unwrap());
    let facts = machine();
    let plan = made(OsFamily::Windows, r"C:\Users\maximiliane\torch-cu130");
    for text in [english(), Text::new(Language::German)] {
        for name in ["rtx5070-healthy", "rtx2060-healthy", "rtx5070-wrong-softmax", "rtx5070-and-gtx1080", "no-driver"]
        {
            let (report, code) = (report(name), text.language().code());
            let system = facts.os.found().map(system);
            let about =
                About { subject: Some(&plan.target), system: system.as_deref(), facts: Some(&facts), private: None };
            let pages = [
                (format!("{name}-{code}.html"), verification_html(&report, &about, catalog(), &text)),
                (format!("card-{name}-{code}.html"), reference_card(&card(&facts, &plan, &report), &text)),
            ];
            for (file, page) in pages {
                #[expect(clippy::disallowed_methods, reason = "asked for by whoever looks at the pages")]
                std::fs::write(folder.join(file), page).unwrap();
            }
        }
    }
}
