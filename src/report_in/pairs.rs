//! Lines as keys with values: `Key: value`, `key = value`, columns, rows of tables, what Python prints.

use super::keys::key_of;

/// A key and its value, both without quotation marks.
pub(super) type Pair<'t> = (&'t str, &'t str);

/// Heads of a table: the keys of its rows' cells.
#[derive(Debug, Default)]
pub(super) struct Heads {
    cells: Vec<String>,
    is_confirmed: bool,
}

/// The pairs of a line.
pub(super) fn pairs(line: &str, heads: &mut Heads) -> Vec<(String, String)> {
    let own = |(key, value): Pair<'_>| (key.to_owned(), value.to_owned());
    if let Some(cells) = cells(line) {
        return heads.row(&cells);
    }
    *heads = Heads::default();
    if let Some(list) = of_python(line) {
        return list.into_iter().map(own).collect();
    }
    pair(line).map(own).into_iter().collect()
}

impl Heads {
    /// The pairs of a row: under its heads where the table has some, and always the second cell under the first.
    fn row(&mut self, cells: &[&str]) -> Vec<(String, String)> {
        if cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| c == '-' || c == ':' || c == '=')) {
            self.is_confirmed = !self.cells.is_empty();
            return Vec::new();
        }
        let mut pairs = Vec::new();
        if self.is_confirmed && self.cells.len() == cells.len() {
            let under = self.cells.iter().cloned().zip(cells.iter().map(|cell| (*cell).to_owned()));
            // Of two columns the second tells of the first, unless the heads say otherwise: `| item | value |`.
            pairs.extend(under.filter(|(head, _)| cells.len() > 2 || key_of(head).is_some()));
        } else {
            self.cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
            self.is_confirmed = false;
        }
        if let [key, value, ..] = cells {
            pairs.push(((*key).to_owned(), (*value).to_owned()));
        }
        pairs
    }
}

/// The cells of a row `| a | b |`; `None` for any other line.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?;
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let cells: Vec<&str> = inner.split('|').map(plain).take(12).collect();
    (cells.len() > 1).then_some(cells)
}

/// What stands around a key or value: blanks, quotation marks, marks of code and of lists.
pub(super) fn plain(text: &str) -> &str {
    text.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'', '`', ' ', '\t'])
}

/// The first separator splits: a colon, `=`, an arrow, or two blanks between columns.
pub(super) fn pair(line: &str) -> Option<Pair<'_>> {
    let line = line.trim();
    let mut previous = ' ';
    let mut blanks = 0;
    for (at, c) in line.char_indices() {
        let rest = line.get(at..)?;
        if c == ' ' || c == '\t' {
            blanks += if c == '\t' { 2 } else { 1 };
            previous = c;
            continue;
        }
        if blanks >= 2 && at > 0 && c != ':' && c != '=' && c != '|' {
            return checked(line.get(..at)?, rest);
        }
        // `torch version .................... 2.3.0+cu121`
        if blanks > 0 && rest.starts_with("...") && at > 0 {
            let value = rest.trim_start_matches('.');
            return checked(line.get(..at)?, value).filter(|_| value.starts_with(' '));
        }
        blanks = 0;
        let next = rest.chars().nth(1);
        // Not in `C:\…`, `https://…`, `12:30`, `cuda:0`.
        let is_colon = c == ':'
            && next.is_none_or(|next| !"\\/".contains(next))
            && !(previous.is_ascii_digit() && next.is_some_and(|n| n.is_ascii_digit()));
        let is_equal = c == '=' && next != Some('=') && !"=<>!~".contains(previous);
        // `torch.version.cuda → None`, `is_available() -> False`
        let is_arrow = "→⇒➜".contains(c) || rest.starts_with("-> ") && previous == ' ';
        if (is_colon || is_equal || is_arrow) && at > 0 && !line.get(..at)?.ends_with("cuda") {
            return checked(line.get(..at)?, rest.get(c.len_utf8()..)?);
        }
        previous = c;
        if at > 80 {
            break;
        }
    }
    None
}

