//! The report as data, in a shape of its own: the contract of `doctor --json`.

use super::{Finding, Kept, LastRun, Report, SCHEMA, Step};
use crate::caches::Part;
use crate::diagnose::{Answer, Diagnosis};
use crate::problem::Problem;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Object<'a> {
    schema: u32,
    made_at: &'a str,
    wizard: WizardLine<'a>,
    findings: &'a [Finding],
    recommended: Option<&'static str>,
    routes: Vec<RouteLine<'a>>,
    environments: Vec<EnvironmentLine<'a>>,
    last_run: Option<RunLine<'a>>,
    /// `detect --json`; null where that is no JSON.
    machine: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct WizardLine<'a> {
    version: &'static str,
    system: &'static str,
    arch: &'static str,
    program: String,
    data: String,
    cache: String,
    settings: BTreeMap<&'a str, &'a str>,
    caches: &'a [Part],
    watch: &'static str,
}

#[derive(Serialize)]
struct RouteLine<'a> {
    route: &'static str,
    verdict: &'static str,
    build: Option<&'a str>,
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct EnvironmentLine<'a> {
    path: String,
    torch: Option<&'a str>,
    variant: Option<&'a str>,
    route: Option<&'a str>,
    verdict: Option<&'static str>,
    verified_at: Option<&'a str>,
    driver: Option<&'a str>,
    state: &'static str,
    trouble: Option<&'a str>,
}

#[derive(Serialize)]
struct RunLine<'a> {
    id: &'a str,
    route: Option<&'static str>,
    target: Option<String>,
    torch: Option<String>,
    exit: Option<i32>,
    can_resume: bool,
    verdict: Option<&'static str>,
    steps: Vec<Step>,
    problem: Option<&'a Problem>,
    diagnosis: Option<DiagnosisLine<'a>>,
    /// The end of its log as one text: a key of several lines is seen as one.
    log: String,
}

#[derive(Serialize)]
struct DiagnosisLine<'a> {
    label: &'a str,
    title: &'a str,
    confidence: f64,
    evidence: Vec<EvidenceLine<'a>>,
}

#[derive(Serialize)]
struct EvidenceLine<'a> {
    line: u64,
    text: &'a str,
}

/// Not redacted yet.
pub(super) fn json(report: &Report, pretty: bool) -> String {
    let Report { made_at, wizard, machine, advice, environments, run, findings } = report;
    let routes = advice.iter().map(|one| RouteLine {
        route: one.route,
        verdict: one.verdict,
        build: one.build.as_deref(),
        why: one.why.as_deref(),
    });
    let settings = wizard.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let object = Object {
        schema: SCHEMA,
        made_at,
        wizard: WizardLine {
            version: env!("CARGO_PKG_VERSION"),
            system: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            program: wizard.program.display().to_string(),
            data: wizard.data.display().to_string(),
            cache: wizard.cache.display().to_string(),
            settings,
            caches: &wizard.caches,
            watch: wizard.log_on,
        },
        findings,
        recommended: advice.iter().find(|one| one.verdict == "recommended").map(|one| one.route),
        routes: routes.collect(),
        environments: environments.iter().map(environment).collect(),
        last_run: run.as_ref().map(last_run),
        machine: RawValue::from_string(machine.json.clone()).ok(),
    };
    let text = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) };
    let end = if pretty { "\n" } else { "" };
    text.unwrap_or_default() + end
}

fn environment(kept: &Kept) -> EnvironmentLine<'_> {
    let known = &kept.known;
    EnvironmentLine {
        path: known.path.display().to_string(),
        torch: known.torch.as_deref(),
        variant: known.variant.as_deref(),
        route: known.route.as_deref(),
        verdict: known.verdict.map(crate::verify::Proof::word),
        verified_at: known.verified_at.as_deref(),
        driver: known.driver.as_deref(),
        state: kept.state,
        trouble: kept.trouble.as_deref(),
    }
}

fn last_run(run: &LastRun) -> RunLine<'_> {
    let plan = run.plan.as_deref();
    RunLine {
        id: &run.id,
        route: plan.map(|plan| plan.assessment.route.word()),
        target: plan.map(|plan| plan.target.display().to_string()),
        torch: plan.and_then(|plan| plan.assessment.build.as_ref()).map(|build| build.torch.to_string()),
        exit: run.exit(),
        can_resume: run.is_open(),
        verdict: run.verdict().map(crate::verify::Proof::word),
        steps: run.steps(),
        problem: run.problem(),
        diagnosis: run.diagnosis.as_ref().map(diagnosis),
        log: run.log.join("\n"),
    }
}

fn diagnosis(diagnosis: &Diagnosis) -> DiagnosisLine<'_> {
    let (label, title) = match &diagnosis.answer {
        Answer::Known { failure, .. } => (failure.label.as_str(), failure.title.as_str()),
        Answer::Unknown => ("unknown", "Not recognised"),
        Answer::Fine => ("none", "Nothing wrong was found in this log"),
    };
    let evidence = diagnosis.evidence.iter().map(|one| EvidenceLine { line: one.line, text: &one.text });
    DiagnosisLine { label, title, confidence: diagnosis.confidence, evidence: evidence.collect() }
}
