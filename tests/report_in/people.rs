//! Forms that people fill in, and their sentences.

use super::*;

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
        stressed_names: "I have a _GeForce GTX 1050 Ti_ and the *GTX 1650*.\n" => "0: GeForce GTX 1050 Ti 6.1; 1: GTX 1650 7.5";
        a_model_of_notebooks: "Nvidia GTX 960 M (Windows 10)\n" => "Windows 10; 0: Nvidia GTX 960M 5.0";
        a_model_of_notebooks_that_no_table_has: "Nvidia GTX 660 M (Windows 10)\n" => "Windows 10; 0: Nvidia GTX 660M ?";
        a_name_ends_before_the_next_words: "I tried it on an NVIDIA Jetson AGX Orin with Ubuntu 22.04.\n" => "Ubuntu 22.04 glibc 2.35 native; 0: NVIDIA Jetson AGX Orin 8.7";
        a_card_that_no_table_has: "running on Nvidia GeForce GT 540M GPU\n" => "0: Nvidia GeForce GT 540M GPU ?";
        a_torch_in_words: "The torch version reveals 2.1.0+cpu on windows 10\n" => "Windows 10; torch 2.1.0+cpu";
        a_torch_in_brackets: "pytorch package (version 1.8.1), python (version 3.8.10), RTX 2060\n" => "0: RTX 2060 7.5; python 3.8.10 unfit; torch 1.8.1";
        a_torch_in_chinese: "镜像内的torch版本为2.6.0，显卡 RTX 3090\n" => "0: RTX 3090 8.6; torch 2.6.0";
        a_pin_of_ones_own: "My environment is `pytorch==1.8.0+cu111` and `deepspeed==0.6.5`\n" => "torch 1.8.0+cu111 of 11.1";
        a_driver_behind_a_card: "GPU models and configuration: GeForce RTX 2080, driver 450.80.02\n" => "Linux native; driver 450.80.02; 0: GeForce RTX 2080 7.5";
        a_driver_in_the_numbers_of_windows: "OS: Windows 10\nNvidia driver version 27.21.14.5671 (4/8/2020)\n" => "Windows 10; driver 456.71";
        a_driver_by_its_file: "I have 551.61-desktop-win10-win11-64bit-international-dch-whql and an RTX 3060.\n" => "Windows; driver 551.61; 0: RTX 3060 8.6";
        a_system_in_the_middle: "I am running this on windows with my RTX 3050\n" => "Windows; 0: RTX 3050 8.6";
        a_release_of_windows: "I have a 64-bit Windows version `1803`. It has a GTX 960.\n" => "Windows 1803; 0: GTX 960 5.2";
        a_misspelt_windows: "in window10, RTX 2060\n" => "Windows 10; 0: RTX 2060 7.5";
        a_distribution_by_its_code_name: "Debian GNU/Linux bookworm (12.2), GTX 970\n" => "Debian 12.2 glibc 2.36 native; 0: GTX 970 5.2";
        a_card_among_other_letters: "GPUはNvidiaの3060です。\n" => "0: Nvidia 3060 8.6";
        numbers_are_no_cards: "OS: Debian 12\nstep 3090 of 4090, 1080 tokens, RTX 50 series later\n" => "Debian 12 glibc 2.36 native";
    }
}
