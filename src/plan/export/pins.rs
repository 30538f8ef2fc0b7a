//! The packages of a plan as pins with hashes and as a lock.

use super::{ExportError, heading, one_line};
use crate::plan::{Plan, file_address};
use std::fmt::Write as _;

/// Pins without a hash check nothing, and nothing but a name, a version and addresses may stand in a line of pins: more
/// would be an option.
pub(super) fn check(plan: &Plan) -> Result<(), ExportError> {
    let is_name = |text: &str, more: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
            && !text.starts_with('-')
    };
    for package in &plan.lock.packages {
        if !is_name(&package.name, "._-") || !is_name(&package.version, ".+!_-") {
            return Err(ExportError::Odd(one_line(&format!("{} {}", package.name, package.version))));
        }
        let Some(sha256) = &package.wheel.sha256 else {
            return Err(ExportError::NoHash(package.wheel.file_name.clone()));
        };
        if !is_name(sha256, "") {
            return Err(ExportError::Odd(one_line(sha256)));
        }
    }
    let indexes = &plan.indexes;
    let places = indexes.default.iter().chain(&indexes.torch).chain(&indexes.extra).cloned();
    let mut places = places.chain(indexes.find_links.iter().map(|place| file_address(plan.os, place)));
    // Url::parse would take tabs and line ends away.
    let is_address = |place: &str| {
        url::Url::parse(place).is_ok_and(|url| url.has_host() || url.scheme() == "file")
            && !place.contains(|c: char| c.is_control() || c.is_whitespace())
    };
    match places.find(|place| !is_address(place)) {
        Some(place) => Err(ExportError::Odd(one_line(&place))),
        None => Ok(()),
    }
}

/// `--index-url` and its kin, as lines of a requirements file. The torch index stands beside the default one, which is
/// PyPI unless another is named: not every package of the lock is on the torch index. uv asks the extra ones first.
pub(super) fn index_lines(plan: &Plan) -> String {
    let indexes = &plan.indexes;
    let mut lines = indexes.default.as_ref().map(|url| format!("--index-url {url}\n")).unwrap_or_default();
    let torch = indexes.torch.iter().filter(|url| indexes.default.as_ref() != Some(url));
    for url in torch.chain(&indexes.extra) {
        writeln!(lines, "--extra-index-url {url}").ok();
    }
    for place in &indexes.find_links {
        writeln!(lines, "--find-links {}", file_address(plan.os, place)).ok();
    }
    lines
}

/// Pins of all packages of the environment.
pub(super) fn requirements(plan: &Plan) -> Result<String, ExportError> {
    has_torch(plan)?;
    check(plan)?;
    no_source(plan)?;
    Ok(format!("# {}\n{}{}", one_line(&heading(plan)), index_lines(plan), plan.lock.requirements()))
}

/// pip would fetch what makes a source without looking at its hash.
pub(super) fn no_source(plan: &Plan) -> Result<(), ExportError> {
    let source = plan.lock.packages.iter().find(|package| package.wheel.is_source());
    source.map_or(Ok(()), |package| Err(ExportError::Source(package.name.clone())))
}

/// The lock.
pub(super) fn pylock(plan: &Plan) -> Result<String, ExportError> {
    has_torch(plan)?;
    Ok(plan.lock.to_pylock())
}

/// A lock without torch is not the environment.
fn has_torch(plan: &Plan) -> Result<(), ExportError> {
    match (&plan.recipe, plan.lock.packages.is_empty()) {
        (Some(_), _) => Err(ExportError::BuiltHere),
        (None, true) => Err(ExportError::NoLock(plan.assessment.route.word())),
        (None, false) => Ok(()),
    }
}
