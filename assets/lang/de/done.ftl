# Fertig: was läuft, wie schnell, und wie man es benutzt.

done-title-processor = PyTorch läuft auf Ihrem Prozessor
done-title-proven = Installiert und nachgewiesen
done-title-open = Installiert, nicht nachgewiesen

done-lead = PyTorch { $torch } liegt in { $path }
done-lead-unknown = PyTorch liegt in { $path }

done-works = Was geprüft wurde
done-count-passed = { $count } bestanden
done-count-failed = { $count } nicht bestanden
done-count-skipped = { $count } übersprungen
done-driver = Treiber { $driver }
done-runtime = CUDA-Runtime { $runtime }
done-at = Geprüft am { $at }
done-speeds = Gemessene Geschwindigkeit neben dem, was die Karte im besten Fall leistet
done-speeds-alone = Gemessene Geschwindigkeit
done-speed-said = { $check }: { $speed }
done-simulated = Eine Bibliothek spielte die Karte, darum steht hier keine Geschwindigkeit, und nichts ist nachgewiesen.
done-skipped = Der Nachweis wurde ausgelassen; noch sagt nichts, dass Kernel hier richtig rechnen.
done-skipped-again = Die Prüfungen wurden diesmal ausgelassen; der Nachweis von vorher gilt weiter.
done-processor = Auf einer GPU lief nichts: Diese Umgebung ist für den Prozessor.
done-failed = Die Prüfungen ließen sich nicht erneut ausführen: { $why }
done-elsewhere = Seither wurde eine andere Umgebung geprüft; das Urteil über diese steht in der Liste der Umgebungen.

done-use = Benutzen
done-use-shell = Zeilen für { $shell }; andere Shells stehen in den Optionen.
done-shell-powershell = PowerShell
done-shell-cmd = die Eingabeaufforderung
done-shell-posix = sh
done-line-activate = Aktivieren
done-line-run = Dann ausprobieren
done-line-container = Eine Shell im Container starten
done-line-try = Oder ausprobieren
done-line-editor = Interpreter für einen Editor
done-line-notebook = Notebook: Kernel holen
done-line-register = Notebook: Kernel anmelden
done-copy = Kopieren
done-copy-named = Kopieren: { $what }
done-powershell = Wo PowerShell keine Skripte annimmt, startet „Terminal öffnen“ eine, die dieses annimmt; die Eingabeaufforderung braucht keines.

done-terminal = Terminal öffnen
done-card = Referenzkarte…
done-verify = Erneut nachweisen

done-places = Wo alles liegt
done-place-environment = Umgebung
done-place-lock = Genaue Versionen und Hashes
done-place-log = Protokoll der Installation
done-open-named = Öffnen: { $what }
done-new = Neue Umgebung
done-footer = Ihre anderen Umgebungen wurden nicht angerührt.
done-footer-replaced = Die Umgebung, die dort stand, wurde ersetzt; andere wurden nicht angerührt.
