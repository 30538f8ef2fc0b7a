//! Lines of the check program → a report with its verdict, one line at a time.

use super::checks::{ARCH_LIST, CHECK_PROGRAM, CUDA_AVAILABLE, DRIVER_RUNTIME, IMPORT, KernelCheck, SOAK};
use super::command::{DeviceChoice, Level};
use super::lines::{Hello, Line, SeenDevice, parse};
use super::meanwhile::{self, Watch};
use super::readings::{self, Reading};
use super::{Check, CheckOutcome, DeviceVerdict, Expected, Proof, VerificationReport, labels, slow, speed};
use crate::facts::Fingerprint;
use crate::host::PowerSupply;
use crate::monitor::MonitorTick;
use std::collections::{BTreeMap, BTreeSet};

/// What the verdict rests on beside the lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// What was asked for.
    pub choice: DeviceChoice,
    /// Whether there is an NVIDIA card at all; `None` if detection could not tell.
    pub card_present: Option<bool>,
    /// A library that plays NVML is in force.
    pub simulated: bool,
    /// Version of the driver, if any.
    pub driver: Option<String>,
    /// When it begins (RFC 3339, UTC).
    pub taken_at: String,
    /// UUID and NVML's number of each known card, to give torch's devices NVML's numbers where
    /// `CUDA_VISIBLE_DEVICES` hides some.
    pub cards: Vec<(String, u32)>,
    /// What the proof will rest on.
    pub machine: Option<Fingerprint>,
}

/// What a line means to somebody who watches.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// torch was imported (or not), and these cards will be checked or could be.
    Began(Box<Hello>),
    /// A check began.
    Started {
        /// Its name.
        check: String,
        /// NVML's number of the device; `None` for the processor.
        device: Option<u32>,
        /// The process that does it.
        pid: Option<u32>,
    },
    /// A long one goes on.
    GoesOn {
        /// Its name.
        check: String,
        /// NVML's number of the device; `None` for the processor.
        device: Option<u32>,
        /// From 0 to 1.
        fraction: f64,
    },
    /// It still works on something, which is no reason to worry.
    Waiting {
        /// `import torch`, `devices` or the name of a check.
        what: String,
        /// How long already.
        seconds: u64,
    },
    /// A check ended.
    Ended(Box<Check>),
    /// All was said.
    Finished,
}

/// So many readings of a card are kept at most.
const MOST_READINGS: usize = 4096;

/// Takes the lines of one run. `expected(name of the card, check)` says what is expected, as the check counts.
pub struct ReportBuilder<'a> {
    circumstances: Circumstances,
    expected: &'a dyn Fn(&str, &str) -> Option<Expected>,
    hello: Option<Hello>,
    running: Option<String>,
    checks: Vec<Check>,
    ended: bool,
    /// Seconds since the beginning, and when the running check began.
    now: f64,
    began: Option<f64>,
    /// The processes of the check program.
    pids: BTreeSet<u32>,
    /// Processes on the cards that were none of them when they were met.
    met: BTreeSet<u32>,
    readings: Vec<Reading>,
    watch: Watch,
    best_links: BTreeMap<u32, (u32, u32)>,
    power_supply: Option<PowerSupply>,
    /// Moments at which the cards were read, and every how many-th is kept.
    moments: u64,
    every: u64,
}

impl<'a> ReportBuilder<'a> {
    /// Nothing seen yet.
    pub fn new(circumstances: Circumstances, expected: &'a dyn Fn(&str, &str) -> Option<Expected>) -> Self {
        Self {
            circumstances,
            expected,
            hello: None,
            running: None,
            checks: Vec::new(),
            ended: false,
            now: 0.0,
            began: None,
            pids: BTreeSet::new(),
            met: BTreeSet::new(),
            readings: Vec::new(),
            watch: Watch::default(),
            best_links: BTreeMap::new(),
            power_supply: None,
            moments: 0,
            every: 1,
        }
    }

