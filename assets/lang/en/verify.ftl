# Step 5: the proof.

verify-title-idle = Nothing has been verified yet
verify-lead-idle = The checks run at the end of an install, or for an environment you already have.
verify-title-running = Running kernels on your GPU
verify-title-running-several = Running kernels on your GPUs
verify-title-processor = Running kernels on your processor
verify-title-stopping = Stopping…
verify-title-skipped = Not proven: you skipped the checks
verify-lead-skipped = Nothing says yet that kernels run on this PC. You can run the checks at any time.
verify-title-not-run = The checks could not run
verify-lead-not-run = Nothing is proven, and nothing is disproven.

verify-progress = { $done } of { $all } checks.
verify-progress-name = Checks
verify-waiting-import = Importing torch for { $time }; the first time takes longest.
verify-waiting-devices = Asking torch for the cards for { $time }.
verify-waiting = { $what }: { $time } so far.

verify-measured = Measured on { $devices }.
verify-measured-processor = Measured on the processor, { $name }.
verify-device = GPU { $index }, { $name }
verify-device-number = GPU { $index }
verify-counts = { $passed } passed, { $failed } failed, { $skipped } skipped.
verify-counts-unfinished = { $passed } passed, { $failed } failed, { $unfinished } not finished, { $skipped } skipped.
verify-largest-error = Largest error { $error }, allowed { $allowed }.

verify-safe-to-cancel = Safe to cancel: what stood before stays untouched.
verify-changes-nothing = The checks change nothing on this PC.
verify-again-any-time = You can run the checks at any time.
verify-took = { $checks } checks in { $time }.

verify-on-processor = These kernels run on the processor, so there are no GPU figures to watch. Nothing is proven on a GPU.
verify-axis = Last { $seconds } s; the bands are the checks, one after another
verify-axis-ended = The numbers are the highest while the checks ran; the bands are the checks, one after another

verify-group-installation = Installation
verify-device-proven = Proven
verify-device-failed = Failed
verify-device-not-proven = Not proven

verify-column-check = Check
verify-column-result = Result
verify-column-time = Time
verify-column-speed = Speed
verify-column-error = Error / allowed
verify-waits = Waiting
verify-runs = Running
verify-passed = Passed
verify-failed = Failed
verify-skipped = Skipped
verify-left-out = Not run
verify-timed-out = Timed out
verify-crashed = Crashed
verify-speed = { $speed } TFLOP/s
verify-speed-of = { $speed } of { $best } TFLOP/s
verify-error-of = { $error } / { $allowed }
verify-error-said = error and allowed error { $numbers }

verify-suspect-software = This points to the software, not to the card
verify-suspect-card = This points to the card or how it is run
verify-suspect-not-known = Software or card? Not known
verify-why-not-imported = torch could not be imported, so nothing ran on a card. What stands in the way is in the environment or in the system:
verify-why-on-processor = The checks ran on the processor; no card took part. "{ $check }" did not pass:
verify-why-no-kernels = This torch holds no code for { $device }: it was built for { $arch }. Another variant of the wheel is needed; the card is not at fault.
verify-why-not-reached = torch did not get as far as the card. The wheel, the driver or a setting stands in the way:
verify-why-lost = The driver lost { $device } while it computed. Overclocking, power supply, power cable, slot or the card itself are the usual causes; restart the PC before you try again.
verify-why-right-elsewhere = "{ $check }" is wrong on { $device } and right on another card of the same kind, with the same code. Set clocks and power limit to their defaults, check power and cooling, and run the checks again.
verify-why-wrong-elsewhere = "{ $check }" is wrong on every card of this kind, with the same code. Two cards seldom share a fault; this kernel or the driver more likely does.
verify-why-some-wrong = { $right } of { $all } kernels are right on { $device } and "{ $check }" is not, with code compiled for this card. A fault of the card is likelier, not certain: set clocks and power limit to their defaults and run again. A fault of the card tends to move to other checks; a fault in this kernel stays.
verify-why-all-wrong = "{ $check }" gave a wrong result on { $device }, and too little else is right to tell code from card. Run the checks again, then with another driver or another torch.
verify-why-crashed = "{ $check }" took its process with it. Driver, kernel and card can all cause that; the system's log (Xid messages of the driver) can tell more. Run the checks again: if another check crashes, look at the card.
verify-why-timed-out = "{ $check }" did not end within its time. A busy or slow PC, the driver and the card can all cause that. Close other programs that use the GPU and run the checks again.
verify-why-unclear = The checks do not tell. The first that did not pass is "{ $check }":

verify-check-import = PyTorch is loaded
verify-check-cuda-available = PyTorch finds a usable card
verify-check-arch-list = Kernels for this card
verify-check-check-program = The check program itself
verify-check-matmul-fp32 = Matrix product, float32
verify-check-matmul-tf32 = Matrix product, TF32
verify-check-matmul-fp16 = Matrix product, float16
verify-check-matmul-bf16 = Matrix product, bfloat16
verify-check-conv2d = Convolution
verify-check-lstm = LSTM
verify-check-attention = Attention
verify-check-layer-norm = Layer norm
verify-check-softmax = Softmax
verify-check-embedding = Embedding
verify-check-forward-backward = Forward and backward pass
verify-check-optimizer-step = Optimizer step
