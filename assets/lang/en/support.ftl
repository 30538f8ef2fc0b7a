# The report for support, as it is looked at before it is saved.

support-entry = Make a report for support…
support-name = Report for support
support-title = The report for support
support-lead = Exactly this would be saved. Read it, save it, then give it to whom you like. Nothing is sent.
support-title-busy = The report is being made
support-lead-busy = The machine, the wizard and the last run are looked at. Nothing is changed.
support-files = Files of the report
support-file = { $about } ({ $size }, { $lines } lines)
support-hidden = Hidden in it: { $what }.
support-again = Make it again
support-copy = Copy this file
support-save = Save the report…
support-footer = Saved where you choose, as .zip, .md, .txt or .json.
