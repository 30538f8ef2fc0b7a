//! Children: started as the leader of a tree of their own, read on two threads, ended as a tree, never left behind.

use super::super::{ChildEvent, ChildExit, HostError};
use crate::plan::CommandSpec;
use process_wrap::std::{ChildWrapper, CommandWrap};
use std::io::{Read, Write as _};
use std::ops::ControlFlow;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(100);
/// A grandchild may keep the pipes open after the child ended: its output is awaited this long, no longer.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Pieces that are on their way to us: what the child wrote before its end is heard however slow we are.
const ON_THE_WAY: usize = 64;
/// As much as the two pipes hold, which are read 16 KiB at once.
const IN_A_PIPE: usize = 2 * 8;

/// What `nice` takes when nobody names a number.
#[cfg(unix)]
const LOWER_PRIORITY: i32 = 10;

enum Heard {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Closed,
}

/// How a child belongs to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// The leader of a tree that ends as a whole.
    Tree,
    /// A part of ourselves: it alone is ended; what it started is its own affair.
    Part,
}

pub fn run(
    spec: &CommandSpec,
    bond: Bond,
    on: &mut dyn FnMut(ChildEvent<'_>) -> ControlFlow<()>,
) -> Result<ChildExit, HostError> {
    let command = command_of(spec);
    // Before the child: there is no moment at which it runs and nobody would end it with us.
    #[cfg(unix)]
    let (command, _warden) = bind(command, bond);
    let mut held = Held { child: spawn(spec, bond, command)?, bond };
    let child = &mut held.child;
    let heard = listen(&mut **child);
    feed(&mut **child, spec.stdin.as_deref());
    let mut stop = on(ChildEvent::Started(child.id())).is_break();
    let (mut open, mut ended_at, mut status) = (2_u8, None::<Instant>, None);
    let mut since_its_end = 0;
    let mut last_tick = Instant::now();
    while !stop {
        let next = heard.recv_timeout(TICK);
        let is_silent = matches!(next, Err(RecvTimeoutError::Timeout));
        match next {
            Ok(Heard::Stdout(bytes)) => stop = on(ChildEvent::Stdout(&bytes)).is_break(),
            Ok(Heard::Stderr(bytes)) => stop = on(ChildEvent::Stderr(&bytes)).is_break(),
            Ok(Heard::Closed) => open = open.saturating_sub(1),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                open = 0;
                // Both pipes are closed, the child lives on: nothing to hear, so wait for its end.
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        if last_tick.elapsed() >= TICK {
            last_tick = Instant::now();
            stop = stop || on(ChildEvent::Tick).is_break();
        }
        if status.is_none() {
            status = child.inner_mut().try_wait().ok().flatten();
            ended_at = status.map(|_| Instant::now());
        }
        since_its_end += usize::from(status.is_some());
        let all_is_heard = is_silent || since_its_end > ON_THE_WAY + IN_A_PIPE;
        let waited_enough = ended_at.is_some_and(|at| open == 0 || (at.elapsed() > LAST_WORDS && all_is_heard));
        if status.is_some() && waited_enough {
            break;
        }
    }
    if stop && status.is_none() {
        child.kill().ok();
        child.wait().ok();
        end_rest(bond, child.id());
        return Ok(ChildExit::Stopped);
    }
    // Whatever the child left running goes with it.
    child.start_kill().ok();
    end_rest(bond, child.id());
    Ok(status.map_or(ChildExit::Stopped, exit_of))
}

/// A child that somebody waits for. If who hears it goes wrong, nobody does any more: then it ends at once, as it would with
/// us.
struct Held {
    child: Box<dyn ChildWrapper>,
    bond: Bond,
}

impl Drop for Held {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.child.kill().ok();
            self.child.wait().ok();
            end_rest(self.bond, self.child.id());
        }
    }
}

fn exit_of(status: ExitStatus) -> ChildExit {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return ChildExit::Signal(signal);
        }
    }
    ChildExit::Code(status.code().unwrap_or(-1))
}

/// Program, arguments, variables and folder.
pub fn command_of(spec: &CommandSpec) -> Command {
    let mut command = Command::new(&spec.program);
    command.args(&spec.args);
    for name in &spec.env_remove {
        command.env_remove(name);
    }
    command.envs(&spec.env);
    if let Some(folder) = &spec.cwd {
        command.current_dir(folder);
    }
    command
}

