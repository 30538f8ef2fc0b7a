use super::*;
use crate::progress::Progress;
use std::time::Duration;

/// Feeds what a tool wrote, byte for byte, and gives what was read from it.
fn read(command: &CommandSpec, packages: u64, bytes: &[u8]) -> Vec<Reading> {
    let mut reader = Reader::of(command, packages).unwrap_or_else(|| panic!("nobody reads {command:?}"));
    let (mut lines, mut readings) = (crate::run::output::Lines::default(), Vec::new());
    let mut on = |line: &str| readings.extend(reader.line(&crate::run::output::without_colours(line)));
    lines.take(bytes, &mut on);
    lines.flush(&mut on);
    readings
}

/// The share of the step as it is shown, after each reading; panics if it ever fell.
fn shares(readings: &[Reading]) -> Vec<f64> {
    let mut progress = Progress::new([1]);
    progress.begin(0);
    let mut shares: Vec<f64> = Vec::new();
    for (second, reading) in (0..).zip(readings) {
        progress.heard(Duration::from_secs(second), reading.amount, reading.share);
        assert!(shares.last().is_none_or(|last| progress.share() >= *last));
        shares.push(progress.share());
    }
    shares
}

fn recorded(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/tools").join(name);
    #[expect(clippy::disallowed_methods, reason = "a recording of the tests: no Host here")]
    std::fs::read(path).unwrap()
}

fn command(line: &str) -> CommandSpec {
    let mut words = line.split(' ');
    CommandSpec::new(words.next().unwrap(), words)
}

fn last_doing(readings: &[Reading]) -> Option<&str> {
    readings.iter().rev().find_map(|reading| reading.doing.as_deref())
}

fn whats(readings: &[Reading]) -> Vec<&str> {
    readings.iter().filter_map(|reading| reading.what.as_deref()).collect()
}

#[test]
fn each_tool_has_its_reader_however_it_is_started() {
    let kind = |line: &str| {
        Reader::of(&command(line), 0).map(|reader| match reader {
            Reader::Build(_) => "build",
            Reader::Pip(..) => "pip",
            Reader::Uv(_) => "uv",
            Reader::Git(_) => "git",
            Reader::Engine(_) => "engine",
            Reader::Wsl(_) => "wsl",
        })
    };
    for (line, reader) in [
        (r"C:\tools\uv.exe pip install x", Some("uv")),
        ("/e/bin/python -m pip install x", Some("pip")),
        ("/e/bin/python setup.py build", Some("build")),
        ("/usr/bin/git -C x fetch", Some("git")),
        ("podman pull x", Some("engine")),
        ("docker build .", Some("engine")),
        ("docker run --rm x nvidia-smi", None),
        (r"C:\Windows\System32\wsl.exe --install --no-launch", Some("wsl")),
        ("wsl.exe --distribution U --cd ~ --exec env -u A B=1 /home/a/uv pip install x", Some("uv")),
        ("wsl.exe --distribution U --exec ls -l /x", None),
        ("nvidia-smi --list-gpus", None),
    ] {
        assert_eq!(kind(line), reader, "{line}");
    }
}

/// Recorded here: git 2.47 fetching a tag of a small repository.
#[test]
fn a_fetch_of_git_goes_through_its_phases() {
    let readings = read(&command("git fetch --progress"), 0, &recorded("git_fetch.txt"));
    let shares = shares(&readings);
    assert!(readings.len() > 200 && (shares.last().unwrap() - 0.85).abs() < 0.001, "{:?}", shares.last());
    assert!(readings[0].is_bar && !readings.last().unwrap().is_bar);
    let half = readings.iter().find(|reading| reading.what.as_deref() == Some("Receiving objects")).unwrap();
    assert!(
        matches!(half.amount, Some(Amount::Units(Units { total: Some(404), unit: Unit::Objects, .. }))),
        "{half:?}"
    );
    assert_eq!(last_doing(&readings), Some("waiting for the repository"));
}

