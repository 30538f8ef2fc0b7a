//! What the system wrote while a program died without a word: that it had no memory left, that the card failed. The
//! kernel's ring on Linux, the event log on Windows.

mod events;

use crate::facts::OsFamily;
use crate::host::{ChildExit, Host, output};
use crate::plan::CommandSpec;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reading a ring in memory takes no time; where it does, something is wrong.
const LIMIT: Duration = Duration::from_secs(5);
/// The kernel counts from its start, which is known to the second.
const ROUND: f64 = 2.0;
/// Lines that are worth to be seen, in small letters: <https://github.com/torvalds/linux/blob/master/mm/oom_kill.c>,
/// <https://docs.nvidia.com/deploy/xid-errors/>.
const TELLING: [&str; 5] = ["out of memory", "oom-kill", "nvrm: xid", "segfault at", "invalid opcode"];
/// More of them say nothing new.
const MOST: usize = 8;

/// The statuses of Windows that say error; `-1` and the like are codes of programs.
const FIRST_STATUS: i32 = 0xC000_0000_u32.cast_signed();
const LAST_STATUS: i32 = 0xCFFF_FFFF_u32.cast_signed();

/// Whether an end may have its reason there: a signal, a shell's code for one, a status of Windows.
pub(super) const fn may_know(exit: ChildExit) -> bool {
    matches!(exit, ChildExit::Signal(_) | ChildExit::Code(132..=143 | FIRST_STATUS..=LAST_STATUS))
}

/// The telling lines since that moment. None where they may not be read, or on another system.
pub(super) fn words(host: &dyn Host, since: SystemTime) -> Vec<String> {
    match host.family() {
        OsFamily::Linux => ring(host, since),
        OsFamily::Windows => events::words(host, since),
        OsFamily::Macos | OsFamily::Other => Vec::new(),
    }
}

fn ring(host: &dyn Host, since: SystemTime) -> Vec<String> {
    let Some(booted) = host.booted() else { return Vec::new() };
    let Ok(found) = output(host, &CommandSpec::new("dmesg", Vec::<String>::new()), LIMIT) else { return Vec::new() };
    let since = since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    let text = String::from_utf8_lossy(&found.stdout);
    telling(&text, since - booted as f64 - ROUND)
}

/// Lines of `dmesg` (`[ 1234.567890] words`) from that second after the start on.
fn telling(text: &str, from: f64) -> Vec<String> {
    let is_telling = |line: &str| {
        let line = line.to_lowercase();
        TELLING.iter().any(|word| line.contains(word))
    };
    let is_late = |line: &str| {
        let moment = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        moment.and_then(|(moment, _)| moment.trim().parse::<f64>().ok()).is_some_and(|moment| moment >= from)
    };
    text.lines().filter(|line| is_late(line) && is_telling(line)).take(MOST).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_since_the_beginning_that_tell_something_are_taken() {
        let text = "[    1.000000] Out of memory: Killed process 1 (old)\n\
                    [  100.250000] usb 1-1: new device\n\
                    [  100.500000] Out of memory: Killed process 42 (cc1plus) total-vm:1kB\n\
                    [  101.000000] NVRM: Xid (PCI:0000:01:00): 79, pid=42, GPU has fallen off the bus.\n\
                    words without a moment: Out of memory\n";
        let found = telling(text, 99.0);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("cc1plus") && found[1].contains("Xid"));
        assert_eq!(telling(text, 0.0).len(), 3);
    }

    #[test]
    fn only_what_ends_a_program_from_outside_is_asked_about() {
        for (exit, may) in [
            (ChildExit::Signal(9), true),
            (ChildExit::Code(137), true),
            (ChildExit::Code(0xC000_0005_u32.cast_signed()), true),
            (ChildExit::Code(-1), false),
            (ChildExit::Code(1), false),
            (ChildExit::Code(0), false),
        ] {
            assert_eq!(may_know(exit), may, "{exit}");
        }
    }
}
