# What plans add to the reasons of a verdict, and what is found wrong with an environment.
# A key is `reason-` and the code; what stands in braces is filled in.

reason-night-kept = Exactly this set with torch { $torch } was proven on this PC before; it is taken again, and its wheels are kept here.
reason-source-alone = Only torch is built. Packages that belong to it, such as torchvision, can be compiled for it afterwards.

reason-repair-cpu-torch = torch { $torch } is a build for the processor, and this PC has a card for it.
reason-repair-wrong-variant = torch { $torch } does not fit the card and the driver of this PC.
reason-repair-no-torch = There is no torch any more, and other packages ask for it.
reason-repair-damaged = { $package } is damaged: { $how }.
reason-repair-twice = { $package } is registered more than once: { $versions }.
reason-repair-other-torch = { $package } { $version } is made for another torch: it asks for { $wants }.
reason-repair-other-variant = { $package } { $version } is a build of another variant than { $torch }.
reason-repair-leftovers = A removal that broke off has left { $names }.
reason-repair-other-cuda = Libraries of another CUDA are left, and nothing asks for them: { $names }.
reason-repair-beside = The environment is made again beside its place, with every other package at its version, and takes its place when it is proven.
reason-repair-in-place = It is changed where it stands, since { $why }. What was there before is noted, and “torch-wizard rollback” puts it back.
reason-check-cpu-torch = torch { $torch } is a build for the processor; before it was { $before }.
reason-check-other-torch = torch { $torch } stands where { $before } was.
reason-check-brought-asked = torch { $torch } was asked for by name: an installer was told to install torch, and not from the index of the build that was there.
reason-check-brought-from = It came from { $place }.
reason-check-brought-by = { $package } { $version } brought it: it was installed together with it and asks for torch{ $wants }.
reason-check-brought-one-of = One of these packages brought it, since each asks for torch: { $packages }.
reason-check-mixed-cuda = Built for another CUDA than torch ({ $torch }): { $names }.
reason-check-numpy = { $package } asks for numpy{ $wants }, and numpy { $numpy } is there.
reason-check-numpy-torch = torch { $torch } was compiled for a NumPy before 2, and numpy { $numpy } is there: arrays cannot be exchanged.
reason-check-no-python = There is no Python in it any more.
reason-check-base-gone = The Python it was made from is gone: { $base }.
reason-check-base-changed = The Python it was made from is another one now: { $base } is no Python { $python } any more.
reason-check-moved = It was moved here from { $from }: pip and the other scripts in it still point there.
reason-check-state = { $how }.
reason-restore = It becomes again what it was on { $when }: { $install } packages are put back, { $remove } go.
reason-clone = The same packages as in { $from }, each at its version; that one is not touched.
reason-kit = Kit { $kit }: { $what }. Torch and what belongs to it stay as they are.
reason-kit-changes = These packages get another version for it: { $names }.
reason-kit-issue = Known of { $package } (since { $since }): { $what } { $helps }
reason-kit-harmless = Harmless, of { $package }: { $what } { $helps }
reason-kit-program = { $url } (commit { $commit }) is checked out to { $folder }. Start it there: { $start } – its folders { $kept } are yours: undoing the kit later leaves { $folder } as it is.
reason-kit-program-stands = { $folder } is a checkout of { $url } already (commit { $commit }) and is left as it is, { $kept } included; the packages are those that it lists. Start it there: { $start }
reason-kit-program-within = Inside it, each at the commit that the program was made for: { $urls }.
reason-kit-made-from-source = These packages are on the index as source alone and are made here, after their hashes were checked, by their own setup.py: { $names }.