fn checked<'t>(key: &'t str, value: &'t str) -> Option<Pair<'t>> {
    let key = plain(key);
    let value = plain(value.trim_start_matches([':', '=', ' ', '\t', '>']));
    (!key.is_empty() && key.len() <= 80).then_some((key, value))
}

/// `OrderedDict([('a', 'b'), …])`, `{'a': 'b', …}`, `uname_result(system='Linux', …)`.
fn of_python(line: &str) -> Option<Vec<Pair<'_>>> {
    if line.contains("('") && line.contains("', ") && line.contains("), (") {
        let pieces = line.split("), (").filter_map(|piece| {
            let piece = piece.rsplit_once("[(").map_or(piece, |(_, inner)| inner).trim_end_matches([')', ']']);
            let (key, value) = piece.split_once("', ")?;
            Some((plain(key), plain(value)))
        });
        return Some(pieces.take(64).collect());
    }
    if line.contains("': ") && line.contains('{') {
        let pieces = line.split(", '").filter_map(|piece| {
            let (key, value) = piece.split_once("': ")?;
            let key = key.rsplit('{').next().unwrap_or(key);
            Some((plain(key), plain(value.trim_end_matches(['}', ']']))))
        });
        return Some(pieces.take(64).collect());
    }
    let (_, inner) = line.split_once("_result(")?;
    let pieces = inner
        .split("', ")
        .filter_map(|piece| piece.split_once("='"))
        .map(|(key, value)| (plain(key), plain(value.trim_end_matches(')'))));
    Some(pieces.take(16).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_at_its_first_separator() {
        for (line, expected) in [
            ("OS: Ubuntu 22.04", Some(("OS", "Ubuntu 22.04"))),
            ("OS                           : Ubuntu 24.04", Some(("OS", "Ubuntu 24.04"))),
            ("GPU 0                   GeForce GTX 1650 (arch=7.5)", Some(("GPU 0", "GeForce GTX 1650 (arch=7.5)"))),
            (
                "Python  3.8.5 (default, Jan 27 2021, 15:41:15)",
                Some(("Python", "3.8.5 (default, Jan 27 2021, 15:41:15)")),
            ),
            ("OS = Windows 10", Some(("OS", "Windows 10"))),
            ("\"os_name\": \"nt\",", Some(("os_name", "nt"))),
            ("GPU:", Some(("GPU", ""))),
            ("torch.version.cuda → None", Some(("torch.version.cuda", "None"))),
            ("torch.cuda.is_available() -> False", Some(("torch.cuda.is_available()", "False"))),
            ("torch.__version__ => 2.9.1", Some(("torch.__version__", "2.9.1"))),
            ("a->b", None),
            ("C:\\Users\\x>python", None),
            ("torch==2.5.1", None),
            ("just words", None),
        ] {
            assert_eq!(pair(line), expected, "{line}");
        }
    }

    #[test]
    fn tables_and_what_python_prints_are_pairs_too() {
        let all = |line: &str| pairs(line, &mut Heads::default());
        let own =
            |list: &[(&str, &str)]| list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        assert_eq!(all("| OS | Arch |"), own(&[("OS", "Arch")]));
        assert_eq!(
            all("OrderedDict([('sys.platform', 'linux'), ('CUDA available', True)])"),
            own(&[("sys.platform", "linux"), ("CUDA available", "True")])
        );
        assert_eq!(all("{'python': '3.10.1', 'gpu': 'A100'}"), own(&[("python", "3.10.1"), ("gpu", "A100")]));
        assert_eq!(
            all("uname_result(system='Linux', machine='x86_64')"),
            own(&[("system", "Linux"), ("machine", "x86_64")])
        );
        let mut heads = Heads::default();
        pairs("| GPU | Driver |", &mut heads);
        pairs("|---|:---:|", &mut heads);
        assert_eq!(
            pairs("| RTX 3060 | 551.86 |", &mut heads).first().unwrap(),
            &("GPU".to_owned(), "RTX 3060".to_owned())
        );
    }
}
