//! Texts about other machines → facts. Every text here is made up in the form its tool prints.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use proptest::prelude::*;
use std::fmt::Write as _;
use torch_wizard::catalog::Catalog;
use torch_wizard::cli::json;
use torch_wizard::facts::{
    DiskRole, Environment, Gpu, Hardware, IndexSettings, MachineFacts, Mask, Network, OsFacts, OsFamily, Probed,
    Python, Reach, Setting, Source, Tool, TorchSeen, Via,
};
use torch_wizard::report_in::{decode, read};

fn facts(text: &str) -> MachineFacts {
    read(text, Catalog::embedded().unwrap()).unwrap()
}

/// The facts in one line: only what is known.
fn told(text: &str) -> String {
    short(&facts(text))
}

fn short(facts: &MachineFacts) -> String {
    let mut out: Vec<String> = Vec::new();
    if let Some(os) = facts.os.found() {
        let mut text = os.version.clone();
        let arch = Some(os.arch.clone()).filter(|arch| !arch.is_empty());
        for part in [os.build.map(|build| build.to_string()), arch].into_iter().flatten() {
            write!(text, " {part}").unwrap();
        }
        if let Some((major, minor)) = os.glibc {
            write!(text, " glibc {major}.{minor}").unwrap();
        }
        text.push_str(match (os.is_wsl, os.is_container, facts.wsl.is_absent()) {
            (true, _, _) => " wsl",
            (false, true, _) => " container",
            (false, false, true) => " native",
            (false, false, false) => "",
        });
        out.push(text);
    }
    match &facts.driver {
        Probed::Found { value, .. } => out.push(format!("driver {value}")),
        Probed::Absent { .. } => out.push("no driver".to_owned()),
        Probed::Unknown { .. } => {}
    }
    out.extend(facts.driver_cuda.found().map(|cuda| format!("accepts {cuda}")));
    for gpu in facts.gpus.found().into_iter().flatten() {
        let capability = gpu.capability.map_or_else(|| "?".to_owned(), |capability| capability.to_string());
        let memory = gpu.memory_bytes.map(|bytes| format!(" {} MiB", bytes >> 20)).unwrap_or_default();
        out.push(format!("{}: {} {capability}{memory}", gpu.index, gpu.name));
    }
    if facts.gpus.is_absent() {
        out.push("no card".to_owned());
    }
    out.extend(facts.other_cards.iter().map(|other| format!("other {other}")));
    for python in facts.pythons.found().into_iter().flatten() {
        let usable = if python.why_not.is_none() { "" } else { " unfit" };
        out.push(format!("python {}{usable}", python.version.unwrap()));
    }
    if let Some(seen) = &facts.torch_seen {
        let torch = seen.torch.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string);
        let mut text = format!("torch {torch}");
        text.push_str(&seen.cuda.map(|cuda| format!(" of {cuda}")).unwrap_or_default());
        for (is_so, word) in [
            (seen.is_available == Some(true), " reaches"),
            (seen.is_available == Some(false), " reaches not"),
            (seen.sees_cards, " sees"),
            (seen.refuses_card, " refuses"),
            (seen.refuses_driver, " refuses driver"),
            (seen.is_cpu_build, " cpu"),
        ] {
            text.push_str(if is_so { word } else { "" });
        }
        out.push(text);
    }
    for (name, tool) in &facts.tools {
        out.push(format!("{name} {}", tool.found().unwrap().version.as_ref().unwrap()));
    }
    out.extend(facts.masks.iter().map(|mask| format!("{}={}", mask.name, mask.value)));
    out.join("; ")
}

macro_rules! table {
    ($($name:ident: $text:expr => $expected:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(told($text), $expected); })*
    };
}

mod collect_env {
    use super::*;

