use super::*;
use crate::host::fake::World;
use std::fmt::Write as _;

const VERSION: &str = "from typing import Optional\n\n__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip']\n\
    __version__ = 'VERSION'\ndebug = False\ncuda: Optional[str] = CUDA\ngit_version = 'f00'\nhip: Optional[str] = None\n";

type Plant = fn(World, &str) -> World;

/// A torch as an installer leaves it.
fn torch(world: World, site: &str, version: &str, cuda: Option<&str>) -> World {
    let cuda = cuda.map_or("None".to_owned(), |cuda| format!("'{cuda}'"));
    let mut record = String::from("../../../bin/torchrun,sha256=x,200\ntorch/__pycache__/a.pyc,,\n");
    let mut world = world
        .file(format!("{site}/torch/version.py"), VERSION.replace("VERSION", version).replace("CUDA", &cuda))
        .file(format!("{site}/torch-{version}.dist-info/METADATA"), "Name: torch\n")
        .file(format!("{site}/torch-{version}.dist-info/INSTALLER"), "uv")
        .file(format!("{site}/torchvision/__init__.py"), "")
        .file(format!("{site}/torch_optimizer-0.3.dist-info/RECORD"), "");
    for name in ["torch/__init__.py", "torch/lib/torch_cuda.dll", "torch/lib/c10.dll", "torch/nn/modules.py"] {
        world = world.file(format!("{site}/{name}"), "12345");
        writeln!(record, "{name},sha256=x,5").unwrap();
    }
    record += "torch/version.py,sha256=x,\n";
    world.file(format!("{site}/torch-{version}.dist-info/RECORD"), record)
}

fn venv(world: World, folder: &str) -> (World, String) {
    let world =
        world.file(format!("{folder}/pyvenv.cfg"), "home = /usr/bin\n").file(format!("{folder}/bin/python"), "");
    (world, format!("{folder}/lib/python3.12/site-packages"))
}

fn linux() -> World {
    World::new(OsFamily::Linux)
}

#[test]
fn version_and_variant_are_read_from_files_alone() {
    for (version, cuda, expected, stable) in [
        ("2.6.0+cpu", None, "cpu", true),
        ("2.6.0+cu126", Some("12.6"), "cu126", true),
        ("2.9.1+cu128", Some("12.8"), "cu128", true),
        ("2.16.0.dev20261008+cu134", Some("13.4"), "cu134", false),
        ("2.10.0a0+git1234567", Some("13.0"), "cu130", false),
        ("2.9.0+rocm6.4", None, "rocm6.4", true),
    ] {
        let (world, site) = venv(linux(), "/home/ada/e");
        let world = torch(world, &site, version, cuda);
        let found = inspect(&world, Path::new("/home/ada/e"));
        assert_eq!(found.torch.as_ref().unwrap().to_string(), version);
        assert_eq!(found.torch.as_ref().unwrap().is_stable(), stable, "{version}");
        assert_eq!(variant(&found).as_deref(), Some(expected));
        assert_eq!((found.kind.as_str(), found.damage), ("venv", None), "{version}");
        assert!(world.ran().is_empty());
    }
}

