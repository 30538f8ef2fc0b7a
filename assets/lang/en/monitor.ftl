# Live figures of the cards.

monitor-title = { $name }, live
monitor-title-simulated = Simulated GPU, live
monitor-title-waiting = Waiting for the first reading
monitor-title-lost = GPU { $index } does not answer any more
monitor-title-no-answer = The driver does not answer
monitor-title-no-readings = There are no readings
monitor-title-no-card = There is no NVIDIA card to watch
monitor-title-not-known = Whether there is a card is not known
monitor-title-looking = Looking for cards
monitor-lead = One reading a second from the driver ({ $driver }). Nothing leaves this PC.
monitor-lead-no-driver = One reading a second from the driver. Nothing leaves this PC.
monitor-lead-simulated = A library plays NVIDIA's driver: none of these figures comes from a real card.
monitor-lead-lost = The driver has lost it. Save your work and restart the PC; if it happens again, check power cable, slot and cooling.
monitor-lead-no-answer = Readings go on as soon as it does. A gap in a line is time without a reading.
monitor-lead-no-card = The monitor shows NVIDIA cards whose driver answers.

monitor-card = Card
monitor-card-option = { $index }: { $name }
monitor-span = Time span
monitor-span-minute = 60 s
monitor-span-ten = 10 min
monitor-span-all = All

monitor-utilisation = GPU utilisation
monitor-memory = GPU memory
monitor-memory-of = of { $total } GiB
monitor-temperature = Temperature
monitor-power = Power draw
monitor-power-limit = Limit { $watts } W
monitor-clock = Core clock
monitor-memory-clock = memory { $mhz } MHz
monitor-link = PCIe link now
monitor-link-note = Generation × lanes; falls when the card is idle
monitor-fan = Fan

monitor-not-reported = not reported by this card
monitor-waiting = waiting for the first reading
monitor-no-answer = the driver does not answer
monitor-lost = this card does not answer any more
monitor-trend-rising = rising
monitor-trend-falling = falling
monitor-trend-steady = steady for { $time }
monitor-highest = highest
monitor-pointed = { $value }, { $seconds } s earlier
monitor-pointed-gap = no reading

monitor-throttle = What holds the clocks down
monitor-throttle-none = The driver reports nothing that holds the clocks down.
monitor-throttle-unknown = Not known: there is no reading.
monitor-throttle-applications_clocks_setting = Clocks set by a program
monitor-throttle-user_defined_clocks = Clocks set by a user
monitor-throttle-sw_power_cap = Power limit
monitor-throttle-hw_slowdown = Hardware slowdown
monitor-throttle-sync_boost = Sync boost with other cards
monitor-throttle-sw_thermal_slowdown = Temperature, by the driver
monitor-throttle-hw_thermal_slowdown = Temperature, by the hardware
monitor-throttle-hw_power_brake_slowdown = Power brake signal
monitor-throttle-display_clock_setting = Display clock setting

monitor-processes = Processes that compute on this card
monitor-processes-none = The driver names none.
monitor-process = Process { $pid }

monitor-no-card-text = If there is an NVIDIA card in this PC, install its driver, then check again. Kernels for the processor run without one.
monitor-not-known-text = The cards could not be asked: { $why }. A driver that hangs can cause that; restart the PC, then check again.
monitor-looking-text = The cards are being looked for.
monitor-export = Export CSV…
monitor-footer = { $count } readings are kept, at most the last hour.
monitor-footer-none = No readings are kept yet.