    /// So many seconds have passed since it began.
    pub fn at(&mut self, seconds: f64) {
        self.now = seconds;
    }

    /// Whether a process computes on a card now that is not known to be of the check program, which starts more of them
    /// than it tells. Each is told once.
    pub fn meets_strangers(&mut self, tick: &MonitorTick) -> bool {
        let known = self.met.len();
        self.met.extend(meanwhile::strangers(tick, &self.pids).into_iter().map(|(_, process)| process.pid));
        self.met.len() > known
    }

    /// These, too, are processes of the check program.
    pub fn own(&mut self, pids: impl IntoIterator<Item = u32>) {
        self.pids.extend(pids);
    }

    /// What the PC runs on now: a battery at any time counts.
    pub fn powered(&mut self, supply: Option<PowerSupply>) {
        if self.power_supply != Some(PowerSupply::Battery) {
            self.power_supply = supply;
        }
    }

    /// The driver says so of the cards now.
    pub fn read(&mut self, tick: &MonitorTick) {
        self.watch.take(self.now, tick, &self.pids);
        let samples = &tick.samples;
        let links = samples.iter().filter_map(|sample| Some((sample.index, sample.limits.pcie?)));
        self.best_links.extend(links);
        let moment = self.moments;
        self.moments += 1;
        if !moment.is_multiple_of(self.every) {
            return;
        }
        if self.readings.len() >= MOST_READINGS * samples.len().max(1) {
            // A soak of hours: from now on, and of what there is, every second moment is enough for a curve.
            self.every *= 2;
            let (mut moment, mut is_kept) = (f64::NAN, false);
            self.readings.retain(|reading| {
                if reading.seconds.to_bits() != moment.to_bits() {
                    (moment, is_kept) = (reading.seconds, !is_kept);
                }
                is_kept
            });
        }
        self.readings.extend(samples.iter().map(|sample| Reading::of(self.now, sample, &self.pids)));
    }

    /// Takes the next line of standard output; `None` if it says nothing to us.
    pub fn line(&mut self, line: &str) -> Option<Progress> {
        match parse(line)? {
            Line::Hello(hello) => {
                self.hello = Some(hello.clone());
                Some(Progress::Began(Box::new(hello)))
            }
            Line::Started { check, device, pid } => {
                self.running = Some(check.clone());
                self.began = Some(self.now);
                self.pids.extend(pid);
                Some(Progress::Started { check, device: self.nvml_index(device), pid })
            }
            Line::Progress { check, device, done, total } => {
                let fraction = if total > 0.0 { (done / total).clamp(0.0, 1.0) } else { 0.0 };
                Some(Progress::GoesOn { check, device: self.nvml_index(device), fraction })
            }
            Line::Waiting { what, seconds } => Some(Progress::Waiting { what, seconds }),
            Line::Check(mut check) => {
                self.running = None;
                check.span = self.began.take().map(|began| (began, self.now));
                let expected = self.expected_of(&check);
                check.device = self.nvml_index(check.device);
                let best = expected.map(|expected| expected.best);
                check.expected_tflops = best.filter(|_| check.gb_per_second.is_none());
                check.expected_gb_per_second = best.filter(|_| check.gb_per_second.is_some());
                check.expected_basis = expected.map(|expected| expected.basis);
                self.checks.push(check.clone());
                Some(Progress::Ended(Box::new(check)))
            }
            Line::End => {
                self.ended = true;
                Some(Progress::Finished)
            }
            Line::Other => None,
        }
    }

