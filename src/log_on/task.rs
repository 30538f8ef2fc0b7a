//! A task of Windows' scheduler: for this user alone and without administrator rights.
//!
//! Understood by exit codes: `schtasks` translates its words. The task is described in XML, since the words of the command
//! line can say neither "also on battery" nor "a minute later".
//! <https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema>

use super::{Status, WORDS, ask, program, refused};
use crate::host::{Host, HostError};
use crate::plan::CommandSpec;
use crate::problem::Problem;
use crate::text::xml::escaped;
use std::path::{Path, PathBuf};

/// The user as Windows names it, and the name of the task: all users of a PC share one list of tasks.
fn user(host: &dyn Host) -> Result<(String, String), Problem> {
    let var = |name| host.var(name).and_then(|value| value.into_string().ok()).filter(|value| !value.is_empty());
    let name = var("USERNAME").ok_or_else(|| {
        Problem::new("no-user", "The check at log-on cannot be set up: Windows does not say who is logged on.")
            .advise("Log on anew, then try again.")
    })?;
    let full = var("USERDOMAIN").map_or_else(|| name.clone(), |domain| format!(r"{domain}\{name}"));
    // These letters may stand in the name of a user of another directory, and not in that of a task.
    let plain = name.replace(['\\', '/', ':', '*', '?', '"', '<', '>', '|'], "-");
    Ok((full, format!("torch-wizard log-on check ({plain})")))
}

fn schtasks<const N: usize>(host: &dyn Host, words: [&str; N]) -> CommandSpec {
    // By its place: a program of that name in the folder of a download must not be it.
    let windows = host.var("SystemRoot").or_else(|| host.var("WINDIR"));
    let windows = windows.and_then(|folder| folder.into_string().ok()).unwrap_or_else(|| r"C:\Windows".to_owned());
    CommandSpec::new(format!(r"{windows}\System32\schtasks.exe"), words)
}

pub(super) fn set_up(host: &dyn Host) -> Result<(), Problem> {
    let (user, task) = user(host)?;
    let text = description(&user, &program(host));
    let file = PathBuf::from(format!(r"{}\log-on-task.xml", host.folders().data.display()));
    let failed = |error: HostError| crate::run::problem_of(&error);
    host.make_dir(&host.folders().data).map_err(failed)?;
    host.write_atomic(&file, &wide(&text)).map_err(failed)?;
    let path = file.display().to_string();
    let made = ask(host, &schtasks(host, ["/Create", "/TN", &task, "/XML", &path, "/F"]));
    host.remove(&file).ok();
    match made.map_err(failed)? {
        (true, _) => Ok(()),
        (false, said) => Err(refused("schtasks", said)),
    }
}

pub(super) fn remove(host: &dyn Host) -> Result<(), Problem> {
    if status(host) == Status::Off {
        return Ok(());
    }
    let (_, task) = user(host)?;
    match ask(host, &schtasks(host, ["/Delete", "/TN", &task, "/F"])) {
        Ok((true, _)) => Ok(()),
        Ok((false, said)) => Err(refused("schtasks", said)),
        Err(error) => Err(crate::run::problem_of(&error)),
    }
}

pub(super) fn status(host: &dyn Host) -> Status {
    let Ok((_, task)) = user(host) else { return Status::Unavailable };
    match ask(host, &schtasks(host, ["/Query", "/TN", &task])) {
        Ok((true, _)) => Status::On,
        Ok((false, _)) => Status::Off,
        Err(_) => Status::Unavailable,
    }
}

/// The task in the scheduler's own form.
pub(super) fn description(user: &str, program: &Path) -> String {
    let user = escaped(user);
    let program = escaped(&program.display().to_string());
    let words = WORDS.join(" ");
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Author>torch-wizard</Author>
    <Description>Looks once after each log-on whether the PyTorch environments still fit the driver and the card. Set up and removed by torch-wizard (watch on, watch off).</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>{user}</UserId>
      <Delay>PT1M</Delay>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{user}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT10M</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{words}</Arguments>
    </Exec>
  </Actions>
</Task>
"#
    )
}

/// UTF-16 with its mark, which is what the scheduler itself writes.
pub(super) fn wide(text: &str) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}
