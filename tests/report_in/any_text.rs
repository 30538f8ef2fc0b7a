//! Texts of any kind and any length.

use super::*;
use proptest::prelude::*;

/// Lines in the shapes that the readers look for, to be mixed and cut.
const SHAPES: [&str; 26] = [
    "| NVIDIA-SMI 581.57   Driver Version: 581.57   CUDA Version: 13.0 |",
    "|   0  NVIDIA GeForce RTX 5090        Off |   00000000:2D:00.0  On |                  N/A |",
    "| 31%   51C    P8             40W /  575W |     623MiB /  32607MiB |      2%      Default |",
    "GPU 0: NVIDIA A10 (UUID: GPU-1b2c)",
    "==============NVSMI LOG==============",
    "GPU 00000000:01:00.0",
    "    FB Memory Usage",
    "        Total : 8192 MiB",
    "<nvidia_smi_log><gpu id=\"00000000:01:00.0\"><product_name>x</product_name>",
    "index, name, driver_version",
    "0, NVIDIA GeForce RTX 3090, 550.54.14, 24576 MiB",
    "01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GA102 [GeForce RTX 3090] [10de:2204] (rev a1)",
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07  Fri",
    "NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible",
    "Found GPU0 NVIDIA GB10 which is of cuda capability 12.1.",
    "(8.0) - (12.0)",
    "Device: cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync",
    "Python version: 3.12.9 (main) [GCC 11.2.0] (64-bit runtime)",
    "Python platform: Linux-6.8.0-60-generic-x86_64-with-glibc2.39",
    "OS: Ubuntu 22.04.3 LTS (x86_64)",
    "- GPU Model: 2x RTX 3090 / Intel(R) UHD",
    "PyTorch version: 2.8.0 + cu129",
    "OrderedDict([('sys.platform', 'linux'), ('GPU 0', 'x')])",
    "driver 610.47 (Windows 11 24H2, RTX 4070) on WSL2",
    "PNPDeviceID : PCI\\VEN_10DE&DEV_2206&SUBSYS",
    "{\"schema\": 1, \"gpus\": [",
];

fn piece() -> impl Strategy<Value = String> {
    let shape = || proptest::sample::select(SHAPES.to_vec());
    let cut = (shape(), 0..90_usize, 0..90_usize)
        .prop_map(|(shape, from, length)| shape.chars().skip(from).take(length).collect::<String>());
    let letters = "[|: ,.=\\[\\]()<>0-9a-zA-Z\u{1b}äß显]{0,60}";
    prop_oneof![3 => shape().prop_map(str::to_owned), 3 => cut, 1 => ".{0,60}", 1 => letters]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(pieces in proptest::collection::vec((piece(), "\n|\r\n| |\t|: "), 0..30)) {
        let text: String = pieces.iter().flat_map(|(piece, end)| [piece.as_str(), end.as_str()]).collect();
        let facts = read(&text, Catalog::embedded().unwrap());
        if let Ok(facts) = facts {
            prop_assert!(facts.is_report);
            let mut indexes: Vec<u32> = facts.gpus.found().into_iter().flatten().map(|gpu| gpu.index).collect();
            indexes.sort_unstable();
            indexes.dedup();
            prop_assert_eq!(indexes.len(), facts.gpus.found().map_or(0, Vec::len), "each card has its own number");
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&decode(&bytes), Catalog::embedded().unwrap()).ok();
    }
}

/// Twice the text may take about twice the time; four times as long would be a loop in a loop.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about time")]
fn a_long_text_costs_no_more_than_its_length() {
    let catalog = Catalog::embedded().unwrap();
    let without_end = [
        "GPU 0: ",
        "OS: (",
        "[x](",
        "NVIDIA RTX ",
        "GPU: 3090x",
        "<",
        "[1] ",
        "- ",
        "| ",
        "'sm_",
        "cuda:0 NVIDIA ",
        "{\"schema\"",
    ];
    let lines = SHAPES.iter().map(|shape| format!("{shape}\n")).chain(without_end.map(str::to_owned));
    for line in lines {
        let time = |bytes: usize| {
            let text = line.repeat(bytes / line.len());
            let began = std::time::Instant::now();
            read(&text, catalog).ok();
            began.elapsed()
        };
        time(2_000);
        // A busy machine may slow down one attempt; a reading that costs the square of the length is slow in all.
        let is_fair = (0..5).any(|_| {
            let (short, long) = (time(20_000), time(80_000));
            long < short * 12 + std::time::Duration::from_millis(80)
        });
        assert!(is_fair, "{line}");
    }
}
