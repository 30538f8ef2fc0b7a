//! The tiny wheels that the tests install: a torch with true metadata and what it needs.

use crate::index_server::wheels::{Recipe, Shelf, Wheel, build, noise, ready};
use std::fs;
use std::path::Path;
use torch_wizard::catalog::Catalog;

/// What the call of the kit asks of Jupyter, with a process in the place of a kernel.
const CLIENT: &str = r#"
import subprocess, sys

class Client:
    def execute_interactive(self, code, output_hook, timeout):
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=timeout)
        output_hook({"msg_type": "stream", "content": {"text": said.stdout}})
        return {"content": {"status": "ok" if said.returncode == 0 else "error"}}
    def stop_channels(self):
        pass

class Manager:
    def shutdown_kernel(self, now):
        pass

def start_new_kernel(kernel_name, startup_timeout):
    return Manager(), Client()
"#;

/// Bytes of the tests' torch: enough to be cut in the middle.
pub const TORCH_BYTES: usize = 2_000_000;

/// The newest torch of the catalogue, and the torchvision that belongs to it.
pub fn versions() -> (String, String) {
    let catalog = Catalog::embedded().unwrap();
    let torch = &catalog.releases().first().unwrap().torch;
    (torch.public(), catalog.companions(torch).unwrap().torchvision.clone())
}

pub fn platform_tag() -> &'static str {
    if cfg!(windows) {
        "win_amd64"
    } else if cfg!(target_arch = "aarch64") {
        "manylinux_2_28_aarch64"
    } else {
        "manylinux_2_28_x86_64"
    }
}

/// What the index holds: the newest torch and torchvision for two variants, an older torch without a hash, and on `PyPI`
/// what they need; for the Python of this version (`3.11`), whose pip stands there as well.
pub fn fill(python_version: &str, pip_wheel: &Path) -> Shelf {
    let (torch, vision) = versions();
    let python = format!("cp{}", python_version.replace('.', ""));
    let tag = format!("{python}-{python}-{}", platform_tag());
    let mut wheels = Vec::new();
    for variant in ["cpu", "cu130"] {
        wheels.push(torch_wheel(&format!("{torch}+{variant}"), variant, &tag, false));
        wheels.push(torch_wheel(&format!("2.9.1+{variant}"), variant, &tag, true));
        wheels.push(build(&Recipe {
            name: "torchvision",
            version: &format!("{vision}+{variant}"),
            tag: &tag,
            variant: Some(variant),
            requires: &[&format!("torch=={torch}")],
            files: &[("torchvision/__init__.py", b"import torch\n".to_vec())],
            lacks_metadata_file: true,
            ..Recipe::default()
        }));
    }
    for (name, version) in [("filelock", "4.2.11"), ("typing_extensions", "5.1.0"), ("plain_extra", "1.0")] {
        let path = format!("{name}.py");
        wheels.push(build(&Recipe {
            name,
            version,
            tag: "py3-none-any",
            files: &[(&path, format!("version = {version:?}\n").into_bytes())],
            ..Recipe::default()
        }));
    }
    let pip = pip_wheel.file_name().unwrap().to_str().unwrap();
    wheels.push(ready(pip, fs::read(pip_wheel).unwrap()));
    Shelf { wheels }
}

pub fn torch_wheel(version: &str, variant: &str, tag: &str, hides_hash: bool) -> Wheel {
    let cuda = if variant == "cpu" { "None".to_owned() } else { "'13.0'".to_owned() };
    build(&Recipe {
        name: "torch",
        version,
        tag,
        variant: Some(variant),
        requires: &["filelock", "typing-extensions>=4"],
        scripts: &["torchrun = torch:main"],
        files: &[
            ("torch/__init__.py", b"from .version import __version__\n\ndef main():\n    print('torchrun', __version__)\n\nclass cuda:\n    is_available = staticmethod(lambda: False)\n".to_vec()),
            ("torch/version.py", format!("__version__ = '{version}'\ncuda = {cuda}\n").into_bytes()),
            ("torch/lib/libtorch_test.so", noise(TORCH_BYTES)),
            ("torch_wizard_replay.pth", b"import _torch_wizard_replay\n".to_vec()),
            ("_torch_wizard_replay.py", include_bytes!("replay.py").to_vec()),
        ],
        hides_hash,
        ..Recipe::default()
    })
}

/// One of Python alone.
pub fn package(shelf: &mut Shelf, name: &str, version: &str, requires: &[&str], files: &[(&str, &str)]) {
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())).collect();
    shelf.wheels.push(build(&Recipe {
        name,
        version,
        tag: "py3-none-any",
        requires,
        files: &files,
        ..Recipe::default()
    }));
}

/// What the kit `jupyter` installs; its call starts no kernel. Wants a newer `plain-extra` than may be there.
pub fn jupyter(shelf: &mut Shelf) {
    shelf.wheels.push(build(&Recipe {
        name: "jupyterlab",
        version: "4.6.6",
        tag: "py3-none-any",
        requires: &["jupyter-client", "plain-extra>=1.0"],
        scripts: &["jupyter-lab = jupyterlab:main"],
        files: &[(
            "jupyterlab/__init__.py",
            b"__version__ = '4.6.6'\n\ndef main():\n    print('jupyter-lab', __version__)\n".to_vec(),
        )],
        ..Recipe::default()
    }));
    package(shelf, "ipykernel", "7.1.0", &[], &[("ipykernel.py", "")]);
    package(shelf, "ipywidgets", "8.1.8", &["torch"], &[("ipywidgets.py", "")]);
    let client = [("jupyter_client/__init__.py", ""), ("jupyter_client/manager.py", CLIENT)];
    package(shelf, "jupyter_client", "8.9.0", &[], &client);
}