/// In the form of git's manual, in German: the words are none we know, the numbers are.
#[test]
fn a_git_of_another_language_is_counted_and_takes_no_share() {
    let readings = read(&command("git fetch"), 0, "Empfange Objekte:  50% (61/122)\r".as_bytes());
    assert_eq!(readings[0].amount, Some(Amount::Units(Units { done: 61, total: Some(122), unit: Unit::Objects })));
    assert_eq!(shares(&readings), [0.0]);
}

/// Recorded here, then once more with a second submodule in the same form.
#[test]
fn submodules_are_counted_by_those_that_are_there() {
    let one = recorded("git_submodules.txt");
    let readings = read(&command("git submodule update --progress"), 0, &one);
    assert!((shares(&readings).last().unwrap() - 0.95).abs() < 0.001);
    let two = [b"Submodule 'third_party/b' (x) registered for path 'third_party/b'\n".as_slice(), &one].concat();
    let readings = read(&command("git submodule update --progress"), 0, &two);
    assert!((shares(&readings).last().unwrap() - 0.475).abs() < 0.001);
    assert!(whats(&readings).contains(&"lib"), "{:?}", whats(&readings));
}

/// Recorded here: `CMake` 4.4 and ninja 1.13 on seven files.
#[test]
fn cmake_and_ninja_tell_what_they_are_at() {
    let readings = read(&command("python setup.py build"), 0, &recorded("cmake_configure.txt"));
    assert!(whats(&readings).contains(&"Performing Test CMAKE_HAVE_LIBC_PTHREAD"));
    assert!((shares(&readings).last().unwrap() - 1.0).abs() < f64::EPSILON);
    let readings = read(&command("ninja"), 0, &recorded("ninja_small.txt"));
    assert_eq!(
        whats(&readings),
        ["f2.cpp", "f3.cpp", "f1.cpp", "f6.cpp", "f5.cpp", "f4.cpp", "main.cpp", "libsmall.a", "app"]
    );
    let shares = shares(&readings);
    assert!((shares[0] - 1.0 / 9.0).abs() < 0.001 && (shares[8] - 1.0).abs() < f64::EPSILON, "{shares:?}");
    assert_eq!(last_doing(&readings), Some("packing what was compiled"));
}

/// The first line is one of `ninja_build_torch_windows.txt` of the corpus, with the moment its build server put before it;
/// the second has the form of torch's extension builder, which hands whole commands to ninja.
#[test]
fn lines_of_ninja_with_more_around_them_are_read() {
    let mut build = build::Build::default();
    let line = r"2019-11-19T12:02:18.5287512Z [2072/2223] Building CXX object caffe2\torch\CMakeFiles\torch_python.dir\csrc\utils\cuda_lazy_init.cpp.obj";
    let reading = build.line(line).unwrap();
    assert_eq!(reading.what.as_deref(), Some("cuda_lazy_init.cpp"));
    assert_eq!(reading.amount, Some(Amount::Units(Units { done: 2072, total: Some(2223), unit: Unit::Files })));
    // CMake that is run anew, and the install after it, are no fall.
    assert_eq!(build.line("[0/1] Re-running CMake...").unwrap().amount, None);
    assert_eq!(
        build.line("[2071/2223] Linking CXX shared library bin\\torch.dll").unwrap().what.as_deref(),
        Some("torch.dll")
    );
    let command = "[3/9] /usr/local/cuda/bin/nvcc -MD -MF x.o.d -c /s/csrc/flash_fwd.cu -o /b/flash_fwd.o -O3";
    assert_eq!(build::Build::default().line(command).unwrap().what.as_deref(), Some("flash_fwd.cu"));
    for other in ["[INFO] 3/4 done", "array[3/4] = 5", "[ 50%] Building", "ninja: job failed: /usr/bin/c++"] {
        assert_eq!(build.line(other), None, "{other}");
    }
}

/// Recorded here: pip 26.3 with `--progress-bar raw`.
#[test]
fn raw_progress_of_pip_has_bytes_and_the_file() {
    let readings = read(&command("python -m pip install x"), 3, &recorded("pip_raw.txt"));
    let bytes: Vec<_> = readings.iter().filter(|reading| reading.is_bar).collect();
    assert_eq!(bytes[2].amount, Some(Amount::Bytes { done: 2_883_584, total: Some(6_299_353) }));
    assert_eq!(bytes[2].what.as_deref(), Some("sympy-1.14.0-py3-none-any.whl"));
    let shares = shares(&readings);
    assert!(shares[shares.len() - 2] <= 0.16 && (shares.last().unwrap() - 1.0).abs() < f64::EPSILON, "{shares:?}");
}