    table! {
        a_whole_one_of_linux: "Collecting environment information...\nPyTorch version: 2.8.0+cu128\nIs debug build: False\n\
            CUDA used to build PyTorch: 12.8\nROCM used to build PyTorch: N/A\n\nOS: Ubuntu 24.04.2 LTS (x86_64)\n\
            GCC version: (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0\nLibc version: glibc-2.39\n\n\
            Python version: 3.11.9 (main, Apr  6 2024, 17:59:24) [GCC 11.4.0] (64-bit runtime)\n\
            Python platform: Linux-6.8.0-60-generic-x86_64-with-glibc2.39\nIs CUDA available: True\n\
            CUDA runtime version: 12.6.85\nCUDA_MODULE_LOADING set to: LAZY\n\
            GPU models and configuration: \nGPU 0: NVIDIA GeForce RTX 4090\nGPU 1: NVIDIA GeForce RTX 4070 Ti\n\n\
            Nvidia driver version: 575.57.08\ncuDNN version: Could not collect\n"
            => "Ubuntu 24.04.2 LTS x86_64 glibc 2.39 native; driver 575.57.08; 0: NVIDIA GeForce RTX 4090 8.9; \
                1: NVIDIA GeForce RTX 4070 Ti 8.9; python 3.11.9; torch 2.8.0+cu128 of 12.8 reaches sees; nvcc 12.6.85";
        one_of_windows_says_10_and_means_11: "PyTorch version: 2.5.1+cpu\nCUDA used to build PyTorch: None\n\
            OS: Microsoft Windows 11 Pro (10.0.26100 64-bit)\nLibc version: N/A\n\
            Python version: 3.12.7 (tags/v3.12.7, Oct  1 2024) [MSC v.1941 64 bit (AMD64)] (64-bit runtime)\n\
            Python platform: Windows-10-10.0.26100-SP0\nIs CUDA available: False\nCUDA runtime version: No CUDA\n\
            GPU models and configuration: No CUDA\nNvidia driver version: No CUDA\n"
            => "Windows 11 Pro 26100 x86_64; no driver; python 3.12.7; torch 2.5.1+cpu reaches not cpu";
        what_it_could_not_collect_is_not_known: "PyTorch version: 1.13.1\nOS: CentOS Linux 7 (Core) (x86_64)\n\
            Python version: 3.9 (64-bit runtime)\nIs CUDA available: False\nGPU models and configuration: Could not collect\n\
            Nvidia driver version: Could not collect\n"
            => "CentOS Linux 7 x86_64 glibc 2.17 native; python 3.9 unfit; torch 1.13.1 reaches not";
        a_lost_line_end_is_found_again: "PyTorch version: 2.4.0+cu121 Is debug build: False CUDA used to build PyTorch: 12.1 \
            OS: Debian GNU/Linux 12 (bookworm) (x86_64) GCC version: (Debian 12.2.0-14) 12.2.0 Libc version: glibc-2.36 \
            Python version: 3.11.2 (main) (64-bit runtime) Is CUDA available: True \
            GPU models and configuration: GPU 0: NVIDIA L4 Nvidia driver version: 550.90.07"
            => "Debian GNU/Linux 12 x86_64 glibc 2.36 native; driver 550.90.07; 0: NVIDIA L4 8.9; python 3.11.2; \
                torch 2.4.0+cu121 of 12.1 reaches sees";
        torch_that_is_not_there: "PyTorch version: N/A\nOS: Ubuntu 22.04 LTS (x86_64)\nIs CUDA available: N/A\n"
            => "Ubuntu 22.04 LTS x86_64 glibc 2.35 native";
        rocm_lists_its_own_cards: "PyTorch version: 2.4.0+rocm6.1\nCUDA used to build PyTorch: N/A\n\
            ROCM used to build PyTorch: 6.1.40091\nOS: Ubuntu 22.04.4 LTS (x86_64)\nIs CUDA available: True\n\
            GPU models and configuration: AMD Radeon RX 7900 XTX (gfx1100)\nNvidia driver version: Could not collect\n"
            => "Ubuntu 22.04.4 LTS x86_64 glibc 2.35 native; no card; other AMD Radeon RX 7900 XTX (gfx1100); \
                torch 2.4.0+rocm6.1 reaches";
        an_apple_has_no_nvidia_card: "PyTorch version: 2.7.0\nCUDA used to build PyTorch: None\nOS: macOS 15.4.1 (arm64)\n\
            Python version: 3.12.8 (main) [Clang 16.0.0 ] (64-bit runtime)\nPython platform: macOS-15.4.1-arm64-arm-64bit\n\
            Is CUDA available: False\nGPU models and configuration: No CUDA\n"
            => "macOS 15.4.1 aarch64; no driver; no card; python 3.12.8; torch 2.7.0 reaches not cpu";
        a_container_of_nvidia_on_another_makers_kernel: "PyTorch version: 2.9.0a0+50eac811a6.nv25.09\n\
            CUDA used to build PyTorch: 13.0\nOS: Ubuntu 24.04.3 LTS (x86_64)\nPython version: 3.12.3 (main) [GCC 13.3.0]\n\
            Python platform: Linux-4.18.0-553.el8_10.x86_64-x86_64-with-glibc2.39\nGPU 0: NVIDIA B200\n"
            => "Ubuntu 24.04.3 LTS x86_64 glibc 2.39 container; 0: NVIDIA B200 10.0; python 3.12.3; \
                torch 2.9.0a0+50eac811a6.nv25.9 of 13.0";
        inside_wsl: "OS: Ubuntu 22.04.3 LTS (x86_64)\nPython platform: Linux-5.15.153.1-microsoft-standard-WSL2-x86_64-with-glibc2.35\n\
            Nvidia driver version: 566.14\nGPU 0: NVIDIA GeForce RTX 3070\n"
            => "Ubuntu 22.04.3 LTS (WSL 2) x86_64 glibc 2.35 wsl; driver 566.14; 0: NVIDIA GeForce RTX 3070 8.6";
        wsl_1_is_named: "OS: Ubuntu 18.04\nLinux version 4.4.0-19041-Microsoft (x@y) #1237-Microsoft Sat Sep 11 2021\n"
            => "Ubuntu 18.04 (WSL 1) glibc 2.27 wsl";
        a_platform_tells_the_least_glibc_which_may_not_do: "Python platform: Linux-5.4.0-150-generic-x86_64-with-glibc2.10\n\
            GPU 0: Tesla T4\n" => "Linux x86_64 native; 0: Tesla T4 7.5";
        parts_of_a_divided_card_are_no_cards: "GPU models and configuration:\nGPU 0: NVIDIA A100-SXM4-40GB\n\
            \u{20}\u{20}MIG 1g.5gb     Device  0: (UUID: MIG-1)\nNvidia driver version: 535.129.03\n"
            => "Linux native; driver 535.129.03; 0: NVIDIA A100-SXM4-40GB 8.0";
    }
}

mod nvidia_smi {
    use super::*;

