//! The Windows registry: read, and written in the one place where programs stand that are started once.

use super::super::winhttp::digits_of;
use crate::plan::CommandSpec;
use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ, KEY_SET_VALUE, RegType};
use winreg::types::FromRegValue as _;

/// Windows starts what stands here when this user logs in, and takes it out before.
/// <https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys>
const RUN_ONCE: &str = r"Software\Microsoft\Windows\CurrentVersion\RunOnce";
/// The name of our line there.
const NAME: &str = "torch-wizard";

fn open(key: &str) -> Option<RegKey> {
    let (hive, rest) = key.split_once('\\')?;
    let hive = match hive {
        "HKLM" => HKEY_LOCAL_MACHINE,
        "HKCU" => HKEY_CURRENT_USER,
        _ => return None,
    };
    RegKey::predef(hive).open_subkey_with_flags(rest, KEY_READ).ok()
}

/// A value as text: strings as they are, numbers in decimal, bytes as hexadecimal digits.
pub fn value(key: &str, name: &str) -> Option<String> {
    let raw = open(key)?.get_raw_value(name).ok()?;
    if raw.vtype == RegType::REG_BINARY {
        return Some(digits_of(&raw.bytes));
    }
    String::from_reg_value(&raw)
        .or_else(|_| u32::from_reg_value(&raw).map(|number| number.to_string()))
        .or_else(|_| u64::from_reg_value(&raw).map(|number| number.to_string()))
        .ok()
}

/// Names of the sub-keys, in the registry's order.
pub fn keys(key: &str) -> Vec<String> {
    open(key).map(|key| key.enum_keys().filter_map(Result::ok).collect()).unwrap_or_default()
}

/// Writes our line for the next log-in, or takes it out.
pub fn start_once(command: Option<&CommandSpec>) -> std::io::Result<()> {
    let user = RegKey::predef(HKEY_CURRENT_USER);
    let Some(command) = command else {
        let removed = user.open_subkey_with_flags(RUN_ONCE, KEY_SET_VALUE).and_then(|key| key.delete_value(NAME));
        return match removed {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
    };
    let words = std::iter::once(command.program.display().to_string()).chain(command.args.iter().cloned());
    let line: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    user.create_subkey_with_flags(RUN_ONCE, KEY_SET_VALUE)?.0.set_value(NAME, &line.join(" "))
}

/// Enters a name under which notifications may be shown to this user.
pub fn name_for_notifications(name: &str) -> std::io::Result<()> {
    let user = RegKey::predef(HKEY_CURRENT_USER);
    let path = format!(r"Software\Classes\AppUserModelId\{name}");
    user.create_subkey_with_flags(path, KEY_SET_VALUE)?.0.set_value("DisplayName", &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_notifications_is_entered_for_this_user() {
        let path = r"Software\Classes\AppUserModelId\torch-wizard-test";
        name_for_notifications("torch-wizard-test").unwrap();
        name_for_notifications("torch-wizard-test").unwrap();
        assert_eq!(value(&format!(r"HKCU\{path}"), "DisplayName").as_deref(), Some("torch-wizard-test"));
        RegKey::predef(HKEY_CURRENT_USER).delete_subkey(path).unwrap();
    }

    #[test]
    fn a_line_for_the_next_log_in_is_written_and_taken_out() {
        let read = || value(&format!(r"HKCU\{RUN_ONCE}"), NAME);
        start_once(Some(&CommandSpec::new(r"C:\Program Files\t w\torch-wizardw.exe", ["--offline"]))).unwrap();
        assert_eq!(read().as_deref(), Some(r#""C:\Program Files\t w\torch-wizardw.exe" "--offline""#));
        start_once(None).unwrap();
        assert_eq!(read(), None);
        start_once(None).unwrap();
    }
}
