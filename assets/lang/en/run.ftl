# Step 4: the run as it goes, its end, its log.

run-product = PyTorch { $version } ({ $variant })

run-title-running = Installing { $what }
run-title-stopping = Stopping…
run-title-cancelled = The install is stopped
run-title-failed = { $what } was not installed
run-title-promoted = { $what } is installed
run-lead-begins = Getting ready.
run-lead-step = Step { $number } of { $count }: { $doing }.
run-lead-stopping = The step under way is being ended. What was fetched so far is kept.
run-lead-cancelled = It can go on where it stopped, or be undone.
run-lead-failed = Step { $number } of { $count } stopped: { $doing }.
run-lead-failed-early = It stopped before its first step.
run-lead-promoted = The environment stands at { $path }.

run-left-done = Almost done.
run-left-seconds = Less than a minute left.
run-left-minute = About a minute left.
run-left-minutes = About { $minutes } minutes left.
run-left-short = { $time } left
run-left-short-done = almost done

run-doing-environment = making the environment
run-doing-download = fetching the wheels
run-doing-pins = writing the pins
run-doing-install = unpacking wheels and linking files
run-doing-rehome = rewriting the scripts
run-doing-verify = running kernels on your GPU
run-doing-verify-cpu = running kernels on the processor
run-doing-promote = moving the environment to its place
run-silence-index = waiting for the index
run-silence-loading = loading PyTorch
run-silent-for = nothing heard for { $time }
run-seconds = { $count } s
run-silent-long = This is unusually long. It may still go on by itself; stopping it loses nothing that was fetched.
run-silent-long-replace = This is unusually long. It may still go on by itself; stopping it leaves the old environment as it is.

run-overall = Overall
run-overall-said = Overall progress
run-now-said = Progress of { $what }
run-now-begins = getting ready
run-now-stopping = ending the step under way

run-step-environment = Environment
run-step-download = Download
run-step-pins = Pins
run-step-install = Packages
run-step-rehome = Scripts
run-step-verify = Proof
run-step-promote = Place
run-step-waiting = waiting
run-step-running = running
run-step-done = done
run-step-failed = failed
run-step-said = { $name }: { $state }

run-cancelled-title = Stopped by you
run-cancelled-ways = Resume goes on where it stopped. Remove deletes what was built so far; fetched wheels are kept for next time.
run-promoted-title = The environment stands at its place
run-promoted-text = Done in { $time }.

run-footer-safe = Safe to cancel: your other environments stay untouched.
run-footer-safe-replace = Safe to cancel: the old environment stays untouched.
run-footer-stopping = Nothing that stood here before is touched.
run-footer-stopped = Nothing that stood here before was touched.
run-footer-promoted = What it runs like is told by the proof.
run-verify = Verify
run-watch-proof = Watch the proof
run-to-plan = Show the plan

run-log = Log
run-log-count = { $count } lines, kept in install.log
run-log-empty = Nothing has been written yet.
run-log-said = Log, { $count } lines; shown: { $first } to { $last }
run-log-said-empty = Log, no lines yet
run-log-line = Line { $line }: { $words }
run-log-bar = Position in the log
run-log-find = Find in the log
run-log-next-problem = Next problem in the log
run-log-copy-line = Copy line { $line }
run-log-search = Find
run-log-find-next = Find next
run-log-find-close = Close the search
run-log-missed = Nothing found
run-log-new-one = { $count } new line
run-log-new-many = { $count } new lines
