//! What happens on that PC.

use crate::PLAY;
use crate::index_server::IndexServer;
use crate::index_server::wheels::{Recipe, Shelf, build};
use crate::pc::{ROOT, Windows, here};
use crate::shelf::{platform_tag, torch_wheel};
use crate::world::{fill_shelf, tools, until};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use torch_wizard::assess::{Assessment, Build, Origin, Route, Verdict};
use torch_wizard::facts::OsFamily;
use torch_wizard::host::Host as _;
use torch_wizard::lock::Lock;
use torch_wizard::plan::wsl2::{Distro, Missing, SetUp, plan, windows_path};
use torch_wizard::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, Plan};

/// Each test with its name.
pub const TESTS: [(&str, fn()); 7] = [
    ("from_nothing_to_an_environment_with_one_restart", from_nothing),
    ("a_restart_that_was_not_done_is_asked_for_again", not_restarted),
    ("killed_while_the_distribution_is_installed_it_goes_on", killed_in_install),
    ("killed_behind_the_new_user_it_goes_on", killed_behind_user),
    ("each_failure_of_wsl_is_told_by_its_code", failures),
    ("undone_it_leaves_what_was_set_up_and_takes_the_rest", undone),
    ("a_distribution_with_a_blank_in_its_name_is_used_as_it_is", blank_in_name),
];

const UV: &str = "uv-0.1.0-py3-none-manylinux_2_17_x86_64.whl";

/// A PC.
struct Pc {
    temp: TempDir,
    shelf: Arc<Shelf>,
    server: IndexServer,
}

/// How a life ended.
struct Lived {
    code: i32,
    out: String,
}

impl Lived {
    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.out);
        self
    }

    fn events(&self) -> Vec<serde_json::Value> {
        self.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn begun(&self) -> Vec<String> {
        let started = self.events().into_iter().filter(|event| event["kind"] == "started");
        started.map(|event| event["step"].as_str().unwrap().to_owned()).collect()
    }

    fn problem(&self) -> serde_json::Value {
        let told = |event: &serde_json::Value| matches!(event["kind"].as_str(), Some("failed" | "needs-user"));
        self.events().into_iter().rfind(told).unwrap()["problem"].clone()
    }
}

