//! `uv.toml` and `pip.conf`: where they lie and what of them counts.

use super::{Layer, Raw, folder, from_variable, list_from_variable, variable};
use crate::facts::{OsFamily, Source, Via};
use crate::host::{Host, decode};
use configparser::ini::{Ini, IniDefault};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// `name=https://…` as uv writes a named index; anything else has no name.
pub(super) fn split_label(value: &str) -> (Option<String>, String) {
    match value.split_once('=') {
        Some((label, address))
            if !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) =>
        {
            (Some(label.to_owned()), address.to_owned())
        }
        _ => (None, value.to_owned()),
    }
}

/// The text of a file; `None` if there is none. An unreadable one is named in `trouble`.
pub(super) fn text_of(host: &dyn Host, path: &Path, trouble: &mut Vec<String>) -> Option<String> {
    if host.meta(path).is_none_or(|meta| meta.is_dir) {
        return None;
    }
    match host.read(path) {
        // Editors of Windows write a mark first, or UTF-16.
        Ok(bytes) => Some(decode(&bytes).trim_start_matches('\u{feff}').to_owned()),
        Err(error) => {
            trouble.push(error.to_string());
            None
        }
    }
}

fn config_home(host: &dyn Host) -> PathBuf {
    let home = &host.folders().home;
    match host.family() {
        OsFamily::Windows => folder(host, "APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming")),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => {
            folder(host, "XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"))
        }
    }
}

/// Folders with the settings for all users, strongest first.
fn system_folders(host: &dyn Host) -> Vec<PathBuf> {
    match host.family() {
        OsFamily::Windows => {
            let found = folder(host, "PROGRAMDATA").or_else(|| folder(host, "ALLUSERSPROFILE"));
            vec![found.unwrap_or_else(|| PathBuf::from(r"C:\ProgramData"))]
        }
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => {
            let named = variable(host, "XDG_CONFIG_DIRS").unwrap_or_else(|| "/etc/xdg".to_owned());
            let mut folders: Vec<PathBuf> =
                named.split(':').filter(|folder| !folder.is_empty()).map(PathBuf::from).collect();
            if host.family() == OsFamily::Macos {
                folders.insert(0, PathBuf::from("/Library/Application Support"));
            }
            folders.push(PathBuf::from("/etc"));
            folders
        }
    }
}

/// What uv's files say, strongest first.
pub(super) fn uv_layers(host: &dyn Host, trouble: &mut Vec<String>) -> Vec<Layer> {
    let user = config_home(host).join("uv").join("uv.toml");
    let mut paths = vec![user];
    if let Some(only) = folder(host, "UV_CONFIG_FILE") {
        paths = vec![only];
    } else {
        // uv stops at the first file for all users.
        let system = system_folders(host).into_iter().map(|folder| folder.join("uv").join("uv.toml"));
        paths.extend(system.into_iter().find(|path| host.meta(path).is_some()));
    }
    let mut layers = Vec::new();
    for path in paths {
        let Some(text) = text_of(host, &path, trouble) else { continue };
        match parse_uv(&text, &Source::new(Via::FileSystem, path.display().to_string())) {
            Ok(layer) => layers.push(layer),
            // The error's own text quotes the line, which may hold a password.
            Err(error) => trouble.push(format!("{} is no TOML: {}", path.display(), error.message())),
        }
    }
    layers
}

/// What one `uv.toml` says.
pub(super) fn parse_uv(text: &str, source: &Source) -> Result<Layer, toml::de::Error> {
    let table: toml::Table = text.parse()?;
    let raw = |name: &str, value: &str, label: Option<&str>| Raw {
        name: name.to_owned(),
        value: value.to_owned(),
        label: label.map(str::to_owned),
        source: source.clone(),
    };
    let pip = table.get("pip").and_then(toml::Value::as_table);
    let text_at = |table: &toml::Table, key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let list_at = |key: &str| -> Vec<Raw> {
        let tables = pip.into_iter().chain([&table]);
        let arrays = tables.filter_map(|table| table.get(key).and_then(toml::Value::as_array));
        arrays.flatten().filter_map(toml::Value::as_str).map(|value| raw(key, value, None)).collect()
    };
    let mut layer = Layer {
        default_index: pip.and_then(|pip| text_at(pip, "index-url")).map(|url| raw("pip.index-url", &url, None)),
        find_links: list_at("find-links"),
        ..Layer::default()
    };
    for index in table.get("index").and_then(toml::Value::as_array).into_iter().flatten() {
        let Some(index) = index.as_table() else { continue };
        let Some(url) = text_at(index, "url") else { continue };
        let is_set = |key: &str| index.get(key).and_then(toml::Value::as_bool).unwrap_or(false);
        let found = raw("index", &url, text_at(index, "name").as_deref());
        if is_set("default") {
            layer.default_index = layer.default_index.or(Some(found));
        } else if !is_set("explicit") {
            layer.extra_indexes.push(found);
        }
    }
    layer.default_index =
        layer.default_index.or_else(|| text_at(&table, "index-url").map(|url| raw("index-url", &url, None)));
    layer.extra_indexes.extend(list_at("extra-index-url"));
    for key in ["https-proxy", "http-proxy", "native-tls", "system-certs"] {
        if let Some(value) = table.get(key) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            layer.honoured.push(raw(key, &value, None));
        }
    }
    Ok(layer)
}

