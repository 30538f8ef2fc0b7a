//! The steps of route `docker`: an image is fetched or built from the locked wheels, a folder gets what starts it, and
//! the kernels are proven inside.

mod files;

pub use files::{compose, dockerfile, launcher};

use super::{Action, Choices, CommandSpec, Frame, Inside, Plan, PlanError, PlanStep, begun, inside, wheel};
use crate::assess::Assessment;
use crate::facts::{ContainerProgram, OsFamily};
use crate::lock::Lock;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The environment in an image that is built here.
const ENVIRONMENT: &str = "/opt/torch";
/// The user's files in a container, and the folder beside the launcher that they stand in.
const WORKSPACE: &str = "/workspace";
const WORK: &str = "work";

/// What a container is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// What runs it.
    pub engine: ContainerProgram,
    /// Its executable.
    pub program: PathBuf,
    /// Where the image comes from.
    pub from: ImageFrom,
    /// Options of `run`, each as its arguments.
    pub flags: Vec<Vec<String>>,
    /// The cards it gets, each by UUID or number; empty: all.
    pub cards: Vec<String>,
    /// Inside WSL, Docker Desktop included, a container gets all cards or none.
    /// <https://docs.nvidia.com/cuda/wsl-user-guide/index.html#known-limitations-for-linux-cuda-apps>
    pub only_all: bool,
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum ImageFrom {
    /// It is published with torch in it.
    Registry {
        /// With its tag.
        image: String,
    },
    /// It is built here from the wheels of the lock.
    Wheels {
        /// What they are put into.
        base: String,
    },
}

/// Makes the plan of route `docker`. Its folder holds the user's work, so none is ever replaced.
pub fn plan(
    assessment: Assessment,
    choices: Choices,
    lock: Lock,
    frame: Frame,
    container: Container,
) -> Result<Plan, PlanError> {
    let mut plan = begun(assessment, Choices { replace: false, ..choices }, lock, frame)?;
    let image = image(&plan, &container);
    plan.inside =
        Inside::Container { program: container.program.clone(), options: options(&container), image: image.clone() };
    let (ImageFrom::Registry { image: fetched } | ImageFrom::Wheels { base: fetched }) = &container.from;
    plan.hosts.push(registry_of(fetched).to_owned());
    plan.hosts.sort();
    plan.hosts.dedup();
    plan.steps = steps(&plan, &container, &image);
    plan.container = Some(container);
    Ok(plan)
}

/// The image that is run. One of our own has a name that no registry answers to: a namesake is never fetched.
pub fn image(plan: &Plan, container: &Container) -> String {
    match &container.from {
        ImageFrom::Registry { image } => image.clone(),
        ImageFrom::Wheels { .. } => {
            let build = plan.assessment.build.as_ref();
            let build = build.map(|build| format!("{}-{}-", build.torch.public(), build.variant)).unwrap_or_default();
            let digest = plan.lock.digest();
            format!("localhost/torch-wizard:{build}{}", digest.get(..8).unwrap_or(&digest))
        }
    }
}

/// The host an image is fetched from: the first part of its name, if that can be one.
fn registry_of(image: &str) -> &str {
    match image.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) => first,
        Some(_) | None => "docker.io",
    }
}

/// The interpreter inside. Every image with torch has a `python3`; not each has a `python`.
pub fn python(container: &Container) -> PathBuf {
    match container.from {
        ImageFrom::Registry { .. } => "python3".into(),
        ImageFrom::Wheels { .. } => format!("{ENVIRONMENT}/bin/python").into(),
    }
}

/// Options of `run` with the chosen cards.
fn options(container: &Container) -> Vec<String> {
    let picked = !container.cards.is_empty() && !container.only_all;
    let mut options: Vec<String> = Vec::new();
    for flag in &container.flags {
        match flag.first().map(String::as_str) {
            Some("--gpus") if picked => options.extend(["--gpus".to_owned(), gpus(&container.cards)]),
            Some("--device") if picked => {
                let device = |card: &String| ["--device".to_owned(), format!("nvidia.com/gpu={card}")];
                options.extend(container.cards.iter().flat_map(device));
            }
            Some(_) | None => options.extend(flag.iter().cloned()),
        }
    }
    if let Some(mask) = mask(container) {
        options.extend(["--env".to_owned(), format!("CUDA_VISIBLE_DEVICES={mask}")]);
    }
    options
}

/// The value of `CUDA_VISIBLE_DEVICES` where the cards cannot be picked otherwise.
fn mask(container: &Container) -> Option<String> {
    (container.only_all && !container.cards.is_empty()).then(|| container.cards.join(","))
}

/// The value of `--gpus`. Docker reads it as a line of CSV: several cards are one field only in quotes.
/// <https://github.com/docker/cli/issues/2937>
fn gpus(cards: &[String]) -> String {
    let cards = cards.join(",");
    if cards.contains(',') { format!("\"device={cards}\"") } else { format!("device={cards}") }
}

/// What the check program is asked to prove. Numbers begin anew in a container; UUIDs stay.
fn device(plan: &Plan) -> String {
    let cards = &plan.choices.cards;
    let have_names = !cards.is_empty() && cards.iter().all(|card| card.starts_with("GPU-"));
    if have_names { cards.join(",") } else { "all".to_owned() }
}