impl Pc {
    /// With an index, and with what is in a Windows' folders; nothing of WSL.
    fn new() -> Option<Self> {
        let real = tools()?;
        let python = format!("cp{}", real.python_version.replace('.', ""));
        let mut shelf = Shelf::default();
        let mut torch = torch_wheel("2.15.0", "cu130", &format!("{python}-{python}-{}", platform_tag()), false);
        torch.variant = None;
        let uv = format!("#!/bin/sh\nexec '{}' \"$@\"\n", real.uv.display());
        shelf.wheels.push(torch);
        shelf.wheels.push(build(&Recipe {
            name: "uv",
            version: "0.1.0",
            tag: "py3-none-manylinux_2_17_x86_64",
            files: &[("uv-0.1.0.data/scripts/uv", uv.into_bytes())],
            ..Recipe::default()
        }));
        shelf.wheels.extend(fill_shelf().wheels.into_iter().filter(|wheel| {
            wheel.variant.is_none() && ["filelock", "typing-extensions"].contains(&wheel.project.as_str())
        }));
        let temp = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let shelf = Arc::new(shelf);
        let pc = Self { temp, server: IndexServer::start(Arc::clone(&shelf)), shelf };
        for folder in ["C/Users/Jörg", "C/tw", "C/temp"] {
            fs::create_dir_all(pc.path(folder)).unwrap();
        }
        fs::write(pc.path("C/tw/torch-wizardw.exe"), "MZ").unwrap();
        pc.put("booted", "1000000");
        Some(pc)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn take(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// What `wsl.exe` was asked for, each with its words.
    fn calls(&self, begin: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().filter(|line| line.starts_with(begin)).map(str::to_owned).collect()
    }

    fn lock(&self) -> Lock {
        let mut text = "lock-version = \"1.0\"\n".to_owned();
        for wheel in &self.shelf.wheels {
            let address = format!("{}/{}", self.server.pypi().replace("/simple", "/files"), wheel.file);
            let version = wheel.file.split('-').nth(1).unwrap();
            write!(
                text,
                "[[packages]]\nname = \"{}\"\nversion = \"{version}\"\nwheels = [{{ url = \"{address}\", size = {}, \
                 hashes = {{ sha256 = \"{}\" }} }}]\n",
                wheel.project,
                wheel.bytes.len(),
                wheel.sha256
            )
            .unwrap();
        }
        Lock::from_pylock(&text).unwrap()
    }

    /// The plan for a distribution, saved as a run that was approved and not begun.
    fn saved(&self, name: &str, missing: Vec<Missing>) -> Plan {
        let build = Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: tools().unwrap().python_version.parse().ok(),
            origin: Origin::Pypi,
            seen_live: false,
        };
        let assessment = Assessment {
            route: Route::Wsl2,
            verdict: Verdict::Works { reasons: Vec::new() },
            build: Some(build),
            acceptable_variants: Vec::new(),
            gpus: vec![0],
            download_bytes: None,
            disk_bytes: None,
            seconds: None,
            needs: Vec::new(),
            risk: None,
        };
        let choices = Choices {
            target: windows_path(name, "/home/jrg/torch-cu130"),
            python: "python3".into(),
            python_version: tools().unwrap().python_version.parse().ok(),
            engine: Engine::Uv,
            uv: None,
            cards: Vec::new(),
            replace: false,
        };
        let at = |text: &str| PathBuf::from(text);
        let frame = Frame {
            id: "1".to_owned(),
            made_at: "2026-11-21T10:00:00Z".to_owned(),
            os: OsFamily::Windows,
            places: Places {
                run: at(r"C:\data\runs\1"),
                store: at(r"C:\cache\wheels"),
                links: at(r"C:\cache\links\1"),
                uv_cache: at(r"C:\cache\uv"),
            },
            indexes: Indexes::default(),
            inheritance: Inheritance::default(),
        };
        let distro = Distro {
            program: r"C:\Windows\System32\wsl.exe".into(),
            name: name.to_owned(),
            home: "/home/jrg".to_owned(),
            drives: "/mnt/".to_owned(),
            missing,
            driver: "/usr/lib/wsl/lib/libcuda.so".to_owned(),
            tar: r"C:\Windows\System32\tar.exe".into(),
            uv_wheel: UV.to_owned(),
            uv_member: "uv-0.1.0.data/scripts/uv".to_owned(),
            variables: BTreeMap::from([("UV_CACHE_DIR".to_owned(), "/home/jrg/.cache/uv".to_owned())]),
        };
        let plan = plan(assessment, choices, self.lock(), frame, distro).unwrap();
        let file = here(self.temp.path(), Path::new(r"C:\data\runs\1\plan.json"));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, serde_json::to_vec(&plan).unwrap()).unwrap();
        plan
    }

    fn start(&self, words: &[&str]) -> Child {
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/rtx5070-healthy.jsonl");
        let python = tools().unwrap().python.parent().unwrap().display().to_string();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(words).env_clear().env(PLAY, "wizard").env(ROOT, self.temp.path());
        command.env("PATH", format!("{python}:/usr/bin:/bin")).env("TW_TEST_REPLAY", recorded);
        command.env("HOME", self.path("C/Users/Jörg")).stdin(Stdio::null());
        command.stdout(fs::File::create(self.path("said")).unwrap());
        command.stderr(fs::File::create(self.path("complained")).unwrap());
        command.spawn().unwrap()
    }

    /// A life of the wizard to its end.
    fn live(&self, words: &[&str]) -> Lived {
        let code = self.start(words).wait().unwrap().code().unwrap_or(-1);
        let text = |name: &str| fs::read_to_string(self.path(name)).unwrap();
        Lived { code, out: text("said") + &text("complained") }
    }

    /// A life that is killed where `wsl.exe` stands still.
    fn killed_at(&self, gate: &str) {
        self.put(&format!("hold-{gate}"), "");
        let mut child = self.start(&[]);
        until(gate, || self.path(&format!("at-{gate}")).exists());
        child.kill().unwrap();
        child.wait().unwrap();
        self.take(&format!("hold-{gate}"));
    }

