//! The files of a container's folder: Dockerfile, `compose.yaml`, what starts it by hand.

use super::{Container, ENVIRONMENT, ImageFrom, WORK, WORKSPACE, image, mask, options};
use crate::facts::OsFamily;
use crate::plan::{Plan, Shell};
use std::fmt::Write as _;

/// What the folder's own files say of it.
pub(super) fn readme() -> String {
    format!("The container sees this folder as {WORKSPACE}. What is written there stays here.\n")
}

/// What the image is, as a line.
fn heading(plan: &Plan) -> String {
    let build = plan.assessment.build.as_ref();
    build.map(|build| format!("torch {} ({})", build.torch, build.variant)).unwrap_or_default()
}

/// The Dockerfile: of a published image one to add to, else the one that puts the wheels into its base. In two stages,
/// so that the wheels are no part of the image and builders without `BuildKit` serve as well.
pub fn dockerfile(plan: &Plan, container: &Container) -> String {
    let image = image(plan, container);
    let program = container.engine.word();
    let base = match &container.from {
        ImageFrom::Registry { image } => {
            return format!(
                "# {} as published. Add what you need below, then: {program} build --tag NAME .\nFROM {image}\n\
                 WORKDIR {WORKSPACE}\n",
                heading(plan)
            );
        }
        ImageFrom::Wheels { base } => base,
    };
    format!(
        "# {} from the wheels of one lock; the folder of the build holds them and pins.txt.\n\
         # {program} build --file Dockerfile --tag {image} --network none FOLDER\n\
         FROM {base} AS wheels\nCOPY . /wheels\nRUN python -m venv {ENVIRONMENT} \\\n \
         && {ENVIRONMENT}/bin/python -m pip install --no-index --find-links /wheels --require-hashes --no-deps \\\n    \
         --no-cache-dir --disable-pip-version-check --root-user-action ignore -r /wheels/pins.txt\n\n\
         FROM {base}\nCOPY --from=wheels {ENVIRONMENT} {ENVIRONMENT}\n\
         ENV VIRTUAL_ENV={ENVIRONMENT} PATH={ENVIRONMENT}/bin:$PATH\n\
         ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility\n\
         WORKDIR {WORKSPACE}\nCMD [\"bash\"]\n",
        heading(plan)
    )
}

/// Text in quotes as YAML reads it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `compose.yaml`: the same image, cards and limits as [`launcher`].
pub fn compose(plan: &Plan, container: &Container) -> String {
    let (program, image) = (container.engine.word(), quoted(&image(plan, container)));
    let mut out = format!(
        "# {}. Start a shell in it: {program} compose run --rm torch\nservices:\n  torch:\n    image: {image}\n",
        heading(plan)
    );
    if let ImageFrom::Wheels { .. } = container.from {
        out += "    pull_policy: never\n";
    }
    writeln!(out, "    volumes:\n      - {}", quoted(&format!("./{WORK}:{WORKSPACE}"))).ok();
    writeln!(out, "    working_dir: {WORKSPACE}\n    stdin_open: true\n    tty: true").ok();
    out += &limits(container);
    if let Some(mask) = mask(container) {
        writeln!(out, "    environment:\n      CUDA_VISIBLE_DEVICES: {}", quoted(&mask)).ok();
    }
    out + &cards(container)
}

/// The options of `run` that are no cards, in the words of compose.
fn limits(container: &Container) -> String {
    let mut out = String::new();
    let (mut ulimits, mut security) = (String::new(), String::new());
    for flag in &container.flags {
        match flag.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["--ulimit", limit] => {
                if let Some((name, value)) = limit.split_once('=') {
                    writeln!(ulimits, "      {name}: {value}").ok();
                }
            }
            ["--security-opt", value] => {
                writeln!(security, "      - {}", quoted(value)).ok();
            }
            ["--ipc=host"] => out += "    ipc: host\n",
            _ => {}
        }
    }
    for (key, lines) in [("ulimits", ulimits), ("security_opt", security)] {
        if !lines.is_empty() {
            write!(out, "    {key}:\n{lines}").ok();
        }
    }
    out
}

fn cards(container: &Container) -> String {
    let picked = !container.cards.is_empty() && !container.only_all;
    let named: Vec<String> = container.cards.iter().map(|card| quoted(card)).collect();
    let by_name = container.flags.iter().any(|flag| flag.first().is_some_and(|first| first == "--device"));
    match (by_name, picked) {
        (true, false) => "    devices:\n      - \"nvidia.com/gpu=all\"\n".to_owned(),
        (true, true) => {
            let line = |card: &String| format!("      - {}\n", quoted(&format!("nvidia.com/gpu={card}")));
            format!("    devices:\n{}", container.cards.iter().map(line).collect::<String>())
        }
        (false, _) => {
            let which = if picked { format!("device_ids: [{}]", named.join(", ")) } else { "count: all".to_owned() };
            format!(
                "    deploy:\n      resources:\n        reservations:\n          devices:\n            \
                 - driver: nvidia\n              {which}\n              capabilities: [gpu]\n"
            )
        }
    }
}

/// A script that starts a shell, or the command it is given, in the container; for sh or, on Windows, `PowerShell`.
pub fn launcher(plan: &Plan, container: &Container) -> String {
    let (program, image) = (container.engine.word(), image(plan, container));
    let words = |shell: Shell| {
        let words = options(container).iter().map(|word| shell.quote(word)).collect::<Vec<_>>().join(" ");
        if words.is_empty() { words } else { format!(" {words}") }
    };
    match plan.os {
        OsFamily::Windows => format!(
            "# {}: starts a shell in the container, or the command after the script's name.\r\n\
             $ErrorActionPreference = 'Stop'\r\n\
             & {program} run --rm -it{} --volume \"${{PSScriptRoot}}\\{WORK}:{WORKSPACE}\" --workdir {WORKSPACE} {} @args\r\n\
             exit $LASTEXITCODE\r\n",
            heading(plan),
            words(Shell::PowerShell),
            Shell::PowerShell.quote(&image),
        ),
        OsFamily::Linux | OsFamily::Macos | OsFamily::Other => format!(
            "#!/bin/sh\n# {}: starts a shell in the container, or the command after the script's name.\nset -eu\n\
             here=$(CDPATH='' cd -- \"$(dirname -- \"$0\")\" && pwd)\n\
             terminal=--interactive\nif [ -t 0 ]; then terminal=-it; fi\n\
             exec {program} run --rm \"$terminal\"{} --volume \"$here/{WORK}:{WORKSPACE}\" --workdir {WORKSPACE} {} \"$@\"\n",
            heading(plan),
            words(Shell::Posix),
            Shell::Posix.quote(&image),
        ),
    }
}
