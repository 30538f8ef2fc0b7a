//! NVML through its real interface: a shared library that plays it, one copy and one scenario per test.
#![expect(clippy::disallowed_methods, reason = "builds the library and writes its scenario: no Host here")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail by panicking as tests do")]

#[path = "nvml_fake/command.rs"]
mod command;
#[path = "nvml_fake/scenes.rs"]
mod scenes;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use torch_wizard::facts::{ComputeCapability, CudaVersion};
use torch_wizard::host::{GpuLibrary, HostError, Throttle, nvml};

const RTX_5070: &str = "driver=581.57\ncuda=13000\ngpu=NVIDIA GeForce RTX 5070|12227|12|0|2f04";
const RTX_5090: &str = "driver=572.16;cuda=12080;gpu=NVIDIA GeForce RTX 5090|32607|12|0|2b85";
const RTX_4090_AND_GTX_1080: &str = "driver=580.95.05;cuda=13000\n\
    gpu=NVIDIA GeForce RTX 4090|24564|8|9|2684\ngpu=NVIDIA GeForce GTX 1080|8192|6|1|1b80";

/// A fake library in a folder of its own.
struct Fake {
    _folder: TempDir,
    path: PathBuf,
}

impl Fake {
    fn new(scenario: &str) -> Self {
        Self::built_with(&[], scenario)
    }

    /// Built here by the C compiler. On Windows (and under Wine, which has none) a library that was built before
    /// is taken from `TORCH_WIZARD_TEST_NVML`.
    fn built_with(flags: &[&str], scenario: &str) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = folder.path().join(if cfg!(windows) { "nvml.dll" } else { "libnvidia-ml.so.1" });
        if let Some(built) = std::env::var_os("TORCH_WIZARD_TEST_NVML").filter(|_| flags.is_empty()) {
            fs::copy(built, &path).unwrap();
        } else {
            let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake_nvml/fake_nvml.c");
            let mut compiler = Command::new(if cfg!(windows) { "gcc" } else { "cc" });
            compiler.args(["-Wall", "-Wextra", "-Werror", "-shared"]).args(flags).arg("-o").arg(&path).arg(source);
            compiler.args(if cfg!(windows) { ["-static-libgcc", "-lm"].as_slice() } else { &["-fPIC", "-lm", "-ldl"] });
            assert!(compiler.status().unwrap().success(), "{compiler:?}");
        }
        let fake = Self { _folder: folder, path };
        fake.scenario(scenario);
        fake
    }

    /// What the library shows from its next start on.
    fn scenario(&self, scenario: &str) {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".scenario");
        fs::write(beside, scenario).unwrap();
    }

    fn load(&self) -> Result<Arc<dyn GpuLibrary>, HostError> {
        nvml::load(None, std::slice::from_ref(&self.path), nvml::LIMIT)
    }
}

#[test]
fn a_card_is_described_by_name_identity_place_capability_and_memory() {
    let fake = Fake::new(RTX_5070);
    let library = fake.load().unwrap();
    let inventory = library.inventory().unwrap();
    assert!(!library.is_simulated());
    assert_eq!(inventory.driver.unwrap().to_string(), "581.57");
    assert_eq!(inventory.driver_cuda, Some(CudaVersion::new(13, 0)));
    let [gpu] = inventory.gpus.as_slice() else { panic!("{:?}", inventory.gpus) };
    assert_eq!(gpu.name.as_deref(), Some("NVIDIA GeForce RTX 5070"));
    assert_eq!(gpu.uuid.as_deref(), Some("GPU-00000000-0000-0000-0000-000000000000"));
    assert_eq!(gpu.pci_id.unwrap().to_string(), "10de:2f04");
    assert_eq!(gpu.pci_bus.as_deref(), Some("00000000:01:00.0"));
    assert_eq!(gpu.capability, Some(ComputeCapability::new(12, 0)));
    assert_eq!((gpu.memory_bytes, gpu.trouble.clone()), (Some(12227 << 20), None));
}

#[test]
fn copies_of_the_library_in_one_process_show_different_machines() {
    let (blackwell, mixed) = (Fake::new(RTX_5090), Fake::new(RTX_4090_AND_GTX_1080));
    let (blackwell, mixed) = (blackwell.load().unwrap(), mixed.load().unwrap());
    let seen = |library: &Arc<dyn GpuLibrary>| -> Vec<(String, String)> {
        let gpus = library.inventory().unwrap().gpus;
        gpus.iter().map(|gpu| (gpu.pci_id.unwrap().to_string(), gpu.capability.unwrap().to_string())).collect()
    };
    let of = |id: &str, capability: &str| (id.to_owned(), capability.to_owned());
    assert_eq!(seen(&blackwell), [of("10de:2b85", "12.0")]);
    assert_eq!(seen(&mixed), [of("10de:2684", "8.9"), of("10de:1b80", "6.1")]);
    assert_eq!(blackwell.inventory().unwrap().driver_cuda, Some(CudaVersion::new(12, 8)));
}

#[test]
fn the_library_named_by_the_user_is_simulated() {
    let fake = Fake::new(RTX_5070);
    let library = nvml::load(Some(&fake.path), &[PathBuf::from("not-asked.so")], nvml::LIMIT).unwrap();
    assert!(library.is_simulated());
}