/// Recorded here: pip 26.3 from a folder of wheels, as our plans call it.
#[test]
fn pip_counts_what_it_looks_at_and_says_nothing_while_it_unpacks() {
    let readings = read(&command("python -m pip install -r pins.txt"), 3, &recorded("pip_find_links.txt"));
    assert_eq!(whats(&readings)[0], "numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl");
    let unpacking = readings.iter().find(|reading| reading.doing.as_deref() == Some("unpacking 3 packages"));
    assert!(unpacking.is_some(), "{readings:?}");
    assert!((shares(&readings)[2] - 0.15).abs() < 0.001);
}

/// Lines of `pip_ascii_bar_windows.txt`, `pip_rich_bar_torch_2.7_windows.txt` of the corpus.
#[test]
fn bars_that_pip_draws_are_read() {
    let mut pip = pip::Pip::new(0);
    let mut last = |text: &str| text.lines().filter_map(|line| pip.line(line)).last().unwrap();
    let reading = last(
        "Downloading https://download.pytorch.org/whl/cu128/torch-2.7.0%2Bcu128-cp312-cp312-win_amd64.whl (3338.3 MB)\n   ━━━━━━━━━━━━━━━━━━━━━╸━━━━━━━━━━━━━━━━━━ 1.8/3.3 GB 16.2 MB/s eta 0:01:36",
    );
    assert_eq!(reading.amount, Some(Amount::Bytes { done: 1_800_000_000, total: Some(3_300_000_000) }));
    assert_eq!(reading.what.as_deref(), Some("torch-2.7.0%2Bcu128-cp312-cp312-win_amd64.whl"));
    let reading = last("     ---------------------------------------- 152.7/152.7 MB 36.4 MB/s eta 0:00:00");
    assert_eq!(reading.amount, Some(Amount::Bytes { done: 152_700_000, total: Some(152_700_000) }));
    assert!(reading.is_bar);
    assert_eq!(pip.line("WARNING: Connection timed out while downloading."), None);
    assert_eq!(pip.line("------"), None);
}

/// A build under pip, in the form of `pip install --verbose`: pip moves its lines to the right.
#[test]
fn a_build_under_pip_is_read() {
    let text = "Building wheels for collected packages: flash-attn\n  [3/72] Building CUDA object flash_fwd.cu.o\n";
    let readings = read(&command("python -m pip install flash-attn"), 0, text.as_bytes());
    assert_eq!(readings[0].doing.as_deref(), Some("compiling flash-attn"));
    assert_eq!(readings[1].what.as_deref(), Some("flash_fwd.cu"));
}

/// Recorded here: uv 0.13.8, from a folder of wheels and from an index.
#[test]
fn uv_is_known_by_the_ends_of_its_phases() {
    let readings = read(&command("uv pip install -r pins.txt"), 3, &recorded("uv_find_links.txt"));
    let doing: Vec<_> = readings.iter().filter_map(|reading| reading.doing.as_deref()).collect();
    assert_eq!(doing, ["unpacking 3 packages", "linking files into the environment", ""]);
    assert_eq!(shares(&readings), [0.05, 0.7, 1.0]);
    let readings = read(&command("uv pip install x"), 0, &recorded("uv_download.txt"));
    assert!(whats(&readings).contains(&"numpy (16.1MiB)"), "{readings:?}");
    assert_eq!(readings[1].doing.as_deref(), Some("fetching numpy"));
    assert!((shares(&readings).last().unwrap() - 1.0).abs() < f64::EPSILON);
}

/// `uv_pip_install_build_success.txt` of the corpus.
#[test]
fn uv_says_what_it_compiles() {
    let text = "Resolved 31 packages in 8ms\n   Building flash-attn-v100 @ file:///[...]/git/flash-attention-v100\n";
    let readings = read(&command("uv pip install ."), 0, text.as_bytes());
    assert_eq!(last_doing(&readings), Some("compiling flash-attn-v100"));
}

