//! No child outlives us, none holds us up, all of its output comes.
#![cfg(unix)]

use super::{again, folder, host, number_in, soon};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use torch_wizard::host::{ChildEvent, ChildExit, Host as _, HostError, output};
use torch_wizard::plan::CommandSpec;

const LIMIT: Duration = Duration::from_secs(10);

fn sh(script: &str) -> CommandSpec {
    CommandSpec::new("/bin/sh", ["-c", script])
}

/// Dead, whether or not somebody asked for its last word.
fn is_gone(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.is_empty() || stat.contains(") Z ") || stat.contains(") X ")
}

#[test]
fn cancelling_kills_the_grandchild() {
    let folder = folder();
    let file = folder.path().join("grandchild");
    let script = format!("sleep 600 & echo $! >'{}'; wait", file.display());
    let began = Instant::now();
    let exit = host().run(&sh(&script), &mut |event| {
        if matches!(event, ChildEvent::Tick) && file.exists() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    assert_eq!(exit.unwrap(), ChildExit::Stopped);
    assert!(began.elapsed() < Duration::from_secs(3));
    let grandchild = number_in(&file);
    soon("the end of the grandchild", || is_gone(grandchild).then_some(()));
}

/// It is caught where the work was begun, and the process of the window lives on.
#[test]
fn a_mistake_of_who_hears_a_child_ends_the_whole_tree() {
    let folder = folder();
    let file = folder.path().join("grandchild");
    let script = format!("sleep 600 & echo $! >'{}'; wait", file.display());
    let mut child = 0;
    let done = torch_wizard::mistake::caught(|| {
        host().run(&sh(&script), &mut |event| {
            if let ChildEvent::Started(id) = event {
                child = id;
            }
            assert!(!(matches!(event, ChildEvent::Tick) && file.exists()), "a mistake of our own");
            ControlFlow::Continue(())
        })
    });
    assert_eq!(done.unwrap_err().details, "a mistake of our own");
    let grandchild = number_in(&file);
    soon("the end of the tree", || (is_gone(child) && is_gone(grandchild)).then_some(()));
}

#[test]
fn a_grandchild_that_keeps_the_pipes_open_does_not_hold_us_and_does_not_stay() {
    let folder = folder();
    let file = folder.path().join("grandchild");
    let script = format!("echo before; sleep 600 & echo $! >'{}'; exit 3", file.display());
    let began = Instant::now();
    let answer = output(&host(), &sh(&script), LIMIT).unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!((answer.exit, answer.text().as_str()), (ChildExit::Code(3), "before\n"));
    let grandchild = number_in(&file);
    soon("the end of the grandchild", || is_gone(grandchild).then_some(()));
}

/// As ninja starts its compilers: each leads a group of its own.
#[test]
#[cfg(target_os = "linux")]
fn a_grandchild_in_a_group_of_its_own_ends_with_the_tree() {
    let folder = folder();
    let file = folder.path().join("id");
    let script = format!("set -m; sleep 600 & echo $! >{}; wait", file.display());
    for script in [script.clone(), script.replace("; wait", "")] {
        output(&host(), &sh(&script), Duration::from_millis(500)).ok();
        let id: u32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        assert!(is_gone(id), "{script}");
    }
}

#[test]
fn output_larger_than_every_buffer_comes_whole_from_both_pipes() {
    let script = "head -c 5000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait";
    let answer = output(&host(), &sh(script), Duration::from_secs(30)).unwrap();
    assert_eq!((answer.stdout.len(), answer.stderr.len()), (5_000_000, 3_000_000));
}

#[test]
fn a_child_that_talks_without_end_is_stopped_at_its_limit() {
    let began = Instant::now();
    let error = output(&host(), &sh("while :; do echo y; done"), Duration::from_millis(300)).unwrap_err();
    assert!(matches!(error, HostError::Timeout { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_silent_child_is_stopped_at_its_limit_also_with_closed_pipes() {
    for script in ["sleep 600", "exec >&- 2>&-; sleep 600"] {
        let began = Instant::now();
        let error = output(&host(), &sh(script), Duration::from_millis(300)).unwrap_err();
        assert!(matches!(error, HostError::Timeout { .. }), "{script}: {error}");
        assert!(began.elapsed() < Duration::from_secs(3), "{script}");
    }
}

/// What is on its way when the child ends takes longer than the last words of a grandchild are waited for.
#[test]
fn the_output_of_a_child_is_heard_whole_however_slowly() {
    let mut bytes = 0;
    let exit = host().run(&sh("head -c 1200000 /dev/zero"), &mut |event| {
        if let ChildEvent::Stdout(piece) = event {
            bytes += piece.len();
            std::thread::sleep(Duration::from_millis(25));
        }
        ControlFlow::Continue(())
    });
    assert_eq!((exit.unwrap(), bytes), (ChildExit::Code(0), 1_200_000));
}

#[test]
fn standard_input_is_fed_whole_and_closed() {
    let mut command = sh("cat");
    let text = "ü\n".repeat(100_000);
    command.stdin = Some(text.clone());
    assert_eq!(output(&host(), &command, LIMIT).unwrap().text(), text);
    let answer = output(&host(), &sh("cat; echo end"), LIMIT).unwrap();
    assert_eq!(answer.text(), "end\n", "without text there is nothing to read");
}

#[test]
fn a_child_that_does_not_read_its_input_is_no_failure() {
    let mut command = sh("exit 0");
    command.stdin = Some("x".repeat(1_000_000));
    assert!(output(&host(), &command, LIMIT).unwrap().is_success());
}

#[test]
fn variables_are_taken_away_and_set_and_the_rest_is_inherited() {
    let mut command =
        sh("echo \"${CARGO_MANIFEST_DIR-none} ${TW_TEST-none} ${PATH:+inherited}\"").with_env("TW_TEST", "a b");
    command.env_remove.insert("CARGO_MANIFEST_DIR".to_owned());
    assert_eq!(output(&host(), &command, LIMIT).unwrap().text(), "none a b inherited\n");
}

#[test]
fn a_code_a_signal_and_a_missing_program_are_told_apart() {
    let exit = |command: &CommandSpec| output(&host(), command, LIMIT).map(|answer| answer.exit);
    assert_eq!(exit(&sh("exit 7")).unwrap(), ChildExit::Code(7));
    assert_eq!(exit(&sh("kill -SEGV $$")).unwrap(), ChildExit::Signal(11));
    let missing = CommandSpec::new("no-such-program-of-ours", [""; 0]);
    assert!(matches!(exit(&missing), Err(HostError::NotFound { program }) if program == missing.program));
    let folder = folder();
    let no_program = folder.path().join("data");
    std::fs::write(&no_program, "data").unwrap();
    assert!(matches!(exit(&CommandSpec::new(&no_program, [""; 0])), Err(HostError::Start { .. })));
}

#[test]
fn a_missing_working_folder_is_not_a_missing_program() {
    let mut command = sh("exit 0");
    command.cwd = Some(folder().path().join("gone"));
    let error = output(&host(), &command, LIMIT).unwrap_err();
    assert!(matches!(error, HostError::Start { .. }), "{error}");
}

#[test]
fn ticks_come_while_a_child_is_silent_and_while_it_talks() {
    for script in ["sleep 0.6", "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo y; sleep 0.01; done"] {
        let mut ticks = 0;
        host()
            .run(&sh(script), &mut |event| {
                ticks += i32::from(matches!(event, ChildEvent::Tick));
                ControlFlow::Continue(())
            })
            .unwrap();
        assert!(ticks >= 3, "{script}: {ticks}");
    }
}

/// The other side of the next two tests.
#[test]
#[ignore = "a process of its own for other tests"]
fn runs_a_child_until_it_is_killed() {
    let Some(file) = std::env::var_os("TW_TEST_CHILD") else { return };
    // The grandchild leads a group of its own, as a compiler of ninja's does.
    let script = "set -m; sleep 601 & echo $! >\"$TW_TEST_CHILD.grandchild\"; set +m; exec sleep 600";
    host()
        .run(&sh(script), &mut |event| {
            if let ChildEvent::Started(id) = event {
                std::fs::write(&file, format!("{id}\n")).unwrap();
            }
            ControlFlow::Continue(())
        })
        .unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_child_and_what_it_started_die_with_a_wizard_that_is_killed() {
    let folder = folder();
    let file = folder.path().join("child");
    let mut wizard = again("children::runs_a_child_until_it_is_killed");
    let mut wizard = wizard.env("TW_TEST_CHILD", &file).stdout(std::process::Stdio::null()).spawn().unwrap();
    let (child, grandchild) = (number_in(&file), number_in(&folder.path().join("child.grandchild")));
    let host = host();
    assert!(host.process_began(child).is_some() && host.group_is_alive(child));
    // SIGKILL
    wizard.kill().unwrap();
    wizard.wait().unwrap();
    soon("the end of the child", || is_gone(child).then_some(()));
    soon("the end of the grandchild", || is_gone(grandchild).then_some(()));
    assert!(!host.group_is_alive(child));
}

#[test]
#[cfg(target_os = "linux")]
fn a_group_of_survivors_can_be_ended() {
    let folder = folder();
    let file = folder.path().join("leader");
    let host = host();
    let script = format!("sleep 601 & echo $$ >'{}'; exec sleep 600", file.display());
    host.launch(&sh(&script)).unwrap();
    let leader = number_in(&file);
    assert!(host.group_is_alive(leader));
    let began = Instant::now();
    host.end_group(leader).unwrap();
    assert!(began.elapsed() < Duration::from_secs(3), "dead processes that nobody reaps are not waited for");
    assert!(is_gone(leader) && !host.group_is_alive(leader));
}

#[test]
fn a_group_that_is_not_there_is_not_alive_and_ending_it_succeeds() {
    let host = host();
    for leader in [0, u32::MAX, 4_194_305] {
        assert!(!host.group_is_alive(leader), "{leader}");
        host.end_group(leader).unwrap();
    }
    assert_eq!(host.process_began(u32::MAX), None);
}

#[test]
#[cfg(target_os = "linux")]
fn a_long_build_and_all_it_starts_give_way_to_the_user() {
    // Field 19 of the line, which is the 17th behind the name, which may hold blanks.
    let nice = |background: bool| {
        let mut command = sh("sleep 0.05; sed 's/.*) //' /proc/self/stat | cut -d ' ' -f 17");
        command.is_background = background;
        output(&host(), &command, LIMIT).unwrap().text().trim().parse::<i32>().unwrap()
    };
    assert_eq!(nice(true), nice(false) + 10);
}
