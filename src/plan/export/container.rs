//! Dockerfile and compose file: each stands alone, without the wheels that `install` has at hand.

use super::{ExportError, heading, one_line, pins};
use crate::facts::{OsFamily, PythonVersion};
use crate::plan::docker::{self, Container, ImageFrom};
use crate::plan::{Inside, Plan};

/// The Dockerfile of an image with the plan's packages, or from the published image.
pub(super) fn dockerfile(plan: &Plan) -> Result<String, ExportError> {
    match &plan.container {
        Some(Container { from: ImageFrom::Registry { image }, .. }) => {
            let user = "# What is needed beside it is added here, but never another torch: the image's own was built for it.\n";
            check_image(image)?;
            Ok(format!("# {}\n{user}FROM {image}\nWORKDIR /workspace\n", one_line(&heading(plan))))
        }
        Some(Container { from: ImageFrom::Wheels { base }, .. }) => from_pins(plan, base),
        None if plan.recipe.is_some() || plan.inside != Inside::Here => {
            Err(ExportError::NoImage(plan.assessment.route.word()))
        }
        None if plan.os != OsFamily::Linux => Err(ExportError::NotLinux(plan.os)),
        None => {
            let python = plan.choices.python_version.map(PythonVersion::short).unwrap_or_default();
            from_pins(plan, &format!("python:{python}-slim"))
        }
    }
}

/// The name of an image and nothing else: more would be an instruction.
fn check_image(image: &str) -> Result<(), ExportError> {
    let is_name = image.chars().all(|c| c.is_ascii_alphanumeric() || "./:_@-".contains(c)) && !image.starts_with('-');
    if is_name && !image.is_empty() { Ok(()) } else { Err(ExportError::Odd(one_line(image))) }
}

/// pip fetches by the pins while the image is built. Whoever runs in it is no root, and cannot change the packages.
fn from_pins(plan: &Plan, base: &str) -> Result<String, ExportError> {
    pins::check(plan)?;
    pins::no_source(plan)?;
    check_image(base)?;
    Ok(format!(
        "# syntax=docker/dockerfile:1\n# {}\n# Run with: docker run --rm -it --gpus all --ipc=host IMAGE\n\
         FROM {base}\nCOPY <<'END_OF_PINS' /tmp/pins.txt\n{}{}END_OF_PINS\n\
         RUN python -m venv /opt/torch \\\n \
         && /opt/torch/bin/python -m pip install --no-cache-dir --require-hashes --no-deps -r /tmp/pins.txt \\\n \
         && rm /tmp/pins.txt \\\n && useradd --create-home torch\n\
         ENV VIRTUAL_ENV=/opt/torch PATH=/opt/torch/bin:$PATH\n\
         ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility\n\
         USER torch\nWORKDIR /workspace\nCMD [\"bash\"]\n",
        one_line(&heading(plan)),
        pins::index_lines(plan),
        plan.lock.requirements(),
    ))
}

/// `compose.yaml`. An image that is built here is built by it as well.
pub(super) fn compose(plan: &Plan) -> Result<String, ExportError> {
    let Some(container) = &plan.container else {
        return Err(ExportError::NoContainer(plan.assessment.route.word()));
    };
    check_image(&docker::image(plan, container))?;
    let text = docker::compose(plan, container);
    if let ImageFrom::Registry { .. } = container.from {
        return Ok(text);
    }
    // Compose puts variables in where it sees a dollar sign; two mean one.
    let lines = dockerfile(plan)?.replace('$', "$$");
    let lines: String = lines.lines().map(|line| format!("        {line}").trim_end().to_owned() + "\n").collect();
    let build = format!("    build:\n      context: .\n      dockerfile_inline: |\n{lines}");
    Ok(text.replacen(NOT_FETCHED, &build, 1))
}

/// What [`docker::compose`] says of an image that no registry has.
const NOT_FETCHED: &str = "    pull_policy: never\n";
