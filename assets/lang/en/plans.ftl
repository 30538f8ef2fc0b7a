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
