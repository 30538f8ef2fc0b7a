//! A route in words: its name, what would be installed, what it costs.

use crate::app::Model;
use crate::assess::{self, Assessment, Build, Origin, Route, Verdict};
use crate::catalog::Platform;
use crate::facts::{CudaVersion, Python};
use crate::gui::widgets::Tone;
use crate::text::Text;

/// "Stable wheel"
pub fn route(text: &Text, route: Route) -> String {
    text.get(&format!("choose-route-{}", route.word()))
}

/// "Stable wheel, CUDA 13.0 runtime"
pub fn title(text: &Text, assessment: &Assessment) -> String {
    let name = route(text, assessment.route);
    let cuda = assessment.build.as_ref().and_then(|build| CudaVersion::of_variant(&build.variant));
    match cuda.filter(|_| assessment.route != Route::Cpu) {
        Some(cuda) => text.with("choose-runtime", &[("route", name.into()), ("cuda", cuda.to_string().into())]),
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
pub fn build(text: &Text, model: &Model, build: &Build) -> String {
    let from = match &build.origin {
        Origin::TorchIndex { .. } => text.get("choose-from-index"),
        Origin::Mirror { .. } => text.get("choose-from-mirror"),
        Origin::Pypi => text.get("choose-from-pypi"),
        Origin::Image { image } => image.clone(),
        Origin::Git { url, tag } => format!("{url} {tag}"),
    };
    let torch = format!("{}+{}", build.torch.public(), build.variant);
    let python = build.python.map(crate::facts::PythonVersion::short).unwrap_or_default();
    let places = [("torch", torch.into()), ("python", python.into()), ("from", from.into())];
    match as_of(model, build) {
        Some(date) => {
            let [torch, python, from] = places;
            text.with("choose-build-as-of", &[torch, python, from, ("date", date.into())])
        }
        None => text.with("choose-build", &places),
    }
}

/// The day of what a build rests on, if it was not seen today: the catalogue, or an older answer of the index where the
/// catalogue does not know the release.
fn as_of(model: &Model, build: &Build) -> Option<String> {
    if build.seen_live {
        return None;
    }
    let asked = model.detection.live.taken_at.as_deref().and_then(|at| at.get(..10));
    match asked.filter(|_| model.catalog.release(&build.torch).is_none()) {
        Some(day) => Some(day.to_owned()),
        None => model.catalog.as_of().map(|date| date.to_string()),
    }
}

/// One sentence on a route: what would be installed, else the first reason, else what the route is.
pub fn sentence(text: &Text, model: &Model, assessment: &Assessment) -> String {
    if let Some(found) = &assessment.build {
        return build(text, model, found);
    }
    match assessment.verdict.reasons().first() {
        Some(reason) => reason.said(text),
        None => text.get(&format!("choose-about-{}", assessment.route.word())),
    }
}

/// Why a Python cannot hold torch; `None` if it can. What the catalogue says of it is said in the language of `text`,
/// what the interpreter answered stays as it is.
pub fn python_why(text: &Text, model: &Model, python: &Python) -> Option<String> {
    let why = python.why_not.as_ref()?;
    let system = model.facts().and_then(|facts| facts.os.found()).and_then(Platform::of);
    let reason = system.and_then(|platform| assess::python_why_not(model.catalog, python, platform));
    Some(reason.filter(|reason| reason.text == *why).map_or_else(|| why.clone(), |reason| reason.said(text)))
}

/// "2.53 GB download, about 1 to 10 min"; empty where nothing would be fetched.
pub fn cost(text: &Text, assessment: &Assessment) -> String {
    let download =
        assessment.download_bytes.map(|bytes| text.with("choose-download", &[("bytes", text.size(bytes).into())]));
    let time = assessment.seconds.map(|(low, high)| {
        let (low, high) = minutes(low, high);
        if low == high {
            text.with("choose-time-short", &[("high", high.into())])
        } else {
            text.with("choose-time", &[("low", low.into()), ("high", high.into())])
        }
    });
    download.into_iter().chain(time).collect::<Vec<_>>().join(", ")
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
    use crate::text::Language;

    #[test]
    fn an_estimate_is_told_in_whole_minutes() {
        assert_eq!(minutes(45, 626), (1, 11));
        assert_eq!(minutes(20, 60), (1, 1));
        assert_eq!(minutes(200, 1200), (3, 20));
    }

    #[test]
    fn every_route_has_its_words() {
        for language in Language::ALL {
            let text = Text::new(language);
            for route in Route::ALL {
                for key in ["route", "about"] {
                    let key = format!("choose-{key}-{}", route.word());
                    assert!(text.find(&key).is_some(), "{key}");
                }
            }
        }
    }
}