    #[track_caller]
    fn assert_stands(&self, lived: &Lived) {
        let python = self.path("linux/home/jrg/torch-cu130/bin/python");
        assert!(python.exists(), "{}", lived.out);
        let ask = "import torch; print(torch.__version__)";
        let answer = Command::new(python).args(["-I", "-c", ask]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "2.15.0", "{answer:?}");
        let known = fs::read_to_string(self.path("C/data/environments.json")).unwrap();
        assert!(known.contains(r"\\\\wsl.localhost\\"), "{known}");
        assert!(lived.begun().ends_with(&["verify".to_owned(), "register".to_owned()]), "{:?}", lived.begun());
    }
}

fn nothing() -> Vec<Missing> {
    let by = |what, words: &[&str], admin| Missing::By {
        what,
        arguments: words.iter().map(|&word| word.to_owned()).collect(),
        admin,
        restart: admin,
    };
    vec![
        by(SetUp::Platform, &["--install", "--no-distribution"], true),
        by(SetUp::Update, &["--update"], false),
        Missing::Config {
            path: r"C:\Users\Jörg\.wslconfig".into(),
            text: "[wsl2]\r\nmemory=12GB\r\n".to_owned(),
            is_there: false,
        },
        by(SetUp::Distribution, &["--install", "-d", "Ubuntu-24.04", "--no-launch", "--version", "2"], false),
        Missing::User { name: "jrg".to_owned() },
    ]
}

fn from_nothing() {
    let Some(pc) = Pc::new() else { return };
    pc.saved("Ubuntu-24.04", nothing());
    let first = pc.live(&[]).expect(3);
    assert_eq!(
        (first.begun(), first.problem()["label"].as_str()),
        (vec!["wsl".to_owned()], Some("needs-administrator"))
    );
    assert_eq!(pc.calls(""), [""; 0], "without rights nothing is started");

    pc.put("administrator", "");
    let second = pc.live(&[]).expect(3);
    assert_eq!(second.begun(), ["wsl", "restart"]);
    assert_eq!(second.problem()["label"], "restart");
    assert!(second.out.contains("Optionale Windows-Komponente wird installiert"), "UTF-16 is read: {}", second.out);
    assert_eq!(fs::read_to_string(pc.path("run-once")).unwrap(), r"C:\tw\torch-wizardw.exe");

    // Windows starts again, the user logs in without those rights.
    pc.put("booted", "1003600");
    pc.take("administrator");
    let third = pc.live(&[]).expect(0);
    let set_up = ["restart", "wsl-update", "wslconfig", "distribution", "linux-user", "linux-login", "wsl-driver"];
    assert_eq!(third.begun()[..7], set_up);
    pc.assert_stands(&third);
    assert!(!pc.path("run-once").exists(), "nothing is left to be started");
    assert_eq!(pc.calls("--install|--no-distribution").len(), 1, "what is done is not done again");
    assert_eq!(fs::read_to_string(pc.path("C/Users/Jörg/.wslconfig")).unwrap(), "[wsl2]\r\nmemory=12GB\r\n");
    let log = fs::read(pc.path("C/data/runs/1/install.log")).unwrap();
    assert!(!log.contains(&0), "the log is text");
    // Months later.
    let calls = pc.calls("").len();
    let again = pc.live(&["prove"]).expect(0);
    assert!(again.out.starts_with("proven torch 2.15.0"), "{}", again.out);
    let asked = pc.calls("").split_off(calls);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let there = "--distribution|Ubuntu-24.04|--cd|~|--exec|";
    assert!(asked[0].starts_with(there) && asked[0].contains("/home/jrg/torch-cu130/bin/python|"), "{asked:?}");
}

fn not_restarted() {
    let Some(pc) = Pc::new() else { return };
    pc.saved("Ubuntu-24.04", nothing());
    pc.put("administrator", "");
    pc.live(&[]).expect(3);
    let again = pc.live(&[]).expect(3);
    assert_eq!(again.begun(), ["restart"]);
    assert!(again.problem()["cause"].as_str().unwrap().ends_with("was not restarted since."));
    assert_eq!(pc.calls("").len(), 1);
}

/// A PC whose platform is on, and what is missing then.
fn ready() -> Option<(Pc, Vec<Missing>)> {
    let pc = Pc::new()?;
    pc.put("platform", "always");
    Some((pc, nothing().split_off(1)))
}

