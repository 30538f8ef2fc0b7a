//! What people write in sentences; it counts only where nothing better is said.

use super::cards::Place;
use super::draft::{At, Draft, Weight};
use super::names::{Care, cards_in, is_count};
use super::os_names::SaidWsl;
use super::{os_names, versions};
use crate::facts::{OsFamily, Via};
use std::borrow::Cow;

/// What the files and folders in a line tell of the system.
pub(super) fn places(draft: &mut Draft<'_>, number: usize, line: &str) {
    let at = At { line: number, by: "a path", via: Via::User };
    let lower = line.to_ascii_lowercase();
    paths(draft, &lower, line, at);
    folder_of_python(draft, &lower, line, at);
}

/// Reads a line as free text.
pub(super) fn line(draft: &mut Draft<'_>, number: usize, line: &str) {
    places(draft, number, line);
    let at = At { line: number, by: "a sentence", via: Via::User };
    let lower = line.to_ascii_lowercase();
    let has_digit = line.contains(|c: char| c.is_ascii_digit());
    if !has_digit && !lower.contains("wsl") && !lower.contains("jetson") {
        return;
    }
    driver(draft, &lower, line, at);
    torch(draft, &lower, line, at);
    python(draft, &lower, line, at);
    wsl(draft, &lower, at);
    toolkit(draft, &lower, line, at);
    os(draft, &lower, line, at);
    if is_about_cards(&lower) {
        let mut named = cards_in(&without_examples(&lower, line), Care::Strict, draft.catalog);
        named.others.clear();
        if let Some(machine) = owner(&lower).filter(|_| !named.ours.is_empty()) {
            draft.cards.owned_by(machine);
        }
        draft.cards.add_named(Place::Prose, named, at);
    }
}

/// Quick look before the words are taken apart.
fn is_about_cards(lower: &str) -> bool {
    #[rustfmt::skip]
    const MARKS: [&str; 18] = [
        "rtx", "gtx", "geforce", "quadro", "tesla", "nvidia", "titan", "a100", "h100", "h200", "v100",
        "p100", "gpu", "gt1", "gt ", "b200", "b300", "card",
    ];
    let is_marked = MARKS.iter().any(|mark| lower.contains(mark));
    (is_marked || lower.split_whitespace().any(is_count)) && !lower.contains("http")
}

/// A heading over cards that something supports: `Compatible graphics cards`.
pub(super) fn announces_cards(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    line.len() < 70
        && !line.contains(|c: char| c.is_ascii_digit())
        && has(&["compatible", "supported", "recommended"])
        && has(&["gpus", "cards"])
        && !has(&["not ", "n't", "un", " is ", " are "])
}

/// A line without what stands in it as an example, up to the end of its brackets.
fn without_examples<'t>(lower: &str, line: &'t str) -> Cow<'t, str> {
    let begin = ["e.g.", "for example", "such as"].iter().filter_map(|mark| lower.find(mark)).min();
    let Some((before, after)) = begin.and_then(|at| line.split_at_checked(at)) else { return Cow::Borrowed(line) };
    let behind = after.split_once(')').map_or("", |(_, behind)| behind);
    Cow::Owned(format!("{before} {behind}"))
}

/// The one of several machines that a line begins with: `PC 2 has …`.
fn owner(lower: &str) -> Option<&str> {
    let words = ["pc", "computer", "machine", "laptop", "server", "system", "workstation"];
    let rest = words.iter().find_map(|word| lower.strip_prefix(word))?.trim_start_matches([' ', '#']);
    let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    let is_one = name.len() == 1 && name.starts_with(|c: char| c.is_ascii_digit() || ('a'..='d').contains(&c));
    is_one.then_some(name)
}

/// Positions of a word, with what follows it.
fn after<'t>(lower: &str, line: &'t str, word: &str) -> impl Iterator<Item = (usize, &'t str)> {
    let places: Vec<usize> = lower.match_indices(word).map(|(at, _)| at).take(16).collect();
    let length = word.len();
    places.into_iter().filter_map(move |at| Some((at, line.get(at + length..)?)))
}

