# Home: the known environments, and an install that did not end.

home-title-interrupted = One install was interrupted
home-title-cancelled = One install was cancelled
home-title-driver = Your driver changed since the proof
home-title-changed = This PC changed since the proof
home-title-trouble-one = One environment needs attention
home-title-trouble = { $count } environments need attention
home-title-one-proven = One environment, proven
home-title-two-proven = Two environments, both proven
home-title-all-proven = { $count } environments, all proven
home-title-one-processor = One environment, for the processor
home-title-one-open = One environment, not proven
home-title-some = { $count } environments, { $proven } proven
home-title-none = No environment yet
home-title-unread = The list of environments could not be read

home-lead = What torch-wizard knows on this PC. A proof holds for the driver it was made with.
home-lead-unfinished = Go on where it stopped, or remove what it left. What stood before is untouched.
home-lead-none = torch-wizard checks this PC, installs PyTorch and proves that it runs on the GPU.
home-lead-busy = Files are being changed on the disk. This can take a minute.
home-empty = Each environment that you install stands here, with its proof.

home-unfinished-interrupted = The install of { $what } was interrupted
home-unfinished-cancelled = The install of { $what } was cancelled
home-unfinished-none = No step is done yet. Next: { $next }.
home-unfinished-far = { $done } of { $total } steps are done, last: { $last }. Next: { $next }.
home-unfinished-end = { $done } of { $total } steps are done, last: { $last }.
home-unfinished-kept = Fetched wheels are kept, so nothing is fetched twice.

home-changed-broken = { $count ->
    [one] One environment does not run here any more.
   *[other] { $count } environments do not run here any more.
}
home-changed-open = { $count ->
    [one] One environment needs a new proof.
   *[other] { $count } environments need a new proof.
}
home-changed-repair = See what mends { $name }
home-changed-verify = Prove { $name } again

home-state-proven = Proven with driver { $driver }
home-state-proven-plain = Proven
home-state-driver = Driver changed since
home-state-pc = PC changed since
home-state-unfit = Does not run here
home-state-unclear = Cannot be told
home-state-processor = Works on the processor
home-state-open = Not proven
home-state-failed = Failed
home-state-changed = Files changed
home-state-damaged = Files damaged
home-state-missing = Folder is gone

home-torch = PyTorch { $torch } · { $variant }
home-torch-plain = PyTorch { $torch }
home-torch-unknown = PyTorch version unknown
home-proven-at = Proven on { $at }
home-checked-at = Last checked on { $at }
home-never-checked = Never checked
home-proven-before = Proven on { $at }; since then: { $changes }
home-failed-at = A check gave a wrong result or an error on { $at }
home-failed = A check gave a wrong result or an error
home-broken-changed = It holds torch { $torch } ({ $variant }) now
home-broken-no-torch = torch is gone from it
home-broken-missing = Put the folder back, or take it off the list
home-path = Folder: { $path }

home-verify = Verify
home-verify-named = Verify { $name }
home-repair = Repair
home-repair-named = Repair { $name }
home-terminal = Open terminal
home-terminal-named = Open terminal for { $name }
home-folder-named = Open folder of { $name }
home-copy = Copy activation
home-copy-named = Copy activation of { $name }
home-interpreter = Copy interpreter
home-interpreter-named = Copy interpreter of { $name }
home-kept = The one before ({ $torch }) is kept until { $until }.
home-kept-unknown = another torch
home-go-back = Go back to it
home-go-back-named = Go back to what { $name } was before
home-go-back-why = Puts it back into its place; the repaired one is removed
home-let-go = Let it go
home-let-go-named = Let go of what { $name } was before
home-let-go-why = Removes it now; it goes by itself after two weeks
home-forget = Forget
home-forget-named = Forget { $name }
home-forget-why = Takes it off the list; its files stay
home-delete = Delete
home-delete-named = Delete { $name }
home-delete-why = Deletes the folder, after a question
home-new = New environment

home-pc = { $card }, driver { $driver }
home-pc-more = { $card } and { $count } more, driver { $driver }
home-pc-no-driver = { $card }; the driver is not known
home-pc-checking = This PC is being checked…
home-pc-none = No NVIDIA card in this PC
home-pc-unknown = It is not known which card is in this PC

home-more = More
home-more-named = More of { $name }
home-less = Less
home-less-named = Less of { $name }
home-more-looking = Looking…
home-folder = Open folder
home-kernel-on = Use in Jupyter
home-kernel-on-named = Use { $name } in Jupyter
home-kernel-on-why = Enters it among your kernels of Jupyter, so that any notebook can choose it
home-kernel-off = Not in Jupyter any more
home-kernel-off-named = { $name } not in Jupyter any more
home-guard-on = Protect its torch
home-guard-on-named = Protect the torch of { $name }
home-guard-on-why = pip then refuses what would replace it, by a line in the environment's own settings
home-guard-off = Protect no longer
home-guard-off-named = Protect the torch of { $name } no longer
home-snapshot = Take a snapshot
home-snapshot-named = Take a snapshot of { $name }
home-snapshot-why = A small file with every package, its version and its hashes; it can be brought back by it
home-taken = Snapshot of { $at }, torch { $torch }
home-compare = What changed since
home-compare-named = What changed since { $name }
home-bring-back = Bring it back…
home-bring-back-named = Bring back what it was on { $name }
home-bring-back-why = Shows the way first; nothing is changed before you start it
home-nothing-different = Nothing is different.
home-more-lines = and { $count } more; envs diff has them all
home-kits = Put on top of its torch, which stays:
home-kit-named = Add the kit { $kit } to { $name }