fn killed_in_install() {
    let Some((pc, missing)) = ready() else { return };
    pc.saved("Ubuntu-24.04", missing);
    pc.killed_at("install");
    let lived = pc.live(&[]).expect(0);
    assert!(lived.out.contains("ERROR_ALREADY_EXISTS"), "it is there already: {}", lived.out);
    assert_eq!(lived.begun()[..2], ["distribution", "linux-user"]);
    pc.assert_stands(&lived);
}

fn killed_behind_user() {
    let Some((pc, missing)) = ready() else { return };
    pc.saved("Ubuntu-24.04", missing);
    pc.killed_at("useradd");
    let lived = pc.live(&[]).expect(0);
    assert_eq!(lived.begun()[..2], ["linux-user", "linux-login"]);
    pc.assert_stands(&lived);
    assert_eq!(pc.calls("--install").len(), 1);
}

fn failures() {
    for (word, text, label, step) in [
        (
            "--install",
            "WSL2 无法启动，因为此计算机上未启用虚拟化。\r\n错误代码: Wsl/Service/CreateInstance/CreateVm/HCS/HCS_E_HYPERV_NOT_INSTALLED\r\n",
            "virtualisation-off",
            "distribution",
        ),
        (
            "--update",
            "Serververbindung fehlgeschlagen\r\nFehlercode: Wsl/UpdatePackage/WININET_E_CANNOT_CONNECT\r\n",
            "no-network",
            "wsl-update",
        ),
        (
            "--install",
            "Недостаточно места на диске.\r\nКод ошибки: Wsl/InstallDistro/ERROR_DISK_FULL\r\n",
            "disk-full",
            "distribution",
        ),
        (
            "--exec",
            "不存在具有所提供名称的分发。\r\n错误代码: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\r\n",
            "no-distribution",
            "linux-user",
        ),
        ("--manage", "Fehlercode: Wsl/Service/E_ACCESSDENIED\r\n", "needs-administrator", "linux-login"),
        ("--update", "Etwas Neues.\r\nFehlercode: Wsl/0x8badf00d\r\n", "tool-failed", "wsl-update"),
    ] {
        let Some((pc, missing)) = ready() else { return };
        pc.saved("Ubuntu-24.04", missing);
        pc.put("fails", &format!("{word}\n{text}"));
        let lived = pc.live(&[]);
        assert_eq!(lived.code, if ["no-network", "disk-full"].contains(&label) { 4 } else { 1 }, "{}", lived.out);
        assert_eq!(lived.begun().last().map(String::as_str), Some(step), "{}", lived.out);
        let problem = lived.problem();
        assert_eq!(problem["label"], label, "{problem}");
        assert!(!problem["next"].as_array().unwrap().is_empty() && !problem["changed"].as_str().unwrap().is_empty());
        assert!(problem["details"].as_str().unwrap().contains(text.lines().last().unwrap()), "{problem}");
        pc.take("fails");
        let lived = pc.live(&[]).expect(0);
        pc.assert_stands(&lived);
    }
}

fn undone() {
    let Some((pc, missing)) = ready() else { return };
    pc.saved("Ubuntu-24.04", missing);
    pc.killed_at("copy");
    let said = pc.live(&["rollback"]).out;
    assert!(said.contains("What was set up of WSL stays."), "{said}");
    assert!(!pc.path("C/Users/Jörg/.wslconfig").exists(), "{said}");
    assert!(!pc.path("linux/home/jrg/torch-cu130").exists() && pc.path("linux/home/jrg").exists());
    assert!(!pc.path("C/data/environments.json").exists());
}

fn blank_in_name() {
    let Some((pc, _)) = ready() else { return };
    pc.put("distribution", "Mein Ubuntu 24");
    pc.put("user", "jrg");
    for folder in ["linux/home/jrg", "linux/usr/lib/wsl/lib"] {
        fs::create_dir_all(pc.path(folder)).unwrap();
    }
    pc.put("linux/usr/lib/wsl/lib/libcuda.so", "");
    let plan = pc.saved("Mein Ubuntu 24", Vec::new());
    let lived = pc.live(&[]).expect(0);
    pc.assert_stands(&lived);
    assert!(Windows::new(pc.temp.path()).meta(&plan.target).is_some_and(|meta| meta.is_dir));
    assert!(pc.calls("--distribution|Mein Ubuntu 24|--cd|~|--exec|").len() >= 4);
}
