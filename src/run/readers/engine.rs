//! docker and podman: layers of a pull, steps of a build.
//!
//! Without a terminal docker says when the state of a layer changes and tells no bytes; `BuildKit` (`docker build`) tells
//! bytes; podman names blobs. <https://docs.docker.com/reference/cli/docker/image/pull/>,
//! <https://docs.docker.com/build/building/variables/#buildkit_progress>,
//! <https://docs.podman.io/en/latest/markdown/podman-pull.1.html>

use super::{Reading, sized};
use crate::progress::Unit;
use std::collections::BTreeMap;

/// How far a layer is, in tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Waiting,
    Coming { done: u64, total: u64 },
    Here,
    Unpacked,
}

impl Layer {
    fn share(self) -> f64 {
        // Unpacking takes about half as long as fetching.
        match self {
            Self::Waiting => 0.0,
            Self::Coming { done, total } => 0.65 * (done as f64 / total.max(1) as f64).min(1.0),
            Self::Here => 0.65,
            Self::Unpacked => 1.0,
        }
    }
}

/// A pull or a build so far.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    layers: BTreeMap<String, Layer>,
    /// Steps of a build that are done, and how many there are.
    steps: Option<(u64, u64)>,
}

impl Engine {
    /// Takes a line.
    pub fn line(&mut self, line: &str) -> Option<Reading> {
        let line = line.trim();
        self.build_kit(line)
            .or_else(|| self.classic_step(line))
            .or_else(|| self.docker_layer(line))
            .or_else(|| self.blob(line))
            .or_else(|| end(line))
    }

    fn put(&mut self, id: &str, state: Layer) {
        let layer = self.layers.entry(id.to_owned()).or_insert(state);
        *layer = (*layer).max(state);
    }

    fn reading(&self) -> Reading {
        let all = self.layers.len() as u64;
        let unpacked = self.layers.values().filter(|layer| **layer == Layer::Unpacked).count() as u64;
        let share: f64 = self.layers.values().map(|layer| layer.share()).sum();
        let (mut done, mut total) = (0, 0);
        for layer in self.layers.values() {
            if let Layer::Coming { done: here, total: of } = layer {
                (done, total) = (done + here, total + of);
            }
        }
        let is_coming = total > 0 && done < total;
        let reading =
            if is_coming { Reading::bytes(done, Some(total)) } else { Reading::units(unpacked, all, Unit::Layers) };
        // The last of it is the manifest, and all layers are named before the first of them is here.
        reading.at(0.99 * share / all.max(1) as f64)
    }

    /// `a603fa5e3b41: Pull complete`, on a terminal `a603fa5e3b41: Downloading [==>  ]  1.2MB/31.4MB`.
    fn docker_layer(&mut self, line: &str) -> Option<Reading> {
        let (id, state) = line.split_once(": ")?;
        if !is_digest(id) {
            return None;
        }
        let bar = || state.rsplit_once("] ").and_then(|(_, sizes)| sizes.trim().split_once('/'));
        let layer = if state.starts_with("Pulling fs layer") || state.starts_with("Waiting") {
            Layer::Waiting
        } else if state.starts_with("Downloading") {
            let (done, total) = bar().and_then(|(done, total)| sized(done).zip(sized(total)))?;
            Layer::Coming { done, total }
        } else if ["Verifying Checksum", "Download complete", "Extracting"].iter().any(|word| state.starts_with(word)) {
            Layer::Here
        } else if state.starts_with("Pull complete") || state.starts_with("Already exists") {
            Layer::Unpacked
        } else {
            return None;
        };
        self.put(id, layer);
        let doing = if layer >= Layer::Here { "unpacking a layer" } else { "fetching layers" };
        let reading = self.reading().of(id).doing(doing);
        Some(if bar().is_some() { reading.bar() } else { reading })
    }

