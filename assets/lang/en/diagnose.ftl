# The cause in a log: how it gets in, what it shows, what helps. What a failure is called, what it is and what helps comes from
# the catalogue; the words around that are those of the command.

diagnose-entry = Find the cause of an error…
diagnose-title = Find the cause in a log
diagnose-lead = Paste what a tool printed when it failed, or choose or drop its log file, and this page says what went wrong and what helps. It is read here and sent nowhere.
diagnose-title-busy = Looking for the cause
diagnose-lead-busy-text = The text that you pasted is being read.
diagnose-lead-busy-file = { $path } is being read.
diagnose-title-unread = The log cannot be read
diagnose-lead-text = Nothing was read.
diagnose-lead-file = { $path }
diagnose-title-sure = The log shows the cause
diagnose-title-likely = The log shows a likely cause
diagnose-title-possible = The log shows a possible cause
diagnose-title-unknown = Not recognised
diagnose-title-fine = Nothing wrong was found in this log
diagnose-lead-answer-text = Found in the text that you pasted.
diagnose-lead-answer-file = Found in { $path }.

diagnose-text = Text of the log
diagnose-hint = Paste a log here, or drop its file
diagnose-pasted = Pasted text: { $size }, { $lines } lines
diagnose-file = Log file
diagnose-file-open = Open the log file
diagnose-browse = Choose a file…
diagnose-other-file = Choose another file…
diagnose-clear = Clear
diagnose-of-this-pc = This log is of this PC: hold the answer against its driver, card and torch
diagnose-drop = Drop the log here
diagnose-progress = How much of the log is read
diagnose-read = { $done } are read

diagnose-sure-sure = sure
diagnose-sure-likely = likely
diagnose-sure-possible = possible
diagnose-evidence = The line that shows it
diagnose-evidence-unknown = Lines that tell most
diagnose-evidence-fine = It says so
diagnose-line = Line { $line }: { $words }
diagnose-here = What this PC says of it
diagnose-check = To make sure
diagnose-remedy = What helps
diagnose-copy = Copy command { $number }
diagnose-copy-lines = Copy the lines
diagnose-do-resume = Resume the install
diagnose-do-repair = Repair the environment
diagnose-do-routes = Go to the routes
diagnose-do-environments = Go to the environments
diagnose-also = Also there
diagnose-perhaps = Perhaps, or what follows from it

diagnose-unknown = Something is wrong here, and the cause is none of those that are known
diagnose-unknown-next = What you can do
diagnose-unknown-before = Take more of the log: the cause often stands well before the last line.
diagnose-unknown-ask = Copy the lines and ask with them where the makers of the tool answer questions.
diagnose-unknown-report = Send what is known of this PC with them: the report for support.
diagnose-fine-still = If something fails all the same, the log may end too early, or the error may have gone elsewhere: take in all that the tool printed.

diagnose-find = Find the cause
diagnose-again = Look again
diagnose-footer = What you paste or drop stays in this window.