    table! {
        the_wide_table_of_windows: "+---+\n| NVIDIA-SMI 576.88                 Driver Version: 576.88         CUDA Version: 12.9     |\n\
            | GPU  Name                  Driver-Model | Bus-Id          Disp.A | Volatile Uncorr. ECC |\n\
            |   0  NVIDIA GeForce RTX 5080      WDDM  |   00000000:01:00.0  On |                  N/A |\n\
            |  0%   36C    P8             20W /  360W |    1361MiB /  16303MiB |      2%      Default |\n\
            |   1  Tesla P40                    TCC   |   00000000:02:00.0 Off |                    0 |\n"
            => "Windows; driver 576.88; accepts 12.9; 0: NVIDIA GeForce RTX 5080 12.0 16303 MiB; 1: Tesla P40 6.1";
        the_banner_from_610_on: "| NVIDIA-SMI 610.43.02              KMD Version: 610.43.02     CUDA UMD Version: 13.3     |\n\
            |   0  NVIDIA GeForce RTX 3080 ...    Off |   00000000:01:00.0 Off |                  N/A |\n"
            => "Linux native; driver 610.43.02; accepts 13.3; 0: NVIDIA GeForce RTX 3080 ... 8.6";
        an_old_narrow_table: "| NVIDIA-SMI 340.108    Driver Version: 340.108        |\n\
            |   0  GeForce GTX 650     Off  | 0000:01:00.0     N/A |                  N/A |\n\
            | 30%   35C  N/A     N/A /  N/A |      9MiB /  1023MiB |     N/A      Default |\n"
            => "Linux native; driver 340.108; 0: GeForce GTX 650 3.0 1023 MiB";
        a_row_cut_in_the_middle_of_a_name: "| NVIDIA-SMI 460.89       Driver Version: 460.89       CUDA Version: 11.2     |\n\
            |   0  GeForce GTX 166... WDDM  | 00000000:01:00.0 Off |                  N/A |\n"
            => "Windows; driver 460.89; accepts 11.2; 0: GeForce GTX 166... 7.5";
        wsl_has_a_program_of_linux_and_a_driver_of_windows:
            "| NVIDIA-SMI 570.133.07             Driver Version: 572.83         CUDA Version: 12.8     |\n\
            |   0  NVIDIA GeForce RTX 4080        On  |   00000000:01:00.0  On |                  N/A |\n"
            => "Linux (WSL 2) wsl; driver 572.83; accepts 12.8; 0: NVIDIA GeForce RTX 4080 8.9";
        a_system_without_cuda: "| NVIDIA-SMI 570.86.10              Driver Version: 570.86.10      CUDA Version: N/A      |\n\
            |   0  NVIDIA GeForce RTX 3060        Off |   00000000:02:00.0  On |                  N/A |\n"
            => "driver 570.86.10; 0: NVIDIA GeForce RTX 3060 8.6";
        a_card_that_answers_errors_only: "|   0  ERR!                           Off | 00000000:02:00.0 Off |                 ERR! |\n\
            |   1  NVIDIA A40                     Off | 00000000:41:00.0 Off |                    0 |\n"
            => "Linux; 1: NVIDIA A40 8.6";
        the_list: "GPU 0: NVIDIA A10 (UUID: GPU-1b2c3d4e-0000)\nGPU 1: Tesla T4 (UUID: GPU-2b2c3d4e-0000)\n"
            => "0: NVIDIA A10 8.6; 1: Tesla T4 7.5";
        the_long_output: "==============NVSMI LOG==============\n\nDriver Version                            : 550.54.14\n\
            CUDA Version                              : 12.4\n\nAttached GPUs                             : 2\n\
            GPU 00000000:17:00.0\n    Product Name                          : NVIDIA RTX A6000\n\
            \u{20}   PCI\n        Device Id                         : 0x223010DE\n    FB Memory Usage\n\
            \u{20}       Total                             : 49140 MiB\n    BAR1 Memory Usage\n        Total                             : 256 MiB\n\
            GPU 00000000:65:00.0\n    Product Name                          : NVIDIA TITAN V\n"
            => "Linux native; driver 550.54.14; accepts 12.4; 0: NVIDIA RTX A6000 8.6 49140 MiB; 1: NVIDIA TITAN V 7.0";
        cards_without_names_are_not_known: "==============NVSMI LOG==============\nDriver Version : 580.65.06\n\
            CUDA Version : Not Found\nAttached GPUs : 1\nGPU 00000000:42:00.0\n    Performance State : P8\n"
            => "Linux native; driver 580.65.06";
        the_xml: "<nvidia_smi_log>\n\t<driver_version>581.15</driver_version>\n\t<cuda_version>13.0</cuda_version>\n\
            \t<gpu id=\"00000000:01:00.0\">\n\t\t<product_name>NVIDIA GeForce RTX 5060</product_name>\n\
            \t\t<driver_model>\n\t\t\t<current_dm>WDDM</current_dm>\n\t\t</driver_model>\n\
            \t\t<fb_memory_usage>\n\t\t\t<total>8151 MiB</total>\n\t\t</fb_memory_usage>\n\t</gpu>\n</nvidia_smi_log>\n"
            => "Windows; driver 581.15; accepts 13.0; 0: NVIDIA GeForce RTX 5060 12.0 8151 MiB";
        a_query_with_its_head: "compute_cap, driver_version, name, index, memory.total [MiB]\n\
            9.0, 570.86.15, NVIDIA H100 PCIe, 0, 81559 MiB\n[N/A], 570.86.15, NVIDIA A100 80GB PCIe, 1, 81920 MiB\n"
            => "Linux native; driver 570.86.15; 0: NVIDIA H100 PCIe 9.0 81559 MiB; 1: NVIDIA A100 80GB PCIe 8.0 81920 MiB";
        a_query_without_a_head: "0, NVIDIA GeForce RTX 3090, 24576 MiB, 550.54.14, 8.6\n"
            => "Linux native; driver 550.54.14; 0: NVIDIA GeForce RTX 3090 8.6 24576 MiB";
        its_version: "NVIDIA-SMI version  : 550.54.15\nNVML version        : 550.54\nDRIVER version      : 550.54.15\nCUDA Version        : 12.4\n"
            => "Linux native; driver 550.54.15; accepts 12.4";
        a_driver_that_does_not_run: "GPU: RTX 2080\nNVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
            => "no driver; 0: RTX 2080 7.5";
        files_of_another_version: "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.183\n"
            => "driver 535.183";
    }

    #[test]
    fn its_failures_say_what_stands_in_the_way() {
        for (text, detail) in [
            (
                "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.183\n",
                "restart-needed",
            ),
            (
                "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure",
                "driver-not-loaded",
            ),
            (
                "Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system",
                "card-lost",
            ),
            ("Failed to initialize NVML: Insufficient Permissions", "no-permission"),
            ("Failed to initialize NVML: Unknown Error", "driver-refused"),
            (
                "01:00.0 VGA compatible controller: NVIDIA Corporation TU106 [GeForce RTX 2060] (rev a1)\n\tKernel driver in use: nouveau",
                "nouveau",
            ),
        ] {
            let facts = facts(text);
            assert!(facts.probes.first().unwrap().detail.starts_with(detail), "{text}: {:?}", facts.probes);
        }
        let none = facts("No devices were found\n");
        assert_eq!((short(&none).as_str(), none.gpus.found().is_none(), none.gpus.is_absent()), ("", true, false));
    }
}

