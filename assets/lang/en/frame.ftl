# Words of every page: rail, footer, buttons, questions, short notices.

amount-of = { $done } of { $total }

step-detect = Check this PC
step-choose = Choose a route
step-review = Review the plan
step-run = Install
step-verify = Verify
step-done = Done
step-state-done = done
step-state-current = current step
step-state-open = available
step-state-locked = not available yet
step-verdict-proven = proven
step-verdict-failed = failed
step-verdict-no-gpu = no GPU
step-verdict-cpu-only = on the processor
step-verdict-incomplete = not proven
step-said = Step { $number } of { $count }: { $name }, { $state }

rail-home = Environments
rail-monitor = GPU monitor
rail-diagnose = Diagnose a log
rail-settings = Settings
rail-help = Help
rail-simulated = Simulated GPU
rail-simulated-why = A library plays NVIDIA's driver. Nothing here is ever called proven.

button-back = Back
button-cancel = Cancel
button-close = Close
button-finish = Finish
button-install = Install
button-review = Review the plan
button-rescan = Check again
button-routes = Other routes…
button-copy-all = Copy all
button-open-folder = Open folder
button-resume = Resume
button-remove = Remove
button-retry = Try again
button-skip = Skip
button-verify-full = Check more
button-verify-soak = Load test
button-verify-again = Run again
button-save-report = Save report…

nothing-changed = Nothing has been changed on this PC.

problem-evidence = The log shows it at line { $line }
problem-copy-details = Copy details

notice-copied = Copied
notice-first-file = One file at a time: { $what } is read
notice-saved = Saved as { $what }
notice-same = { $what } is already what it was then.
notice-sound = Nothing is wrong with the files of { $what }. Its checks tell whether it runs.
notice-comes-back = The window opens once more after the next restart.
notice-comes-not-back = It could not be arranged. Open the wizard yourself after the restart.
notice-done = { $what }
notice-trouble = { $what }

dialog-no = Cancel
dialog-close-title = An install is running
dialog-close-text = It can be stopped safely: what was fetched is kept, and the next start offers to go on. What stood before stays untouched.
dialog-close-no = Keep going
dialog-close-yes = Stop and close
dialog-remove-title = Delete this environment?
dialog-remove-text = The folder and everything in it is deleted. This cannot be undone.
dialog-remove-yes = Delete
dialog-save-title = Save to a file
dialog-save-label = File
dialog-save-browse = Browse…
dialog-save-yes = Save

correct-yes = Use this
correct-card-title = Which card is in this PC?
correct-card-text = Your answer takes the place of what was found. The proof still has to run on the real card.
correct-card-list = Known cards
correct-card-none = No NVIDIA card
correct-card-label = Name or compute capability
correct-card-bad = This is neither a card the catalogue knows nor a compute capability such as 12.0.
correct-driver-title = Which NVIDIA driver is installed?
correct-driver-text = Your answer takes the place of what was found. nvidia-smi shows it, or NVIDIA's control panel.
correct-driver-label = Driver version
correct-driver-bad = This is no driver version such as 581.57.
correct-system-title = Which build of Windows is this?
correct-system-text = Your answer takes the place of what was found. winver shows the build of Windows; on Linux, ldd --version shows the GNU C library.
correct-system-label = Build, or version of the C library
correct-system-bad = This is neither a build of Windows such as 19045 nor a version of the C library such as 2.35.
correct-python-title = Which Python shall be used?
correct-python-text = The interpreter that the new environment is made from.
correct-python-label = Path of the interpreter
correct-python-bad = Name the path of an interpreter.