fn spawn(spec: &CommandSpec, bond: Bond, mut command: Command) -> Result<Box<dyn ChildWrapper>, HostError> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if spec.stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut wrap = CommandWrap::from(command);
    #[cfg(unix)]
    if bond == Bond::Tree {
        // A session and not a group alone: ninja puts each of its compilers into a group of its own.
        wrap.wrap(process_wrap::std::ProcessSession);
    }
    #[cfg(windows)]
    {
        use windows::Win32::System::Threading::{
            BELOW_NORMAL_PRIORITY_CLASS, CREATE_NO_WINDOW, PROCESS_CREATION_FLAGS,
        };
        // No console window flashes up when the window starts a tool. Children of a process of this class have it too.
        let class = if spec.is_background { BELOW_NORMAL_PRIORITY_CLASS } else { PROCESS_CREATION_FLAGS::default() };
        wrap.wrap(process_wrap::std::CreationFlags(CREATE_NO_WINDOW | class));
        if bond == Bond::Tree {
            wrap.wrap(process_wrap::std::JobObject);
        }
    }
    let child = wrap.spawn().map_err(|source| not_started(spec, source))?;
    #[cfg(unix)]
    if spec.is_background
        && let Some(id) = group(child.id())
    {
        // Best effort: at the usual priority it does the same work.
        rustix::process::setpriority_process(Some(id), LOWER_PRIORITY).ok();
    }
    Ok(child)
}

/// Why a program could not be started.
pub fn not_started(spec: &CommandSpec, source: std::io::Error) -> HostError {
    // The system has one word for both: no such program, no such folder to start it in.
    let folder_is_there = spec.cwd.as_ref().is_none_or(|folder| folder.is_dir());
    if source.kind() == std::io::ErrorKind::NotFound && folder_is_there {
        HostError::NotFound { program: spec.program.clone() }
    } else {
        HostError::Start { program: spec.program.clone(), source }
    }
}

/// The child ends when we do, whatever ends us. It begins only once that is certain: what is done here happens between
/// fork and exec.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the standard library offers no other way to run a call between fork and exec")]
fn bind(mut command: Command, bond: Bond) -> (Command, Option<Warden>) {
    use std::os::unix::process::CommandExt as _;
    let us = rustix::process::getpid();
    let warden = (bond == Bond::Tree).then(Warden::start).flatten();
    let line = warden.as_ref().and_then(Warden::line);
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; `prctl`, `getpid`, `write` and `getppid`
    // are plain system calls, and a number is formatted without memory of its own or a lock.
    unsafe {
        command.pre_exec(move || {
            // Linux ends the child when the thread that started it ends. That thread waits in `run` for as long as the
            // child lives.
            #[cfg(target_os = "linux")]
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
            if let Some(mut line) = line.as_ref() {
                writeln!(line, "{}", std::process::id())?;
            }
            // The wizard may have died before the calls above.
            if rustix::process::getppid() == Some(us) {
                Ok(())
            } else {
                Err(std::io::Error::from(std::io::ErrorKind::Interrupted))
            }
        });
    }
    (command, warden)
}

/// Ends a child's group when we are gone: the death signal reaches the child alone, not what it started. A shell that
/// is told the group by the child itself and then waits for the end of a pipe whose other end is ours alone.
#[cfg(unix)]
struct Warden(std::process::Child);