mod other_tools {
    use super::*;

    table! {
        the_bus_names_the_card_and_its_integrated_neighbour:
            "00:02.0 VGA compatible controller [0300]: Intel Corporation Alder Lake-P [Iris Xe Graphics] [8086:46a6] (rev 0c)\n\
            01:00.0 3D controller [0302]: NVIDIA Corporation GA107M [GeForce RTX 3050 Ti Mobile] [10de:25a0] (rev a1)\n\
            01:00.1 Audio device [0403]: NVIDIA Corporation GA107 High Definition Audio Controller [10de:2291] (rev a1)\n"
            => "Linux; 0: GeForce RTX 3050 Ti Mobile 8.6; other Intel Iris Xe Graphics";
        a_bus_without_nvidia: "03:00.0 VGA compatible controller [0300]: Advanced Micro Devices, Inc. [AMD/ATI] Navi 31 [Radeon RX 7900 XT/7900 XTX] [1002:744c]\n"
            => "Linux; no card; other AMD Radeon RX 7900 XT/7900 XTX";
        a_model_that_only_has_a_number: "0000:5a:00.0 3D controller: NVIDIA Corporation Device 20b0 (rev a1)\n"
            => "Linux; 0: A100 SXM4 40 GB 8.0";
        the_kernels_module: "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  575.64.03  Release Build  (x@y)  Mon\n"
            => "Linux x86_64 native; driver 575.64.03";
        the_kernel_says_that_the_driver_ignores_a_card:
            "kernel: NVRM: The NVIDIA GeForce GTX 970 GPU installed in this system is\nkernel: NVRM:  supported through the NVIDIA 580.xx Legacy drivers. Please\n\
            kernel: NVRM:  information.  The 590.44.01 NVIDIA driver will ignore\n"
            => "Linux native; driver 590.44.01; 0: GeForce GTX 970 5.2";
        a_compiler_is_no_driver: "nvcc: NVIDIA (R) Cuda compiler driver\nBuilt on Tue_May_27_02:24:01_Pacific_Daylight_Time_2025\n\
            Cuda compilation tools, release 12.9, V12.9.86\n" => "Windows; nvcc 12.9.86";
        systeminfo_in_german: "Betriebssystemname:            Microsoft Windows 10 Pro\n\
            Betriebssystemversion:         10.0.19045 Nicht zutreffend Build 19045\nSystemtyp:                     x64-basierter PC\n"
            => "Windows 10 Pro 19045 x86_64";
        the_prompt_in_spanish: "Microsoft Windows [Versión 10.0.19045.4412]\n(c) Microsoft Corporation.\nC:\\Users\\x>nvidia-smi\nGPU 0: NVIDIA T400 (UUID: GPU-3b2c3d4e)\n"
            => "Windows 10 19045; 0: NVIDIA T400 7.5";
        devices_of_windows: "Name                 : NVIDIA GeForce RTX 3080\nDriverVersion        : 32.0.15.6094\n\
            PNPDeviceID          : PCI\\VEN_10DE&DEV_2206&SUBSYS_38801462&REV_A1\\4&2283F625\n\
            Name                 : AMD Radeon(TM) Graphics\nPNPDeviceID          : PCI\\VEN_1002&DEV_164E\n"
            => "Windows; driver 560.94; 0: NVIDIA GeForce RTX 3080 8.6; other AMD Radeon(TM) Graphics";
        intels_driver_is_not_nvidias: "Card name: Intel(R) UHD Graphics 770\nDriver Version: 31.0.101.4146\n"
            => "no card; other Intel(R) UHD Graphics 770";
        the_task_manager: "GPU 0\n\n\tNVIDIA GeForce RTX 3060 Laptop GPU\n\n\tDriver version:\t31.0.15.3699\n"
            => "Windows; driver 536.99; 0: NVIDIA GeForce RTX 3060 Laptop GPU 8.6";
        wsl_version_speaks_of_windows: "WSL version: 2.4.13.0\nKernel version: 5.15.167.4-1\nWindows version: 10.0.26100.3476\n"
            => "Windows 11 26100";
        device_query: "Device 0: \"NVIDIA GeForce RTX 4060\"\n  CUDA Driver Version / Runtime Version          12.3 / 11.8\n\
            \u{20} CUDA Capability Major/Minor version number:    8.9\n  Total amount of global memory:                 8188 MBytes (8585216000 bytes)\n"
            => "accepts 12.3; 0: NVIDIA GeForce RTX 4060 8.9 8188 MiB; torch ? sees; nvcc 11.8";
        container_cli: "NVRM version:   535.54.03\nCUDA version:   12.2\n\nDevice Index:   0\nModel:          NVIDIA GeForce GTX 1080\nArchitecture:   6.1\n"
            => "Linux native; driver 535.54.03; 0: NVIDIA GeForce GTX 1080 6.1";
        arrows: "torch.__version__ \u{2192} 2.9.1+cpu\ntorch.version.cuda -> None\ntorch.cuda.is_available() => False\n"
            => "torch 2.9.1+cpu reaches not cpu";
        graphics_of_apple: "torch 2.12.1\nCUDA avail: False\nMPS avail: True       # Metal works\n" => "macOS; torch 2.12.1 reaches not";
        no_graphics_of_apple: "torch 2.12.1\ntorch.backends.mps.is_available(): False\n" => "torch 2.12.1";
        of_amd: "PyTorch version: 2.8.0\nCUDA used to build PyTorch: None\nROCM used to build PyTorch: 6.4\n" => "torch 2.8.0";
        pip_show: "Name: torch\nVersion: 2.6.0+cpu\nLocation: C:\\Python311\\Lib\\site-packages\n" => "Windows; python 3.11; torch 2.6.0+cpu";
        a_python_of_32_bits: "Python 3.12.1 (tags/v3.12.1, Dec  7 2023) [MSC v.1937 32 bit (Intel)] on win32\n" => "Windows; python 3.12.1 unfit";
        a_python_without_the_lock: "Python version: 3.13.3 experimental free-threading build (main) [GCC 13.3.0]\n" => "Linux; python 3.13.3 unfit";
        masks: "export CUDA_VISIBLE_DEVICES=1\nCUDA_DEVICE_ORDER=PCI_BUS_ID\nCUDA_VISIBLE_DEVICES=0 python train.py\nGPU: 2x RTX A5000\n"
            => "0: RTX A5000 8.6; 1: RTX A5000 8.6; CUDA_VISIBLE_DEVICES=1; CUDA_DEVICE_ORDER=PCI_BUS_ID";
    }
}