#[test]
fn each_kind_of_damage_is_named() {
    let cases: [(&str, Plant, &str); 9] = [
        ("leftover", |w, s| torch(w, s, "2.6.0+cu124", Some("12.4")).dir(format!("{s}/~orch")), "half-removed"),
        ("leftover2", |w, s| torch(w, s, "2.6.0", None).dir(format!("{s}/~-rch-2.5.0.dist-info")), "half-removed"),
        ("only remains", |w, s| w.file(format!("{s}/~orch/a.py"), ""), "half-removed"),
        (
            "two",
            |w, s| torch(w, s, "2.6.0", None).dir(format!("{s}/torch-2.5.0.dist-info")),
            "2 torches are registered",
        ),
        ("no RECORD", |w, s| w.file(format!("{s}/torch-2.6.0.dist-info/METADATA"), ""), "has no RECORD"),
        ("unknown", |w, s| w.file(format!("{s}/torch/version.py"), "__version__ = '2.6.0'"), "no installer knows"),
        ("empty", |w, s| w.dir(format!("{s}/torch/nn")), "without a torch in it"),
        (
            "mixed",
            |w, s| torch(w, s, "2.6.0", None).file(format!("{s}/torch/version.py"), "__version__ = '2.5.1'"),
            "registered is 2.6.0",
        ),
        (
            "cut",
            |w, s| torch(w, s, "2.6.0", None).file(format!("{s}/torch/lib/c10.dll"), "1"),
            "c10.dll has not the size",
        ),
    ];
    for (name, plant, expected) in cases {
        let (world, site) = venv(linux(), "/home/ada/e");
        let found = inspect(&plant(world, &site), Path::new("/home/ada/e"));
        let damage = found.damage.unwrap_or_default();
        assert!(damage.contains(expected), "{name}: {damage}");
    }
}

#[test]
fn files_that_record_names_and_the_disk_lacks_are_counted() {
    let (world, site) = venv(linux(), "/home/ada/e");
    let world = torch(world, &site, "2.6.0+cu124", Some("12.4"));
    let before = inspect(&world, Path::new("/home/ada/e"));
    world.remove(Path::new(&format!("{site}/torch/lib/torch_cuda.dll"))).unwrap();
    let after = inspect(&world, Path::new("/home/ada/e"));
    assert_eq!(before.damage, None);
    assert!(after.damage.unwrap().contains("torch/lib/torch_cuda.dll"));
    assert_eq!(after.torch, before.torch);
}

#[test]
fn a_torch_of_conda_or_the_distribution_needs_no_record() {
    for installer in ["conda\n", "debian"] {
        let (world, site) = venv(linux(), "/home/ada/e");
        let world = world
            .file(format!("{site}/torch/version.py"), "__version__ = '2.5.1'\ncuda = '12.1'\n")
            .file(format!("{site}/torch-2.5.1.dist-info/INSTALLER"), installer);
        let found = inspect(&world, Path::new("/home/ada/e"));
        assert_eq!((variant(&found).as_deref(), found.damage), (Some("cu121"), None), "{installer}");
    }
}

#[test]
fn a_torch_installed_for_development_is_not_damaged() {
    let (world, site) = venv(linux(), "/home/ada/e");
    let info = format!("{site}/torch-2.10.0a0+git1234567.dist-info");
    let world = world
        .file(format!("{info}/RECORD"), "__editable___torch.py,sha256=x,90\n")
        .file(format!("{info}/METADATA"), "Name: torch\n");
    let found = inspect(&world, Path::new("/home/ada/e"));
    assert_eq!((found.torch.unwrap().to_string().as_str(), found.damage), ("2.10.0a0+git1234567", None));
}