#[cfg(unix)]
impl Warden {
    /// Without one the child itself still ends with us, and what it started is found by the next life of the run.
    fn start() -> Option<Self> {
        use std::os::unix::process::CommandExt as _;
        // `kill` takes a group as a number below zero. Where there is `/proc`, groups of its session's own (ninja's
        // compilers) end as well: `pid (name) state parent group session …`.
        let script = r#"read -r group || exit
read -r _
kill -KILL "-$group" || kill -KILL "$group"
for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    id=${line%% *}
    set -- ${line##*) }
    [ "$4" != "$group" ] || kill -KILL "$id"
done"#;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, "warden"]).current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().ok().map(Self)
    }

    /// Where the child says its number; this copy is closed in it when its own program begins.
    fn line(&self) -> Option<std::fs::File> {
        use std::os::fd::AsFd as _;
        let pipe = self.0.stdin.as_ref()?.as_fd().try_clone_to_owned().ok()?;
        Some(pipe.into())
    }
}

#[cfg(unix)]
impl Drop for Warden {
    fn drop(&mut self) {
        // Before its pipe is closed: the group's number may be somebody else's by then.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn listen(child: &mut dyn ChildWrapper) -> Receiver<Heard> {
    // Bounded: a child that writes faster than we read is slowed down instead of filling the memory.
    let (sender, receiver) = sync_channel(ON_THE_WAY);
    if let Some(pipe) = child.stdout().take() {
        reader("run-out", pipe, sender.clone(), Heard::Stdout);
    }
    if let Some(pipe) = child.stderr().take() {
        reader("run-err", pipe, sender, Heard::Stderr);
    }
    receiver
}

fn reader(name: &str, mut pipe: impl Read + Send + 'static, to: SyncSender<Heard>, wrap: fn(Vec<u8>) -> Heard) {
    let body = move || {
        let mut buffer = vec![0_u8; 16 * 1024];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    let piece = buffer.get(..count).unwrap_or_default().to_vec();
                    if to.send(wrap(piece)).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        to.send(Heard::Closed).ok();
    };
    // Without a thread the pipe is closed and the child ends with an error of its own.
    std::thread::Builder::new().name(name.to_owned()).spawn(body).ok();
}

fn feed(child: &mut dyn ChildWrapper, text: Option<&str>) {
    let (Some(text), Some(mut pipe)) = (text.map(str::to_owned), child.stdin().take()) else { return };
    let body = move || {
        pipe.write_all(text.as_bytes()).ok();
    };
    std::thread::Builder::new().name("run-in".to_owned()).spawn(body).ok();
}

pub fn process_began(id: u32) -> Option<u64> {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
    let id = Pid::from_u32(id);
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[id]), true, ProcessRefreshKind::nothing());
    system.process(id).map(sysinfo::Process::start_time)
}

#[cfg(unix)]
fn group(leader: u32) -> Option<rustix::process::Pid> {
    i32::try_from(leader).ok().and_then(rustix::process::Pid::from_raw)
}

/// What the group's signal does not reach. A part of ourselves leaves running what it wants.
fn end_rest(bond: Bond, leader: u32) {
    if bond == Bond::Tree {
        end_group(leader).ok();
    }
}

#[cfg(target_os = "linux")]
pub fn group_is_alive(leader: u32) -> bool {
    !living(leader).is_empty()
}

/// The processes of the session that this one leads, or led. Dead ones whose parent never asks for them stay in the
/// table for ever (a container whose first process is no init): they are left out.
#[cfg(target_os = "linux")]
fn living(leader: u32) -> Vec<rustix::process::Pid> {
    // The kernel's own threads are in session 0.
    let Some(processes) = std::fs::read_dir("/proc").ok().filter(|_| leader > 0) else { return Vec::new() };
    // `pid (name) state parent group session …`; the name may hold blanks and brackets.
    let member = |stat: &str| {
        let id = stat.split(' ').next()?.parse().ok()?;
        let fields: Vec<&str> = stat.rsplit(") ").next()?.split(' ').take(4).collect();
        let [state, _parent, group, session] = fields[..] else { return None };
        let is_ours = [group, session].iter().any(|field| field.parse() == Ok(leader));
        rustix::process::Pid::from_raw(id).filter(|_| is_ours && !matches!(state, "Z" | "X"))
    };
    processes
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().as_encoded_bytes().first().is_some_and(u8::is_ascii_digit))
        .filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok())
        .filter_map(|stat| member(&stat))
        .collect()
}

#[cfg(target_os = "linux")]
pub fn end_group(leader: u32) -> Result<(), HostError> {
    let began = Instant::now();
    loop {
        // Anew each time: what is killed may have started something in between.
        let rest = living(leader);
        if rest.is_empty() {
            return Ok(());
        }
        for process in rest {
            rustix::process::kill_process(process, rustix::process::Signal::KILL).ok();
        }
        if began.elapsed() > Duration::from_secs(10) {
            return Err(HostError::Timeout { what: format!("the end of what process {leader} started"), seconds: 10 });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
pub fn group_is_alive(leader: u32) -> bool {
    group(leader).is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
}

#[cfg(all(unix, not(target_os = "linux")))]
pub fn end_group(leader: u32) -> Result<(), HostError> {
    let Some(group) = group(leader) else { return Ok(()) };
    let began = Instant::now();
    while rustix::process::kill_process_group(group, rustix::process::Signal::KILL).is_ok() {
        if began.elapsed() > Duration::from_secs(10) {
            return Err(HostError::Timeout { what: format!("the end of process group {leader}"), seconds: 10 });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// On Windows the job object ends all of them with the wizard: there are no survivors.
#[cfg(not(unix))]
pub fn group_is_alive(_leader: u32) -> bool {
    false
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere this can fail")]
pub fn end_group(_leader: u32) -> Result<(), HostError> {
    Ok(())
}
