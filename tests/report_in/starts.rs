//! What programs print at their start of the torch they run with, and of its device.

use super::*;

table! {
    // Lightning, in its two forms.
    a_block_on_cuda: "* CUDA:\n\t- GPU:\n\t\t- NVIDIA GeForce RTX 3060\n\t- available:         True\n\t- version:           12.1\n\
        * Packages:\n\t- torch:             2.2.0+cu121\n"
        => "0: NVIDIA GeForce RTX 3060 8.6; torch 2.2.0+cu121 of 12.1 reaches";
    a_block_on_cuda_by_indents: "cuda:\n\tGPU:\n\tavailable:           False\n\tversion:             None\nsystem:\n\tOS:                  Linux\n\
        \tversion:             #34 SMP\n"
        => "Linux; torch ? reaches not cpu";
    the_block_has_ended: "CUDA:\n\nSystem:\n\nversion: 11.8\navailable: True\nGPU: RTX 2070\n" => "0: RTX 2070 7.5";
    a_remark_behind_torch: "- PyTorch version: 2.4.0+cu121 (GPU)\n- GPU type: NVIDIA L40S\n" => "0: NVIDIA L40S 8.9; torch 2.4.0+cu121 of 12.1 reaches";
    a_gpu_that_torch_detected: "12:01:01-622125 INFO     Torch detected GPU: NVIDIA GeForce RTX 3080 VRAM 10240 Arch (8, 6) Cores 68\n"
        => "0: NVIDIA GeForce RTX 3080 8.6; torch ? reaches sees";
    no_gpu_that_torch_reports: "12:01:01-622125 INFO     Torch 2.1.0\n12:01:01-633333 WARNING  Torch reports CUDA not available\n" => "torch 2.1.0 reaches not";
    a_count_of_gpus: "   \\\\   /|    NVIDIA L4. Num GPUs = 1. Max memory: 22.161 GB. Platform: Linux.\n"
        => "Linux; 0: NVIDIA L4 8.9; torch ? reaches sees";
    behind_a_stroke: "torch cuda    : 10.1.243 / is available\nnvidia gpus   : 1\n  - gpu0      : 8117MB | GeForce GTX 1070\n"
        => "0: GeForce GTX 1070 6.1; torch ? of 10.1 reaches sees";
    behind_a_stroke_and_stressed: "torch version  : 1.2.0\ntorch cuda is  : **Not available**\n" => "torch 1.2.0 reaches not";
    leaders_of_dots: "torch version .................... 2.3.1+cu118\ntorch cuda version ............... 11.8\n\
        deepspeed wheel compiled w. ...... torch 0.0, cuda 0.0\n"
        => "torch 2.3.1+cu118 of 11.8";
    what_torch_was_built_with: "PyTorch: 1.9.0\nPyTorch compiling details: PyTorch built with:\n  - GCC 7.3\n  - CUDA Runtime 11.1\n\
        \x20 - NVCC architecture flags: -gencode;arch=compute_70,code=sm_70;-gencode;arch=compute_80,code=sm_80\n"
        => "torch 1.9.0 of 11.1";
    cards_with_their_numbers: "Aug 12 10:37:39 box tool[40]: CUDA devices (2):\nAug 12 10:37:39 box tool[40]:   [0] NVIDIA RTX A4000\n\
        Aug 12 10:37:39 box tool[40]:   [1] NVIDIA RTX A4000\n"
        => "0: NVIDIA RTX A4000 8.6; 1: NVIDIA RTX A4000 8.6";
    properties_of_devices: "Using CUDA device0 _CudaDeviceProperties(name='Tesla T4', total_memory=15079MB)\n\
        \x20          device1 _CudaDeviceProperties(name='Tesla T4', total_memory=15079MB)\n"
        => "0: Tesla T4 7.5; 1: Tesla T4 7.5; torch ? sees";
    packages_of_python: "06:25:13-182544 INFO     System packages: {'torch': '2.4.0+cu124', 'diffusers': '0.31.0'}\n" => "torch 2.4.0+cu124 of 12.4";
    a_python_on_its_system: "17:52:53-301811 INFO     Python 3.10.6 on Darwin\n" => "macOS; python 3.10.6 unfit";
    a_python_in_words: "09:00:00-295805 INFO     Python version is 3.11.4 (tags/v3.11.4:d2340ef, Jun  7 2023) [MSC v.1934 64 bit\n                         (AMD64)]\n"
        => "Windows; python 3.11.4";
    a_python_by_its_parts: "Version: 3.10.8, Implementation: CPython, Compiler: MSC v.1933 64 bit (AMD64)\n" => "Windows; python 3.10.8 unfit";
    moments_inside_a_line: "2025-11-27T00:45:36.445189 - ** Python version:2025-11-27T00:45:36.445695 -  2025-11-27T00:45:36.445785 - 3.12.4 (main) [GCC 13.2.0]2025-11-27T00:45:36.445881 - \n"
        => "Linux; python 3.12.4";
    the_last_sentence_of_a_warning: "If you want to use the NVIDIA GeForce RTX 3090 GPU with PyTorch, please check the instructions\n"
        => "0: NVIDIA GeForce RTX 3090 8.6; torch ? reaches sees refuses";
    a_device_of_apple: "[2024-07-09 08:48:44,686]::[Tool]::DEBUG --> GPU device = mps\n" => "macOS";
    a_row_of_devices: "NVIDIA GeForce GTX 1650 4293918720 20240514000000.000000-000 32.0.15.5222\n" => "Windows; driver 552.22; 0: NVIDIA GeForce GTX 1650 7.5";
    a_file_of_its_own: "engine\\trainer: task=detect, mode=train\nGPU: RTX 2060\n" => "Windows; 0: RTX 2060 7.5";
}

// What the same words do not mean elsewhere.
table! {
    built_for_one_torch_and_found_another: "WARNING: xFormers was built for:\n    PyTorch 2.1.0+cu121 with CUDA 1201 (you have 2.1.2+cpu)\n    Python  3.11.6 (you have 3.11.9)\n"
        => "python 3.11.9; torch 2.1.2+cpu";
    a_book_in_brackets: "GPU: RTX 2060\n[1] NVIDIA Tesla V100 GPU Architecture\n" => "0: RTX 2060 7.5";
    a_runtime_that_is_not_torchs: "torch: 2.4.0\nCUDA Runtime 12.4\n" => "torch 2.4.0";
    no_file_but_a_line_end: "failed\\nerror: x\nGPU: RTX 2060\n" => "0: RTX 2060 7.5";
}