#[test]
fn environments_are_found_where_people_put_them_each_once() {
    let (world, active) = venv(linux().var("VIRTUAL_ENV", "/srv/active"), "/srv/active");
    let world = torch(world, &active, "2.6.0+cpu", None);
    let (world, webui) = venv(world, "/home/ada/stable-diffusion-webui/venv");
    let world = torch(world, &webui, "2.3.1+cu121", Some("12.1"));
    let (world, ours) = venv(world, "/home/ada/torch-cu130");
    let world = torch(world, &ours, "2.15.0+cu130", Some("13.0"));
    let (world, _) = venv(world, "/srv/known");
    let conda = "/home/ada/miniforge3/envs/ml";
    let world =
        world.dir(format!("{conda}/conda-meta")).file("/home/ada/.conda/environments.txt", format!("{conda}\n/gone\n"));
    let world = torch(world, &format!("{conda}/lib/python3.11/site-packages"), "2.5.1", Some("12.4"));
    let world = world.file("/usr/bin/python3.11", "").file("/usr/bin/python3.12", "");
    let world = torch(world, "/usr/local/lib/python3.12/dist-packages", "2.4.0+cu121", Some("12.1"));
    let known = [PathBuf::from("/srv/known"), PathBuf::from("/srv/active"), PathBuf::from("/srv/gone")];
    let pythons = ["/usr/bin/python3.11", "/usr/bin/python3.12", "/srv/active/bin/python"].map(PathBuf::from);
    let found: Vec<(String, String, String)> = find(&world, &known, &pythons)
        .into_iter()
        .map(|e| {
            // The made-up Linux keeps its paths' joints when these tests run on Windows.
            let path = e.path.display().to_string().replace('\\', "/");
            (path, e.kind, e.torch.map_or(String::new(), |v| v.to_string()))
        })
        .collect();
    let row = |path: &str, kind: &str, torch: &str| (path.to_owned(), kind.to_owned(), torch.to_owned());
    assert_eq!(
        found,
        [
            row("/srv/known", "venv", ""),
            row("/srv/active", "venv", "2.6.0+cpu"),
            row("/home/ada/torch-cu130", "venv", "2.15.0+cu130"),
            row(conda, "conda", "2.5.1"),
            row("/home/ada/stable-diffusion-webui/venv", "venv", "2.3.1+cu121"),
            row("/usr", "system", "2.4.0+cu121"),
        ]
    );
}

#[test]
fn a_portable_comfyui_on_windows_is_found_by_its_own_name() {
    let site = r"C:\Users\ada\Desktop\ComfyUI_windows_portable_nightly\python_embeded\Lib\site-packages";
    let world = World::new(OsFamily::Windows)
        .file(r"C:\Users\ada\Desktop\ComfyUI_windows_portable_nightly\python_embeded\python.exe", "")
        .file(r"C:\Users\ada\Desktop\ComfyUI_windows_portable_nightly\python_embeded\python312._pth", "");
    let found = find(&torch(world, site, "2.7.0+cu128", Some("12.8")), &[], &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].kind.as_str(), variant(&found[0]).as_deref()), ("portable", Some("cu128")));
    assert_eq!(found[0].damage, None);
}

#[test]
fn an_interpreter_leads_to_its_environment_on_both_systems() {
    let (world, _) = venv(linux(), "/srv/e");
    assert_eq!(prefix(&world, Path::new("/srv/e/bin/python")), Path::new("/srv/e"));
    let windows = World::new(OsFamily::Windows).file(r"C:\e\pyvenv.cfg", "").file(r"C:\e\Scripts\python.exe", "");
    assert_eq!(prefix(&windows, Path::new(r"C:\e\Scripts\python.exe")), Path::new(r"C:\e"));
    assert_eq!(
        interpreter(&windows, Path::new(r"C:\e")).map(|path| windows.resolve(&path)),
        Some(r"C:\e\Scripts\python.exe".into())
    );
    let gone = inspect(&windows, Path::new(r"C:\gone"));
    assert_eq!(gone.damage.as_deref(), Some("the folder is not there"));
}