fn steps(plan: &Plan, container: &Container, image: &str) -> Vec<PlanStep> {
    let mut steps = vec![engine(container)];
    match &container.from {
        ImageFrom::Registry { .. } => steps.push(pull(plan, container, image)),
        ImageFrom::Wheels { .. } => steps.extend([wheel::download(plan), pins(plan)]),
    }
    steps.extend(folder(plan, container));
    if let ImageFrom::Wheels { .. } = container.from {
        steps.push(build(plan, container, image));
    }
    let see = CommandSpec::new("nvidia-smi", ["--list-gpus"]);
    steps.push(wheel::step(
        "gpu",
        "Look whether a container sees the card",
        Action::Run { command: plan.inside.wrap(see) },
        Vec::new(),
        3_000,
        "starting a container",
    ));
    let verify = Action::Verify { python: python(container), device: device(plan), inside: plan.inside.clone() };
    steps.push(wheel::step(
        "verify",
        "Run the kernels in the container and compare with a reference",
        verify,
        Vec::new(),
        20_000,
        "loading PyTorch",
    ));
    let (from, to) = (plan.staging.clone(), plan.target.clone());
    steps.push(wheel::step(
        "promote",
        "Move the folder with what starts the container to its place",
        Action::Promote { from, to: to.clone(), aside: None },
        vec![to],
        100,
        "moving the folder to its place",
    ));
    steps
}

/// An engine that does not answer is told before anything is fetched.
fn engine(container: &Container) -> PlanStep {
    // `podman version` is content without the machine that podman needs on Windows; `info` is not.
    let word = match container.engine {
        ContainerProgram::Docker => "version",
        ContainerProgram::Podman => "info",
    };
    let command = CommandSpec::new(&container.program, [word]);
    wheel::step(
        "engine",
        "Ask the container engine whether it runs",
        Action::Run { command },
        Vec::new(),
        1_000,
        "waiting for the container engine",
    )
}

fn pull(plan: &Plan, container: &Container, image: &str) -> PlanStep {
    let command = CommandSpec::new(&container.program, ["pull", image]);
    wheel::step(
        "pull",
        "Fetch the image; the engine keeps it",
        Action::Run { command },
        Vec::new(),
        // 30 MB a second, unpacking included
        5_000 + plan.assessment.download_bytes.unwrap_or_default() / 30_000,
        "waiting for the registry of images",
    )
}

/// The pins stand beside the wheels, where the build finds both.
fn pins(plan: &Plan) -> PlanStep {
    let path = inside(plan.os, &plan.places.links, "pins.txt");
    let action = Action::WritePins { path: path.clone() };
    wheel::step("pins", "Write the pins with the hashes", action, vec![path], 50, "writing the pins")
}

/// The name of the script that starts the container.
pub const fn launcher_of(os: OsFamily) -> &'static str {
    match os {
        OsFamily::Windows => "run.ps1",
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => "run.sh",
    }
}

/// How to start the container of a folder, with a shell or with a command in it.
pub fn start(os: OsFamily, folder: &Path, words: &[&str]) -> CommandSpec {
    let script = inside(os, folder, launcher_of(os)).display().to_string();
    let (program, before): (_, &[&str]) = match os {
        // Scripts are off by default; this lets one run and changes no setting.
        OsFamily::Windows => ("powershell.exe", &["-ExecutionPolicy", "Bypass", "-File"]),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => ("sh", &[]),
    };
    CommandSpec::new(program, before.iter().copied().chain([script.as_str()]).chain(words.iter().copied()))
}

/// The folder's files, in the place where it is made. The launcher is one of the system that it is for.
fn folder(plan: &Plan, container: &Container) -> Vec<PlanStep> {
    let work = inside(plan.os, &plan.staging, WORK);
    let readme = inside(plan.os, &work, "README.txt");
    let name = launcher_of(plan.os);
    let at = |name: &str| inside(plan.os, &plan.staging, name);
    [
        ("dockerfile", "Write the Dockerfile", at("Dockerfile"), dockerfile(plan, container)),
        ("compose", "Write compose.yaml", at("compose.yaml"), compose(plan, container)),
        ("launcher", "Write a script that starts the container", at(name), launcher(plan, container)),
        ("workspace", "Make the folder that the container sees as /workspace", readme, files::readme()),
    ]
    .into_iter()
    .map(|(key, title, path, text)| {
        let action = Action::WriteFile { path: path.clone(), text, kept: None };
        wheel::step(key, title, action, vec![path], 50, "writing a file")
    })
    .collect()
}

/// The folder of wheels is what the build sees; nothing else is sent to the engine, and nothing is fetched meanwhile.
fn build(plan: &Plan, container: &Container, image: &str) -> PlanStep {
    let file = inside(plan.os, &plan.staging, "Dockerfile").display().to_string();
    let wheels = plan.places.links.display().to_string();
    let args = ["build", "--file", &file, "--tag", image, "--network", "none", &wheels];
    let command = CommandSpec::new(&container.program, args);
    wheel::step(
        "image",
        "Build the image from the wheels; the engine keeps it",
        Action::Run { command },
        Vec::new(),
        // 60 MB of wheels a second, sending them to the engine included
        10_000 + plan.lock.download_bytes().unwrap_or_default() / 60_000,
        "building the image",
    )
}

#[cfg(test)]
pub(super) mod tests;