/// A version of the driver up to a few words behind the word, else right before it.
fn driver(draft: &mut Draft<'_>, lower: &str, line: &str, at: At) {
    if draft.driver.weight() >= Some(Weight::Hint) {
        return;
    }
    // `nvidia-smi shows 470.182.03`: three numbers of this form are nothing else.
    if lower.contains("nvidia") && !lower.contains("driver") {
        let mut versions = line.split_whitespace().filter_map(|word| versions::driver(word, false));
        if let Some(version) = versions.find(versions::is_of_linux) {
            draft.driver(Weight::Hint, version, at);
        }
    }
    // NVIDIA's installer for Windows: `555.99-desktop-win10-win11-64bit-international-dch-whql`
    let is_installer = |word: &&str| word.contains("-desktop-win") || word.contains("-notebook-win");
    let installer = line.split_whitespace().find(is_installer).filter(|_| !is_wish(lower));
    if let Some(version) = installer.and_then(|word| versions::driver(word, false)) {
        draft.driver(Weight::Hint, version, at);
        draft.system.family(Weight::Hint, OsFamily::Windows, at);
        return;
    }
    if !lower.contains("driver") {
        return;
    }
    let is_nvidia = lower.contains("nvidia") || lower.contains("geforce");
    for (place, rest) in after(lower, line, "driver") {
        // `driver: 550.54`, `drivers-550.54.14-1`, `(driver 581.57)`
        let near = rest.split_whitespace().take(7).flat_map(|word| word.split('-').take(3));
        let mut near = near.map(|word| word.trim_start_matches(['(', ':', '=', '@', '~']));
        let behind = near.find_map(|word| versions::driver(word, is_nvidia));
        let words = line.get(..place).unwrap_or_default().split_whitespace();
        let before = || words.rev().take(3).find_map(|word| versions::driver(word.trim_start_matches('('), false));
        if let Some(version) = behind.or_else(before) {
            draft.driver(Weight::Hint, version, at);
            return;
        }
        // `Driver 13.0`: no driver has such a version, but it is the newest CUDA that one accepts.
        let cuda = rest.strip_prefix([' ', '=']).and_then(versions::cuda).filter(|cuda| cuda.major >= 9);
        if let Some(cuda) = cuda {
            draft.driver_cuda.offer(Weight::Hint, cuda, at);
            return;
        }
    }
}

/// Lines of installers speak of what they fetch, and people of what they would need.
#[rustfmt::skip]
const NOT_THERE: [&str; 15] = [
    "collecting", "downloading", "cached", "because", "uninstall", "no matching", "require", "need",
    "upgrade to", "at least", "install torch", "install --", "could not find", "depends on",
    "wheel compiled",
];

/// What people say of versions that are not the ones they have.
#[rustfmt::skip]
const WISHES: [&str; 15] = [
    "minimum", "latest", "newest", "supported", "compatible", "or higher", "or newer", "or later", "or above",
    "should", "must", "recommend", "only work", "would", "instead of",
];

fn is_wish(lower: &str) -> bool {
    NOT_THERE.iter().chain(&WISHES).any(|words| lower.contains(words))
}

fn torch(draft: &mut Draft<'_>, lower: &str, line: &str, at: At) {
    if draft.torch_weight() >= Some(Weight::Hint) || printed(draft, line, at) {
        return;
    }
    if !lower.contains("torch") || NOT_THERE.iter().any(|words| lower.contains(words)) {
        return;
    }
    for (place, rest) in after(lower, line, "torch") {
        let before = lower.get(..place).unwrap_or_default();
        let is_word = before.ends_with("py") || !before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let is_file = rest.split_whitespace().next().is_some_and(|word| word.contains(".whl"));
        let value = told_value(rest);
        let is_told = value.len() < rest.len();
        if is_told && is_wish(lower) {
            continue;
        }
        let rest = value;
        // `torchvision`, `torch-geometric` and `torch>=2.7` are something else; `torch==2.5.1` counts in a line of its
        // own.
        let start = rest.trim_start_matches("==").trim_start_matches([' ', '-', ':', '=', '@', '(', '`', 'v']);
        let gap = rest.len() - start.len();
        let is_other = rest.starts_with(|c: char| c.is_alphanumeric() || "<>~!".contains(c));
        let is_other = is_other && !is_told && !rest.starts_with('v');
        let is_owned = ["my environment", "my env", "i have", "i use", "i'm using", "i am using"]
            .iter()
            .any(|words| before.contains(words));
        let is_pin = rest.starts_with("==") && !before.is_empty() && before != "py" && !is_owned;
        if is_word
            && !is_file
            && !is_other
            && !is_pin
            && (gap > 0 || is_told)
            && gap < 24
            && let Some(version) = versions::torch(start)
        {
            draft.torch(Weight::Hint, version, at);
            return;
        }
    }
}

