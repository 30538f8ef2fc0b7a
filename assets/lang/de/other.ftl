# Ein anderer PC, beurteilt aus einem Text: was sich einfügen lässt, was gelesen wurde, was daraus für seine Wege folgt.

other-entry = Bericht eines anderen PCs…
other-title = Einen anderen PC beurteilen
other-lead = Fügen Sie ein, was der PC über sich sagt, oder öffnen Sie es als Datei. Gelesen wird es hier, gesendet nirgendwohin.
other-title-busy = Der Bericht wird gelesen
other-title-runs = Anderer PC: GPU-PyTorch läuft dort
other-title-blocked = Anderer PC: Jeder Weg zu seiner GPU ist blockiert
other-title-unknown = Anderer PC: Eine entscheidende Angabe fehlt
other-title-no-card = Anderer PC: Er hat keine NVIDIA-Karte
other-lead-text = Beurteilt nach dem Text, den Sie eingefügt haben.
other-lead-file = Beurteilt nach { $path }.

other-text = Text des Berichts
other-open = Datei öffnen…
other-limit = Das Feld fasst höchstens { $count } Zeichen. Öffnen Sie einen längeren Text als Datei.
other-what = Was sich einfügen lässt
other-what-text = Führen Sie einen dieser Befehle auf dem anderen PC aus und kopieren Sie die Ausgabe. Auch das Startprotokoll eines Programms geht, das PyTorch verwendet, und mehrere Texte dürfen untereinander stehen.
other-nothing = Nichts in diesem Text spricht von einem PC
other-nothing-text = Fügen Sie ein, was einer der Befehle unten ausgibt, oder das Startprotokoll eines Programms, das PyTorch verwendet.

other-about = Das ist nicht der PC vor Ihnen
other-about-text = Was ein Bericht nicht zeigen kann, sich dort aber beschaffen lässt, etwa Docker oder ein anderes Python, gilt als beschaffbar. Kein Index wurde gefragt, und von hier aus lässt sich dort nichts installieren.
other-known = Was der Bericht sagt
other-torch = PyTorch dort
other-torch-works = { $torch } passt zu Karte und Treiber
other-torch-fails = { $torch } passt nicht zu Karte oder Treiber
other-torch-cpu-only = { $torch } ist ein Build für den Prozessor
other-torch-none = keines
other-torch-unknown = { $torch }; ob es passt, ist nicht bekannt
other-cuda = { $version }, meldet CUDA { $cuda }
other-card = { $name }, Compute Capability { $capability }

other-judge = Beurteilen
other-change = Anderer Bericht…
other-back = Zurück zu diesem PC
other-footer = Was Sie einfügen, bleibt in diesem Fenster.
other-footer-done = Auf keinem der PCs wird etwas geändert.
