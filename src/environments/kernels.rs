//! Jupyter's kernels: each names the interpreter that it starts.
//! <https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs>

use super::places::{below, expand, name_of};
use super::{inspect, interpreter, is_environment, packages, prefix, variant};
use crate::facts::OsFamily;
use crate::host::Host;
use crate::problem::Problem;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const FILE: &str = "kernel.json";
/// In the metadata of those that we wrote: nobody else's are taken back.
const OURS: &str = "torch-wizard";
/// What a kernel runs.
pub(crate) const LAUNCHER: &str = "ipykernel";

/// The environments of all kernels.
pub(super) fn environments(host: &dyn Host) -> Vec<PathBuf> {
    let folders = shelves(host).into_iter().flat_map(|shelf| expand(host, &shelf, "kernels/*"));
    folders.filter_map(|folder| environment(host, &folder)).collect()
}

/// The environment of a kernel, by its folder or by the file in it.
pub(super) fn environment(host: &dyn Host, kernel: &Path) -> Option<PathBuf> {
    #[derive(serde::Deserialize)]
    struct Kernel {
        argv: Vec<String>,
    }
    let file = if name_of(kernel) == FILE { kernel.to_owned() } else { kernel.join(FILE) };
    let read: Kernel = serde_json::from_slice(&host.read(&file).ok()?).ok()?;
    // A kernel of the environment that Jupyter itself runs in says `python` alone.
    let python = PathBuf::from(read.argv.first()?);
    host.meta(&python).filter(|meta| !meta.is_dir)?;
    Some(prefix(host, &python)).filter(|folder| is_environment(host, folder))
}

/// Where Jupyter looks for its data.
/// <https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files>
fn shelves(host: &dyn Host) -> Vec<PathBuf> {
    let home = &host.folders().home;
    let folder = |name: &str| host.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut found: Vec<PathBuf> = folder("JUPYTER_DATA_DIR").into_iter().collect();
    match host.family() {
        OsFamily::Windows => {
            let folders = [folder("APPDATA"), folder("PROGRAMDATA")];
            found.extend(folders.into_iter().flatten().map(|folder| folder.join("jupyter")));
        }
        OsFamily::Macos => found.push(below(home, "Library/Jupyter")),
        OsFamily::Linux | OsFamily::Other => {
            let data = folder("XDG_DATA_HOME").unwrap_or_else(|| below(home, ".local/share"));
            found.push(data.join("jupyter"));
            found.extend(["/usr/local/share/jupyter", "/usr/share/jupyter"].map(PathBuf::from));
        }
    }
    found
}

/// The kernel of an environment that we entered for Jupyter: its folder.
pub fn registered(host: &dyn Host, environment: &Path) -> Option<PathBuf> {
    let places = shelves(host).into_iter().next().map(|shelf| expand(host, &shelf, "kernels/*")).unwrap_or_default();
    places.into_iter().find(|kernel| is_ours(host, kernel, environment))
}

fn is_ours(host: &dyn Host, kernel: &Path, environment: &Path) -> bool {
    let read = host.read(&kernel.join(FILE)).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let of =
        read.and_then(|read| read.pointer(&format!("/metadata/{OURS}")).and_then(Value::as_str).map(PathBuf::from));
    of.is_some_and(|of| of == environment)
}

/// Enters an environment among the user's kernels of Jupyter. Answers the folder of the kernel. What a kernel runs must be
/// in the environment.
pub fn register(host: &dyn Host, environment: &Path) -> Result<PathBuf, Problem> {
    let shown = environment.display();
    let Some(python) = interpreter(host, environment) else {
        return Err(Problem::new("no-interpreter", format!("There is no Python in {shown}.")));
    };
    let inside = packages::of_environment(host, environment).packages;
    let has = |name: &str| inside.iter().any(|package| package.name == name);
    if !has(LAUNCHER) {
        return Err(without_launcher(environment, &python, has("pip")));
    }
    let Some(shelf) = shelves(host).into_iter().next() else {
        return Err(Problem::new("no-jupyter-folder", "The folder that Jupyter keeps its kernels in is not known."));
    };
    let torch = inspect(host, environment);
    let build = torch.torch.as_ref().map(|version| {
        let variant = variant(&torch).map(|variant| format!(" {variant}")).unwrap_or_default();
        format!(" (torch {}{variant})", version.public())
    });
    let name = name_of(environment);
    let spec = json!({
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": format!("{name}{}", build.unwrap_or_default()),
        "language": "python",
        "metadata": {"debugger": true, OURS: environment},
    });
    let kernel = registered(host, environment).unwrap_or_else(|| free_place(host, &shelf.join("kernels"), &name));
    let text = serde_json::to_vec_pretty(&spec).unwrap_or_default();
    host.write_atomic(&kernel.join(FILE), &text).map_err(|error| crate::run::problem_of(&error))?;
    Ok(kernel)
}

