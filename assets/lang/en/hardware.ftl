# Advice on the PC's hardware: what was measured (its readings stand in it), and how to check it.
hardware-title = This PC's hardware
hardware-check = How to check: { $check }
hardware-source-name = Source of “{ $what }”: { $page }
hardware-window = Resizable BAR seems to be off: the processor reaches { $window } of the card's { $memory } at once.
hardware-older-link = The slot gives this card PCIe { $here }; cards of its kind can do PCIe { $card }. Computing on the card is as fast; copies to and from it take longer.
hardware-power-limit = The power limit stands at { $watts } W; the card comes with { $default } W.
hardware-several-cards = { $count } cards may draw { $watts } W together. With the rest of the PC the power supply should give some { $supply } W.
hardware-order = The cards differ. The driver, nvidia-smi and this program count them by their slots ({ $cards }); CUDA programs put the fastest first, so that cuda:0 may be another card.
hardware-two-graphics = { $other } may draw the screen of this laptop while the NVIDIA card computes: PyTorch needs no screen on it.
hardware-battery = The PC runs on its battery: the card is then kept far below what it can do.

hardware-check-window = nvidia-smi -q shows it as “BAR1 Memory Usage, Total”. It is switched on in the firmware's setup (“Above 4G Decoding” and “Re-Size BAR”, CSM off); some cards need a newer firmware of their own for it. Kernels run no faster with it.
hardware-check-older-link = nvidia-smi -q shows it as “PCIe Generation, Max”. Another slot or the firmware's PCIe setting may give more; for a link that is not stable less is the better choice.
hardware-check-slow-link = nvidia-smi -q shows “GPU Link Info” while the card works; idle links are slow by design. Try the first slot and no riser cable. Where the card is lost under load, try PCIe 4 in the firmware's setup.
hardware-check-power-limit = nvidia-smi -q -d POWER shows both. nvidia-smi -pl WATTS sets it until the next start (with administrator rights); a lower limit costs little speed and much less heat.
hardware-check-power-brake = nvidia-smi -q -d PERFORMANCE shows it as “HW Power Brake Slowdown” or “HW Slowdown”. It comes from the supply, the mainboard or a sudden draw: look at the power cable's seat, use a cable of its own for each plug, try a lower power limit.
hardware-check-clocks = nvidia-smi -q -d PERFORMANCE shows the reasons. nvidia-smi -rgc and -rac take back clocks that a program has set.
hardware-check-heat = nvidia-smi -q -d TEMPERATURE shows the limits. Look at dust, fans and the air's way through the case; a lower power limit helps at once.
hardware-check-several-cards = The supply's label says what it gives. PCs that switch off or lose a card when all of them work have too little: try nvidia-smi -pl with a lower limit for each.
hardware-check-order = CUDA_DEVICE_ORDER=PCI_BUS_ID, set before torch is imported, counts as the driver does. CUDA_VISIBLE_DEVICES takes a card's UUID as well (nvidia-smi -L), which means the same card in any order.
hardware-check-two-graphics = If the card is missing, a setting has switched it off: Windows' “Eco mode” of the maker's program, or prime-select intel on Linux.
hardware-check-battery = Plug in the power adapter and measure again.
hardware-check-driver-fault = nvidia-smi shows the driver's version in its first line; the page on the driver says which one fits.
hardware-check-memory-full = nvidia-smi lists who holds it. On Windows the driver goes on in the PC's memory, slowly, before it fails: “CUDA - Sysmem Fallback Policy” in NVIDIA's settings switches that off.
hardware-check-memory-errors = nvidia-smi -q -d ECC counts them. Restart the PC; if they come back, the card is worn.
hardware-check-xid = The system's own log has them: dmesg | grep Xid on Linux, the event viewer (nvlddmkm) on Windows.
hardware-check-lost = nvidia-smi and the system's log (Xid 79) say it. Check the power cable's seat and the slot, take out riser cables, try PCIe 4 or 3 in the firmware's setup and a lower power limit.
hardware-check-silent = nvidia-smi hangs as well then. Restart the PC; if it happens again, prove the environment and read the system's log.
