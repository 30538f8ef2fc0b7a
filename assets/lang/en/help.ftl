# Help: words, keys, what is private, where things lie, the same on the command line.

help-title = Help
help-lead = The words of the field, the keys, and what stays private.
help-footer = torch-wizard { $version }

help-words = Words
help-word-capability = Compute capability
help-said-capability = What a card can execute, as a number such as 12.0; in file names sm_120. A PyTorch runs on a card only if it holds kernels for it.
help-word-driver = Driver version
help-said-driver = The version of NVIDIA's driver, such as 581.57. It decides up to which CUDA runtime programs may be built for.
help-word-runtime = CUDA runtime
help-said-runtime = The part of CUDA that a program needs to run. PyTorch's wheels bring it with them; nothing has to be installed for it.
help-word-toolkit = CUDA toolkit
help-said-toolkit = The compiler nvcc and what belongs to it. Only a build from source needs it.
help-word-variant = Variant
help-said-variant = Which CUDA runtime a wheel was built with: cu130 is 13.0, cpu is none.
help-word-local = Local version
help-said-local = What stands behind the plus sign of a version: the +cu130 of 2.15.0+cu130.
help-word-index = Index URL
help-said-index = The page that wheels are found on, one for each variant; a mirror is a copy of it.
help-word-wheel = Wheel
help-said-wheel = A Python package as one file, built for a system and a Python, ready to unpack.
help-word-environment = Virtual environment
help-said-environment = A folder with a Python and packages of its own. What happens in it touches no other.
help-word-kernel = Kernel
help-said-kernel = A small program that runs on the GPU, such as a matrix product.
help-word-proven = Proven
help-said-proven = Every kernel family ran on every chosen card and matched a reference from the processor. It holds for the driver it was made with; a check that did not run counts as not passed.

help-keys = Keys
help-key-tab = Tab, Shift Tab
help-does-tab = Next, previous control: content, buttons below, steps at the left
help-key-enter = Enter
help-does-enter = The focused control; with nothing focused on Check this PC and Choose a route, the primary button
help-key-space = Space
help-does-space = Press, pick, tick
help-key-arrows = Up, Down
help-does-arrows = Within routes, rows and the log
help-key-steps = Alt Right, Alt Left
help-does-steps = Next permitted step, back
help-key-numbers = Ctrl 1 to 6
help-does-numbers = That step, if it is permitted
help-key-escape = Esc
help-does-escape = Close a question; never cancels a run
help-key-rescan = F5
help-does-rescan = Check this PC again
help-key-copy = Ctrl C
help-does-copy = Copy, in the log and in commands
help-key-find = Ctrl F, F3, F8
help-does-find = In the log: find, next, next problem
help-key-cause = Ctrl Enter
help-does-cause = On Diagnose a log: find the cause; Ctrl V takes a text wherever the focus is
help-key-side = Ctrl M, Ctrl D, Ctrl comma, F1
help-does-side = GPU monitor, diagnose a log, settings, help
help-key-zoom = Ctrl plus, minus, 0
help-does-zoom = Larger, smaller, usual size

help-private = What is private
help-private-none = Nothing about you or this PC is sent anywhere, and nothing is counted.
help-private-hosts = Only these are asked: the torch index (download.pytorch.org, or your mirror), and the index of Python packages (PyPI, or the one in your settings of pip or uv). uv may fetch a Python if none fits. A plan names every host before anything runs.
help-private-reports = A saved report holds neither your home folder nor your name. The reference card is for you and keeps whole paths.

help-places = Where things lie
help-place-environments = New environments
help-place-home = Your home folder: { $home }
help-place-data = Settings, list, runs, logs
help-place-cache = Fetched wheels
help-place-settings = Settings can open each of them.

help-other = Another PC
help-other-why = From the text that another PC prints, its routes are judged as those of this one, with the same reasons.

help-diagnose = Something fails
help-diagnose-why = From the log or the error that any tool printed, its cause is found, with the line that shows it and what helps.
help-support = Somebody else shall help
help-support-why = What is known of the wizard, this PC and the last run, without what is private: to be read, saved and given to whom you like.

help-cli = The same on the command line
help-cli-why = Everything here has a command that does the same; --json gives its answer as data, --help the rest.
help-cli-interrupted = An install that did not end
help-cli-wheels = Kept wheels

help-open-settings = Open settings

help-about = About
help-version = Version
help-licence = Licence
help-licence-own = MIT or Apache-2.0, as you like
help-fonts = Fonts
help-fonts-own = Inter (SIL OFL 1.1), Lucide icons (ISC), and those of egui
help-page = Project page
help-report = Report a problem
help-not = torch-wizard is made neither by NVIDIA nor by the makers of PyTorch.
