//! Steps of routes whose environment is not a folder that is moved: files that are written, signs that are looked for,
//! the restart.

use super::{Runner, Stop, problems};
use crate::facts::OsFamily;
use crate::host::{Host, HostError};
use crate::plan::{CommandSpec, PlanStep, parted};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// So much of a file is looked through at a time: a library may have gigabytes.
const PIECE: usize = 1 << 20;
/// The system's clock is set now and then; a restart moves the moment of its start by more than this.
const CLOCK: u64 = 60;

impl Runner<'_> {
    /// Writes a file. What stood there is kept first; a step that is repeated may find its own file there.
    pub(super) fn write_file(
        &mut self,
        step: &PlanStep,
        path: &Path,
        text: &str,
        kept: Option<&Path>,
    ) -> Result<(), Stop> {
        if let (Some(kept), Some(_)) = (kept, self.host.meta(path)) {
            let before = self.host.read(path)?;
            let is_repeated = self.history.open.as_deref() == Some(step.key.as_str());
            let is_ours = is_repeated && (before == text.as_bytes() || self.host.meta(kept).is_some());
            if !is_ours {
                self.make_folder_of(kept)?;
                self.host.write_atomic(kept, &before)?;
            }
        }
        self.make_folder_of(path)?;
        Ok(self.host.write_atomic(path, text.as_bytes())?)
    }

    fn make_folder_of(&self, path: &Path) -> Result<(), Stop> {
        let (folder, _) = parted(self.plan.os, path);
        Ok(self.host.make_dir(&folder)?)
    }

    /// Stops unless a file that matches `path` has one of the texts; of several the newest counts.
    pub(super) fn expect(&mut self, path: &Path, any: &[String], why: &str) -> Result<(), Stop> {
        let missing = |what: String| Err(Stop::Failed(problems::not_as_expected(self.plan, why, &what)));
        let Some(file) = newest(&*self.host, self.plan.os, path)? else {
            return missing(format!("{} is not there", path.display()));
        };
        if has_any(&*self.host, &file, any)? {
            return Ok(());
        }
        missing(format!("{} has none of: {}", file.display(), any.join(", ")))
    }

    /// Stops for the user; the next life of the run goes on after it, if the system was restarted.
    pub(super) fn restart(&mut self, step: &PlanStep, why: &str) -> Result<(), Stop> {
        let now = self.host.booted();
        let waited = self.history.waited.get(&step.key);
        if waited.is_some_and(|then| was_restarted(*then, now)) {
            // Windows has taken the line out when it started us; not so where the user was faster.
            return Ok(self.host.start_at_log_in(None)?);
        }
        let mut problem = if waited.is_some() { problems::not_restarted(why) } else { problems::restart(why) };
        if comes_back(&*self.host) {
            problem =
                problem.advise("The window opens again by itself after the next log-in, and can go on from here.");
        }
        Err(Stop::NeedsUser(problem))
    }
}

/// Has the window opened once after the next restart, unless the user wants it otherwise; answers whether it will be. A
/// convenience: whatever is in its way, `resume` is there.
pub fn comes_back(host: &dyn Host) -> bool {
    use crate::store::{Settings, load};
    let wished = load::<Settings>(host, &Settings::path(host)).is_ok_and(|settings| settings.opens_after_restart);
    if !wished || host.family() != OsFamily::Windows {
        return false;
    }
    let window = PathBuf::from(format!(r"{}\torch-wizardw.exe", host.folders().program.display()));
    host.meta(&window).is_some() && host.start_at_log_in(Some(&CommandSpec::new(window, [""; 0]))).is_ok()
}

/// Where the system does not say when it was started, the user's word that the run may go on counts.
fn was_restarted(then: Option<u64>, now: Option<u64>) -> bool {
    then.zip(now).is_none_or(|(then, now)| then.abs_diff(now) > CLOCK)
}

/// The file of this path; where its name has a `*`, the newest that matches.
fn newest(host: &dyn Host, os: crate::facts::OsFamily, path: &Path) -> Result<Option<PathBuf>, HostError> {
    let (folder, name) = parted(os, path);
    let Some((before, after)) = name.split_once('*') else {
        return Ok(host.meta(path).map(|_| path.to_owned()));
    };
    if host.meta(&folder).is_none() {
        return Ok(None);
    }
    let matches =
        |found: &str| found.len() >= before.len() + after.len() && found.starts_with(before) && found.ends_with(after);
    let files = host.list(&folder)?.into_iter().filter(|entry| !entry.meta.is_dir);
    let files = files.filter(|entry| matches(&parted(os, &entry.path).1));
    Ok(files.max_by_key(|entry| entry.meta.modified.unwrap_or(SystemTime::UNIX_EPOCH)).map(|entry| entry.path))
}

/// Whether a file has any of these texts.
fn has_any(host: &dyn Host, file: &Path, any: &[String]) -> Result<bool, HostError> {
    let longest = any.iter().map(String::len).max().unwrap_or_default().max(1);
    let (mut from, mut rest) = (0_u64, Vec::new());
    loop {
        let piece = host.read_at(file, from, PIECE)?;
        if piece.is_empty() {
            return Ok(any.iter().any(String::is_empty));
        }
        from += piece.len() as u64;
        rest.extend_from_slice(&piece);
        let has = |text: &String| text.is_empty() || rest.windows(text.len()).any(|seen| seen == text.as_bytes());
        if any.iter().any(has) {
            return Ok(true);
        }
        // A text may lie across two pieces.
        rest.drain(..rest.len().saturating_sub(longest - 1));
    }
}

#[cfg(test)]
mod tests;
