//! One plan for each route, with folder names that shells stumble over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use torch_wizard::assess::{Assessment, Build, Origin, Reason, Route, Verdict};
use torch_wizard::catalog::{BuildOf, Catalog};
use torch_wizard::facts::{ContainerProgram, CudaToolkit, CudaVersion, OsFamily};
use torch_wizard::lock::Lock;
use torch_wizard::plan::docker::{self, Container, ImageFrom};
use torch_wizard::plan::source::{self, Recipe, Setting, Targets, Workshop};
use torch_wizard::plan::wsl2::{self, Distro, Missing, SetUp};
use torch_wizard::plan::{Choices, Engine, Frame, Indexes, Inheritance, Places, Plan};

const LOCK: &str = r#"
lock-version = "1.0"
created-by = "uv"
requires-python = ">=3.12"

[[packages]]
name = "filelock"
version = "4.2.11"
wheels = [{ url = "https://files.example/filelock-4.2.11-py3-none-any.whl", size = 21701, hashes = { sha256 = "1111111111111111111111111111111111111111111111111111111111111111" } }]

[[packages]]
name = "torch"
version = "2.15.0+cu130"
index = "https://download.pytorch.org/whl/cu130"
wheels = [{ url = "https://download.pytorch.org/whl/cu130/torch-2.15.0%2Bcu130-cp312-cp312-PLATFORM.whl", size = 2950000000, hashes = { sha256 = "2222222222222222222222222222222222222222222222222222222222222222" } }]
"#;

/// Beside it, for plans in which something is made from its source.
const SOURCE: &str = r#"
[[packages]]
name = "jsonmerge"
version = "1.8.0"
sdist = { url = "https://files.example/jsonmerge-1.8.0.tar.gz", size = 26978, hashes = { sha256 = "3333333333333333333333333333333333333333333333333333333333333333" } }
"#;

const LINUX: &str = "manylinux_2_28_x86_64";
const INDEX: &str = "https://download.pytorch.org/whl/cu130";

fn assessment(route: Route, origin: Origin) -> Assessment {
    let text = "The card (sm_120) & driver 581.57 run CUDA 13.0 < 13.1.".to_owned();
    Assessment {
        route,
        verdict: Verdict::Recommended {
            reasons: vec![Reason { code: "fits".to_owned(), text, source: None, args: BTreeMap::new() }],
        },
        build: Some(Build {
            torch: "2.15.0".parse().unwrap(),
            variant: "cu130".to_owned(),
            python: "3.12".parse().ok(),
            origin,
            seen_live: true,
        }),
        acceptable_variants: vec!["cu128".to_owned(), "cu130".to_owned()],
        gpus: Vec::new(),
        download_bytes: Some(2_950_021_701),
        disk_bytes: Some(6_400_000_000),
        seconds: Some((60, 300)),
        needs: Vec::new(),
        risk: None,
    }
}

/// A machine: its system, and the folder that all its files are in.
#[derive(Clone, Debug)]
pub struct Machine {
    pub os: OsFamily,
    /// Nothing, `C:`, or a longer one without a separator at its end.
    pub root: String,
    pub engine: Engine,
    /// Hash of each wheel.
    pub sha256: Option<String>,
}

impl Machine {
    pub fn new(os: OsFamily, engine: Engine) -> Self {
        let root = if os == OsFamily::Windows { "C:" } else { "" };
        Self { os, root: root.to_owned(), engine, sha256: None }
    }

    /// A file or folder, in the system's own spelling.
    pub fn at(&self, parts: &str) -> PathBuf {
        let parts =
            if self.os == OsFamily::Windows { format!("\\{parts}").replace('/', "\\") } else { format!("/{parts}") };
        PathBuf::from(format!("{}{parts}", self.root))
    }

    fn exe(&self, name: &str) -> PathBuf {
        self.at(&format!("{name}{}", if self.os == OsFamily::Windows { ".exe" } else { "" }))
    }

