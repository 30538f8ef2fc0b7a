//! Scripts that were unpacked aside and start the environment's Python by its way from there.
//!
//! uv writes such a way into the scripts of an environment that can be moved: `'../../../../../bin/python'`, from the
//! folder they are unpacked into. Once they are moved in, their Python stands beside them.

use super::super::rehome::{correct_records_of, replaced};
use crate::facts::OsFamily;
use crate::host::{Host, HostError};
use crate::plan::{bin_dir, parted};
use std::collections::BTreeMap;
use std::path::Path;

/// Points the scripts in `new` to what stands beside them when they are moved into the environment. Does nothing the second
/// time.
pub(super) fn settle(host: &dyn Host, os: OsFamily, environment: &Path, new: &Path) -> Result<(), HostError> {
    let scripts = bin_dir(os, new);
    let Ok(below) = scripts.strip_prefix(environment) else { return Ok(()) };
    let up = below.components().count();
    let (_, folder) = parted(os, &scripts);
    let mut settled = BTreeMap::new();
    for file in host.list(&scripts).unwrap_or_default() {
        if file.meta.is_dir || file.meta.is_link {
            continue;
        }
        let bytes = host.read(&file.path)?;
        let changed = if os == OsFamily::Windows {
            launcher(&bytes, &format!(r"{}{folder}\", r"..\".repeat(up)))
        } else {
            replaced(&bytes, format!("'{}{folder}/", "../".repeat(up)).as_bytes(), b"'")
        };
        settled.extend(changed.map(|changed| (file.path, changed)));
    }
    if settled.is_empty() {
        return Ok(());
    }
    // The lists first: a life that is cut in between finds scripts to settle, and makes the lists once more.
    correct_records_of(host, os, new, &|path| settled.get(path).cloned().or_else(|| host.read(path).ok()))?;
    settled.iter().try_for_each(|(path, bytes)| host.overwrite(path, bytes))
}

/// A launcher of Windows with another way of the same length, so that nothing in it moves: `.\.\.\python.exe`. The line of
/// the script that it carries is left as it is: nobody reads it, and it has a checksum.
fn launcher(bytes: &[u8], way: &str) -> Option<Vec<u8>> {
    let here = if way.len().is_multiple_of(2) {
        r".\".repeat(way.len() / 2)
    } else {
        format!(r"{}.\\", r".\".repeat((way.len() - 3) / 2))
    };
    let mut settled = bytes.to_vec();
    let mut from = 0;
    let mut is_changed = false;
    while let Some(at) = find(bytes, way.as_bytes(), from) {
        from = at + way.len();
        let is_line = at.checked_sub(2).and_then(|before| bytes.get(before..at)) == Some(b"#!");
        if let Some(place) = settled.get_mut(at..from).filter(|_| !is_line) {
            place.copy_from_slice(here.as_bytes());
            is_changed = true;
        }
    }
    is_changed.then_some(settled)
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::World;

    const NEW: &str = "/e/.torch-wizard/7/packages/new";

    #[test]
    fn a_script_starts_the_python_that_it_will_stand_beside() {
        let of = |way: &str| {
            format!(
                "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'{way}python3' \"$0\" \"$@\"\n' '''\n"
            )
        };
        let record = "a.py,,\n../../../bin/tool,sha256=x,1\n";
        let site = format!("{NEW}/lib/python3.12/site-packages/tool-1.dist-info/RECORD");
        let absolute = "#!/e/bin/python\nimport tool\n";
        let world = World::new(OsFamily::Linux)
            .file(format!("{NEW}/bin/tool"), of("../../../../../bin/"))
            .file(format!("{NEW}/bin/other"), absolute)
            .file(&site, record);
        settle(&world, OsFamily::Linux, Path::new("/e"), Path::new(NEW)).unwrap();
        let read = |path: &str| String::from_utf8(world.read(Path::new(path)).unwrap()).unwrap();
        assert_eq!(read(&format!("{NEW}/bin/tool")), of(""));
        assert_eq!(read(&format!("{NEW}/bin/other")), absolute, "one that names it by its whole path finds it");
        assert!(read(&site).contains(&format!(",{}\n", of("").len())), "{}", read(&site));
        settle(&world, OsFamily::Linux, Path::new("/e"), Path::new(NEW)).unwrap();
        assert_eq!(read(&format!("{NEW}/bin/tool")), of(""));
    }

    #[test]
    fn a_launcher_keeps_its_length_and_the_script_in_it() {
        for way in [r"..\..\..\..\..\Scripts\", r"..\..\..\..\..\Script\"] {
            let before = format!("MZ{way}python.exe\u{0}PK#!{way}python.exe\nimport tool");
            let after = String::from_utf8(launcher(before.as_bytes(), way).unwrap()).unwrap();
            assert_eq!(after.len(), before.len());
            let (path, script) = after.split_once('\u{0}').unwrap();
            let plain = path.trim_start_matches("MZ").replace(r".\\", "").replace(r".\", "");
            assert_eq!(plain, "python.exe", "{path}");
            assert_eq!(script, format!("PK#!{way}python.exe\nimport tool"));
            assert_eq!(launcher(after.as_bytes(), way), None, "nothing is left to do");
        }
    }
}
