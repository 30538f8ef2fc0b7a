# Which driver the cards want, and how to get it.

driver-name = The driver to take
driver-entry = Which driver to install…
driver-title-yes = The driver serves your card
driver-title-partly = A newer driver would run the newest PyTorch
driver-title-no = Another driver is needed
driver-title-unknown = Nobody could say which driver is there
driver-title-none = No driver can be named
driver-title-busy = Looking at this PC
driver-lead = torch-wizard installs no driver: this page says which one, from where, and what to do around it.
driver-lead-yes = Nothing has to be done.
driver-there = Installed
driver-take-title = To take
driver-take-later = If you update anyway
driver-take = Branch { $branch }. Every driver from { $least } on runs the newest PyTorch for your cards.
driver-take-until = Branch { $branch }, which gets fixes until { $until }. Every driver from { $least } on runs the newest PyTorch for your cards.
driver-take-last = Branch { $branch }, { $least } or newer, and no later branch.
driver-take-last-until = Branch { $branch }, { $least } or newer, and no later branch. It gets fixes until { $until }.
driver-steps = What to do, in this order
driver-open-page = Open the page
driver-come-back = Open the wizard again after the restart
driver-copy = Copy
driver-copy-name = Copy: { $what }
driver-footer = The wizard looks at the driver again whenever it starts.