    fn choices(&self, target: PathBuf) -> Choices {
        Choices {
            target,
            python: self.exe("Python 3.12/python"),
            python_version: "3.12.4".parse().ok(),
            engine: self.engine,
            uv: (self.engine == Engine::Uv).then(|| self.exe("tools/uv")),
            cards: vec!["GPU-5d2a".to_owned(), "GPU-77aa".to_owned()],
            replace: false,
        }
    }

    fn frame(&self) -> Frame {
        let at = |parts: &str| self.at(&format!("data o'f & co/{parts}"));
        Frame {
            id: "20261121-100000".to_owned(),
            made_at: "2026-11-21T10:00:00Z".to_owned(),
            os: self.os,
            places: Places { run: at("runs/1"), store: at("wheels"), links: at("links/1"), uv_cache: at("uv") },
            indexes: Indexes {
                torch: Some(INDEX.to_owned()),
                default: Some("https://mirror.example/simple?a=1&b=2".to_owned()),
                extra: Vec::new(),
                find_links: Vec::new(),
            },
            inheritance: Inheritance {
                cleared: BTreeSet::from(["PYTHONPATH".to_owned(), "UV_INDEX".to_owned()]),
                set: BTreeMap::from([(
                    "SSL_CERT_FILE".to_owned(),
                    self.at("certs/100% o'k.pem").display().to_string(),
                )]),
            },
        }
    }

    fn lock(&self, platform: &str) -> Lock {
        self.lock_of(LOCK, platform)
    }

    fn lock_of(&self, text: &str, platform: &str) -> Lock {
        let mut lock = Lock::from_pylock_with(&text.replace("PLATFORM", platform), &|_, _| true).unwrap();
        for package in lock.packages.iter_mut().filter(|_| self.sha256.is_some()) {
            package.wheel.sha256.clone_from(&self.sha256);
        }
        lock
    }

    /// A published wheel.
    pub fn wheel(&self, target: PathBuf) -> Plan {
        self.of_wheels(target, LOCK)
    }

    /// The same with a package that is made from its source.
    pub fn with_source(&self, target: PathBuf) -> Plan {
        self.of_wheels(target, &(LOCK.to_owned() + SOURCE))
    }

    fn of_wheels(&self, target: PathBuf, lock: &str) -> Plan {
        let platform = if self.os == OsFamily::Windows { "win_amd64" } else { LINUX };
        let assessment = assessment(Route::Wheel, Origin::TorchIndex { url: INDEX.to_owned() });
        let lock = self.lock_of(lock, platform);
        torch_wizard::plan::plan(assessment, self.choices(target), lock, self.frame()).unwrap()
    }

    /// An image that is built here from the wheels, or the published one.
    pub fn docker(&self, image: Option<&str>, target: PathBuf) -> Plan {
        let flag = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let container = Container {
            engine: ContainerProgram::Docker,
            program: self.exe("Program Files/docker"),
            from: match image {
                Some(image) => ImageFrom::Registry { image: image.to_owned() },
                None => ImageFrom::Wheels { base: "python:3.12-slim".to_owned() },
            },
            flags: vec![
                flag(&["--gpus", "all"]),
                flag(&["--ipc=host"]),
                flag(&["--ulimit", "memlock=-1"]),
                flag(&["--ulimit", "stack=67108864"]),
            ],
            cards: vec!["GPU-5d2a".to_owned(), "GPU-77aa".to_owned()],
            only_all: false,
        };
        let origin = match image {
            Some(image) => Origin::Image { image: image.to_owned() },
            None => Origin::TorchIndex { url: INDEX.to_owned() },
        };
        let lock =
            if image.is_some() { Lock::from_pylock("lock-version = \"1.0\"").unwrap() } else { self.lock(LINUX) };
        let mut choices = self.choices(target);
        choices.python = docker::python(&container);
        docker::plan(assessment(Route::Docker, origin), choices, lock, self.frame(), container).unwrap()
    }

