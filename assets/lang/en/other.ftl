# Another PC, judged from a text: what can be pasted, what was read, what follows for its routes.

other-entry = Another PC’s report…
other-title = Judge another PC
other-lead = Paste what that PC says of itself, or open it as a file. It is read here and sent nowhere.
other-title-busy = Reading the report
other-title-runs = Another PC: GPU PyTorch runs there
other-title-blocked = Another PC: every route to its GPU is blocked
other-title-unknown = Another PC: a deciding fact is missing
other-title-no-card = Another PC: it has no NVIDIA card
other-lead-text = Judged from the text that you pasted.
other-lead-file = Judged from { $path }.

other-text = Text of the report
other-open = Open file…
other-limit = The field holds { $count } characters at most. Open a longer text as a file.
other-what = What can be pasted
other-what-text = Run one of these on the other PC and copy what it prints. The start-up log of an application that uses PyTorch does as well, and several texts may stand one below the other.
other-nothing = Nothing in this text tells of a machine
other-nothing-text = Paste what one of the commands below prints, or the start-up log of an application that uses PyTorch.

other-about = This is not the PC in front of you
other-about-text = What a report cannot show but can be got there, such as Docker or another Python, counts as obtainable. No index was asked, and nothing can be installed there from here.
other-known = What the report says
other-torch = PyTorch there
other-torch-works = { $torch } fits card and driver
other-torch-fails = { $torch } does not fit card or driver
other-torch-cpu-only = { $torch } is a build for the processor
other-torch-none = none
other-torch-unknown = { $torch }; whether it fits is not known
other-cuda = { $version }, reports CUDA { $cuda }
other-card = { $name }, compute capability { $capability }

other-judge = Judge it
other-change = Another report…
other-back = Back to this PC
other-footer = What you paste stays in this window.
other-footer-done = Nothing is changed on either PC.
