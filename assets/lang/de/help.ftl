# Hilfe: Wörter, Tasten, was privat ist, wo alles liegt, dasselbe auf der Befehlszeile.

help-title = Hilfe
help-lead = Die Wörter des Fachs, die Tasten, und was privat bleibt.
help-footer = torch-wizard { $version }

help-words = Wörter
help-word-capability = Compute Capability
help-said-capability = Was eine Karte ausführen kann, als Zahl wie 12.0; in Dateinamen sm_120. Ein PyTorch läuft auf einer Karte nur, wenn es Kernel für sie enthält.
help-word-driver = Treiberversion
help-said-driver = Die Version des NVIDIA-Treibers, etwa 581.57. Sie entscheidet, bis zu welcher CUDA-Runtime Programme gebaut sein dürfen.
help-word-runtime = CUDA-Runtime
help-said-runtime = Der Teil von CUDA, den ein Programm zum Laufen braucht. Die Wheels von PyTorch bringen ihn mit; dafür ist nichts zu installieren.
help-word-toolkit = CUDA-Toolkit
help-said-toolkit = Der Compiler nvcc und was dazugehört. Nur ein Bau aus dem Quelltext braucht es.
help-word-variant = Variante
help-said-variant = Mit welcher CUDA-Runtime ein Wheel gebaut wurde: cu130 ist 13.0, cpu ist keine.
help-word-local = Lokale Version
help-said-local = Was hinter dem Pluszeichen einer Version steht: das +cu130 von 2.15.0+cu130.
help-word-index = Index-URL
help-said-index = Die Seite, auf der Wheels zu finden sind, eine je Variante; ein Spiegel ist eine Kopie davon.
help-word-wheel = Wheel
help-said-wheel = Ein Python-Paket als eine Datei, gebaut für ein System und ein Python, fertig zum Auspacken.
help-word-environment = Virtuelle Umgebung
help-said-environment = Ein Ordner mit eigenem Python und eigenen Paketen. Was darin geschieht, berührt keine andere.
help-word-kernel = Kernel
help-said-kernel = Ein kleines Programm, das auf der GPU läuft, etwa ein Matrixprodukt.
help-word-proven = Nachgewiesen
help-said-proven = Jede Kernelfamilie lief auf jeder gewählten Karte und stimmte mit einer Referenz vom Prozessor überein. Das gilt für den Treiber, mit dem es entstand; eine Prüfung, die nicht lief, gilt als nicht bestanden.

help-keys = Tasten
help-key-tab = Tab, Umschalt Tab
help-does-tab = Nächstes, voriges Bedienelement: Inhalt, Schaltflächen unten, Schritte links
help-key-enter = Eingabe
help-does-enter = Das Element mit dem Fokus; ohne Fokus bei „Diesen PC prüfen“ und „Weg wählen“ die Hauptschaltfläche
help-key-space = Leertaste
help-does-space = Drücken, wählen, ankreuzen
help-key-arrows = Auf, Ab
help-does-arrows = In Wegen, Zeilen und im Protokoll
help-key-steps = Alt Rechts, Alt Links
help-does-steps = Nächster erlaubter Schritt, zurück
help-key-numbers = Strg 1 bis 6
help-does-numbers = Dieser Schritt, falls erlaubt
help-key-escape = Esc
help-does-escape = Eine Frage schließen; bricht nie einen Lauf ab
help-key-rescan = F5
help-does-rescan = Diesen PC erneut prüfen
help-key-copy = Strg C
help-does-copy = Kopieren, im Protokoll und in Befehlen
help-key-find = Strg F, F3, F8
help-does-find = Im Protokoll: suchen, weiter, nächstes Problem
help-key-cause = Strg Eingabe
help-does-cause = Bei „Protokoll deuten“: Ursache finden; Strg V nimmt einen Text, wo der Fokus auch ist
help-key-side = Strg M, Strg D, Strg Komma, F1
help-does-side = GPU-Monitor, Protokoll deuten, Optionen, Hilfe
help-key-zoom = Strg Plus, Minus, 0
help-does-zoom = Größer, kleiner, übliche Größe

help-private = Was privat ist
help-private-none = Nichts über Sie oder diesen PC wird irgendwohin gesendet, und nichts wird gezählt.
help-private-hosts = Nur diese werden gefragt: der torch-Index (download.pytorch.org oder Ihr Spiegel) und der Index der Python-Pakete (PyPI oder der aus Ihren Einstellungen von pip oder uv). uv holt ein Python, falls keines passt. Ein Plan nennt jeden Host, bevor etwas läuft.
help-private-reports = Ein gespeicherter Bericht enthält weder Ihren Home-Ordner noch Ihren Namen. Die Referenzkarte ist für Sie und behält vollständige Pfade.

help-places = Wo alles liegt
help-place-environments = Neue Umgebungen
help-place-home = Ihr Home-Ordner: { $home }
help-place-data = Optionen, Liste, Läufe, Protokolle
help-place-cache = Geladene Wheels
help-place-settings = Die Optionen können jeden davon öffnen.

help-other = Ein anderer PC
help-other-why = Aus dem Text, den ein anderer PC ausgibt, werden seine Wege beurteilt wie die von diesem, mit denselben Gründen.

help-diagnose = Etwas schlägt fehl
help-diagnose-why = Aus dem Protokoll oder der Fehlermeldung eines beliebigen Programms wird die Ursache gefunden, mit der Zeile, die sie zeigt, und dem, was hilft.
help-support = Jemand anderes soll helfen
help-support-why = Was über Assistent, PC und letzten Lauf bekannt ist, ohne Privates: zum Lesen, Sichern und Weitergeben.

help-cli = Dasselbe auf der Befehlszeile
help-cli-why = Zu allem hier gibt es einen Befehl, der dasselbe tut; --json gibt seine Antwort als Daten, --help den Rest.
help-cli-interrupted = Eine Installation, die nicht zu Ende kam
help-cli-wheels = Aufgehobene Wheels

help-open-settings = Optionen öffnen

help-about = Über
help-version = Version
help-licence = Lizenz
help-licence-own = MIT oder Apache-2.0, nach Ihrer Wahl
help-fonts = Schriften
help-fonts-own = Inter (SIL OFL 1.1), Lucide-Icons (ISC) und die von egui
help-page = Seite des Projekts
help-report = Ein Problem melden
help-not = torch-wizard stammt weder von NVIDIA noch von den Machern von PyTorch.
