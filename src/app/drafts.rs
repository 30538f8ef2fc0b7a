//! What is being typed into the settings: a folder and an address hold only once they are whole, not letter by letter.

use super::{Effect, Model, Setting, update};
use std::path::PathBuf;

/// Typed and not in force yet; `None` is nothing typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts {
    /// Where new environments go.
    pub folder: Option<String>,
    /// The mirror of the torch index.
    pub mirror: Option<String>,
}

/// A letter more in one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draft {
    /// Where new environments go.
    Folder(String),
    /// The mirror of the torch index.
    Mirror(String),
}

impl Drafts {
    /// Takes what is typed.
    pub fn take(&mut self, draft: Draft) {
        match draft {
            Draft::Folder(text) => self.folder = Some(text),
            Draft::Mirror(text) => self.mirror = Some(text),
        }
    }
}

impl Model {
    /// Why the typed folder cannot be taken, as a key.
    pub fn folder_trouble(&self) -> Option<&'static str> {
        folder(self, self.drafts.folder.as_deref()?).err()
    }

    /// Why the typed mirror cannot be taken, as a key.
    pub fn mirror_trouble(&self) -> Option<&'static str> {
        mirror(self.drafts.mirror.as_deref()?).err()
    }
}

/// Puts in force what is typed, as far as it can be taken; the rest stays as typed, with its trouble beside it.
pub(super) fn settle(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(Ok(folder)) = model.drafts.folder.as_deref().map(|text| folder(model, text)) {
        model.drafts.folder = None;
        effects.extend(update::set(model, Setting::EnvironmentsFolder(folder)));
    }
    if let Some(Ok(mirror)) = model.drafts.mirror.as_deref().map(mirror) {
        model.drafts.mirror = None;
        effects.extend(update::set(model, Setting::Mirror(mirror)));
    }
    effects
}

/// The folder that is typed; nothing typed is the home folder.
fn folder(model: &Model, text: &str) -> Result<Option<PathBuf>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let folder = PathBuf::from(text);
    // Environments stand in it: what holds for the path of one of them holds for the folder.
    let inside = folder.join("torch");
    let is_fit = crate::plan::check_target(model.os, &inside).is_ok();
    if is_fit { Ok(Some(folder)) } else { Err("settings-folder-bad") }
}

/// The address that is typed; nothing typed is the torch index itself.
fn mirror(text: &str) -> Result<Option<String>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_page = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    url::Url::parse(text).ok().filter(is_page).ok_or("settings-mirror-bad")?;
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_an_address_of_the_web_or_nothing() {
        assert_eq!(mirror("  "), Ok(None));
        let taken = Ok(Some("https://mirror.example/whl".to_owned()));
        assert_eq!(mirror(" https://mirror.example/whl "), taken);
        for text in ["mirror.example/whl", "file:///srv/whl", "https://", "ftp://mirror.example", "h"] {
            assert_eq!(mirror(text), Err("settings-mirror-bad"), "{text}");
        }
    }
}