    /// The report, once the check program has ended. `exit_code` is `None` if something ended it.
    pub fn finish(mut self, exit_code: Option<i32>) -> VerificationReport {
        if !self.ended || exit_code != Some(0) {
            self.checks.push(self.broken_off(exit_code));
        }
        let mut devices: Vec<DeviceVerdict> =
            self.chosen().into_iter().map(|device| self.device_verdict(device)).collect();
        let mut verdict = self.verdict(&devices);
        let mut label = labels::first_label(&self.checks);
        if verdict == Proof::NoGpu {
            // Without a card, "found no driver" is no failure to mend.
            label = None;
        }
        if self.circumstances.simulated {
            for proven in devices.iter_mut().filter(|device| device.verdict == Proof::Proven) {
                proven.verdict = Proof::Incomplete;
            }
            if verdict == Proof::Proven {
                verdict = Proof::Incomplete;
            }
            label = label.or(Some("simulated"));
        }
        let level = self.level();
        let Self { circumstances, hello, checks, readings, watch, power_supply, .. } = self;
        let Hello { torch, cuda_runtime, arch_list, .. } = hello.unwrap_or_default();
        let mut report = VerificationReport {
            schema: 1,
            taken_at: circumstances.taken_at,
            level,
            verdict,
            devices,
            torch,
            cuda_runtime,
            lock: None,
            arch_list,
            driver: circumstances.driver,
            readings,
            checks,
            meanwhile: watch.end(power_supply),
            slow: Vec::new(),
            label: label.map(str::to_owned),
            simulated: circumstances.simulated,
            machine: circumstances.machine,
        };
        report.slow = slow::slow(&report);
        report
    }

    /// What is expected of a check on its device (by torch's number).
    fn expected_of(&self, check: &Check) -> Option<Expected> {
        let device = self.seen(check.device?)?;
        let link = self.best_links.get(&self.nvml_index(check.device)?).copied();
        speed::over_link(&check.check, link).or_else(|| (self.expected)(&device.name, &check.check))
    }

    /// When the load of a soak ran on a card.
    fn soaked(&self, index: u32) -> Option<(f64, f64)> {
        self.checks.iter().find(|check| check.device == Some(index) && check.check == SOAK)?.span
    }

    fn seen(&self, index: u32) -> Option<&SeenDevice> {
        self.hello.as_ref()?.devices.iter().find(|device| device.index == index)
    }

    fn nvml_index(&self, index: Option<u32>) -> Option<u32> {
        let uuid = index.and_then(|index| self.seen(index)).and_then(|device| device.uuid.as_deref());
        let known = uuid.and_then(|uuid| self.circumstances.cards.iter().find(|(card, _)| card == uuid));
        known.map(|(_, index)| *index).or(index)
    }

    /// The devices asked for, of those that torch sees.
    fn chosen(&self) -> Vec<&SeenDevice> {
        let seen = self.hello.as_ref().map_or(&[][..], |hello| &hello.devices);
        seen.iter().filter(|device| chosen_by(&self.circumstances.choice, device)).collect()
    }

    /// A choice names a card that torch does not see.
    fn lacks_a_chosen_card(&self) -> bool {
        match &self.circumstances.choice {
            DeviceChoice::All | DeviceChoice::Cpu => false,
            DeviceChoice::Cards(names) => {
                let chosen = self.chosen();
                names.iter().any(|name| !chosen.iter().any(|device| is_named(device, name)))
            }
        }
    }

    fn broken_off(&self, exit_code: Option<i32>) -> Check {
        let how = match exit_code {
            Some(0) => "the check program stopped before its last line".to_owned(),
            // A status of Windows is known by its digits in hexadecimal.
            Some(code) if code < 0 => format!("the check program ended with {code} (0x{code:08X})"),
            Some(code) => format!("the check program ended with {code}"),
            None => "the check program was ended from outside".to_owned(),
        };
        let during = self.running.as_ref().map(|check| format!(" during {check}")).unwrap_or_default();
        Check {
            check: CHECK_PROGRAM.to_owned(),
            outcome: CheckOutcome::Crashed,
            detail: Some(how + &during),
            ..Check::default()
        }
    }

