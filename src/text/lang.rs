//! Sentences by key, from `assets/lang/*/*.ftl` (Project Fluent), in the language that a person chose.

use super::numbers;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;
use unic_langid::LanguageIdentifier;

/// Values for the places of a sentence: `&[("name", value.into())]`.
pub type Args<'a> = [(&'a str, FluentValue<'a>)];

/// A language that the product speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, the source language.
    English,
    /// German.
    German,
}

/// The files of a language, one a screen.
macro_rules! files {
    ($folder:literal) => {
        [
            include_str!(concat!("../../assets/lang/", $folder, "/frame.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/detect.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/choose.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/driver.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/review.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/run.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/verify.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/done.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/home.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/monitor.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/hardware.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/settings.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/help.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/other.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/diagnose.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/support.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/report.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/recheck.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/reasons.ftl")),
            include_str!(concat!("../../assets/lang/", $folder, "/plans.ftl")),
        ]
    };
}

const EN: [&str; 20] = files!("en");
const DE: [&str; 20] = files!("de");

/// The files with what the engine says.
const ENGINE_EN: [&str; 2] =
    [include_str!("../../assets/lang/en/reasons.ftl"), include_str!("../../assets/lang/en/plans.ftl")];

impl Language {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The tag of BCP 47.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language with the tag that a person chose, else of the system, else English.
    pub fn wanted(chosen: Option<&str>) -> Self {
        let tag = chosen.map(str::to_owned).or_else(sys_locale::get_locale);
        tag.as_deref().and_then(Self::of).unwrap_or(Self::English)
    }

    /// The language of a tag such as `de-AT`; `None` if the product does not speak it.
    pub fn of(tag: &str) -> Option<Self> {
        let wanted: LanguageIdentifier = tag.replace('_', "-").split('.').next()?.parse().ok()?;
        Self::ALL.into_iter().find(|language| language.code() == wanted.language.as_str())
    }

    const fn files(self) -> &'static [&'static str] {
        match self {
            Self::English => &EN,
            Self::German => &DE,
        }
    }

    const fn decimal_mark(self) -> char {
        match self {
            Self::English => '.',
            Self::German => ',',
        }
    }
}

/// The sentences of one language; what it lacks is said in English.
pub struct Text {
    language: Language,
    bundle: FluentBundle<FluentResource>,
    english: Option<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Text {
    /// The sentences of a language.
    pub fn new(language: Language) -> Self {
        let english = (language != Language::English).then(|| bundle(Language::English));
        Self { language, bundle: bundle(language), english }
    }

    /// English with longer words, to see in tests what would be cut in another language.
    pub fn pseudo() -> Self {
        let mut text = Self::new(Language::English);
        text.bundle.set_transform(Some(longer));
        text
    }

    /// Which language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The sentence of a key.
    pub fn get(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The sentence of a key, with values for its places. A key that no file has is said as it is.
    pub fn with(&self, key: &str, args: &Args<'_>) -> String {
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let said = say(&self.bundle, key, &args);
        said.or_else(|| say(self.english.as_ref()?, key, &args)).unwrap_or_else(|| key.to_owned())
    }

    /// The sentence of a key, if there is one.
    pub fn find(&self, key: &str) -> Option<String> {
        let args = FluentArgs::new();
        say(&self.bundle, key, &args).or_else(|| say(self.english.as_ref()?, key, &args))
    }

    /// A sentence of the engine by its key and the values it was made of; `None` if no file has it or it needs a value
    /// that is not there (a plan saved by another version).
    pub fn of_engine(&self, key: &str, values: &BTreeMap<String, String>) -> Option<String> {
        let args = engine_args(values);
        say_all(&self.bundle, key, &args).or_else(|| say_all(self.english.as_ref()?, key, &args))
    }

    /// A size in decimal units: `2.95 GB`.
    pub fn size(&self, bytes: u64) -> String {
        self.local(numbers::size(bytes))
    }

    /// Done of total in one unit: `1.42 of 2.53 GB`.
    pub fn size_of(&self, done: u64, total: u64) -> String {
        let (done, total) = numbers::size_of(done, total);
        self.with("amount-of", &[("done", self.local(done).into()), ("total", self.local(total).into())])
    }

    /// Memory of a card or a machine in binary units: `12.0 GiB`.
    pub fn memory(&self, bytes: u64) -> String {
        self.local(numbers::memory(bytes))
    }

    /// A speed: `48.2 MB/s`.
    pub fn speed(&self, bytes_per_second: f64) -> String {
        self.local(numbers::speed(bytes_per_second))
    }

    /// A duration as exact as a person needs: `0.4 s`, `3 min 05 s`.
    pub fn duration(&self, time: Duration) -> String {
        self.local(numbers::duration(time))
    }

    /// A number with so many digits behind the decimal mark.
    pub fn decimal(&self, value: f64, digits: usize) -> String {
        self.local(format!("{value:.digits$}"))
    }

    /// A count with its thousands set apart: `12,345`.
    pub fn whole(&self, number: usize) -> String {
        let digits = number.to_string();
        let mark = match self.language.decimal_mark() {
            '.' => ',',
            _ => '.',
        };
        let mut out = String::with_capacity(digits.len() * 4 / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(mark);
            }
            out.push(digit);
        }
        out
    }

    /// A small number with two digits that count: `3.1e-6`.
    pub fn scientific(&self, value: f64) -> String {
        self.local(super::scientific(value))
    }

    /// A share of the whole: `58 %`.
    pub fn percent(&self, fraction: f64) -> String {
        format!("{:.0} %", (fraction * 100.0).clamp(0.0, 100.0).floor())
    }

    fn local(&self, number: String) -> String {
        match self.language.decimal_mark() {
            '.' => number,
            mark => number.replace('.', &mark.to_string()),
        }
    }
}

/// A sentence of the engine in English, which its answers carry whatever language the window speaks. The sentences are
/// compiled in; the first call reads them.
pub fn in_english(key: &str, values: &BTreeMap<String, String>) -> String {
    static ENGINE: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    let bundle = ENGINE.get_or_init(|| bundle_of(Language::English, &ENGINE_EN));
    say(bundle, key, &engine_args(values)).unwrap_or_else(|| key.to_owned())
}

fn engine_args(values: &BTreeMap<String, String>) -> FluentArgs<'_> {
    values.iter().map(|(name, value)| (name.as_str(), FluentValue::from(value.as_str()))).collect()
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    bundle_of(language, language.files())
}

fn bundle_of(language: Language, files: &[&str]) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Marks of direction around values are no glyphs of our fonts, and both languages run left to right.
    bundle.set_use_isolating(false);
    for file in files {
        // A faulty entry costs itself alone; a test sees that there is none.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource(resource).ok();
    }
    bundle
}

fn say(bundle: &FluentBundle<FluentResource>, key: &str, args: &FluentArgs<'_>) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())
}

/// As [`say`], but nothing where a value is missing.
fn say_all(bundle: &FluentBundle<FluentResource>, key: &str, args: &FluentArgs<'_>) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let said = bundle.format_pattern(pattern, Some(args), &mut errors).into_owned();
    errors.is_empty().then_some(said)
}

/// A third longer, as German or Finnish are: each vowel twice.
fn longer(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len() * 3 / 2);
    for c in text.chars() {
        out.push(c);
        if "aeiouAEIOU".contains(c) {
            out.push(c.to_ascii_lowercase());
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
