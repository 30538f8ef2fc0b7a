//! Start-up logs and what torch says in them.

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
