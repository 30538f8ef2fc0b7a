//! Reading the Windows registry; never writing.

use winreg::RegKey;
use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, KEY_READ};
use winreg::types::FromRegValue as _;

fn open(key: &str) -> Option<RegKey> {
    let (hive, rest) = key.split_once('\\')?;
    let hive = match hive {
        "HKLM" => HKEY_LOCAL_MACHINE,
        "HKCU" => HKEY_CURRENT_USER,
        _ => return None,
    };
    RegKey::predef(hive).open_subkey_with_flags(rest, KEY_READ).ok()
}

/// A value as text: strings as they are, numbers in decimal.
pub fn value(key: &str, name: &str) -> Option<String> {
    let raw = open(key)?.get_raw_value(name).ok()?;
    String::from_reg_value(&raw)
        .or_else(|_| u32::from_reg_value(&raw).map(|number| number.to_string()))
        .or_else(|_| u64::from_reg_value(&raw).map(|number| number.to_string()))
        .ok()
}

/// Names of the sub-keys, in the registry's order.
pub fn keys(key: &str) -> Vec<String> {
    open(key).map(|key| key.enum_keys().filter_map(Result::ok).collect()).unwrap_or_default()
}