mod logs {
    use super::*;

    table! {
        comfyui: "Total VRAM 12282 MB, total RAM 32694 MB\npytorch version: 2.7.1+cu128\nSet vram state to: NORMAL_VRAM\n\
            Device: cuda:0 NVIDIA GeForce RTX 4070 : cudaMallocAsync\n** Platform: Windows\n\
            ** Python version: 3.12.10 (tags/v3.12.10:0cc8128, Apr  8 2025) [MSC v.1943 64 bit (AMD64)]\n"
            => "Windows x86_64; 0: NVIDIA GeForce RTX 4070 8.9 12282 MiB; python 3.12.10; torch 2.7.1+cu128 of 12.8 reaches sees";
        a_card_that_torch_has_no_code_for: "site-packages/torch/cuda/__init__.py:287: UserWarning:\n\
            NVIDIA GeForce RTX 5070 Ti with CUDA capability sm_120 is not compatible with the current PyTorch installation.\n\
            The current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_90.\n"
            => "0: NVIDIA GeForce RTX 5070 Ti 12.0; torch ? reaches sees refuses";
        a_card_too_old_for_torch: "    Found GPU0 NVIDIA GeForce GTX 980 which is of cuda capability 5.2.\n\
            \u{20}   Minimum and Maximum cuda capability supported by this version of PyTorch is\n    (7.0) - (12.0)\n"
            => "0: NVIDIA GeForce GTX 980 5.2; torch ? reaches sees refuses";
        a_card_newer_than_the_range_may_do: "    Found GPU0 NVIDIA GB10 which is of cuda capability 12.1.\n\
            \u{20}   Minimum and Maximum cuda capability supported by this version of PyTorch is\n    (8.0) - (12.0)\n"
            => "0: NVIDIA GB10 12.1; torch ? reaches sees";
        the_form_of_newer_releases: "Found GPU1 NVIDIA TITAN V which is of compute capability (CC) 7.0.\n" => "1: NVIDIA TITAN V 7.0; torch ? reaches sees refuses";
        a_driver_too_old_for_torch: "The NVIDIA driver on your system is too old (found version 11070). Please update your GPU driver\n"
            => "accepts 11.7; torch ? reaches not refuses driver";
        a_warning_begins_with_its_file: "/home/me/t/.venv/lib/python3.12/site-packages/torch/cuda/__init__.py:371: UserWarning: Found GPU0 \
            NVIDIA TITAN V which is of compute capability (CC) 7.0.\n"
            => "Linux; 0: NVIDIA TITAN V 7.0; python 3.12; torch ? reaches sees refuses";
        no_driver_for_torch: "RuntimeError: Found no NVIDIA driver on your system. Please check\n" => "no driver; torch ? reaches not";
        a_cpu_build: "torch 2.3.0\nAssertionError: Torch not compiled with CUDA enabled\n" => "torch 2.3.0 reaches not cpu";
        a_log_of_a_container: "app_container  | NVIDIA GeForce RTX 5090 with CUDA capability sm_120 is not compatible with the current PyTorch installation.\n\
            app_container  | File \"/usr/lib/python3/x.py\"\n"
            => "Linux container; 0: NVIDIA GeForce RTX 5090 12.0; torch ? reaches sees refuses";
        a_log_with_moments: "[2025-05-08 12:00:00.123] pytorch version: 2.7.0+cu126\n2025-05-08 12:00:01,001 - INFO - Device: cuda:0 NVIDIA GeForce RTX 2070 : native\n"
            => "0: NVIDIA GeForce RTX 2070 7.5; torch 2.7.0+cu126 of 12.6 reaches sees";
        tensorflow: "Created device GPU:0 with 22287 MB memory:  -> device: 0, name: NVIDIA GeForce RTX 3090, pci bus id: 0000:01:00.0, compute capability: 8.6\n"
            => "0: NVIDIA GeForce RTX 3090 8.6; torch ? sees";
        ollama: "msg=\"inference compute\" library=cuda compute=8.9 driver=12.8 name=\"NVIDIA GeForce RTX 4090\" total=\"24.0 GiB\"\n"
            => "accepts 12.8; 0: NVIDIA GeForce RTX 4090 8.9; torch ? sees";
        mmcv: "sys.platform: linux\nPython: 3.11.4 (main) [GCC 11.2.0]\nCUDA available: True\nGPU 0,1: NVIDIA A800-SXM4-80GB\n\
            NVCC: Cuda compilation tools, release 11.7, V11.7.99\nPyTorch: 2.1.0+cu118\n"
            => "Linux; 0: NVIDIA A800-SXM4-80GB 8.0; 1: NVIDIA A800-SXM4-80GB 8.0; python 3.11.4; \
                torch 2.1.0+cu118 of 11.8 reaches sees; nvcc 11.7.99";
        detectron2: "sys.platform            linux\nPython                  3.8.5 (default) [GCC 9.3.0]\nPyTorch                 1.8.1+cu111 @/x/torch\n\
            GPU available           True\nGPU 0                   GeForce GTX 1650 (arch=7.5)\n"
            => "Linux; 0: GeForce GTX 1650 7.5; python 3.8.5 unfit; torch 1.8.1+cu111 of 11.1 reaches sees";
        what_python_prints: ">>> torch.__version__\n'2.1.0+cu121'\n>>> torch.cuda.is_available()\nFalse\n" => "torch 2.1.0+cu121 of 12.1 reaches not";
        a_dictionary: "OrderedDict([('sys.platform', 'win32'), ('Python', '3.11.5 (tags) [MSC v.1936 64 bit (AMD64)]'), ('CUDA available', True), ('GPU 0', 'NVIDIA GeForce RTX 3060'), ('PyTorch', '2.2.2+cu121')])\n"
            => "Windows x86_64; 0: NVIDIA GeForce RTX 3060 8.6; python 3.11.5; torch 2.2.2+cu121 of 12.1 reaches sees";
    }

