//! The step that points an environment's scripts to the place it is moved to, and what its distributions say of them.

use super::{Runner, Stop};
use crate::facts::OsFamily;
use crate::host::{Host, HostError};
use crate::plan::{bin_dir, parted};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::path::Path;

impl Runner<'_> {
    /// venv and pip write the environment's path into scripts; the path has another length after the move, which is fine
    /// for text and for the launchers of Windows, whose archive is found from its end.
    pub(super) fn rehome(&mut self, from: &Path, to: &Path) -> Result<(), Stop> {
        let pairs: Vec<(String, String)> =
            spellings(&from.to_string_lossy()).into_iter().zip(spellings(&to.to_string_lossy())).collect();
        let mut files: Vec<_> = self.host.list(&bin_dir(self.plan.os, from))?;
        files.extend(
            self.host
                .meta(&from.join("pyvenv.cfg"))
                .map(|meta| crate::host::Entry { path: from.join("pyvenv.cfg"), meta }),
        );
        for file in files.into_iter().filter(|file| !file.meta.is_dir && !file.meta.is_link) {
            let bytes = self.host.read(&file.path)?;
            let mut changed: Option<Vec<u8>> = None;
            for (old, new) in &pairs {
                let now = changed.as_deref().unwrap_or(&bytes);
                changed = replaced(now, old.as_bytes(), new.as_bytes()).or(changed);
            }
            if let Some(changed) = changed {
                self.host.overwrite(&file.path, &changed)?;
            }
        }
        Ok(correct_records_of(&*self.host, self.plan.os, from, &|path| self.host.read(path).ok())?)
    }
}

/// The installers noted what the scripts were: `../../../bin/pip,sha256=…,231`. `read` has what they are. A life that was cut in between may have
/// rewritten some already, so every script is looked at.
pub(super) fn correct_records_of(
    host: &dyn Host,
    os: OsFamily,
    environment: &Path,
    read: &dyn Fn(&Path) -> Option<Vec<u8>>,
) -> Result<(), HostError> {
    let scripts = bin_dir(os, environment);
    let (_, folder) = parted(os, &scripts);
    for site in crate::environments::site_packages(host, environment) {
        let entries = host.list(&site).unwrap_or_default();
        let infos = entries.into_iter().filter(|entry| entry.path.extension().is_some_and(|end| end == "dist-info"));
        for record in infos.map(|entry| entry.path.join("RECORD")) {
            let Ok(bytes) = host.read(&record) else { continue };
            let corrected = corrected(&String::from_utf8_lossy(&bytes), &folder, &|name| read(&scripts.join(name)));
            if let Some(corrected) = corrected {
                host.write_atomic(&record, corrected.as_bytes())?;
            }
        }
    }
    Ok(())
}

/// A RECORD with hash and length of the scripts as they are now; `None` if it was right.
fn corrected(record: &str, folder: &str, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<String> {
    let mut is_changed = false;
    let lines = record.split_inclusive('\n').map(|line| {
        let said = line.trim_end_matches(['\r', '\n']);
        let now = said.split_once(",sha256=").and_then(|(path, _)| {
            let (above, name) = path.rsplit_once('/')?;
            let is_script = path.starts_with("../") && above.rsplit('/').next() == Some(folder);
            let bytes = read(name).filter(|_| is_script)?;
            let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes));
            Some(format!("{path},sha256={hash},{}", bytes.len()))
        });
        match now.filter(|now| now != said) {
            Some(now) => {
                is_changed = true;
                line.replacen(said, &now, 1)
            }
            None => line.to_owned(),
        }
    });
    let text: String = lines.collect();
    is_changed.then_some(text)
}

/// A path as it stands in scripts: plain, and, if a quote is in it, as newer Pythons quote it for sh and for PowerShell.
fn spellings(path: &str) -> [String; 3] {
    [path.to_owned(), path.replace('\'', r#"'"'"'"#), path.replace('\'', "''")]
}

/// The bytes with every occurrence replaced; `None` if there is none.
pub(super) fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut rest, mut found) = (bytes, false);
    while let Some(at) = rest.windows(old.len().max(1)).position(|window| window == old) {
        let (head, tail) = rest.split_at(at);
        out.extend_from_slice(head);
        out.extend_from_slice(new);
        rest = tail.get(old.len()..).unwrap_or_default();
        found = true;
    }
    out.extend_from_slice(rest);
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::{corrected, replaced};
    use crate::host::Host;
    use crate::host::fake::World;
    use crate::run::{Surroundings, run};
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn scripts_point_to_the_final_place_also_where_its_name_has_a_quote() {
        let (old, new) = (Path::new("/home/a/it's.tw-new"), Path::new("/home/a/it's"));
        let world = World::new(crate::facts::OsFamily::Linux)
            .file(old.join("bin/activate"), r#"VIRTUAL_ENV='/home/a/it'"'"'s.tw-new'"#)
            .file(old.join("bin/pip"), "'''exec' \"/home/a/it's.tw-new/bin/python\"")
            .file(old.join("pyvenv.cfg"), "command = python -m venv /home/a/it's.tw-new");
        let mut plan = crate::run::rollback::tests::run(None).plan;
        plan.steps.retain(|step| step.key == "rehome");
        plan.steps[0].action = crate::plan::Action::Rehome { from: old.to_owned(), to: new.to_owned() };
        let host: Arc<dyn Host> = Arc::new(world);
        let surroundings = Surroundings {
            host: Arc::clone(&host),
            address: &str::to_owned,
            expected: &|_, _| None,
            circumstances: crate::verify::Circumstances::default(),
            offline: true,
            interactive: false,
            cancel: &AtomicBool::new(false),
            sink: &mut |_| {},
        };
        run(&plan, surroundings);
        let read = |name: &str| String::from_utf8(host.read(&old.join(name)).unwrap()).unwrap();
        assert_eq!(read("bin/activate"), r#"VIRTUAL_ENV='/home/a/it'"'"'s'"#);
        assert_eq!(read("bin/pip"), "'''exec' \"/home/a/it's/bin/python\"");
        assert_eq!(read("pyvenv.cfg"), "command = python -m venv /home/a/it's");
    }

    #[test]
    fn a_record_says_what_the_scripts_are_now() {
        let record = "../../../bin/pip,sha256=old,3\r\npip/bin/pip,sha256=x,1\r\n../../../bin/gone,sha256=y,2\r\n";
        let read = |name: &str| (name == "pip").then(|| b"abc".to_vec());
        let now = corrected(record, "bin", &read).unwrap();
        let hash = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(now, record.replace("sha256=old,3", &format!("sha256={hash},3")));
        assert_eq!(corrected(&now, "bin", &read), None);
    }

    #[test]
    fn every_occurrence_of_the_old_path_is_replaced() {
        let launcher = b"MZ\0\xff#!/a/b.tw-new/bin/python\nPK/a/b.tw-new!";
        assert_eq!(
            replaced(launcher, b"/a/b.tw-new", b"/a/b").unwrap(),
            b"MZ\0\xff#!/a/b/bin/python\nPK/a/b!".to_vec()
        );
        assert_eq!(replaced(b"nothing", b"/a/b", b"/c"), None);
    }
}