/// One `pip.conf`.
pub(super) struct PipFile {
    source: Source,
    sections: HashMap<String, HashMap<String, Option<String>>>,
}

/// Paths of pip's files, strongest first.
fn pip_paths(host: &dyn Host) -> Vec<PathBuf> {
    let is_windows = host.family() == OsFamily::Windows;
    let name = if is_windows { "pip.ini" } else { "pip.conf" };
    let home = &host.folders().home;
    let named = folder(host, "PIP_CONFIG_FILE");
    // The null device means: no file at all.
    if named
        .as_ref()
        .is_some_and(|path| path.as_os_str() == "/dev/null" || path.as_os_str().eq_ignore_ascii_case("nul"))
    {
        return Vec::new();
    }
    let reads_user = named.as_ref().is_none_or(|path| host.meta(path).is_none());
    let mut paths: Vec<PathBuf> = named.into_iter().collect();
    paths.extend(folder(host, "VIRTUAL_ENV").map(|environment| environment.join(name)));
    if reads_user {
        if host.family() == OsFamily::Macos {
            paths.push(home.join("Library").join("Application Support").join("pip").join(name));
        }
        paths.push(config_home(host).join("pip").join(name));
        paths.push(home.join(if is_windows { "pip" } else { ".pip" }).join(name));
    }
    // Of the files for all users pip lets the last one win: `/etc/pip.conf`, which has no folder of its own.
    if !is_windows {
        paths.push(PathBuf::from("/etc/pip.conf"));
    }
    paths.extend(
        system_folders(host)
            .into_iter()
            .filter(|folder| folder != Path::new("/etc"))
            .map(|folder| folder.join("pip").join(name)),
    );
    paths
}

/// Reads one `pip.conf`.
pub(super) fn parse_pip(text: &str, source: Source) -> Result<PipFile, String> {
    let mut defaults = IniDefault::default();
    defaults.multiline = true;
    defaults.enable_inline_comments = false;
    // Keys before the first section are an error for pip; a section of this name keeps them apart.
    "(none)".clone_into(&mut defaults.default_section);
    let sections = Ini::new_from_defaults(defaults).read(text.to_owned())?;
    let sections = sections
        .into_iter()
        .map(|(section, keys)| (section, keys.into_iter().map(|(key, value)| (key.replace('_', "-"), value)).collect()))
        .collect();
    Ok(PipFile { source, sections })
}

/// The value of a key over all files, strongest first.
pub(super) fn pip_value(files: &[PipFile], key: &str) -> Option<Raw> {
    [":env:", "install", "global"].into_iter().find_map(|section| {
        files.iter().find_map(|file| {
            let value = file.sections.get(section)?.get(key)?.clone()?;
            let value = value.trim().to_owned();
            (!value.is_empty()).then(|| Raw { name: key.to_owned(), value, label: None, source: file.source.clone() })
        })
    })
}

fn words(raw: Option<Raw>) -> Vec<Raw> {
    let Some(raw) = raw else { return Vec::new() };
    let one =
        |value: &str| Raw { name: raw.name.clone(), value: value.to_owned(), label: None, source: raw.source.clone() };
    raw.value.split_whitespace().map(one).collect()
}

/// What pip's variables and files say, each key from its strongest place.
pub(super) fn pip_layer(host: &dyn Host, trouble: &mut Vec<String>) -> Layer {
    let mut files = Vec::new();
    for path in pip_paths(host) {
        let Some(text) = text_of(host, &path, trouble) else { continue };
        match parse_pip(&text, Source::new(Via::FileSystem, path.display().to_string())) {
            Ok(file) => files.push(file),
            Err(error) => trouble.push(format!("{} cannot be read: {error}", path.display())),
        }
    }
    let list = |variable: &str, key: &str| {
        let found = list_from_variable(host, variable, char::is_whitespace);
        if found.is_empty() { words(pip_value(&files, key)) } else { found }
    };
    // `PIP_PROXY` and `PIP_CERT` are among the honoured variables already, and win over the file.
    let unless_set = |variable_name: &str, key: &str| {
        if variable(host, variable_name).is_some() { None } else { pip_value(&files, key) }
    };
    Layer {
        default_index: from_variable(host, "PIP_INDEX_URL").or_else(|| pip_value(&files, "index-url")),
        extra_indexes: list("PIP_EXTRA_INDEX_URL", "extra-index-url"),
        find_links: list("PIP_FIND_LINKS", "find-links"),
        honoured: [unless_set("PIP_PROXY", "proxy"), unless_set("PIP_CERT", "cert")].into_iter().flatten().collect(),
    }
}