/// What follows a name up to its value: ` version is the 2.0.1`, ` package (version 1.7.1)`, `版本为2.6.0`.
fn told_value(rest: &str) -> &str {
    #[rustfmt::skip]
    const WORDS: [&str; 14] = [
        " version", " Version", " package", " (version", " is", " the", " reveals", " shows", " says",
        " prints", " reports", "版本", "为", "是",
    ];
    let mut rest = rest;
    for _ in 0..4 {
        let next = WORDS.iter().find_map(|word| rest.strip_prefix(word));
        let next = next.filter(|next| !next.starts_with(|c: char| c.is_ascii_alphanumeric() && !c.is_ascii_digit()));
        let Some(next) = next else { break };
        rest = next;
    }
    rest
}

/// What Python prints: `2.8.0+cu128`, `2.6.0+cpu False`, `'2.1.0+cu121'`; true if the line begins with a build.
fn printed(draft: &mut Draft<'_>, line: &str, at: At) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default().trim_matches(['\'', '"', ',', '(']);
    let is_build = ["+cu", "+cpu", "+rocm", "+xpu"].iter().any(|local| first.contains(local));
    let Some(version) = versions::torch(first).filter(|_| is_build) else { return false };
    let rest: Vec<&str> = words.take(5).collect();
    let is_answer = |word: &&str| ["True", "False", "True)", "False)"].contains(word);
    if rest.is_empty() || rest.iter().any(|word| is_answer(word) || word.starts_with("['sm_")) {
        draft.torch(Weight::Hint, version, at);
        if let Some(truth) = rest.iter().copied().filter(is_answer).find_map(super::warnings::truth) {
            draft.available(Weight::Hint, truth, at);
        }
    }
    true
}

fn python(draft: &mut Draft<'_>, lower: &str, line: &str, at: At) {
    if draft.python.weight() >= Some(Weight::Hint) || !lower.contains("python") {
        return;
    }
    for (place, rest) in after(lower, line, "python") {
        let in_path = lower.get(..place).is_some_and(|before| before.ends_with(['/', '\\']));
        let value = told_value(rest);
        let start = value.trim_start_matches([' ', '-', ':', '=', '`', 'v', '(']);
        let is_wished = value.len() < rest.len() && is_wish(lower);
        if in_path || is_wished || rest.trim_start().starts_with(['<', '>', '~', '!']) {
            continue;
        }
        if let Some(seen) = versions::python(start) {
            draft.python.offer(Weight::Hint, seen, at);
            return;
        }
    }
}

/// `lib/python3.10/site-packages`, `Python313\Lib`
fn folder_of_python(draft: &mut Draft<'_>, lower: &str, line: &str, at: At) {
    if draft.python.weight().is_some() || !lower.contains("python") {
        return;
    }
    for (place, rest) in after(lower, line, "python") {
        if !lower.get(..place).is_some_and(|before| before.ends_with(['/', '\\'])) {
            continue;
        }
        let minor = |rest: &str| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().to_owned();
        let glued = rest.strip_prefix('3').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let version = glued.map_or_else(|| rest.to_owned(), |rest| format!("3.{}", minor(rest)));
        if let Some(seen) = versions::python(&version) {
            draft.python.offer(Weight::Trace, seen, at);
            return;
        }
    }
}

