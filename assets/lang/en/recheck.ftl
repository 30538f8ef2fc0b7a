# After a change of driver, card or system: what changed, and which environments still hold.

recheck-driver = Driver { $from } → { $to }
recheck-driver-new = A driver was installed ({ $to })
recheck-driver-gone = The driver ({ $from }) is gone
recheck-card-replaced = { $from } replaced by { $to }
recheck-card-same = { $name } replaced by another one of its kind
recheck-card-added = { $name } added
recheck-card-removed = { $name } removed
recheck-system = { $from } became { $to }
recheck-wsl = WSL { $from } → { $to }
recheck-kernel = WSL's kernel { $from } → { $to }
recheck-engine = { $name } { $from } → { $to }

recheck-holds = Holds.
recheck-never-proven = No proof of it counts on this PC yet.
recheck-needs-proof = It needs a new proof; by the rules nothing speaks against it.
recheck-broken = It does not run here any more.
recheck-files = Its files are not what they were: { $how }.
recheck-failed = The checks failed on this PC.
recheck-not-proven = The checks ended as { $verdict }.
recheck-missing = The folder is gone.
recheck-unknown = Nobody can say.
recheck-restart = This PC waits for a restart; until then only a check by hand (verify) says how this stands.

recheck-note-broken = An environment does not run any more
recheck-note-proof = Environments want a new proof
recheck-note-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