/// In the form of docker's manual (no terminal): <https://docs.docker.com/reference/cli/docker/image/pull/>.
const PULL: &str = "2.9.0-cuda13.0: Pulling from pytorch/pytorch
ef235bf1a09a: Pulling fs layer
a603fa5e3b41: Pulling fs layer
e1e4cbd3ab4c: Already exists
a603fa5e3b41: Verifying Checksum
a603fa5e3b41: Download complete
ef235bf1a09a: Download complete
ef235bf1a09a: Pull complete
a603fa5e3b41: Pull complete
Digest: sha256:08f52f4d2a0d3f4e2a3a0d3f4e2a3a0d3f4e2a3a0d3f4e2a3a0d3f4e2a3a0d3f
Status: Downloaded newer image for pytorch/pytorch:2.9.0-cuda13.0
docker.io/pytorch/pytorch:2.9.0-cuda13.0
";

#[test]
fn layers_of_a_pull_are_counted() {
    let readings = read(&command("docker pull x"), 0, PULL.as_bytes());
    let layers: Vec<_> = readings.iter().filter_map(|reading| reading.amount).collect();
    assert_eq!(layers.last(), Some(&Amount::Units(Units { done: 3, total: Some(3), unit: Unit::Layers })));
    assert!(readings.iter().any(|reading| reading.doing.as_deref() == Some("unpacking a layer")));
    let shares = shares(&readings);
    assert!((shares.last().unwrap() - 1.0).abs() < f64::EPSILON && shares[0] < 0.01, "{shares:?}");
}

/// In the form of docker on a terminal, which Docker Desktop's console writes as well.
#[test]
fn bytes_of_layers_are_summed_where_they_are_told() {
    let mut engine = engine::Engine::default();
    engine.line("ef235bf1a09a: Downloading [=====>      ]  12.5MB/31.4MB");
    let reading = engine.line("a603fa5e3b41: Downloading [>           ]  1MB/2.93GB").unwrap();
    assert_eq!(reading.amount, Some(Amount::Bytes { done: 13_500_000, total: Some(2_961_400_000) }));
    assert!(reading.is_bar);
    let reading = engine.line("ef235bf1a09a: Extracting [=====>      ]  12.5MB/31.4MB").unwrap();
    assert_eq!(reading.doing.as_deref(), Some("unpacking a layer"));
}

/// The words are those of <https://github.com/containers/image>, as podman's issues show them.
#[test]
fn blobs_of_podman_are_counted() {
    let text = "Trying to pull docker.io/pytorch/pytorch:2.9.0...\nGetting image source signatures\n\
        Copying blob sha256:15ea8fa6712299bb2457e4c7f807cd728fbbc1236f3d022d4e8d63c60947a412\n\
        Copying blob 88623262ec21 skipped: already exists  \n\
        Copying blob 15ea8fa67122 [=====>----] 12.0MiB / 24.0MiB | 4.1 MiB/s\n\
        Copying blob 15ea8fa67122 done   |\nCopying config e1937394eb done  \nWriting manifest to image destination\n";
    let readings = read(&command("podman pull x"), 0, text.as_bytes());
    let amounts: Vec<_> = readings.iter().filter_map(|reading| reading.amount).collect();
    assert_eq!(amounts[2], Amount::Bytes { done: 12 << 20, total: Some(24 << 20) });
    assert_eq!(amounts[3], Amount::Units(Units { done: 2, total: Some(2), unit: Unit::Layers }));
    assert_eq!(last_doing(&readings), Some("writing the image"));
}