/// Takes the kernel of an environment back. Answers whether there was one of ours.
pub fn unregister(host: &dyn Host, environment: &Path) -> Result<bool, Problem> {
    let Some(kernel) = registered(host, environment) else { return Ok(false) };
    host.remove(&kernel).map_err(|error| crate::run::problem_of(&error))?;
    Ok(true)
}

fn without_launcher(environment: &Path, python: &Path, has_pip: bool) -> Problem {
    let python = python.display();
    let install = if has_pip {
        format!("\"{python}\" -m pip install {LAUNCHER}")
    } else {
        format!("uv pip install --python \"{python}\" {LAUNCHER}")
    };
    Problem::new("no-ipykernel", format!("{} has no {LAUNCHER}, which Jupyter starts.", environment.display()))
        .command("Install it, then try again", install)
}

/// A folder that no kernel has. Jupyter takes ASCII letters, digits, `-`, `.` and `_` for the name of one.
fn free_place(host: &dyn Host, kernels: &Path, name: &str) -> PathBuf {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let stem: String = format!("torch-wizard-{name}").chars().map(plain).collect();
    let nth = |turn: u32| if turn == 1 { stem.clone() } else { format!("{stem}-{turn}") };
    let mut places = (1..).map(|turn| kernels.join(nth(turn)));
    places.find(|place| host.meta(place).is_none()).unwrap_or_else(|| kernels.join(&stem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fake::World;
    use crate::problem::Remedy;

    fn machine(folder: &str) -> World {
        let site = format!("{folder}/lib/python3.12/site-packages");
        World::new(OsFamily::Linux)
            .file(format!("{folder}/pyvenv.cfg"), "home = /usr/bin\n")
            .file(format!("{folder}/bin/python"), "")
            .file(format!("{site}/torch/version.py"), "__version__ = '2.15.0+cu130'\ncuda = '13.0'\n")
            .file(format!("{site}/torch-2.15.0+cu130.dist-info/METADATA"), "Name: torch\nVersion: 2.15.0+cu130\n")
    }

    fn with_launcher(folder: &str) -> World {
        let info = format!("{folder}/lib/python3.12/site-packages/ipykernel-7.1.0.dist-info");
        machine(folder).file(format!("{info}/METADATA"), "Name: ipykernel\nVersion: 7.1.0\n")
    }

    #[test]
    fn an_environment_is_a_kernel_once_and_only_ours_is_taken_back() {
        let folder = Path::new("/home/ada/Müller’s torch");
        let kernels = "/home/ada/.local/share/jupyter/kernels";
        let others = format!("{kernels}/torch-wizard-m-ller-s-torch/kernel.json");
        let world = with_launcher("/home/ada/Müller’s torch").file(&others, r#"{"argv": ["python"]}"#);
        assert_eq!(registered(&world, folder), None);
        let kernel = register(&world, folder).unwrap();
        assert_eq!(kernel, Path::new(kernels).join("torch-wizard-m-ller-s-torch-2"));
        assert_eq!(register(&world, folder).unwrap(), kernel, "twice is once");
        // The tests run on Windows as well, whose separator joins paths of every made-up system.
        let text = String::from_utf8(world.read(&kernel.join(FILE)).unwrap()).unwrap().replace("\\\\", "/");
        let spec: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(spec["display_name"], "Müller’s torch (torch 2.15.0 cu130)");
        let argv = ["/home/ada/Müller’s torch/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"];
        assert_eq!(spec["argv"], json!(argv));
        assert_eq!(environment(&world, &kernel).as_deref(), Some(folder), "it is found as any kernel's");
        assert_eq!(unregister(&world, folder), Ok(true));
        assert_eq!(unregister(&world, folder), Ok(false));
        assert!(world.meta(Path::new(&others)).is_some());
    }

    #[test]
    fn without_what_a_kernel_runs_its_install_is_named() {
        let problem = register(&machine("/home/ada/e"), Path::new("/home/ada/e")).unwrap_err();
        assert_eq!(problem.label, "no-ipykernel");
        let command = r#"uv pip install --python "/home/ada/e/bin/python" ipykernel"#;
        let Some(Remedy::Command { command: named, .. }) = problem.next.first() else { panic!("{problem:?}") };
        assert_eq!(named.replace('\\', "/"), command);
    }
}