    /// A distribution of WSL that is set up first.
    pub fn wsl2(&self) -> Plan {
        let by = |what, words: &[&str], admin| Missing::By {
            what,
            arguments: words.iter().map(|&word| word.to_owned()).collect(),
            admin,
            restart: admin,
        };
        let config = Missing::Config {
            path: self.at("Users/Kase & Co/.wslconfig"),
            text: "[wsl2]\r\nmemory=12GB\r\n".to_owned(),
            is_there: true,
        };
        let uv_wheel = "uv-0.13.8-py3-none-manylinux_2_17_x86_64.whl";
        let distro = Distro {
            program: self.exe("Windows/System32/wsl"),
            name: "Ubuntu-24.04".to_owned(),
            home: "/home/me".to_owned(),
            drives: "/mnt/".to_owned(),
            missing: vec![
                by(SetUp::Platform, &["--install", "--no-distribution"], true),
                config,
                by(SetUp::Distribution, &["--install", "-d", "Ubuntu-24.04", "--no-launch"], false),
                Missing::User { name: "me".to_owned() },
            ],
            driver: "/usr/lib/wsl/lib/libcuda.so".to_owned(),
            tar: self.exe("Windows/System32/tar"),
            uv_wheel: uv_wheel.to_owned(),
            uv_member: "uv-0.13.8.data/scripts/uv".to_owned(),
            variables: BTreeMap::from([("HTTPS_PROXY".to_owned(), "http://proxy.example:3128".to_owned())]),
        };
        let mut lock = self.lock(LINUX);
        let mut uv = lock.packages[0].clone();
        "uv".clone_into(&mut uv.name);
        "0.13.8".clone_into(&mut uv.version);
        uv_wheel.clone_into(&mut uv.wheel.file_name);
        uv.wheel.url = format!("https://files.example/{uv_wheel}").parse().unwrap();
        lock.packages.push(uv);
        let target = wsl2::windows_path("Ubuntu-24.04", "/home/me/torch $1 o'k");
        let assessment = assessment(Route::Wsl2, Origin::TorchIndex { url: INDEX.to_owned() });
        wsl2::plan(assessment, self.choices(target), lock, self.frame(), distro).unwrap()
    }

    /// A build from source.
    pub fn source(&self, target: PathBuf) -> Plan {
        let is_windows = self.os == OsFamily::Windows;
        let cuda =
            if is_windows { "Program Files/NVIDIA GPU Computing Toolkit/CUDA/v13.0" } else { "usr/local/cuda-13.0" };
        let catalog = Catalog::embedded().unwrap();
        let torch = "2.15.0".parse().unwrap();
        let runtime = CudaVersion::new(13, 0);
        let settings = catalog.source.settings(BuildOf::Torch, self.os, &torch, runtime);
        let settings = settings.filter_map(|row| {
            Some(Setting { name: row.name.clone(), value: row.value.clone()?, why: row.why.clone() })
        });
        let recipe = Recipe {
            git: self.exe("git tools/git"),
            url: "https://github.com/pytorch/pytorch".to_owned(),
            tag: "v2.15.0".to_owned(),
            folder: self.at("data o'f & co/source/v2.15.0"),
            built: self.at("data o'f & co/built/1234abcd"),
            is_built: false,
            wheel: catalog.source.repository.wheel.clone(),
            workshop: Workshop {
                settings: settings.collect(),
                torch,
                variant: "cu130".to_owned(),
                targets: Targets::of(["12.0".parse().unwrap()]),
                toolkit: CudaToolkit {
                    cuda: runtime,
                    root: self.at(cuda),
                    nvcc: self.exe(&format!("{cuda}/bin/nvcc")),
                },
                knows: vec!["12.0".parse().unwrap()],
                host_compiler: None,
                jobs: 4,
                compiler: if is_windows {
                    BTreeMap::from([("INCLUDE".to_owned(), r"C:\VC (x86)\include;C:\Kits & more\100%".to_owned())])
                } else {
                    BTreeMap::new()
                },
                search: if is_windows { r"C:\VC\bin;C:\Windows\System32" } else { "/usr/local/bin:/usr/bin" }
                    .to_owned(),
            },
        };
        let origin = Origin::Git { url: recipe.url.clone(), tag: recipe.tag.clone() };
        let mut lock = self.lock(LINUX);
        lock.packages.retain(|package| package.name == "filelock");
        source::plan(assessment(Route::Source, origin), self.choices(target), lock, self.frame(), recipe).unwrap()
    }
}