    #[test]
    fn no_kernel_image_is_the_word_of_torch_only_where_its_list_lacks_the_card() {
        let error = "RuntimeError: CUDA error: no kernel image is available for execution on the device\n";
        let lacks = format!("OS: Ubuntu 22.04\nGPU: RTX 5090\ntorch: 2.6.0+cu124\n{error}");
        let has = format!("OS: Ubuntu 22.04\nGPU: RTX 5090\ntorch: 2.8.0+cu128\n{error}");
        assert!(facts(&lacks).torch_seen.unwrap().refuses_card);
        assert!(!facts(&has).torch_seen.unwrap().refuses_card, "an extension has no code, torch has");
    }
}

mod forms {
    use super::*;

    table! {
        bullets: "- GPU Model: 3070 Ti\n- OS: Arch Linux\n- Nvidia driver version: 550.76\n" => "Arch Linux native; driver 550.76; 0: 3070 Ti 8.6";
        placeholders_that_were_written_over: "- Driver: [e.g. v560.35.03]\n- GPU: [Quadro P2000]\n- OS: [Linux]\n" => "Linux native; driver 560.35.03; 0: Quadro P2000 6.1";
        several_cards: "OS: Windows 10 22H2\nGPU: RTX 3080 / GTX 1050 Ti\nDriver Version: 517.40 Studio Driver\n"
            => "Windows 10 22H2 19045; driver 517.40; 0: RTX 3080 8.6; 1: GTX 1050 Ti 6.1";
        a_count: "GPUs: rtx3090 (x2)\nDriver: 535.288.01\nOS: Ubuntu 24.04.3 LTS\n"
            => "Ubuntu 24.04.3 LTS glibc 2.39 native; driver 535.288.01; 0: rtx3090 8.6; 1: rtx3090 8.6";
        an_integrated_neighbour: "GPU 0 = Intel(R) UHD Graphics\nGPU 1 = NVIDIA GeForce RTX 2060\n" => "1: NVIDIA GeForce RTX 2060 7.5; other Intel(R) UHD Graphics";
        only_another_maker: "GPU: AMD Radeon RX 6800 XT\nOS: Windows 11\n" => "Windows 11; no card; other AMD Radeon RX 6800 XT";
        the_processors_graphics_are_no_card: "CPU: AMD Ryzen 7 5800H with Radeon Graphics\nOS: Fedora 40\n" => "Fedora 40 glibc 2.39 native";
        a_table: "| Component | Version |\n|---|---|\n| OS | Windows 11 24H2 |\n| GPU | RTX 4080 Super 16GB |\n| Driver | 560.81 |\n| Python | 3.11.9 |\n| `torch` | `2.4.1+cu124` |\n"
            => "Windows 11 24H2 26100; driver 560.81; 0: RTX 4080 Super 16GB 8.9; python 3.11.9; torch 2.4.1+cu124 of 12.4";
        a_table_with_heads: "| GPU | Driver | OS |\n|-----|--------|----|\n| RTX 4070 Ti | 566.36 | Windows 11 |\n" => "Windows 11; driver 566.36; 0: RTX 4070 Ti 8.9";
        headings: "### Operating System and Version\nUbuntu 22.04.4 LTS\n\n### Hardware: GPU\nNVIDIA GeForce GTX 1660 SUPER\n\n### Kernel Release\nLinux host 6.5.0-35-generic #35~22.04.1-Ubuntu SMP x86_64 GNU/Linux\n"
            => "Ubuntu 22.04.4 LTS x86_64 glibc 2.35 native; 0: NVIDIA GeForce GTX 1660 SUPER 7.5";
        ticked_boxes: "### Are you using WSL 1 or WSL 2?\n- [x] WSL 2\n- [ ] WSL 1\n### Distro Version\nUbuntu 24.04\n### Windows Version\nMicrosoft Windows [Version 10.0.22631.4460]\n"
            => "Ubuntu 24.04 (WSL 2) 22631 glibc 2.39 wsl";
        chinese: "系统：Ubuntu 20.04\n显卡：RTX 3090\n驱动版本：535.104.05\npython：3.10\ntorch：2.1.0+cu121\n"
            => "Ubuntu 20.04 glibc 2.31 native; driver 535.104.05; 0: RTX 3090 8.6; python 3.10 unfit; torch 2.1.0+cu121 of 12.1";
        german: "Betriebssystem: Windows 11\nGrafikkarte: GeForce RTX 4060\nTreiber: 581.57\n" => "Windows 11; driver 581.57; 0: GeForce RTX 4060 8.9";
        a_misspelt_key: "Nvidia dirver: 551.86\nGrapics card: NVIDIA GeForce GTX 1650\nOS: win10\n" => "Windows 10; driver 551.86; 0: NVIDIA GeForce GTX 1650 7.5";
        a_newest_runtime_in_the_place_of_a_driver: "GPU: RTX 5060\nDriver 13.0\nCUDA toolkit 12.8\n" => "accepts 13.0; 0: RTX 5060 12.0; nvcc 12.8";
        a_card_nobody_knows_yet: "GPU: NVIDIA GeForce RTX 9090 Ti\nDriver: 700.12\n" => "driver 700.12; 0: NVIDIA GeForce RTX 9090 Ti ?";
        an_arm_pc: "\"platform_machine\": \"ARM64\",\n\"platform_system\": \"Windows\",\n\"platform_version\": \"10.0.26100\",\n\"python_full_version\": \"3.12.5\",\n"
            => "Windows 11 26100 aarch64; python 3.12.5";
        a_second_name_in_brackets: "GPU: NVIDIA GB10 (DGX Spark)\nDriver: 580.95.05\n" => "Linux native; driver 580.95.05; 0: NVIDIA GB10 12.1";
        a_rolling_system_and_what_stands_behind_a_comma: "System: Gentoo Linux, kernel 6.6.13\nCard: GeForce GTX 1050 Ti\nnvidia-drivers-550.54.14\n"
            => "Gentoo Linux native; driver 550.54.14; 0: GeForce GTX 1050 Ti 6.1";
        windows_on_arm: "OS: Windows 11 on ARM (Snapdragon X Elite)\nPython: 3.12\n" => "Windows 11 aarch64; python 3.12";
        inxi: "Graphics:\n  Device-1: NVIDIA GA104 [GeForce RTX 3070] vendor: ASUSTeK driver: nvidia v: 550.67\n" => "driver 550.67; 1: GeForce RTX 3070 8.6";
        a_board: "NVIDIA Jetson AGX Orin Developer Kit\nL4T 36.3, JetPack 6.0\n" => "Linux aarch64 native; 0: NVIDIA Jetson AGX Orin 8.7";
    }
}

