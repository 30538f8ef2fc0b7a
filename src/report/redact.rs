//! Takes the person out of a text before it is given away: the home folder becomes `~`, the user's name `<user>`.

use std::path::Path;

/// Names that many people share and that programs use as words: taking them out hides nothing and spoils sentences.
const EVERYBODYS: &[&str] = &["root", "user", "users", "admin", "administrator", "public", "default", "home", "torch"];

/// What shall not leave the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Private {
    /// The user's home folder.
    pub home: String,
    /// The user's name, if it is more than the last part of the home folder.
    pub user: Option<String>,
}

impl Private {
    /// From the home folder, and the name the system knows the user by.
    pub fn new(home: &Path, user: Option<String>) -> Self {
        Self { home: home.to_string_lossy().trim_end_matches(['/', '\\']).to_owned(), user }
    }

    /// Windows does not tell upper from lower case, and takes both strokes.
    fn is_windows(&self) -> bool {
        self.home.starts_with(r"\\") || self.home.chars().nth(1) == Some(':')
    }

    /// The last part of the home folder and the name of the account, longest first.
    fn names(&self) -> Vec<&str> {
        let ends: &[char] = if self.is_windows() { &['/', '\\'] } else { &['/'] };
        let folder = self.home.rsplit(ends).next().filter(|_| self.has_home());
        // A Windows account may be written `DOMAIN\name`.
        let account = self.user.as_deref().and_then(|user| user.rsplit('\\').next());
        let mut names: Vec<&str> = folder.into_iter().chain(account).filter(|name| is_telling(name)).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        names
    }

    /// Whether the home folder is a folder of one person, and neither empty nor the root of a volume.
    fn has_home(&self) -> bool {
        self.home.trim_end_matches(':').contains(['/', '\\'])
    }
}

fn is_telling(name: &str) -> bool {
    !name.is_empty() && !EVERYBODYS.iter().any(|common| common.eq_ignore_ascii_case(name))
}

/// The text without the home folder and the user's name, wherever they stand as whole words.
///
/// A name of one or two letters is taken out only where it is the name of a folder, because it may be anything else.
pub fn redacted(text: &str, private: &Private) -> String {
    let windows = private.is_windows();
    let mut out = text.to_owned();
    if private.has_home() {
        out = replaced(&out, &private.home, "~", windows, |_, after| !after.is_some_and(continues_a_folder));
    }
    for name in private.names() {
        let is_short = name.chars().count() < 3;
        out = replaced(&out, name, "<user>", windows, |before, after| {
            let is_stroke = |c: Option<char>| matches!(c, Some('/' | '\\'));
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if is_short { is_stroke(before) && is_stroke(after) } else { !is_word(before) && !is_word(after) }
        });
    }
    out
}

/// `/home/sam` is not the home folder in `/home/samuel` or `/home/sam-old`.
fn continues_a_folder(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Replaces `part` where the characters around it allow that.
fn replaced(
    text: &str,
    part: &str,
    by: &str,
    windows: bool,
    is_whole: impl Fn(Option<char>, Option<char>) -> bool,
) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut before) = (text, None);
    while let Some(first) = rest.chars().next() {
        let whole = matched(rest, part, windows).filter(|end| {
            let after = rest.get(*end..).and_then(|after| after.chars().next());
            is_whole(before, after)
        });
        match whole {
            Some(_) => out.push_str(by),
            None => out.push(first),
        }
        let (taken, left) = rest.split_at_checked(whole.unwrap_or(first.len_utf8())).unwrap_or((rest, ""));
        before = taken.chars().next_back();
        rest = left;
    }
    out
}

/// How many bytes at the start of the text are `part`.
fn matched(text: &str, part: &str, windows: bool) -> Option<usize> {
    let is_stroke = |c: char| matches!(c, '/' | '\\');
    let (mut rest, mut part) = (text, part);
    while let Some(wanted) = part.chars().next() {
        let found = rest.chars().next()?;
        if windows && is_stroke(wanted) {
            let (after_wanted, after_found) = (part.trim_start_matches(is_stroke), rest.trim_start_matches(is_stroke));
            let (want, have) = (part.len() - after_wanted.len(), rest.len() - after_found.len());
            // JSON and Python write a path with doubled strokes.
            if have != want && have != 2 * want {
                return None;
            }
            (part, rest) = (after_wanted, after_found);
        } else if found == wanted || (windows && found.to_lowercase().eq(wanted.to_lowercase())) {
            part = part.get(wanted.len_utf8()..)?;
            rest = rest.get(found.len_utf8()..)?;
        } else {
            return None;
        }
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(home: &str, user: Option<&str>) -> Private {
        Private::new(Path::new(home), user.map(str::to_owned))
    }

    #[test]
    fn the_home_folder_of_linux_becomes_a_tilde() {
        let sam = of("/home/sam/", None);
        for (text, plain) in [
            ("/home/sam/torch-cu130/bin/python", "~/torch-cu130/bin/python"),
            ("in /home/sam: no such file", "in ~: no such file"),
            ("'/home/sam/my env' and /home/sam.", "'~/my env' and ~."),
            ("/home/samuel/x", "/home/samuel/x"),
            ("/home/sam-old/x", "/home/<user>-old/x"),
            ("/mnt/data/sam/x", "/mnt/data/<user>/x"),
            ("the same sample, for sam", "the same sample, for <user>"),
            ("/HOME/SAM/x", "/HOME/SAM/x"),
            ("", ""),
        ] {
            assert_eq!(redacted(text, &sam), plain);
        }
    }

    #[test]
    fn windows_has_one_folder_in_many_spellings() {
        let jo = of(r"C:\Users\Jörg", Some(r"OFFICE\j.meyer"));
        for text in [r"C:\Users\Jörg\torch", r"c:\users\JÖRG\torch", r"C:\\Users\\Jörg\torch", r"C:/Users/Jörg\torch"]
        {
            assert_eq!(redacted(text, &jo), r"~\torch", "{text}");
        }
        let share = of(r"\\files\people\jo.meyer", None);
        for text in
            [r"\\FILES\people\jo.meyer\torch", r"\\\\files\\people\\jo.meyer\torch", "//files/people/jo.meyer\\torch"]
        {
            assert_eq!(redacted(text, &share), r"~\torch", "{text}");
        }
        assert_eq!(redacted("file:///C:/Users/Jörg/torch", &jo), "file:///~/torch");
        assert_eq!(redacted(r"D:\work\JÖRG\torch of J.Meyer", &jo), r"D:\work\<user>\torch of <user>");
        assert_eq!(redacted(r"C:\Users\Jörgen\torch", &jo), r"C:\Users\Jörgen\torch");
    }

    #[test]
    fn a_name_that_says_nothing_stays() {
        let everybody = of("/home/user", Some("user"));
        assert_eq!(redacted("the user of /home/user/torch", &everybody), "the user of ~/torch");
        let short = of("/home/j", None);
        assert_eq!(redacted("j of /data/j/x and /home/j", &short), "j of /data/<user>/x and ~");
        for home in ["", "/", r"C:\"] {
            assert_eq!(redacted(r"/a/b C:\a", &of(home, None)), r"/a/b C:\a", "{home:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_the_home_folder_is_left(before in "[a-z /]{0,8}", after in "(/[a-z]{0,8})?") {
            let text = format!("{before} /home/zoé{after}");
            prop_assert!(!redacted(&text, &of("/home/zoé", None)).contains("zoé"));
        }
    }
}
