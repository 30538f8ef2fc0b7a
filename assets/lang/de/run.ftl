# Schritt 4: der Lauf, sein Ende, sein Protokoll.

run-product = PyTorch { $version } ({ $variant })

run-title-running = { $what } wird installiert
run-title-stopping = Wird angehalten…
run-title-cancelled = Die Installation ist angehalten
run-title-failed = { $what } wurde nicht installiert
run-title-promoted = { $what } ist installiert
run-lead-begins = Wird vorbereitet.
run-lead-step = Schritt { $number } von { $count }: { $doing }.
run-lead-stopping = Der laufende Schritt wird beendet. Was bisher geladen ist, bleibt erhalten.
run-lead-cancelled = Sie kann an dieser Stelle fortgesetzt oder rückgängig gemacht werden.
run-lead-failed = Schritt { $number } von { $count } ist stehen geblieben: { $doing }.
run-lead-failed-early = Es ging vor dem ersten Schritt nicht weiter.
run-lead-promoted = Die Umgebung steht unter { $path }.

run-left-done = Fast fertig.
run-left-seconds = Noch weniger als eine Minute.
run-left-minute = Noch etwa eine Minute.
run-left-minutes = Noch etwa { $minutes } Minuten.
run-left-short = noch { $time }
run-left-short-done = fast fertig

run-doing-environment = Umgebung wird angelegt
run-doing-download = Wheels werden geladen
run-doing-pins = Pins werden geschrieben
run-doing-install = Wheels werden entpackt, Dateien verknüpft
run-doing-rehome = Skripte werden umgeschrieben
run-doing-verify = Kernel laufen auf Ihrer GPU
run-doing-verify-cpu = Kernel laufen auf dem Prozessor
run-doing-promote = Umgebung kommt an ihren Platz
run-silence-index = Warten auf den Index
run-silence-loading = PyTorch wird geladen
run-silent-for = seit { $time } nichts gehört
run-seconds = { $count } s
run-silent-long = Das dauert ungewöhnlich lange. Es kann von selbst weitergehen; beim Anhalten geht nichts Geladenes verloren.
run-silent-long-replace = Das dauert ungewöhnlich lange. Es kann von selbst weitergehen; beim Anhalten bleibt die alte Umgebung, wie sie ist.

run-overall = Gesamt
run-overall-said = Gesamtfortschritt
run-now-said = Fortschritt von { $what }
run-now-begins = wird vorbereitet
run-now-stopping = laufender Schritt wird beendet

run-step-environment = Umgebung
run-step-download = Laden
run-step-pins = Pins
run-step-install = Pakete
run-step-rehome = Skripte
run-step-verify = Nachweis
run-step-promote = Platz
run-step-waiting = wartet
run-step-running = läuft
run-step-done = erledigt
run-step-failed = fehlgeschlagen
run-step-said = { $name }: { $state }

run-cancelled-title = Von Ihnen angehalten
run-cancelled-ways = „Fortsetzen“ macht an dieser Stelle weiter. „Entfernen“ löscht, was bisher gebaut ist; geladene Wheels bleiben für das nächste Mal.
run-promoted-title = Die Umgebung steht an ihrem Platz
run-promoted-text = Fertig nach { $time }.

run-footer-safe = Abbrechen ist gefahrlos: Ihre anderen Umgebungen bleiben unberührt.
run-footer-safe-replace = Abbrechen ist gefahrlos: die alte Umgebung bleibt unberührt.
run-footer-stopping = Was vorher hier stand, bleibt unberührt.
run-footer-stopped = Was vorher hier stand, blieb unberührt.
run-footer-promoted = Wie gut sie läuft, sagt der Nachweis.
run-verify = Nachweisen
run-watch-proof = Nachweis ansehen
run-to-plan = Plan zeigen

run-log = Protokoll
run-log-count = { $count } Zeilen, gesichert in install.log
run-log-empty = Noch wurde nichts geschrieben.
run-log-said = Protokoll, { $count } Zeilen; gezeigt: { $first } bis { $last }
run-log-said-empty = Protokoll, noch keine Zeilen
run-log-line = Zeile { $line }: { $words }
run-log-bar = Stelle im Protokoll
run-log-find = Im Protokoll suchen
run-log-next-problem = Nächstes Problem im Protokoll
run-log-copy-line = Zeile { $line } kopieren
run-log-search = Suchen
run-log-find-next = Weitersuchen
run-log-find-close = Suche schließen
run-log-missed = Nichts gefunden
run-log-new-one = { $count } neue Zeile
run-log-new-many = { $count } neue Zeilen