/// `on WSL`, `WSL2 Ubuntu`, `/usr/lib/wsl`; but not `without WSL`.
fn wsl(draft: &mut Draft<'_>, lower: &str, at: At) {
    #[rustfmt::skip]
    const DENIED: [&str; 12] = [
        "not ", "no ", "without ", "instead of ", "non-", "outside ", "not in ", "not on ", "not using ",
        "or ", "try ", "via ",
    ];
    if !lower.contains("wsl") {
        return;
    }
    let Some((before, rest)) = lower.split_once("wsl") else { return };
    let is_word = !before.ends_with(|c: char| c.is_alphanumeric() || c == '/' || c == '.');
    let is_program = [".exe", " --", "g", "config"].iter().any(|rest_of| rest.starts_with(rest_of));
    if is_word && !is_program && !DENIED.iter().any(|word| before.ends_with(word)) {
        draft.system.wsl(Weight::Hint, SaidWsl::of(rest), at);
    }
}

/// `CUDA toolkit 12.8`, `nvcc 12.1`
fn toolkit(draft: &mut Draft<'_>, lower: &str, line: &str, at: At) {
    for word in ["cuda toolkit", "nvcc"].into_iter().filter(|word| lower.contains(word)) {
        for (_, rest) in after(lower, line, word) {
            let rest = rest.trim_start_matches(" version").trim_start_matches([' ', ':', '=', 'v']);
            if versions::cuda(rest).is_some() && rest.starts_with(|c: char| c.is_ascii_digit()) {
                draft.toolkit.offer(Weight::Hint, versions::numbers(rest).to_owned(), at);
            }
        }
    }
}

/// Names of systems that are looked for in sentences, with a number behind them.
#[rustfmt::skip]
const SYSTEMS: [&str; 19] = [
    "windows ", "win1", "ubuntu", "debian ", "fedora ", "centos ", "rocky ", "almalinux ", "rhel ",
    "red hat ", "opensuse ", "nixos ", "linux mint ", "kali ", "pop!_os ", "macos ",
    "linuxmint ", "window10", "window 10",
];

/// Those that have no numbers.
#[rustfmt::skip]
const ROLLING: [&str; 9] = [
    "arch linux", "archlinux", "manjaro", "endeavouros", "cachyos", "gentoo", "void linux", "bazzite",
    "nobara",
];

/// `Windows 11`, `Ubuntu 22.04`, `Arch Linux`.
fn os(draft: &mut Draft<'_>, lower: &str, line: &str, at: At) {
    // The compiler's name for its distribution is none of the system's.
    let is_gnu = lower.matches("gnu").count() > lower.matches("gnu/linux").count();
    let is_build = lower.contains("ubuntu") && lower.contains('~');
    if is_gnu || is_build || ["gcc", "g++", "clang"].iter().any(|mark| lower.contains(mark)) {
        return;
    }
    // `I am running this on windows`
    let runs = ["running", "i am on", "i'm on", "i use"].iter().any(|words| lower.contains(words));
    if runs && (lower.contains("on windows") || lower.contains("i use windows")) {
        draft.system.family(Weight::Hint, OsFamily::Windows, at);
    }
    let words = SYSTEMS.iter().chain(&ROLLING).filter(|word| lower.contains(**word));
    for word in words {
        for (place, _) in after(lower, line, word) {
            // `555.99-desktop-win10-win11-64bit` is for both.
            let Some(text) = line.get(place..).filter(|_| !line.get(..place).is_some_and(|text| text.ends_with('-')))
            else {
                continue;
            };
            let end = text.char_indices().map(|(at, _)| at).find(|at| *at >= 40).unwrap_or(text.len());
            let named = os_names::describe(text.get(..end).unwrap_or_default());
            let is_rolling = ROLLING.contains(word);
            let is_windows = named.family == Some(OsFamily::Windows);
            let has_number =
                named.release.is_some() || named.build.is_some() || named.shown.contains(|c: char| c.is_ascii_digit());
            if has_number || is_rolling {
                let shown = if is_windows { named.shown.clone() } else { up_to_number(&named.shown) };
                draft.system.name(Weight::Hint, os_names::Named { shown, wsl: None, ..named }, at);
                break;
            }
        }
    }
}

