//! `wsl.exe` and `tar.exe`. What `wsl.exe` says and how it ends follows its source: sentences of
//! <https://github.com/microsoft/WSL/tree/master/localization/strings> (de-DE, zh-CN), codes and exit codes of
//! <https://github.com/microsoft/WSL/blob/master/src/windows/common/WslClient.cpp> and `wslutil.cpp`.
//!
//! It speaks UTF-16LE without a mark, as one does that does not know `WSL_UTF8`.

use crate::pc::ROOT;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What a PC without WSL says to everything that wants a virtual machine.
const NO_MACHINE: &str = "WSL2 kann nicht gestartet werden, da die Virtualisierung auf diesem Computer nicht aktiviert ist.\r\n\
    Weitere Informationen finden Sie unter https://aka.ms/enablevirtualization\r\n\
    Fehlercode: Wsl/Service/CreateInstance/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED\r\n";

/// Windows' own word for 3010, which `wsl.exe` prints and ends with 0.
const RESTART: &str = "Der angeforderte Vorgang wurde erfolgreich ausgeführt. Die Änderungen werden erst nach einem Neustart des Systems wirksam.\r\n";

/// All failures of `wsl.exe` end so.
fn failed(text: &str) -> ExitCode {
    say(text);
    ExitCode::from(255)
}

fn say(text: &str) {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::io::stdout().write_all(&bytes).unwrap();
    std::io::stdout().flush().unwrap();
}

struct Pc {
    root: PathBuf,
}

impl Pc {
    fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.root.join(name)).ok().map(|text| text.trim().to_owned())
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.root.join(name), text).unwrap();
    }

    /// The platform was switched on, and Windows restarted since.
    fn is_ready(&self) -> bool {
        self.text("platform").is_some_and(|then| then == "always" || Some(then) != self.text("booted"))
    }

    /// Stands still while a test wants it to.
    fn pass(&self, gate: &str) {
        fs::write(self.root.join(format!("at-{gate}")), "").unwrap();
        while self.root.join(format!("hold-{gate}")).exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

pub fn wsl(words: &[String]) -> ExitCode {
    let pc = Pc { root: PathBuf::from(std::env::var_os(ROOT).unwrap()) };
    let mut calls = fs::OpenOptions::new().create(true).append(true).open(pc.root.join("calls")).unwrap();
    calls.write_all(format!("{}\n", words.join("|")).as_bytes()).unwrap();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(text) = pc.text("fails").filter(|text| words.iter().any(|word| text.starts_with(&format!("{word}\n"))))
    {
        return failed(text.split_once('\n').unwrap().1);
    }
    match words.as_slice() {
        ["--install", "--no-distribution"] => {
            if pc.text("platform").is_none() {
                say("Optionale Windows-Komponente wird installiert: VirtualMachinePlatform\r\n");
                pc.put("platform", &pc.text("booted").unwrap());
            }
            say(if pc.is_ready() { "Der Vorgang wurde erfolgreich beendet.\r\n" } else { RESTART });
            ExitCode::SUCCESS
        }
        ["--update"] => {
            say("Es wird nach Updates gesucht.\r\n");
            ExitCode::SUCCESS
        }
        ["--install", "-d", name, "--no-launch", "--version", "2"] => install(&pc, name),
        ["--manage", name, "--set-default-user", user] if pc.text("distribution").as_deref() == Some(name) => {
            pc.put("user", user);
            say("Der Vorgang wurde erfolgreich beendet.\r\n");
            ExitCode::SUCCESS
        }
        ["--distribution", name, rest @ ..] => inside(&pc, name, rest),
        _ => failed("Ungültiges Befehlszeilenargument\r\nFehlercode: Wsl/E_INVALIDARG\r\n"),
    }
}

fn install(pc: &Pc, name: &str) -> ExitCode {
    if !pc.is_ready() {
        // As the real one does: it says that Windows waits for its restart, and has installed nothing.
        say(RESTART);
        return ExitCode::SUCCESS;
    }
    if pc.text("distribution").as_deref() == Some(name) {
        return failed(
            "Eine Datei kann nicht erstellt werden, wenn sie bereits vorhanden ist.\r\nFehlercode: Wsl/InstallDistro/ERROR_ALREADY_EXISTS\r\n",
        );
    }
    say("Herunterladen: Ubuntu 24.04 LTS\r\nWird installiert: Ubuntu 24.04 LTS\r\n");
    let driver = pc.root.join("linux/usr/lib/wsl/lib");
    fs::create_dir_all(&driver).unwrap();
    fs::create_dir_all(pc.root.join("linux/home")).unwrap();
    fs::write(driver.join("libcuda.so"), "").unwrap();
    pc.put("distribution", name);
    pc.pass("install");
    say(&format!(
        "Die Distribution wurde erfolgreich installiert. Sie kann über \"wsl.exe -d {name}\" gestartet werden.\r\n"
    ));
    ExitCode::SUCCESS
}

/// Paths of the distribution as they lie here, wherever in a word they begin.
fn mapped(pc: &Pc, word: &str) -> String {
    let places = [("/home/", "linux/home/"), ("/usr/lib/wsl/", "linux/usr/lib/wsl/"), ("/mnt/c/", "C/")];
    let (name, path) = word.split_once('=').filter(|(_, path)| path.starts_with('/')).unwrap_or(("", word));
    for (begin, folder) in places {
        if let Some(rest) = path.strip_prefix(begin) {
            let path = pc.root.join(folder).join(rest).display().to_string();
            return if name.is_empty() { path } else { format!("{name}={path}") };
        }
    }
    word.to_owned()
}

fn inside(pc: &Pc, name: &str, words: &[&str]) -> ExitCode {
    if !pc.is_ready() {
        return failed(NO_MACHINE);
    }
    if pc.text("distribution").as_deref() != Some(name) {
        return failed("不存在具有所提供名称的分发。\r\n错误代码: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n");
    }
    let home = pc.root.join("linux/home").join(pc.text("user").unwrap_or_default());
    match words {
        ["--user", "root", "--exec", "useradd", .., user] => {
            let home = pc.root.join("linux/home").join(user);
            if home.exists() {
                eprintln!("useradd: user '{user}' already exists");
                return ExitCode::from(9);
            }
            fs::create_dir(home).unwrap();
            pc.pass("useradd");
            ExitCode::SUCCESS
        }
        ["--cd", "~", "--exec", program, args @ ..] => {
            let mut command = Command::new(mapped(pc, program));
            command.args(args.iter().map(|word| mapped(pc, word)));
            if Path::new("/").join(program.trim_start_matches('/')).ends_with("install") {
                pc.pass("copy");
            }
            let status = command.env("HOME", &home).current_dir(&home).status();
            let Ok(status) = status else {
                eprintln!(
                    "<3>WSL (1) ERROR: CreateProcessCommon: execvpe({program}) failed: No such file or directory"
                );
                return ExitCode::from(1);
            };
            ExitCode::from(u8::try_from(status.code().unwrap_or(255)).unwrap())
        }
        _ => failed("Fehlercode: Wsl/E_INVALIDARG\r\n"),
    }
}

/// `-x -f WHEEL MEMBER`, as Windows' tar does with a zip.
pub fn tar(words: &[String]) -> ExitCode {
    let [_, _, wheel, member] = words else { return ExitCode::from(2) };
    let mut zip = zip::ZipArchive::new(fs::File::open(wheel).unwrap()).unwrap();
    let path = Path::new(member);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::io::copy(&mut zip.by_name(member).unwrap(), &mut fs::File::create(path).unwrap()).unwrap();
    ExitCode::SUCCESS
}
