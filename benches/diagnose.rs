//! A log of 100 MB: how long the search for its cause takes, beside `grep` with three words, and how much memory it takes.
//! `cargo bench --no-default-features --bench diagnose`.
#![expect(clippy::print_stdout, reason = "a measurement prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "measures time and writes a log of its own")]
#![expect(clippy::unwrap_used, reason = "a measurement may fail by panicking")]

use std::fs::File;
use std::io::{BufWriter, Read, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use torch_wizard::diagnose::{Knowledge, diagnose};

const BYTES: usize = 100_000_000;

/// As compilers print, with a warning now and then.
fn line(number: usize) -> String {
    match number % 10 {
        0 => format!("warning: see the documentation of file_{number}.cpp for NAME=value\n"),
        _ => format!(
            "[{}/7000] Building CXX object caffe2/CMakeFiles/torch_cpu.dir/aten/src/ATen/file_{number}.cpp.o\n",
            number % 7000
        ),
    }
}

/// Beginnings of what tools say when they fail, all in one line, and none of them to its end.
const HOSTILE: &str = "CUDA error: no kernel image is av error: NVIDIA-SMI has failed beca error: CUDA out of mem \
    error: [WinError 12 error: Could not find a version that sat error: fatal: unable to acc error: LINK : fatal err ";

fn main() {
    let began = Instant::now();
    let knowledge = Knowledge::embedded().unwrap();
    println!("the tables are read in {:.3} s, memory {}", began.elapsed().as_secs_f64(), memory());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("build.log");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    let mut written = 0;
    for number in 0.. {
        let line = line(number);
        file.write_all(line.as_bytes()).unwrap();
        written += line.len();
        if written >= BYTES {
            break;
        }
    }
    file.write_all(b"c++: fatal error: Killed signal terminated program cc1plus\n").unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
    for _ in 0..2 {
        let began = Instant::now();
        let said = diagnose(&mut File::open(&path).unwrap(), knowledge).unwrap();
        let ours = began.elapsed();
        println!("100 MB: {:.2} s, {}, most memory {}", ours.as_secs_f64(), said.answer.label(), memory());
        if let Some(peer) = grep(&path) {
            println!(
                "grep -ciE with three words: {:.2} s, ours {:.2} x",
                peer.as_secs_f64(),
                ours.div_duration_f64(peer)
            );
        }
    }
    let hostile = |count: usize| {
        let began = Instant::now();
        let mut log = HOSTILE.as_bytes().repeat(8);
        log.push(b'\n');
        diagnose(&mut log.repeat(count).as_slice().by_ref(), knowledge).unwrap();
        began.elapsed()
    };
    hostile(1);
    let (short, long) = (hostile(1_000), hostile(10_000));
    println!("hostile lines, ten times as many: {:.2} x as long", long.div_duration_f64(short));
    assert!(long < short * 40, "time grows faster than the log: {short:?} {long:?}");
}

fn grep(path: &std::path::Path) -> Option<Duration> {
    let began = Instant::now();
    let mut grep = Command::new("grep");
    grep.args(["-ciE", "error|failed|fatal"]).arg(path).stdout(Stdio::null());
    grep.status().ok().map(|_| began.elapsed())
}

/// The most that this process has held, by the kernel's word.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map_or_else(|| "not known".to_owned(), |most| most.trim().to_owned())
}