mod sentences {
    use super::*;

    table! {
        a_line_with_everything: "driver 610.47 (Windows 11, RTX 4070), Python 3.12 and torch 2.9.0+cu130\n"
            => "Windows 11; driver 610.47; 0: RTX 4070 8.9; python 3.12; torch 2.9.0+cu130 of 13.0";
        a_long_value_says_more_than_its_key: "PyTorch version: 2.9.0+cu130 and driver 577.00, RTX 5070 Ti on Windows 11 Home 24H2\n"
            => "Windows 11 Home 24H2 26100; driver 577.00; 0: RTX 5070 Ti 12.0; torch 2.9.0+cu130 of 13.0";
        a_version_of_three_numbers_is_a_driver: "Ubuntu 20.04, GTX 960, nvidia-smi shows 470.182.03\n" => "Ubuntu 20.04 glibc 2.31 native; driver 470.182.03; 0: GTX 960 5.2";
        wsl_in_a_sentence: "I'm on WSL2 with Ubuntu 22.04, NVIDIA driver 561.09 on Windows 11, RTX 3060\n"
            => "Ubuntu 22.04 (WSL 2) glibc 2.35 wsl; driver 561.09; 0: RTX 3060 8.6";
        no_wsl_in_a_sentence: "OS: Windows 11\nGPU: RTX 3060\nI am not using WSL.\n" => "Windows 11; 0: RTX 3060 8.6";
        what_would_be_needed_is_not_there: "GPU: RTX 2080\nThis package requires torch 2.8.0 and Python >= 3.11\nCollecting torch==2.7.0\n" => "0: RTX 2080 7.5";
        the_form_outweighs_the_sentence: "It worked with driver 535.54.03 on my GTX 1080.\nGPU: RTX 4090\nDriver: 550.120\n" => "Linux native; driver 550.120; 0: RTX 4090 8.9";
        numbers_are_no_cards: "OS: Debian 12\nstep 3090 of 4090, 1080 tokens, RTX 50 series later\n" => "Debian 12 glibc 2.36 native";
    }
}

#[test]
fn lists_complete_each_other() {
    // The table was cut after its first row, and its name after some letters.
    let text = "|   0  NVIDIA GeForce RTX 2080 ...    Off | 00000000:01:00.0 Off |                  N/A |\n\
        GPU 0: NVIDIA GeForce RTX 2080 SUPER\nGPU 0 Compute Capability: 7.5\nGPU 1: NVIDIA GeForce GTX 1080\n";
    let facts = facts(text);
    let names: Vec<_> = facts.gpus.found().unwrap().iter().map(|gpu| (gpu.index, gpu.name.as_str())).collect();
    assert_eq!(names, [(0, "NVIDIA GeForce RTX 2080 SUPER"), (1, "NVIDIA GeForce GTX 1080")]);
    // Only the bus sees the card that the driver has dropped.
    let text = "GPU 0: NVIDIA GeForce RTX 4090 (UUID: GPU-1b2c3d4e)\n\
        01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4090] [10de:2684] (rev a1)\n\
        02:00.0 VGA compatible controller: NVIDIA Corporation GP104 [GeForce GTX 1080] [10de:1b80] (rev a1)\n";
    assert_eq!(told(text), "Linux; 0: NVIDIA GeForce RTX 4090 8.9; 1: GeForce GTX 1080 6.1");
}

#[test]
fn every_fact_names_its_line() {
    let facts = facts("hello\nOS: Windows 11\n\nGPU: RTX 3060\nDriver: 551.86\n");
    assert_eq!(facts.os.source().detail, "the report, line 2");
    assert_eq!(facts.gpus.found().unwrap().first().unwrap().source.detail, "the report, line 4");
    assert_eq!(facts.driver.source().detail, "the report, line 5");
    assert!(facts.is_report);
}

#[test]
fn colours_carriage_returns_and_utf_16_do_not_matter() {
    let plain = "OS: Windows 11\nGPU: RTX 3060\nDriver: 551.86\n";
    let expected = told(plain);
    assert_eq!(
        told("\u{1b}[32mOS:\u{1b}[0m Windows 11\r\nGPU: \u{1b}[1;31mRTX 3060\u{1b}[0m\rDriver: 551.86\r\n"),
        expected
    );
    let wide: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(told(&decode(&wide)), expected);
}