#[test]
fn a_reading_has_every_figure() {
    let fake = Fake::new(&format!("{RTX_5070}\nthrottle=5\npids=4711,4712"));
    let readings = fake.load().unwrap().sample().unwrap();
    let [reading] = readings.as_slice() else { panic!("{readings:?}") };
    assert_eq!((reading.index, reading.lost), (0, false));
    assert_eq!((reading.utilisation_percent, reading.celsius, reading.fan_percent), (Some(0), Some(41), Some(0)));
    assert_eq!((reading.watts, reading.limit_watts), (Some(15.25), Some(250.0)));
    assert_eq!((reading.clock_mhz, reading.memory_clock_mhz), (Some(210), Some(14001)));
    assert_eq!(reading.memory_total_bytes, Some(12227 << 20));
    assert!(reading.memory_used_bytes.unwrap() > 0);
    assert_eq!((reading.pcie, reading.limits.pcie), (Some((5, 16)), Some((5, 16))));
    let limits = reading.limits;
    assert_eq!((limits.default_watts, limits.most_watts), (Some(250.0), Some(300.0)));
    assert_eq!((limits.slowdown_celsius, limits.shutdown_celsius), (Some(90), Some(95)));
    assert_eq!((reading.performance_state, reading.pcie_replays), (Some(8), Some(0)));
    assert_eq!(reading.throttle, Some(vec![Throttle::PowerCap]));
    assert_eq!(reading.compute_pids().collect::<Vec<_>>(), [4711, 4712]);
}

#[test]
fn a_card_that_falls_off_the_bus_is_lost_and_the_others_go_on() {
    let fake = Fake::new(&format!("{RTX_4090_AND_GTX_1080};lost=0@3"));
    let library = fake.load().unwrap();
    let lost = || -> Vec<bool> { library.sample().unwrap().iter().map(|reading| reading.lost).collect() };
    assert_eq!([lost(), lost(), lost()], [[false, false], [false, false], [true, false]]);
    let gpus = library.inventory().unwrap().gpus;
    assert_eq!((&gpus[0].name, gpus[1].name.as_deref()), (&None, Some("NVIDIA GeForce GTX 1080")));
    assert_eq!((gpus[0].lost, gpus[1].lost), (true, false));
    assert!(gpus[0].trouble.as_ref().unwrap().contains("fell off the bus"), "{gpus:?}");
}

#[test]
fn one_field_that_fails_leaves_the_others() {
    let fake = Fake::new(&format!("{RTX_5070};fail=DeviceGetMemoryInfo:999;fail=DeviceGetFanSpeed:3"));
    let library = fake.load().unwrap();
    let gpu = library.inventory().unwrap().gpus.remove(0);
    assert_eq!((gpu.memory_bytes, gpu.capability), (None, Some(ComputeCapability::new(12, 0))));
    assert!(gpu.trouble.unwrap().starts_with("memory: "));
    let reading = library.sample().unwrap().remove(0);
    assert_eq!((reading.fan_percent, reading.memory_used_bytes, reading.celsius), (None, None, Some(41)));
}

#[cfg(unix)]
#[test]
fn a_driver_that_lacks_a_function_still_tells_the_rest() {
    let old = "driver=470.256.02;cuda=11040;gpu=GeForce GTX 780|3071|3|5|1004";
    let fake = Fake::built_with(&["-DOLD_DRIVER"], old);
    let library = fake.load().unwrap();
    let gpu = library.inventory().unwrap().gpus.remove(0);
    assert_eq!((gpu.memory_bytes, gpu.capability), (None, Some(ComputeCapability::new(3, 5))));
    let reading = library.sample().unwrap().remove(0);
    assert_eq!((reading.celsius, reading.processes), (Some(41), None));
}

#[test]
fn nvmls_number_is_kept_when_it_refuses() {
    for code in [9, 15, 18, 999, 28] {
        let fake = Fake::new(&format!("init={code}"));
        let Err(HostError::Nvml { code: Some(seen), text }) = fake.load() else { panic!("{code}") };
        assert_eq!(seen, code, "{text}");
    }
}

#[test]
fn a_library_that_refuses_does_not_hide_one_that_works() {
    let (refuses, works) = (Fake::new("init=9"), Fake::new(RTX_5070));
    let missing = refuses.path.with_file_name("missing.so");
    let paths = [missing, refuses.path.clone(), works.path.clone()];
    let library = nvml::load(None, &paths, nvml::LIMIT).unwrap();
    assert_eq!(library.inventory().unwrap().gpus.len(), 1);
}

#[test]
fn a_driver_that_hangs_is_given_up_in_time_and_nothing_waits_for_it() {
    let fake = Fake::new("hang=Init");
    let begin = Instant::now();
    let error = nvml::load(None, std::slice::from_ref(&fake.path), Duration::from_millis(40)).err().unwrap();
    assert!(matches!(error, HostError::Timeout { .. }), "{error}");

    let fake = Fake::new(&format!("{RTX_5070};hang=DeviceGetUtilizationRates;hang=Shutdown"));
    let library = fake.load().unwrap();
    let sampled = Arc::clone(&library);
    let pending = nvml::ask("NVML", move || sampled.sample()).unwrap();
    assert!(pending.wait(Duration::from_millis(40)).is_err());
    drop((library, pending));
    assert!(begin.elapsed() < Duration::from_secs(5));
}
