# Start: die bekannten Umgebungen und eine Installation, die nicht zu Ende kam.

home-title-interrupted = Eine Installation wurde unterbrochen
home-title-cancelled = Eine Installation wurde abgebrochen
home-title-driver = Ihr Treiber hat sich seit dem Nachweis geändert
home-title-changed = Dieser PC hat sich seit dem Nachweis geändert
home-title-trouble-one = Eine Umgebung braucht Aufmerksamkeit
home-title-trouble = { $count } Umgebungen brauchen Aufmerksamkeit
home-title-one-proven = Eine Umgebung, nachgewiesen
home-title-two-proven = Zwei Umgebungen, beide nachgewiesen
home-title-all-proven = { $count } Umgebungen, alle nachgewiesen
home-title-one-processor = Eine Umgebung, für den Prozessor
home-title-one-open = Eine Umgebung, nicht nachgewiesen
home-title-some = { $count } Umgebungen, davon { $proven } nachgewiesen
home-title-none = Noch keine Umgebung
home-title-unread = Die Liste der Umgebungen war nicht lesbar

home-lead = Was torch-wizard auf diesem PC kennt. Ein Nachweis gilt für den Treiber, mit dem er entstand.
home-lead-unfinished = Setzen Sie dort fort, wo sie stehen blieb, oder entfernen Sie die Reste. Was vorher da war, ist unberührt.
home-lead-none = torch-wizard prüft diesen PC, installiert PyTorch und weist nach, dass es auf der GPU läuft.
home-lead-busy = Dateien werden auf dem Datenträger geändert. Das kann eine Minute dauern.
home-empty = Hier steht jede Umgebung, die Sie installieren, mit ihrem Nachweis.

home-unfinished-interrupted = Die Installation von { $what } wurde unterbrochen
home-unfinished-cancelled = Die Installation von { $what } wurde abgebrochen
home-unfinished-none = Noch ist kein Schritt erledigt. Als Nächstes: { $next }.
home-unfinished-far = { $done } von { $total } Schritten sind erledigt, zuletzt: { $last }. Als Nächstes: { $next }.
home-unfinished-end = { $done } von { $total } Schritten sind erledigt, zuletzt: { $last }.
home-unfinished-kept = Geladene Wheels bleiben erhalten, nichts wird zweimal geladen.

home-changed-broken = { $count ->
    [one] Eine Umgebung läuft hier nicht mehr.
   *[other] { $count } Umgebungen laufen hier nicht mehr.
}
home-changed-open = { $count ->
    [one] Eine Umgebung braucht einen neuen Nachweis.
   *[other] { $count } Umgebungen brauchen einen neuen Nachweis.
}
home-changed-repair = Ansehen, was { $name } in Ordnung bringt
home-changed-verify = { $name } erneut nachweisen

home-state-proven = Nachgewiesen mit Treiber { $driver }
home-state-proven-plain = Nachgewiesen
home-state-driver = Treiber seither geändert
home-state-pc = PC seither geändert
home-state-unfit = Läuft hier nicht
home-state-unclear = Nicht zu sagen
home-state-processor = Läuft auf dem Prozessor
home-state-open = Nicht nachgewiesen
home-state-failed = Fehlgeschlagen
home-state-changed = Dateien geändert
home-state-damaged = Dateien beschädigt
home-state-missing = Ordner ist weg

home-torch = PyTorch { $torch } · { $variant }
home-torch-plain = PyTorch { $torch }
home-torch-unknown = PyTorch-Version unbekannt
home-proven-at = Nachgewiesen am { $at }
home-checked-at = Zuletzt geprüft am { $at }
home-never-checked = Nie geprüft
home-proven-before = Nachgewiesen am { $at }; seither: { $changes }
home-failed-at = Eine Prüfung ergab am { $at } ein falsches Ergebnis oder einen Fehler
home-failed = Eine Prüfung ergab ein falsches Ergebnis oder einen Fehler
home-broken-changed = Sie enthält jetzt torch { $torch } ({ $variant })
home-broken-no-torch = torch fehlt darin
home-broken-missing = Legen Sie den Ordner zurück, oder nehmen Sie die Umgebung von der Liste
home-path = Ordner: { $path }

home-verify = Nachweisen
home-verify-named = { $name } nachweisen
home-repair = Reparieren
home-repair-named = { $name } reparieren
home-terminal = Terminal öffnen
home-terminal-named = Terminal für { $name } öffnen
home-folder-named = Ordner von { $name } öffnen
home-copy = Aktivierung kopieren
home-copy-named = Aktivierung von { $name } kopieren
home-interpreter = Interpreter kopieren
home-interpreter-named = Interpreter von { $name } kopieren
home-kept = Die vorige ({ $torch }) bleibt bis { $until } erhalten.
home-kept-unknown = ein anderes torch
home-go-back = Zu ihr zurück
home-go-back-named = Zurück zu dem, was { $name } vorher war
home-go-back-why = Stellt sie an ihren Platz zurück; die reparierte wird entfernt
home-let-go = Loslassen
home-let-go-named = Loslassen, was { $name } vorher war
home-let-go-why = Entfernt sie jetzt; von selbst geschieht das nach zwei Wochen
home-forget = Vergessen
home-forget-named = { $name } vergessen
home-forget-why = Nimmt sie von der Liste; ihre Dateien bleiben
home-delete = Löschen
home-delete-named = { $name } löschen
home-delete-why = Löscht den Ordner, nach einer Rückfrage
home-new = Neue Umgebung

home-pc = { $card }, Treiber { $driver }
home-pc-more = { $card } und { $count } weitere, Treiber { $driver }
home-pc-no-driver = { $card }; der Treiber ist nicht bekannt
home-pc-checking = Dieser PC wird geprüft…
home-pc-none = Keine NVIDIA-Karte in diesem PC
home-pc-unknown = Welche Karte in diesem PC steckt, ist nicht bekannt

home-more = Mehr
home-more-named = Mehr zu { $name }
home-less = Weniger
home-less-named = Weniger zu { $name }
home-more-looking = Wird nachgesehen…
home-folder = Ordner öffnen
home-kernel-on = In Jupyter benutzen
home-kernel-on-named = { $name } in Jupyter benutzen
home-kernel-on-why = Trägt sie unter die Kernel von Jupyter ein, damit jedes Notebook sie wählen kann
home-kernel-off = Nicht mehr in Jupyter
home-kernel-off-named = { $name } nicht mehr in Jupyter
home-guard-on = torch schützen
home-guard-on-named = torch von { $name } schützen
home-guard-on-why = pip verweigert dann, was es ersetzen würde, durch eine Zeile in den eigenen Einstellungen der Umgebung
home-guard-off = Nicht mehr schützen
home-guard-off-named = torch von { $name } nicht mehr schützen
home-snapshot = Stand festhalten
home-snapshot-named = Stand von { $name } festhalten
home-snapshot-why = Eine kleine Datei mit jedem Paket, seiner Version und seinen Prüfsummen; durch sie lässt sie sich zurückholen
home-taken = Stand vom { $at }, torch { $torch }
home-compare = Was seither anders ist
home-compare-named = Was seit { $name } anders ist
home-bring-back = Zurückholen…
home-bring-back-named = Zurückholen, was sie am { $name } war
home-bring-back-why = Zeigt zuerst den Weg; vorher ändert sich nichts
home-nothing-different = Nichts ist anders.
home-more-lines = und { $count } weitere; envs diff zeigt alle
home-kits = Auf das torch darin setzen, das bleibt:
home-kit-named = Kit { $kit } zu { $name } hinzufügen