#[test]
fn a_text_about_something_else_is_no_report() {
    let catalog = Catalog::embedded().unwrap();
    for text in [
        "",
        "hello",
        "Dear team,\nplease find the minutes attached.\n",
        "{\"a\": 1}",
        "3.14 is about pi\n",
        "C:\\Users\\x>dir\n",
    ] {
        assert!(read(text, catalog).is_err(), "{text}");
    }
}

fn found<T>(value: T, via: Via) -> Probed<T> {
    Probed::Found { value, source: Source::new(via, "") }
}

fn full() -> MachineFacts {
    let mut facts = MachineFacts::unknown("2026-11-21T00:00:00Z");
    let (version, arch) = ("Ubuntu 24.04".to_owned(), "x86_64".to_owned());
    let os = OsFacts {
        family: OsFamily::Linux,
        version,
        build: None,
        arch,
        is_wsl: true,
        is_container: false,
        glibc: Some((2, 39)),
    };
    facts.os = found(os, Via::System);
    facts.hardware = found(Hardware { cpu: "x".to_owned(), logical_cores: 8, memory_bytes: 1 << 34 }, Via::System);
    let gpu = Gpu {
        index: 1,
        name: "NVIDIA GeForce RTX 5070".to_owned(),
        uuid: Some("GPU-1".to_owned()),
        pci_id: "10de:2f04".parse().ok(),
        pci_bus: None,
        capability: "12.0".parse().ok(),
        memory_bytes: Some(12 << 30),
        source: Source::new(Via::Nvml, ""),
    };
    facts.gpus = found(vec![gpu], Via::Nvml);
    facts.other_cards = vec!["Intel UHD".to_owned()];
    facts.driver = found("581.57".parse().unwrap(), Via::Nvml);
    facts.driver_cuda = found("13.0".parse().unwrap(), Via::Nvml);
    facts.masks = vec![Mask { name: "CUDA_VISIBLE_DEVICES".to_owned(), value: "1".to_owned() }];
    let python = |version: &str, why: Option<&str>| Python {
        path: "/usr/bin/python3".into(),
        version: version.parse().ok(),
        implementation: "cpython".to_owned(),
        bits: None,
        free_threaded: false,
        source: Source::new(Via::Environment, "PATH (/usr/bin)"),
        why_not: why.map(str::to_owned),
    };
    facts.pythons =
        found(vec![python("3.12.4", None), python("3.12.1", Some("it is a build of 32 bits"))], Via::FileSystem);
    let environment = Environment {
        path: "/home/x/torch".into(),
        kind: "venv".to_owned(),
        torch: "2.6.0+cu124".parse().ok(),
        torch_cuda: "12.4".parse().ok(),
        damage: None,
    };
    facts.environments = found(vec![environment], Via::FileSystem);
    facts.disks = vec![torch_wizard::facts::Disk { role: DiskRole::Target, path: "/home".into(), free_bytes: Some(1) }];
    let failures = [("https://x".to_owned(), "no name".to_owned())].into();
    facts.network =
        found(Network { torch_index: Reach::Reached, pypi: Reach::Blocked, failures, proxy: None }, Via::Index);
    let setting = Setting {
        name: "index-url".to_owned(),
        value: "https://m".to_owned(),
        source: Source::new(Via::FileSystem, "pip.conf"),
    };
    facts.index_settings =
        IndexSettings { default_index: Some(setting.clone()), cleared: vec![setting], ..IndexSettings::default() };
    let tool = Tool { path: "/usr/bin/git".into(), version: Some("2.43.0".to_owned()) };
    facts.tools = [("git".to_owned(), found(tool, Via::Command))].into();
    facts.torch_seen = Some(TorchSeen { is_available: Some(true), sees_cards: true, ..TorchSeen::default() });
    facts
}

fn as_json(facts: &MachineFacts) -> serde_json::Value {
    serde_json::to_value(json::detected(facts)).unwrap()
}

#[test]
fn what_detect_prints_is_read_back() {
    for facts in [full(), MachineFacts::unknown("2026-11-21T00:00:00Z")] {
        let printed = as_json(&facts);
        let again = facts_of(&printed.to_string());
        let mut expected = printed.clone();
        let mut got = as_json(&again);
        // What nobody has asked is not known for another reason after the trip.
        for value in [&mut expected, &mut got] {
            for place in ["/driver/why", "/wsl/why", "/containers/why"] {
                value.pointer_mut(place).unwrap().take();
            }
        }
        assert_eq!(got, expected);
        assert!(again.is_report);
        // With words before it, and inside what `advise` prints.
        let around = format!("$ torch-wizard detect --json\n{printed}\n");
        assert_eq!(as_json(&facts_of(&around)), as_json(&again));
        let advised = serde_json::json!({ "schema": 1, "facts": printed, "routes": [] });
        assert_eq!(as_json(&facts_of(&advised.to_string())), as_json(&again));
    }
}

fn facts_of(text: &str) -> MachineFacts {
    facts(text)
}

#[test]
fn an_absent_card_survives_the_trip_also_from_a_version_that_did_not_say_so() {
    let mut none = full();
    none.gpus = Probed::Absent { source: Source::new(Via::PciBus, "") };
    let mut printed = as_json(&none);
    assert!(facts(&printed.to_string()).gpus.is_absent());
    printed.as_object_mut().unwrap().remove("gpus_state");
    assert!(!facts(&printed.to_string()).gpus.is_absent());
    let probe = |name: &str| serde_json::json!({ "name": name, "milliseconds": 1, "outcome": "absent", "detail": "" });
    printed["probes"] = serde_json::json!([probe("nvml"), probe("pci-bus")]);
    assert!(facts(&printed.to_string()).gpus.is_absent());
}

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
        let (short, long) = (time(20_000), time(80_000));
        assert!(long < short * 12 + std::time::Duration::from_millis(80), "{line}: {short:?} for a quarter, {long:?}");
    }
}
