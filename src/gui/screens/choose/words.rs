//! A route in words: its name, what would be installed, what it costs, how risky it is.

use super::judged::Judged;
use super::served;
use crate::app::Model;
use crate::assess::{self, Assessment, Build, Need, Origin, Route, Verdict};
use crate::catalog::Platform;
use crate::facts::{ContainerProgram, CudaVersion, Python};
use crate::gui::widgets::Tone;
use crate::text::Text;

/// "Stable wheel, CUDA 13.0 runtime"
pub fn title(text: &Text, judged: &Judged<'_>, assessment: &Assessment) -> String {
    let engine = judged.facts.and_then(|facts| facts.containers.found()).map(|engine| engine.program);
    let name = match (assessment.route, engine) {
        (Route::Docker, Some(ContainerProgram::Podman)) => text.get("choose-route-podman"),
        (route, _) => text.get(&format!("choose-route-{}", route.word())),
    };
    let cuda = assessment.build.as_ref().and_then(|build| CudaVersion::of_variant(&build.variant));
    let key = if assessment.route == Route::Source { "choose-toolkit" } else { "choose-runtime" };
    match cuda.filter(|_| assessment.route != Route::Cpu) {
        Some(cuda) => text.with(key, &[("route", name.into()), ("cuda", cuda.to_string().into())]),
        None => name,
    }
}

/// The word of the verdict, with its tone.
pub fn verdict(text: &Text, assessment: &Assessment) -> (Tone, String) {
    let (tone, key) = match &assessment.verdict {
        Verdict::Recommended { .. } => (Tone::Success, "choose-verdict-recommended"),
        Verdict::Works { .. } => (Tone::Neutral, "choose-verdict-works"),
        Verdict::Blocked { .. } => (Tone::Danger, "choose-verdict-blocked"),
        Verdict::Unknown { .. } => (Tone::Warn, "choose-verdict-unknown"),
    };
    (tone, text.get(key))
}

/// What would be installed, from where; with the day of what it rests on where no index was seen to have it today.
pub fn build(text: &Text, judged: &Judged<'_>, route: Route, build: &Build) -> String {
    let from = match &build.origin {
        Origin::TorchIndex { .. } => text.get("choose-from-index"),
        Origin::Mirror { .. } => text.get("choose-from-mirror"),
        Origin::Pypi => text.get("choose-from-pypi"),
        Origin::Image { image } => image.clone(),
        Origin::Git { tag, .. } => tag.clone(),
    };
    let torch = match build.origin {
        // What is built here has no variant in its name.
        Origin::Git { .. } => build.torch.public(),
        Origin::TorchIndex { .. } | Origin::Mirror { .. } | Origin::Pypi | Origin::Image { .. } => {
            format!("{}+{}", build.torch.public(), build.variant)
        }
    };
    let python = build.python.map(crate::facts::PythonVersion::short).unwrap_or_default();
    let key = match (&build.origin, route) {
        (Origin::Image { .. }, _) => "choose-build-image",
        (Origin::Git { .. }, _) => "choose-build-source",
        (_, Route::Docker) => "choose-build-into-image",
        (_, Route::Wheel | Route::Nightly | Route::Source | Route::Wsl2 | Route::Cpu) => "choose-build",
    };
    let what = text.with(key, &[("torch", torch.into()), ("python", python.into()), ("from", from.into())]);
    match as_of(judged, build) {
        Some(date) => text.with("choose-as-of", &[("what", what.into()), ("date", date.into())]),
        None => what,
    }
}

/// The day of what a build rests on, if it was not seen today: the catalogue, or an older answer of the index where the
/// catalogue does not know the release.
fn as_of(judged: &Judged<'_>, build: &Build) -> Option<String> {
    if build.seen_live {
        return None;
    }
    let asked = judged.live.and_then(|live| live.taken_at.as_deref()).and_then(|at| at.get(..10));
    match asked.filter(|_| judged.catalog.release(&build.torch).is_none()) {
        Some(day) => Some(day.to_owned()),
        None => judged.catalog.as_of().map(|date| date.to_string()),
    }
}

/// One sentence on a route: what would be installed, else the first reason, else what the route is.
pub fn sentence(text: &Text, judged: &Judged<'_>, assessment: &Assessment) -> String {
    let Some(found) = &assessment.build else {
        let first = assessment.verdict.reasons().first();
        return match first {
            Some(reason) => reason.said(text),
            None => text.get(&format!("choose-about-{}", assessment.route.word())),
        };
    };
    let said = build(text, judged, assessment.route, found);
    // What is not certain comes first: the build alone would read as a promise.
    let said = match (&assessment.verdict, assessment.verdict.reasons().first()) {
        (Verdict::Unknown { .. }, Some(reason)) => format!("{} {said}", reason.said(text)),
        _ => said,
    };
    let lost = served::losers(judged, assessment);
    if lost.is_empty() {
        return said;
    }
    let names: Vec<&str> = lost.into_iter().map(served::short).collect();
    text.with("choose-without", &[("what", said.into()), ("cards", names.join(", ").into())])
}

