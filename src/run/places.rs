//! Steps of routes whose environment is not a folder that is moved: files that are written, signs that are looked for,
//! the restart.

use super::{Runner, Stop};
use crate::problem::Problem;
use std::path::Path;

impl Runner<'_> {
    /// Writes a file; what stood there is kept once, however often the step is repeated.
    pub(super) fn write_file(&mut self, path: &Path, text: &str, kept: Option<&Path>) -> Result<(), Stop> {
        if let Some(kept) = kept
            && self.host.meta(path).is_some()
            && self.host.meta(kept).is_none()
        {
            let before = self.host.read(path)?;
            self.host.write_atomic(kept, &before)?;
        }
        if let Some(folder) = path.parent() {
            self.host.make_dir(folder)?;
        }
        Ok(self.host.write_atomic(path, text.as_bytes())?)
    }

    /// Stops unless a file that matches `path` has one of the texts.
    pub(super) fn expect(&mut self, path: &Path, any: &[String], why: &str) -> Result<(), Stop> {
        let text = String::from_utf8_lossy(&self.host.read(path)?).into_owned();
        if any.iter().any(|wanted| text.contains(wanted)) {
            return Ok(());
        }
        Err(Stop::Failed(Problem::new("not-as-expected", why).details(path.display().to_string())))
    }

    /// Stops for the user; the next life of the run goes on after it.
    pub(super) fn restart(&mut self, why: &str) -> Result<(), Stop> {
        Err(Stop::Failed(Problem::new("restart", why).command("Go on after the restart", "torch-wizard resume")))
    }
}
