# The report of a verification and the reference card: pages to keep, print and give away.

report-title = PyTorch verification
report-how = Each check ran in the environment's own Python and was compared with a float64 reference from the processor. A check that did not run is not counted as passed.
report-made-by = Made by torch-wizard { $version }.

report-proven = Your GPU runs PyTorch
report-proven-lead = { $torch }: { $passed } checks ran and matched the reference.
report-all-proven = Your GPUs run PyTorch
report-all-proven-lead = { $torch }: { $passed } checks ran on the chosen cards and matched the reference.
report-wrong-result = Your GPU does not compute correctly
report-wrong-result-lead = { $torch }: a check returned a result outside its tolerance. Passed: { $passed }, not passed: { $others }.
report-not-loaded = PyTorch could not be loaded
report-not-loaded-lead = The import failed, so nothing ran on a card. The reason stands in the table of checks.
report-not-on-every-card = PyTorch does not run on every chosen GPU
report-not-on-every-card-lead = { $torch } runs on some of the cards and failed on others. Passed: { $passed }, not passed: { $others }.
report-does-not-run = PyTorch does not run on your GPU
report-does-not-run-lead = { $torch }: a check ended with an error. Passed: { $passed }, not passed: { $others }.
report-no-gpu = No usable NVIDIA card was found
report-no-gpu-lead = Nothing is proven on a GPU. { $torch } passed { $passed } checks without one.
report-processor-failed = PyTorch does not work correctly on your processor
report-processor-failed-lead = { $torch } was checked on the processor alone. Passed: { $passed }, not passed: { $others }.
report-cpu-build = This PyTorch cannot use a GPU
report-cpu-build-lead = { $torch } was built without CUDA. Nothing is proven on a GPU; { $passed } checks passed on the processor.
report-cpu-asked = PyTorch was checked on the processor alone
report-cpu-asked-lead = Nothing is proven on a GPU, because none was asked for. { $torch } passed { $passed } checks on the processor.
report-incomplete = Not proven: the checks did not all run
report-incomplete-lead = { $torch }: something that should have run was skipped, timed out or crashed, and no wrong result was seen. Passed: { $passed }, not passed: { $others }.
report-simulated = Simulated GPU: nothing is proven
report-simulated-lead = A library played the card, so these results say nothing about real hardware. Passed: { $passed }, not passed: { $others }.

report-count-passed = Passed
report-count-failed = Failed
report-count-unfinished = Not finished
report-count-skipped = Skipped

report-what = What was checked
report-subject = Environment
report-taken-at = Checked
report-system = System
report-driver = NVIDIA driver
report-torch = PyTorch
report-torch-none = not loaded
report-runtime = CUDA runtime in the wheel
report-runtime-none = none: built for the processor
report-arch-list = Compiled for
report-label = Known failure
report-none = none
report-unknown = unknown

report-devices = Cards
report-devices-none = No card was checked.
report-devices-caption = Each card, with its verdict and the kernels this PyTorch has for it
report-device = Card
report-device-name = { $index }: { $name }
report-device-number = Card { $index }
report-on-device = (card { $index })
report-verdict = Verdict
report-capability = Compute capability
report-kernels = Kernels
report-device-proven = Proven
report-device-failed = Failed
report-device-not-proven = Not proven
report-kernels-native = compiled for this card
report-kernels-same-major = compiled for an older card of the same generation
report-kernels-ptx = PTX, compiled by the driver at first use
report-kernels-none = none that run on this card

report-curves = The cards meanwhile
report-curves-what = What the driver said while the checks ran, from the first second on the left to the last; the bands are the checks, which name themselves under the pointer.
report-curves-ours = The driver listed the check program among those that compute on this card.
report-curves-not-ours = The driver did not list the check program on this card; inside containers and WSL it names processes otherwise, and on Windows not all of them.
report-curve-load = Load
report-curve-memory = Memory in use
report-curve-temperature = Temperature
report-curve-power = Power
report-curve-clock = Core clock
report-curve-said = { $figure }, at most { $highest } { $unit }
report-checks = Checks
report-checks-caption = The checks in the order they ran; speeds are beside what the card does at best, where that is known
report-check = Check
report-result = Result
report-time = Time
report-speed-column = Speed
report-error = Error / allowed
report-group-installation = The installation and the processor
report-passed = Passed
report-failed = Failed
report-skipped = Skipped
report-timed-out = Timed out
report-crashed = Crashed
report-milliseconds = { $number } ms
report-speed = { $measured } { $unit }
report-speed-of = { $measured } of { $expected } { $unit } ({ $percent } %)
report-speed-of-calculated = { $measured } of { $expected } { $unit } ({ $percent } %, calculated)
report-error-of = { $error } / { $allowed }


report-not-run = What did not run
report-skipped-why = skipped: { $why }
report-no-reason = no reason was given
report-not-reached = was not reached

card-title = PyTorch on this PC
card-proven-under = Proven on { $at } under driver { $driver }. After a driver update, verify again.
card-proven-at = Proven on { $at }. After a driver update, verify again.
card-checked-at = Last checked on { $at }.
card-never-checked = The kernels have not been run on the card yet.
card-simulated = A library plays the card, so no check says anything about real hardware.
card-not-proven = This environment is not proven

card-machine = This PC
card-gpu = GPU
card-gpu-line = { $name } · compute capability { $capability }
card-gpu-none = no NVIDIA card
card-gpu-more = and { $count } more kinds of cards
card-processor = Processor, memory

card-torch = What is installed
card-torchvision = torchvision
card-torchaudio = torchaudio
card-variant = Variant
card-python = Python
card-index = From

card-speeds = Measured speeds

card-use = Use it
card-environment = Environment
card-activate-powershell = Activate in PowerShell
card-activate-cmd = Activate in the command prompt
card-activate-sh = Activate in a shell
card-editor = Python for an editor
card-notebook = Notebook: bring the kernel
card-notebook-register = Notebook: register it

card-keep = Keep it working
card-verify = Verify again
card-resume = Resume an interrupted install
card-rollback = Undo an interrupted install
card-remove = Delete the environment
card-lock = Exact versions and hashes
card-log = Log of the install

card-made-by = Made by torch-wizard { $version } on { $at }.
