# Choose a route: every way with its verdict, what it costs and why.

choose-title = Choose a route
choose-lead = Every route ends with the same proof: kernels run on your GPU and are compared with a CPU reference.
choose-index-asked = The index is being asked what it has today.

choose-route-wheel = Stable wheel
choose-route-nightly = Nightly wheel
choose-route-source = Source build
choose-route-wsl2 = WSL2
choose-route-docker = Docker
choose-route-podman = Podman
choose-route-cpu = CPU now, without a GPU
choose-about-wheel = The newest stable release that runs on your card and driver.
choose-about-nightly = A pre-release wheel, pinned to its date, for features not yet released.
choose-about-source = Compiled here, for a card that no wheel serves.
choose-about-wsl2 = A Linux wheel inside WSL2.
choose-about-docker = A container image with the CUDA runtime.
choose-about-cpu = PyTorch on the processor alone.

choose-verdict-recommended = Recommended
choose-verdict-works = Works
choose-verdict-blocked = Blocked
choose-verdict-unknown = Unknown

choose-build = torch { $torch } for Python { $python }, from { $from }
choose-build-image = torch { $torch } in the image { $from }
choose-build-into-image = torch { $torch } for Python { $python }, from { $from }, put into an image here
choose-build-source = torch { $torch } of { $from }, compiled here for Python { $python }
choose-as-of = { $what }, as of { $date }
choose-without = { $what }. Not for { $cards }
choose-from-index = the PyTorch index
choose-from-mirror = your mirror
choose-from-pypi = PyPI
choose-runtime = { $route }, CUDA { $cuda } runtime
choose-toolkit = { $route }, CUDA { $cuda } toolkit
choose-download = { $bytes } download
choose-time = about { $low } to { $high } min
choose-time-short = about { $high } min
choose-time-mixed = about { $low } min to { $high } h
choose-time-hours = about { $low } to { $high } h
choose-disk = { $bytes } on disk
choose-cost-administrator = administrator rights
choose-cost-restart = one restart
choose-cost-risk-low = low risk
choose-cost-risk-medium = medium risk
choose-cost-risk-high = high risk
choose-said = { $route }. { $verdict }. { $sentence }

choose-why = Why
choose-source = Source: { $host }
choose-source-name = Source { $number }: { $host }
choose-measured = Source: { $what }
choose-fact = { $what }: { $value }, { $from }
choose-fact-build = { $version }, build { $build }
choose-fact-line = line { $line } of the report
choose-fact-report = from the report
choose-variants = Variants that would run: { $names }
choose-risk-low = Low risk: released builds in a folder of their own. To delete it undoes everything.
choose-risk-low-docker = Low risk: an image and one folder. To delete both undoes everything.
choose-risk-medium = Medium risk: this version of torch-wizard has no tables for this build.
choose-risk-medium-nightly = Medium risk: the build of one night, which has passed no release tests.
choose-risk-medium-wsl2 = Medium risk: parts of Windows may be switched on or brought up to date, and stay so.
choose-risk-high = High risk: an hour or more of compiling, which can fail at its end. What is on this PC stays as it is.
choose-served = { $card } is served
choose-not-served = { $card } gets no kernels from this
choose-plan-for = Plan for { $card } alone
choose-judge-for = Judge for { $card } alone
choose-way-system = Set the build of Windows by hand…
choose-unblock = What would unblock it
choose-help-settings = Open the settings
choose-help-card = Only card { $number }
choose-open = Open { $host }
choose-copy = Copy
choose-copy-name = Copy: { $what }
choose-need-python = uv brings its own Python; nothing is installed outside the environment.
choose-need-uv = uv is fetched and checked by its hash.
choose-need-administrator = One step needs administrator rights.
choose-need-restart = One restart is needed.
choose-need-consent = The download is far larger than the processor needs.

choose-cards = Cards to serve
choose-cards-all = All cards
choose-cards-only = Only { $number }: { $name }

choose-no-index = The index could not be reached
choose-no-index-text = What is shown rests on the catalogue as of { $date }.
choose-no-index-kept = What is shown rests on the catalogue as of { $date } and on what the index had on { $asked }.
choose-offline = The window works offline
choose-offline-text = No server is asked. What is shown rests on the catalogue as of { $date }.
choose-offline-kept = No server is asked. What is shown rests on the catalogue as of { $date } and on what the index had on { $asked }.

choose-news = The index has { $names }
choose-news-text = This version of torch-wizard does not know it; it is judged by rule.
choose-waiting = No stable PyTorch has kernels for { $arch } yet
choose-waiting-text = The nightly variant { $variant } would have them first. The index is asked at each start.
choose-watched = Waiting for kernels for { $arch }
choose-watched-new = New since { $date }: { $names }. The index does not say whether they have such kernels.
choose-watched-none = Nothing new on the index since { $date }. It is asked again at each start.
choose-watched-silent = The index did not answer this time. Waiting since { $date }.

choose-stop-none = Pick a route to go on.
choose-stop-blocked = This route is blocked; the card says what would unblock it.
choose-stop-for-good = This route is blocked, and nothing on this PC would change that.
choose-stop-unknown = This route cannot be judged: no build can be named.
choose-wait = The verdicts come as soon as the machine has answered.
