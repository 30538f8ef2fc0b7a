# Done: what works, how fast, and how to use it.

done-title-processor = PyTorch works on your processor
done-title-proven = Installed and proven
done-title-open = Installed, not proven

done-lead = PyTorch { $torch } stands in { $path }
done-lead-unknown = PyTorch stands in { $path }

done-works = What was checked
done-count-passed = { $count } passed
done-count-failed = { $count } not passed
done-count-skipped = { $count } skipped
done-driver = Driver { $driver }
done-runtime = CUDA runtime { $runtime }
done-at = Checked on { $at }
done-speeds = Measured speed, beside what the card does at best
done-speeds-alone = Measured speed
done-speed-said = { $check }: { $speed }
done-simulated = A library played the card, so no speed is shown and nothing is proven.
done-skipped = The proof was left out, so nothing says yet that kernels run correctly here.
done-skipped-again = The checks were left out this time; the proof from before stands.
done-processor = Nothing was run on a GPU: this environment is for the processor.
done-failed = The checks could not be run again: { $why }
done-elsewhere = Another environment was verified since; the verdict on this one is in the list of environments.

done-use = Use it
done-use-shell = Lines for { $shell }; Settings has the other shells.
done-shell-powershell = PowerShell
done-shell-cmd = the Command Prompt
done-shell-posix = sh
done-line-activate = Activate
done-line-run = Then try it
done-line-container = Start a shell in the container
done-line-try = Or try it
done-line-editor = Interpreter for an editor
done-line-notebook = Notebook: bring the kernel
done-line-register = Notebook: register it
done-copy = Copy
done-copy-named = Copy: { $what }
done-powershell = Where PowerShell takes no scripts, Open terminal starts one that takes this one, and the Command Prompt needs none.

done-terminal = Open terminal
done-card = Reference card…
done-verify = Verify again

done-places = Where it is
done-place-environment = Environment
done-place-lock = Exact versions and hashes
done-place-log = Log of the install
done-open-named = Open: { $what }
done-new = New environment
done-footer = Your other environments were not touched.
done-footer-replaced = The environment that stood there was replaced; others were not touched.
