//! What is left unknown: two states in one text, and words about other things than the machine.

use super::*;

mod contradictions {
    use super::*;

    table! {
        two_environments_of_one_program: "Ultralytics 8.1 Python-3.9.1 torch-2.0.1+cu118 CUDA:0 (NVIDIA GeForce RTX 4060, 8188MiB)\n\
            Ultralytics 8.2 Python-3.11.6 torch-2.2.0+cpu CPU (AMD Ryzen 5)\n"
            => "0: NVIDIA GeForce RTX 4060 8.9 8188 MiB; python 3.9.1 unfit";
        one_environment_twice: "Ultralytics 8.1 Python-3.10.1 torch-2.0.1+cu118 CUDA:0 (NVIDIA GeForce RTX 4060, 8188MiB)\n\
            Ultralytics 8.1 Python-3.10.1 torch-2.0.1+cu118 CPU (AMD Ryzen 5)\n"
            => "0: NVIDIA GeForce RTX 4060 8.9 8188 MiB; python 3.10.1 unfit; torch 2.0.1+cu118 of 11.8 reaches sees";
        two_torches: "PyTorch version: 1.13.1+cu117\nGPU 0: Tesla T4\nPyTorch version: 2.1.0+cu121\n" => "0: Tesla T4 7.5";
        one_torch_said_in_two_ways: "PyTorch version: 2.1.0+cu121\n[pip3] torch==2.1.0\n" => "torch 2.1.0+cu121 of 12.1";
        two_answers: "torch.cuda.is_available(): False\n>>> torch.cuda.is_available()\nTrue\n>>> torch.__version__\n'2.3.0+cu121'\n"
            => "torch 2.3.0+cu121 of 12.1";
        a_sentence_does_not_outweigh_a_program: "I don't know why torch.cuda.is_available() always returns false?\nIs CUDA available: Yes\n\
            PyTorch version: 1.6.0+cu101\n"
            => "torch 1.6.0+cu101 of 10.1 reaches";
        an_answer_alone: "torch.cuda.is_available() -> True\nwhy is torch.cuda.is_available() false in the other one\n" => "torch ? reaches";
        code_is_no_answer: "assert torch.cuda.is_available(), 'no CUDA'\nGPU: RTX 3060\n" => "0: RTX 3060 8.6";
        a_kernel_that_is_named_by_hand: "### WSL Version\n- [X] WSL 2\n### Kernel Version\n5.15.90\n### Distro Version\nUbuntu 22.04\n"
            => "Ubuntu 22.04 (WSL 2) glibc 2.35 wsl";
        a_kernel_of_a_distribution: "WSL: 2\nKernel: 6.8.0-45-generic\nOS: Ubuntu 22.04\n" => "Ubuntu 22.04 glibc 2.35 native";
        two_machines: "PC 1 has 2 rtx3070 8gb.\nPC 2 has 1 gtx1650.\nOS: Windows 10\n" => "Windows 10";
        one_of_two_machines: "PC 1 has an RTX 3070.\nOS: Windows 10\n" => "Windows 10; 0: RTX 3070 8.6";
    }
}

mod other_things {
    use super::*;

    table! {
        a_file_in_an_address: "GPU: RTX A2000\nThis one gives 404: https://example.org/torch-2.1.0a0+41361538.nv23.06-cp310-cp310-linux_aarch64.whl\n" => "0: RTX A2000 8.6";
        files_in_a_sentence: "OS: Windows 10\nThe newest would be \"torch-1.8.1+cu101-cp39-cp39-win_amd64.whl\", or torch-1.8.1%2Bcu101-cp39-cp39-win_amd64.whl.\n" => "Windows 10";
        examples: "My RTX 2070 works (other cards, e.g. Nvidia K80, V100, do not) here.\n" => "0: RTX 2070 7.5";
        a_list_of_what_is_supported: "I have a GTX 1080 and Windows 10.\n\nGraphics cards compatible with this app\nGeForce GTX 1070\nGeForce RTX 2060\n\nWhat now?\n"
            => "Windows 10; 0: GTX 1080 6.1";
        a_table_of_generations: "I have a GTX 1080.\nPascal: GeForce GTX 1070, 1070 Ti\nTuring: GeForce RTX 2060 Super; GeForce RTX Titan\n" => "0: GTX 1080 6.1";
        a_series_is_no_card: "OS: Debian 12\nAll of the GeForce GTX 1000 series fail.\n" => "Debian 12 glibc 2.36 native";
        lines_of_a_picture: "OS: Debian 12\nUpscale by 2x 1080 on a card\n" => "Debian 12 glibc 2.36 native";
        a_least_version: "OS: Debian 12\nThe minimum pytorch version is 2.1 and the python version is 3.10 or newer.\n" => "Debian 12 glibc 2.36 native";
        a_driver_of_two_numbers_is_of_any_system: "NVIDIA driver's version:384.130\nGPU: Tesla P4\n" => "driver 384.130; 0: Tesla P4 6.1";
        folders_of_a_mac: "GPU: none\nFile \"/Users/x/lib/python3.10/site-packages/torch/cuda/__init__.py\"\n" => "macOS; python 3.10 unfit";
        folders_of_windows: "GPU: RTX 2070\nFile \"C:/Users/x/torch/cuda/__init__.py\"\n" => "Windows; 0: RTX 2070 7.5";
        a_version_of_cuda_is_no_count: "OS: Ubuntu 20.04\nWith CUDA 10 GTX 1080 cards fail.\n" => "Ubuntu 20.04 glibc 2.31 native; 0: GTX 1080 6.1";
    }
}

mod how_many {
    use super::*;

    table! {
        a_number_of_gpus: "I have 2 GTX 1070 GPUs. Linuxmint 19.3.\n" => "Linuxmint 19.3 glibc 2.27 native; 0: GTX 1070 6.1; 1: GTX 1070 6.1";
        numbers_in_words: "It has a Tesla K80 and two Tesla K40c cards; the Tesla K40c fail.\n" => "0: Tesla K80 3.7; 1: Tesla K40c 3.5; 2: Tesla K40c 3.5";
        a_log_that_names_one_of_them: "A server with two NVIDIA Tesla P40 in it.\nDevice: cuda:0 Tesla P40 : native\n"
            => "0: Tesla P40 6.1; 1: NVIDIA Tesla P40 6.1; torch ? reaches sees";
        a_table_with_a_head: "| item | value |\n|------|----|\n| OS | Windows 11 |\n| GPU | NVIDIA GeForce RTX 4070 (572.83) |\n"
            => "Windows 11; driver 572.83; 0: NVIDIA GeForce RTX 4070 8.9";
        two_warnings_of_one_card: "    Found GPU0 NVIDIA GeForce GTX 1080 which is of cuda capability 6.1.\n\
            NVIDIA GeForce GTX 1080 with CUDA capability sm_61 is not compatible with the current PyTorch installation.\n"
            => "0: NVIDIA GeForce GTX 1080 6.1; torch ? reaches sees refuses";
        a_sign_of_times: "I got this working with 3x 4090 after a lot of work\n" => "0: 4090 8.9; 1: 4090 8.9; 2: 4090 8.9";
    }
}