    fn device_verdict(&self, device: &SeenDevice) -> DeviceVerdict {
        let index = self.nvml_index(Some(device.index)).unwrap_or(device.index);
        let outcomes = |name: &str| -> Vec<CheckOutcome> {
            let of_device = |check: &&Check| check.device == Some(index) && check.check == name;
            self.checks.iter().filter(of_device).map(|check| check.outcome).collect()
        };
        let passed = |name: &str| outcomes(name) == [CheckOutcome::Passed];
        let failed = self.checks.iter().any(|c| c.device == Some(index) && c.outcome == CheckOutcome::Failed);
        let complete = passed(ARCH_LIST)
            && self.has_passed(IMPORT)
            && self.has_passed(CUDA_AVAILABLE)
            && self.has_not_failed(DRIVER_RUNTIME)
            && super::checks::of(self.level())
                .all(|kernel| passed(kernel.name) || self.is_excused(kernel, device, index))
            && !self.checks.iter().any(|check| check.check == CHECK_PROGRAM);
        DeviceVerdict {
            index,
            uuid: device.uuid.clone(),
            name: device.name.clone(),
            capability: device.capability,
            kernels: device.kernels,
            verdict: match (failed, complete) {
                (true, _) => Proof::Failed,
                (false, true) => Proof::Proven,
                (false, false) => Proof::Incomplete,
            },
            best_link: self.best_links.get(&index).copied(),
            seen: readings::seen(&self.readings, index),
            under_load: self.soaked(index).and_then(|span| readings::under_load(&self.readings, index, span)),
        }
    }

    fn level(&self) -> Level {
        self.hello.as_ref().map_or(Level::Quick, |hello| hello.level)
    }

    /// A check that was skipped, and rightly so.
    fn is_excused(&self, kernel: &KernelCheck, device: &SeenDevice, index: u32) -> bool {
        let mut of_it = self.checks.iter().filter(|check| check.device == Some(index) && check.check == kernel.name);
        matches!((of_it.next(), of_it.next()), (Some(check), None)
            if check.outcome == CheckOutcome::Skipped && kernel.is_rightly_skipped(device.capability, check.absent))
    }

    /// No check of the installation by this name gave a wrong answer.
    fn has_not_failed(&self, name: &str) -> bool {
        !self.checks.iter().any(|check| check.check == name && check.outcome == CheckOutcome::Failed)
    }

    /// Every check of the installation by this name passed, and there is one.
    fn has_passed(&self, name: &str) -> bool {
        let mut outcomes = self.checks.iter().filter(|check| check.check == name).map(|check| check.outcome).peekable();
        outcomes.peek().is_some() && outcomes.all(|outcome| outcome == CheckOutcome::Passed)
    }

    fn verdict(&self, devices: &[DeviceVerdict]) -> Proof {
        if self.circumstances.choice == DeviceChoice::Cpu {
            return Proof::CpuOnly;
        }
        let failed = self.checks.iter().any(|check| check.outcome == CheckOutcome::Failed);
        let by_checks = if failed { Proof::Failed } else { Proof::Incomplete };
        match &self.hello {
            // Nothing was tried on a card, or torch itself does not load.
            None | Some(Hello { torch: None, .. }) => by_checks,
            Some(hello) if !hello.cuda_available => match (self.circumstances.card_present, &hello.cuda_runtime) {
                (Some(false), _) => Proof::NoGpu,
                (Some(true) | None, None) => Proof::CpuOnly,
                (Some(true), Some(_)) => by_checks,
                // Whether there is a card to fail on is not known.
                (None, Some(_)) => Proof::Incomplete,
            },
            Some(_) => {
                let all_proven = !devices.is_empty() && devices.iter().all(|device| device.verdict == Proof::Proven);
                if all_proven && !self.lacks_a_chosen_card() { Proof::Proven } else { by_checks }
            }
        }
    }
}

fn is_named(device: &SeenDevice, name: &str) -> bool {
    device.uuid.as_deref() == Some(name) || device.index.to_string() == name
}

fn chosen_by(choice: &DeviceChoice, device: &SeenDevice) -> bool {
    match choice {
        DeviceChoice::All => true,
        DeviceChoice::Cpu => false,
        DeviceChoice::Cards(names) => names.iter().any(|name| is_named(device, name)),
    }
}
