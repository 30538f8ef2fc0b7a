//! RECORD, the list of a package's files.
//! <https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file>

use crate::facts::OsFamily;

/// The paths in a RECORD that lie in the environment, below its folder and with `/` between their parts. `site` is the
/// folder of the packages in the same form. What lies outside the environment is nobody's to move.
pub(super) fn paths(os: OsFamily, environment: &str, site: &str, text: &str) -> Vec<String> {
    text.lines().filter_map(|line| below(os, environment, site, &first_field(line))).collect()
}

/// The first field of a line of comma-separated values.
fn first_field(line: &str) -> String {
    let Some(quoted) = line.strip_prefix('"') else {
        return line.split(',').next().unwrap_or_default().to_owned();
    };
    let mut field = String::new();
    let mut rest = quoted.chars().peekable();
    while let Some(c) = rest.next() {
        // Two quotes stand for one.
        if c == '"' && rest.next_if_eq(&'"').is_none() {
            break;
        }
        field.push(c);
    }
    field
}

fn below(os: OsFamily, environment: &str, site: &str, path: &str) -> Option<String> {
    let plain = |text: &str| if os == OsFamily::Windows { text.replace('\\', "/") } else { text.to_owned() };
    let path = plain(path);
    let has_drive = os == OsFamily::Windows && path.get(1..2) == Some(":");
    if path.starts_with('/') || has_drive {
        return relative(os, environment, &path);
    }
    let mut parts: Vec<&str> = site.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A path in the environment below its folder, with `/` between its parts.
pub(super) fn relative(os: OsFamily, environment: &str, path: &str) -> Option<String> {
    let plain = |text: &str| if os == OsFamily::Windows { text.replace('\\', "/") } else { text.to_owned() };
    let (environment, path) = (plain(environment), plain(path));
    let above = environment.trim_end_matches('/');
    let (head, rest) = path.split_at_checked(above.len())?;
    let is_same = if os == OsFamily::Windows { head.eq_ignore_ascii_case(above) } else { head == above };
    let rest = rest.strip_prefix('/').filter(|_| is_same)?;
    let is_plain = rest.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    is_plain.then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_below_the_environment_and_no_others() {
        let text = "torch/__init__.py,sha256=x,1\n../../../bin/torchrun,,\n./a//b.py,,\n\"a, \"\"b\"\".txt\",,\n\
            ../../../../outside,,\n/home/me/env/share/x,,\n/etc/passwd,,\n/home/me/environment/x,,\n/home/me/env/../y,,\n";
        let found = paths(OsFamily::Linux, "/home/me/env", "lib/python3.12/site-packages", text);
        let site = "lib/python3.12/site-packages";
        assert_eq!(
            found,
            [
                &format!("{site}/torch/__init__.py"),
                "bin/torchrun",
                &format!("{site}/a/b.py"),
                &format!("{site}/a, \"b\".txt"),
                "share/x"
            ]
        );
    }

    #[test]
    fn windows_has_drives_and_two_separators() {
        let text = "..\\..\\Scripts\\x.exe,,\n../../Scripts/y.exe,,\nc:\\Envs\\a\\share\\z,,\nD:\\z,,\n";
        let found = paths(OsFamily::Windows, r"C:\envs\A", "Lib/site-packages", text);
        assert_eq!(found, ["Scripts/x.exe", "Scripts/y.exe", "share/z"]);
    }
}