/// Lines 6–9 are of <https://github.com/docker/buildx/issues/1901>, the others in the form of `BuildKit`'s plain output:
/// <https://docs.docker.com/build/building/variables/#buildkit_progress>.
#[test]
fn steps_of_a_build_are_counted_and_its_layers_in_bytes() {
    let text = "#1 [internal] load build definition from Dockerfile\n#1 transferring dockerfile: 3.33kB done\n\
        #1 DONE 0.0s\n#5 [internal] load build context\n#5 transferring context: 1.52GB 4.1s\n\
        #6 [1/4] FROM docker.io/library/python:3.12-slim@sha256:c859\n\
        #6 sha256:c843111e501cbe1e766403401f27be92ac9303414e68b38759fd407396180e13 0B / 2.93GB 0.2s\n\
        #6 sha256:c843111e501cbe1e766403401f27be92ac9303414e68b38759fd407396180e13 150.99MB / 2.93GB 2.3s\n\
        #6 extracting sha256:c843111e501cbe1e766403401f27be92ac9303414e68b38759fd407396180e13\n#6 DONE 47.8s\n\
        #7 [2/4] COPY . /wheels\n#8 [3/4] RUN python -m venv /opt/torch\n#9 [4/4] RUN /opt/torch/bin/pip install torch\n\
        #10 exporting to image\n#10 exporting layers\n#10 exporting layers 31.5s done\n#10 DONE 33.0s\n";
    let readings = read(&command("docker build ."), 0, text.as_bytes());
    let bytes: Vec<_> = readings.iter().filter(|reading| reading.is_bar).filter_map(|reading| reading.amount).collect();
    assert_eq!(bytes[0], Amount::Bytes { done: 1_520_000_000, total: None });
    assert_eq!(bytes[2], Amount::Bytes { done: 150_990_000, total: Some(2_930_000_000) });
    let steps: Vec<_> = readings.iter().filter_map(|reading| reading.amount).collect();
    assert!(steps.contains(&Amount::Units(Units { done: 3, total: Some(4), unit: Unit::Steps })));
    assert!(readings.iter().any(|reading| reading.doing.as_deref() == Some("RUN /opt/torch/bin/pip install torch")));
    assert!((shares(&readings).last().unwrap() - 0.95).abs() < f64::EPSILON);
}

/// In the form of the issues of WSL (English: <https://github.com/microsoft/WSL/issues/8834>), in other languages by the
/// translations of <https://github.com/microsoft/WSL/tree/master/localization/strings>; UTF-16 as the inbox version writes.
#[test]
fn wsl_is_read_in_any_language_and_in_utf_16() {
    for (part, bar, percent) in [
        ("Downloading: WSL Kernel", "[=                          2.1%                           ]", 2),
        ("Wird installiert: Ubuntu", "[====================      45,7 %                          ]", 45),
        ("Installation en cours : Ubuntu", "[==========================100,0%==========================]", 100),
        (
            "正在下载: 适用于 Linux 的 Windows 子系统",
            "[==========                20.0%                           ]",
            20,
        ),
        ("İndiriliyor: Ubuntu", "[==========                %20,5                           ]", 20),
    ] {
        let text = format!("{part}\r\n{bar}\r");
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &wide] {
            let readings = read(&command("wsl.exe --install"), 0, bytes);
            let expected = Amount::Units(Units { done: percent, total: Some(100), unit: Unit::Percent });
            assert_eq!(readings.last().unwrap().amount, Some(expected), "{part}");
            assert_eq!(readings.last().unwrap().what.as_deref(), Some(part));
        }
    }
    let mut wsl = wsl::Wsl::default();
    for other in ["", "[info]", "The operation completed successfully.", "https://aka.ms/wslinstall", "C:\\x: y"] {
        assert_eq!(wsl.line(other), None, "{other}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_tools_say_the_step_never_falls(lines in proptest::collection::vec(
        "(\\[[0-9]{1,2}/[0-9]{1,2}\\] x y|Progress [0-9]{1,3} of [0-9]{1,3}|Collecting a|Prepared [0-9] packages in 1s|\
          Receiving objects: [0-9]{1,3}% \\([0-9]/[0-9]\\)|ef235bf1a09a: Pull complete|#[0-9] \\[[0-9]/[0-9]\\] RUN x|\
          \\[==[0-9]{1,2}.5%  \\]|\\PC{0,20})", 0..40)) {
        for line in ["git x", "uv x", "python -m pip x", "ninja", "docker pull x", "wsl --install"] {
            let readings = read(&command(line), 3, lines.join("\n").as_bytes());
            shares(&readings);
        }
    }
}
