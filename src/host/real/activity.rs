//! What a tree of processes does, from the system's table of processes.

use super::super::Activity;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// Programs that look at every file that is written: Microsoft's, and those that are met most beside it.
const SCANNERS: [&str; 8] = [
    "MsMpEng.exe",
    "AvastSvc.exe",
    "AVGSvc.exe",
    "bdservicehost.exe",
    "ekrn.exe",
    "mfemms.exe",
    "NortonSecurity.exe",
    "clamd",
];

/// The tree below a process; `None` if it is not there any more.
pub fn of(leader: u32) -> Option<Activity> {
    let mut system = System::new().ok()?;
    let kinds =
        ProcessRefreshKind::nothing().with_cpu().with_disk_usage().with_cmd(UpdateKind::OnlyIfNotSet).without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kinds);
    // In order of their ids, so that two looks at the same processes are the same.
    let processes: BTreeMap<&Pid, &Process> = system.processes().iter().collect();
    let mut below: BTreeMap<Pid, Vec<Pid>> = BTreeMap::new();
    for process in processes.values() {
        if let Some(parent) = process.parent() {
            below.entry(parent).or_default().push(process.pid());
        }
    }
    let tree = tree(Pid::from_u32(leader), &below);
    let members: Vec<&Process> = tree.iter().filter_map(|id| system.process(*id)).collect();
    if members.is_empty() {
        return None;
    }
    let mut leaves: Vec<&Process> =
        members.iter().copied().filter(|process| !below.contains_key(&process.pid())).collect();
    leaves.sort_by_key(|process| std::cmp::Reverse(process.accumulated_cpu_time()));
    let words = |process: &Process| process.cmd().iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let scanner = processes.values().find_map(|process| {
        let name = process.name().to_string_lossy().into_owned();
        let is_one = SCANNERS.iter().any(|scanner| scanner.eq_ignore_ascii_case(&name));
        is_one.then(|| (name, Duration::from_millis(process.accumulated_cpu_time())))
    });
    Some(Activity {
        processes: members.iter().map(|process| process.pid().as_u32()).collect(),
        processor: members.iter().map(|process| Duration::from_millis(process.accumulated_cpu_time())).sum(),
        bytes: members
            .iter()
            .map(|process| process.disk_usage())
            .map(|usage| usage.total_read_bytes + usage.total_written_bytes)
            .sum(),
        busiest: leaves.into_iter().map(words).collect(),
        scanner,
    })
}

/// A process and all below it.
fn tree(leader: Pid, below: &BTreeMap<Pid, Vec<Pid>>) -> BTreeSet<Pid> {
    let (mut found, mut next) = (BTreeSet::new(), vec![leader]);
    while let Some(id) = next.pop() {
        if found.insert(id) {
            next.extend(below.get(&id).into_iter().flatten());
        }
    }
    found
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::host::real::children::{self, Bond};
    use crate::host::{ChildEvent, ChildExit};
    use crate::plan::CommandSpec;
    use std::ops::ControlFlow;

    /// A shell whose child computes, and one whose child sleeps.
    #[test]
    fn who_computes_and_who_sleeps_can_be_told_apart_and_is_named() {
        let watch = |script: &str| {
            let command = CommandSpec::new("/bin/sh", ["-c", script]);
            let (mut leader, mut seen) = (0, Vec::new());
            let exit = children::run(&command, Bond::Tree, &mut |event| {
                match event {
                    ChildEvent::Started(id) => leader = id,
                    ChildEvent::Tick => seen.extend(of(leader)),
                    ChildEvent::Stdout(_) | ChildEvent::Stderr(_) => {}
                }
                if seen.len() < 6 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            assert_eq!(exit.unwrap(), ChildExit::Stopped);
            seen
        };
        let busy = watch("sh -c 'while :; do :; done' busy-one; true");
        let last = busy.last().unwrap();
        assert!(last.processor > busy[0].processor, "{busy:?}");
        assert!(last.processes.len() >= 2 && last.busiest[0].contains(&"busy-one".to_owned()), "{last:?}");
        let idle = watch("sleep 60; true");
        assert!(idle[1].processor == idle[5].processor, "{idle:?}");
        assert_eq!(of(u32::MAX - 1), None);
    }
}