/// Every place that an environment may lie in on Linux, with a torch in each.
#[test]
fn twelve_planted_environments_are_found_wherever_tools_keep_them() {
    let folders = [
        "/home/ada/.venv",
        "/home/ada/torch-cu130",
        "/home/ada/.virtualenvs/wrapped",
        "/home/ada/.cache/pypoetry/virtualenvs/app-Ab3_-py3.12",
        "/home/ada/.local/share/virtualenvs/site-9f",
        "/home/ada/.local/share/uv/tools/trainer",
        "/home/ada/far/away/of-kernel",
        "/home/ada/ComfyUI/venv",
        "/home/ada/stable-diffusion-webui/venv",
        "/home/ada/stable-diffusion-webui-forge/venv",
        "/home/ada/Documents/InvokeAI/.venv",
        "/home/ada/AI/Fooocus-2.5/fooocus_env",
    ];
    let mut world = linux();
    for folder in folders {
        let (made, site) = venv(world, folder);
        world = torch(made, &site, "2.9.1+cu130", Some("13.0"));
    }
    let kernel = r#"{"argv": ["/home/ada/far/away/of-kernel/bin/python", "-m", "ipykernel_launcher"]}"#;
    let kernels = "/home/ada/.local/share/jupyter/kernels";
    let world = world
        .file(format!("{kernels}/mine/kernel.json"), kernel)
        .file(format!("{kernels}/python3/kernel.json"), r#"{"argv": ["python", "-m", "ipykernel_launcher"]}"#)
        .file(format!("{kernels}/broken/kernel.json"), "{");
    // The tests run on Windows as well, whose separator joins paths of every made-up system.
    let shown = |found: Environment| found.path.display().to_string().replace('\\', "/");
    let mut found: Vec<String> = find(&world, &[], &[]).into_iter().map(shown).collect();
    found.sort();
    let mut expected = folders.map(str::to_owned);
    expected.sort();
    assert_eq!(found, expected);
    assert!(world.ran().is_empty());
}

#[test]
fn a_windows_pc_has_them_on_its_second_disk_and_in_other_folders() {
    let python = |world: World, folder: &str, python: &str| {
        world.file(format!(r"{folder}\{python}"), "").file(format!(r"{folder}\python312._pth"), "")
    };
    let mut world = World::new(OsFamily::Windows)
        .fixed_volume(r"C:\")
        .fixed_volume(r"D:\")
        .var("APPDATA", r"C:\Users\ada\AppData\Roaming")
        .var("LOCALAPPDATA", r"C:\Users\ada\AppData\Local");
    let portable = [
        r"D:\AI\ComfyUI_windows_portable_nvidia\ComfyUI_windows_portable\python_embeded",
        r"D:\webui_forge_cu121_torch231\system\python",
        r"D:\Fooocus_win64_2-5-0\python_embeded",
    ];
    for folder in portable {
        world = python(world, folder, "python.exe");
    }
    let venvs = [r"C:\Users\ada\AppData\Local\pypoetry\Cache\virtualenvs\app", r"D:\envs\kernel"];
    for folder in venvs {
        world = world
            .file(format!(r"{folder}\pyvenv.cfg"), "home = C:\\Python312\r\n")
            .file(format!(r"{folder}\Scripts\python.exe"), "");
    }
    let world = world.file(
        r"C:\Users\ada\AppData\Roaming\jupyter\kernels\k\kernel.json",
        r#"{"argv": ["D:\\envs\\kernel\\Scripts\\python.exe"]}"#,
    );
    // The test may run where `/` is between parts.
    let text = |path: PathBuf| path.display().to_string().replace('/', "\\");
    let found: Vec<String> = find(&world, &[], &[]).into_iter().map(|found| text(found.path)).collect();
    for folder in portable.iter().chain(&venvs) {
        assert!(found.contains(&(*folder).to_owned()), "{folder}: {found:?}");
    }
    let meant = |path: &str| super::meant(&world, Path::new(path)).map(text);
    let embedded = r"D:\Fooocus_win64_2-5-0\python_embeded";
    for path in [embedded, r"D:\Fooocus_win64_2-5-0", r"D:\Fooocus_win64_2-5-0\python_embeded\python.exe"] {
        assert_eq!(meant(path).as_deref(), Some(embedded), "{path}");
    }
    for path in ["kernel.json", ""] {
        let path = format!(r"C:\Users\ada\AppData\Roaming\jupyter\kernels\k\{path}");
        assert_eq!(meant(path.trim_end_matches('\\')).as_deref(), Some(r"D:\envs\kernel"), "{path}");
    }
    assert_eq!(meant(r"C:\Users\ada"), None);
}