    /// podman: `Copying blob sha256:1e5…`, `Copying blob 88623262ec21 done`, `… skipped: already exists`,
    /// `Copying blob 09bec785a242 [===>---] 12.0MiB / 31.4MiB | 4.1 MiB/s`.
    fn blob(&mut self, line: &str) -> Option<Reading> {
        if line.starts_with("Copying config ") || line.starts_with("Writing manifest ") {
            return Some(self.reading().at(0.99).doing("writing the image"));
        }
        let rest = line.strip_prefix("Copying blob ")?;
        let (id, state) = rest.split_once(' ').unwrap_or((rest, ""));
        let id: String = id.trim_start_matches("sha256:").chars().take(12).collect();
        let sizes = state.split_once("] ").and_then(|(_, sizes)| sizes.split_once(" / "));
        let layer = match (state, sizes) {
            (_, Some((done, total))) => Layer::Coming { done: sized(done)?, total: sized(total)? },
            (state, None) if state.starts_with("done") || state.starts_with("skipped") => Layer::Unpacked,
            (_, None) => Layer::Waiting,
        };
        self.put(&id, layer);
        let reading = self.reading().of(id).doing("fetching layers");
        Some(if sizes.is_some() { reading.bar() } else { reading })
    }

    /// `BuildKit`: `#6 [2/4] RUN …`, `#6 sha256:c84… 150.99MB / 2.93GB 2.3s`, `#6 extracting sha256:…`, `#6 DONE 47.8s`.
    fn build_kit(&mut self, line: &str) -> Option<Reading> {
        let (number, rest) = line.strip_prefix('#')?.split_once(' ')?;
        number.parse::<u32>().ok()?;
        if let Some(inside) = rest.strip_prefix('[') {
            let (inside, what) = inside.split_once(']')?;
            let last = inside.trim().rsplit(' ').next()?;
            let counted = super::pair(last).filter(|_| inside.contains('/'));
            let Some((step, steps)) = counted else { return Some(Reading::default().of(inside)) };
            self.steps = Some((step.saturating_sub(1), steps));
            return Some(self.of_steps()?.of(what.trim()).doing(what.trim()));
        }
        if let Some(rest) = rest.strip_prefix("sha256:") {
            let (id, sizes) = rest.split_once(' ')?;
            let (done, total) = sizes.split_once(" / ")?;
            self.put(id, Layer::Coming { done: sized(done)?, total: sized(total)? });
            let reading = self.reading();
            let share = self.of_steps().and_then(|steps| steps.share).unwrap_or_default();
            return Some(reading.at(share).of(id.get(..12).unwrap_or(id)).doing("fetching layers").bar());
        }
        if let Some(rest) = rest.strip_prefix("extracting ") {
            let is_over = rest.contains(" done");
            return Some(Reading::default().doing(if is_over { "" } else { "unpacking a layer" }));
        }
        if let Some(size) = rest.strip_prefix("transferring context: ") {
            let reading = sized(size).map_or_else(Reading::default, |done| Reading::bytes(done, None));
            return Some(Reading { share: Some(0.0), ..reading }.doing("handing the wheels to the engine").bar());
        }
        if rest.starts_with("exporting layers") || rest.starts_with("exporting to image") {
            return Some(Reading::default().at(0.95).doing("writing the image"));
        }
        None
    }

    /// The share of the steps of a build that are behind the present one.
    fn of_steps(&self) -> Option<Reading> {
        let (done, total) = self.steps?;
        let share = 0.95 * done as f64 / total.max(1) as f64;
        Some(Reading::units(done, total, Unit::Steps).at(share))
    }

    /// The builder before `BuildKit`, and podman's: `Step 2/5 : RUN …`, `STEP 2/5: RUN …`.
    fn classic_step(&mut self, line: &str) -> Option<Reading> {
        let rest = line.strip_prefix("Step ").or_else(|| line.strip_prefix("STEP "))?;
        let (counts, what) = rest.split_once(':')?;
        let (step, steps) = super::pair(counts)?;
        self.steps = Some((step.saturating_sub(1), steps));
        Some(self.of_steps()?.of(what.trim()).doing(what.trim()))
    }
}

fn is_digest(id: &str) -> bool {
    id.len() >= 12 && id.chars().all(|c| c.is_ascii_hexdigit())
}

fn end(line: &str) -> Option<Reading> {
    let ends = ["Status: Downloaded", "Status: Image is up to date", "Storing signatures", "Successfully tagged"];
    ends.iter().any(|end| line.starts_with(end)).then(|| Reading::default().at(1.0).doing(""))
}