/// Why a Python cannot hold torch; `None` if it can. What the catalogue says of it is said in the language of `text`,
/// what the interpreter answered stays as it is.
pub fn python_why(text: &Text, model: &Model, python: &Python) -> Option<String> {
    let why = python.why_not.as_ref()?;
    let system = model.facts().and_then(|facts| facts.os.found()).and_then(Platform::of);
    let reason = system.and_then(|platform| assess::python_why_not(model.catalog, python, platform));
    Some(reason.filter(|reason| reason.text == *why).map_or_else(|| why.clone(), |reason| reason.said(text)))
}

/// "2.53 GB download, 6.40 GB on disk, about 1 to 10 min, low risk", as far as it is known.
pub fn cost(text: &Text, assessment: &Assessment) -> String {
    let sized = |key: &str, bytes: u64| text.with(key, &[("bytes", text.size(bytes).into())]);
    let mut parts: Vec<String> = Vec::new();
    parts.extend(assessment.download_bytes.map(|bytes| sized("choose-download", bytes)));
    parts.extend(assessment.disk_bytes.map(|bytes| sized("choose-disk", bytes)));
    parts.extend(assessment.seconds.map(|(low, high)| time(text, low, high)));
    let has = |need: Need| assessment.needs.contains(&need);
    parts.extend(has(Need::Administrator).then(|| text.get("choose-cost-administrator")));
    parts.extend(has(Need::Restart).then(|| text.get("choose-cost-restart")));
    parts.extend(assessment.risk.map(|risk| text.get(&format!("choose-cost-risk-{}", risk.word()))));
    parts.join(", ")
}

/// What the risk of a route is, and what it means.
pub fn risk(text: &Text, assessment: &Assessment) -> Option<String> {
    let risk = assessment.risk?;
    let of_route = text.find(&format!("choose-risk-{}-{}", risk.word(), assessment.route.word()));
    of_route.or_else(|| text.find(&format!("choose-risk-{}", risk.word())))
}

/// From so many minutes on a time is told in hours.
const HOURS: u32 = 180;

fn time(text: &Text, low: u32, high: u32) -> String {
    let (low, high) = minutes(low, high);
    let args = |low: u32, high: u32| [("low", low.into()), ("high", high.into())];
    if low == high {
        text.with("choose-time-short", &args(low, high))
    } else if high < HOURS {
        text.with("choose-time", &args(low, high))
    } else if low < 60 {
        text.with("choose-time-mixed", &args(low, high.div_ceil(60)))
    } else {
        text.with("choose-time-hours", &args((low + 30) / 60, high.div_ceil(60)))
    }
}

/// An estimate in whole minutes: the low end rounded, the high end never less than it may take.
const fn minutes(low: u32, high: u32) -> (u32, u32) {
    let low = if low < 90 { 1 } else { (low + 30) / 60 };
    let high = high.div_ceil(60);
    (low, if high < low { low } else { high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::Risk;
    use crate::text::Language;

    #[test]
    fn an_estimate_is_told_in_whole_minutes_or_hours() {
        assert_eq!(minutes(45, 626), (1, 11));
        assert_eq!(minutes(20, 60), (1, 1));
        assert_eq!(minutes(200, 1200), (3, 20));
        let text = Text::new(Language::English);
        assert_eq!(time(&text, 45, 626), "about 1 to 11 min");
        assert_eq!(time(&text, 20, 60), "about 1 min");
        assert_eq!(time(&text, 2400, 20_000), "about 40 min to 6 h");
        assert_eq!(time(&text, 5400, 20_000), "about 2 to 6 h");
    }

    #[test]
    fn every_route_and_risk_has_its_words() {
        for language in Language::ALL {
            let text = Text::new(language);
            let routes =
                Route::ALL.iter().flat_map(|route| ["route", "about"].map(|key| format!("{key}-{}", route.word())));
            let risks = [Risk::Low, Risk::Medium, Risk::High];
            let risks = risks.iter().flat_map(|risk| ["risk", "cost-risk"].map(|key| format!("{key}-{}", risk.word())));
            for key in routes.chain(risks) {
                let key = format!("choose-{key}");
                assert!(text.find(&key).is_some(), "{key}");
            }
        }
    }
}
