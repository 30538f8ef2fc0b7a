//! What torch, NVIDIA's program and the tools of the systems print.

use super::*;

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
