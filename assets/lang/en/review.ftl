# Step 3: the plan before anything is changed.

review-title = { $what } is ready to install
review-lead = Exactly these commands will run, in this order. Nothing else.
review-title-busy = The plan is being made
review-lead-busy = The packages are looked up now, so that the plan names every file. Nothing is installed.
review-title-failed = There is no plan yet
review-title-folder = This folder cannot be used
review-lead-folder = The packages are known; the plan needs another place.
review-lead-folder-first = The plan needs another place.
review-title-fixed = The plan for { $what }
review-lead-fixed = Read only: this is what the run was started with.

review-doing-begins = Looking at the folder and at Python
review-doing-resolving = Resolving the packages
review-doing-sizes = Asking for the sizes of the files
review-doing-uv = Fetching uv
review-waited-not = This takes a few seconds.
review-waited = For { $seconds } s so far.

review-where = Where
review-where-hint = a folder that is named with the plan
review-choose = Choose…
review-checking = Looking at the folder…
review-replace = Replace what stands there once the new one is proven
review-python = Python
review-python-decide = Let the wizard decide
review-python-decided = Let the wizard decide ({ $version })
review-unfit-one = { $count } Python that does not fit
review-unfit-many = { $count } Pythons that do not fit
review-engine = Engine
review-engine-auto = automatic
review-audio = With torchaudio

review-packages = packages
review-download = to fetch at most
review-disk = on disk, estimated
review-time = time, estimated
review-unknown = not known
review-time-seconds = { $low } to { $high } s
review-time-minutes = { $low } to { $high } min
review-time-minutes-one = about { $high } min
review-time-long = { $low } to { $high }
review-seconds = about { $seconds } s

review-step = { $number }. { $title }
review-step-environment = Make the environment beside its place
review-step-download = Fetch the wheels and check their hashes
review-step-pins = Write the pins with the hashes
review-step-install = Unpack and link the packages
review-step-rehome = Point the scripts to the final place
review-step-verify = Run kernels on the GPU and compare with a reference
review-step-verify-cpu = Run kernels on the processor and compare with a reference
review-step-promote = Move the environment to its place
review-copy = Copy command { $number }
review-by-check = torch-wizard’s own check program, run by the Python of the new environment.
review-by-you = You do this; torch-wizard goes on afterwards.
review-by-itself = torch-wizard does this itself; no other program is started.

review-administrator = One step needs administrator rights
review-administrator-text = Your system asks for them when that step begins. No other step has them.
review-restart = A restart is needed
review-restart-text = The wizard says when, and goes on afterwards where it stopped. It never restarts by itself.
review-consent = This fetches { $size }, much more than the processor needs
review-consent-text = The small build for the processor cannot be reached from here, so a build for GPUs is fetched and used on the processor. Install means that you agree to this download.
review-replaces = { $path } will be replaced
review-replaces-text = It stays untouched until the new one is proven. Then it is removed, and that cannot be undone.

review-writes = Writes
review-writes-new = One new folder: { $path }. It is built beside its place and moved there at the end.
review-writes-replaced = The folder { $path } anew. The new one is built beside it and takes its place at the end.
review-own = Own folders
review-keeps = Keeps
review-keeps-all = Everything else. Your driver, your other environments and your settings are not changed.
review-keeps-replaced = Everything else, and the old environment until the new one is proven. Your driver is not changed.
review-undo = Undo
review-undo-new = Delete the folder { $path }.
review-undo-replaced = Cancel before the end: the old environment is still there. After that there is no way back.
review-hosts = Talks to
review-brings = Also fetched
review-brings-uv = uv, into torch-wizard’s own folder: { $path }
review-brings-python = Python { $version }, by uv; no other Python is changed.
review-cleared = Not passed on

review-packages-fold = Packages ({ $count })
review-hashes-all = Every file is checked against its hash before it is used.
review-hashes-some = The index names no hash for { $count } of them; theirs is computed when they are fetched and written into the pins.
review-hash-known = SHA-256 known
review-hash-unknown = no hash in the index
review-reasons = Why this route
review-source = Source: { $source }
review-export = Export the same plan as
review-export-as = Export as { $form }
review-export-hashes = Scripts need the hash of every file, and the index names some not. pylock.toml and JSON can be written.
review-export-linux = A Dockerfile needs packages for Linux; those of this plan are for this system.

review-install = Install PyTorch { $version } for { $card } ({ $size })
review-install-unsized = Install PyTorch { $version } for { $card }
review-the-processor = the processor
review-this-pc = this PC
review-cards = { $count } cards
review-footer = Changes start after you press Install.
review-footer-checking = Looking at the folder…
review-footer-folder = Install needs a folder that can be used.
review-footer-fixed = The plan of a run is not changed any more.
review-to-run = Back to the run