/// `Ubuntu 22.04 LTS on my laptop` → `Ubuntu 22.04 LTS`.
fn up_to_number(shown: &str) -> String {
    let words: Vec<&str> = shown.split_whitespace().collect();
    let number = words.iter().position(|word| word.contains(|c: char| c.is_ascii_digit())).unwrap_or(1);
    let is_lts = words.get(number + 1) == Some(&"LTS");
    words.into_iter().take(number + 1 + usize::from(is_lts)).collect::<Vec<_>>().join(" ")
}

/// The look of paths and prompts.
fn paths(draft: &mut Draft<'_>, lower: &str, line: &str, at: At) {
    if lower.contains("/mnt/c/") || lower.contains("/usr/lib/wsl/") {
        draft.system.wsl(Weight::Trace, SaidWsl::Two, at);
        draft.system.family(Weight::Trace, OsFamily::Linux, at);
    } else if line.contains(":\\") || line.contains("\\Lib\\site-packages") || lower.starts_with("ps c:") {
        let drive = line.find(":\\").and_then(|at| line.get(..at)).and_then(|before| before.chars().next_back());
        if drive.is_none_or(|c| c.is_ascii_alphabetic()) {
            draft.system.family(Weight::Trace, OsFamily::Windows, at);
        }
    } else if is_of_mac(line) {
        draft.system.family(Weight::Trace, OsFamily::Macos, at);
    } else if lower.contains("c:/users/") || is_in_folder(line) {
        draft.system.family(Weight::Trace, OsFamily::Windows, at);
    } else if ["/home/", "/opt/conda", "/usr/", "/root/", "/workspace", "lib/python3", "lib64/"]
        .iter()
        .any(|path| lower.contains(path))
    {
        draft.system.family(Weight::Trace, OsFamily::Linux, at);
    }
    if lower.contains("platform: linux") {
        draft.system.family(Weight::Hint, OsFamily::Linux, at);
    } else if lower.contains("platform: windows") {
        draft.system.family(Weight::Hint, OsFamily::Windows, at);
    }
    if lower.contains("l4t ") || lower.contains("jetpack") {
        draft.system.native_linux(Weight::Hint, at);
        draft.system.arch(Weight::Hint, "aarch64", at);
    }
    if lower.contains("os build")
        && let Some(build) = os_names::build_of(lower)
    {
        draft.system.build(Weight::Hint, build, at);
        draft.system.family(Weight::Hint, OsFamily::Windows, at);
    }
    // `root@3f2a9c1d8e77:/workspace#` is the name that Docker gives.
    let host = lower.contains("root@").then(|| lower.split_once("root@")).flatten();
    let host = host.map(|(_, rest)| rest.split(':').next().unwrap_or_default());
    if host.is_some_and(|host| host.len() == 12 && host.chars().all(|c| c.is_ascii_hexdigit())) {
        draft.system.is_container = true;
    }
    if lower.contains("kernel:") || lower.contains("systemd[") {
        draft.system.family(Weight::Trace, OsFamily::Linux, at);
    }
}

/// `/Users/me/…` at the start of a path, which on Windows stands behind a drive.
fn is_of_mac(line: &str) -> bool {
    let begins = |at: usize| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_ascii_alphanumeric() && !"/\\:._-~".contains(c))
    };
    line.match_indices("/Users/").take(8).any(|(at, _)| begins(at))
}

/// `engine\trainer: …`: a program names its own file in the way of Windows.
fn is_in_folder(line: &str) -> bool {
    let Some((file, _)) = line.split_once(": ") else { return false };
    let is_name = |part: &str| part.len() > 2 && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    // Line ends that a log writes out (`failed\nerror: …`) look the same.
    let is_folder = |part: &str| ["engine", "data", "nn", "utils", "models", "hub", "cfg", "trackers"].contains(&part);
    file.split_once('\\').is_some_and(|(folder, name)| is_folder(folder) && is_name(name))
}
