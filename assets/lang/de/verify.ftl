# Schritt 5: der Nachweis.

verify-title-idle = Noch wurde nichts geprüft
verify-lead-idle = Die Prüfungen laufen am Ende einer Installation oder für eine Umgebung, die Sie schon haben.
verify-title-running = Kernel laufen auf Ihrer GPU
verify-title-running-several = Kernel laufen auf Ihren GPUs
verify-title-processor = Kernel laufen auf Ihrem Prozessor
verify-title-stopping = Wird angehalten…
verify-title-skipped = Nicht nachgewiesen: Sie haben die Prüfungen übersprungen
verify-lead-skipped = Noch zeigt nichts, dass Kernel auf diesem PC laufen. Sie können die Prüfungen jederzeit ausführen.
verify-title-not-run = Die Prüfungen konnten nicht laufen
verify-lead-not-run = Nichts ist nachgewiesen, und nichts ist widerlegt.

verify-progress = { $done } von { $all } Prüfungen.
verify-progress-name = Prüfungen
verify-waiting-import = torch wird seit { $time } importiert; beim ersten Mal dauert es am längsten.
verify-waiting-devices = torch wird seit { $time } nach den Karten gefragt.
verify-waiting = { $what }: bisher { $time }.

verify-measured = Gemessen auf { $devices }.
verify-measured-processor = Gemessen auf dem Prozessor, { $name }.
verify-device = GPU { $index }, { $name }
verify-device-number = GPU { $index }
verify-counts = { $passed } bestanden, { $failed } gescheitert, { $skipped } übersprungen.
verify-counts-unfinished = { $passed } bestanden, { $failed } gescheitert, { $unfinished } nicht beendet, { $skipped } übersprungen.
verify-largest-error = Größter Fehler { $error }, erlaubt { $allowed }.

verify-safe-to-cancel = Abbrechen ist gefahrlos: Was vorher da war, bleibt unberührt.
verify-changes-nothing = Die Prüfungen ändern nichts an diesem PC.
verify-again-any-time = Sie können die Prüfungen jederzeit ausführen.
verify-took = { $checks } Prüfungen in { $time }.

verify-on-processor = Diese Kernel laufen auf dem Prozessor, deshalb gibt es keine GPU-Werte zu sehen. Auf einer GPU ist damit nichts nachgewiesen.
verify-axis = Letzte { $seconds } s; die Bänder sind die Prüfungen, eine nach der anderen
verify-axis-ended = Die Zahlen sind die höchsten während der Prüfungen; die Bänder sind die Prüfungen, eine nach der anderen

verify-group-installation = Installation
verify-device-proven = Nachgewiesen
verify-device-failed = Gescheitert
verify-device-not-proven = Nicht nachgewiesen

verify-column-check = Prüfung
verify-column-result = Ergebnis
verify-column-time = Zeit
verify-column-speed = Geschwindigkeit
verify-column-error = Fehler / erlaubt
verify-waits = Wartet
verify-runs = Läuft
verify-passed = Bestanden
verify-failed = Gescheitert
verify-skipped = Übersprungen
verify-left-out = Nicht gelaufen
verify-timed-out = Zeit überschritten
verify-crashed = Abgestürzt
verify-speed = { $speed } TFLOP/s
verify-speed-of = { $speed } von { $best } TFLOP/s
verify-error-of = { $error } / { $allowed }
verify-error-said = Fehler und erlaubter Fehler { $numbers }

verify-suspect-software = Das deutet auf die Software, nicht auf die Karte
verify-suspect-card = Das deutet auf die Karte oder ihren Betrieb
verify-suspect-not-known = Software oder Karte? Nicht bekannt
verify-why-not-imported = torch ließ sich nicht importieren, deshalb lief nichts auf einer Karte. Was im Weg steht, liegt in der Umgebung oder im System:
verify-why-on-processor = Die Prüfungen liefen auf dem Prozessor; keine Karte war beteiligt. „{ $check }“ hat nicht bestanden:
verify-why-no-kernels = Dieses torch enthält keinen Code für { $device }: Es wurde für { $arch } gebaut. Nötig ist eine andere Variante des Wheels; die Karte trifft keine Schuld.
verify-why-not-reached = torch kam nicht bis zur Karte. Das Wheel, der Treiber oder eine Einstellung steht im Weg:
verify-why-lost = Der Treiber hat { $device } beim Rechnen verloren. Übertaktung, Netzteil, Stromkabel, Steckplatz oder die Karte selbst sind die üblichen Ursachen; starten Sie den PC neu, bevor Sie es wieder versuchen.
verify-why-right-elsewhere = „{ $check }“ ist auf { $device } falsch und auf einer anderen Karte gleicher Art mit demselben Code richtig. Setzen Sie Takt und Leistungsgrenze auf die Vorgabe, prüfen Sie Strom und Kühlung, und führen Sie die Prüfungen erneut aus.
verify-why-wrong-elsewhere = „{ $check }“ ist mit demselben Code auf jeder Karte dieser Art falsch. Zwei Karten haben selten denselben Fehler; eher liegt er in diesem Kernel oder im Treiber.
verify-why-some-wrong = { $right } von { $all } Kerneln sind auf { $device } richtig, „{ $check }“ nicht, mit Code, der für diese Karte kompiliert ist. Ein Fehler der Karte ist wahrscheinlicher, aber nicht sicher: Setzen Sie Takt und Leistungsgrenze auf die Vorgabe, und führen Sie die Prüfungen erneut aus. Ein Fehler der Karte wandert meist zu anderen Prüfungen; ein Fehler in diesem Kernel bleibt.
verify-why-all-wrong = „{ $check }“ ergab auf { $device } ein falsches Ergebnis, und zu wenig anderes ist richtig, um Code und Karte zu unterscheiden. Führen Sie die Prüfungen erneut aus, dann mit einem anderen Treiber oder einem anderen torch.
verify-why-crashed = „{ $check }“ hat seinen Prozess mitgerissen. Treiber, Kernel und Karte können das verursachen; das Protokoll des Systems (Xid-Meldungen des Treibers) kann mehr sagen. Führen Sie die Prüfungen erneut aus: Stürzt eine andere ab, sehen Sie sich die Karte an.
verify-why-timed-out = „{ $check }“ wurde nicht rechtzeitig fertig. Ein ausgelasteter oder langsamer PC, der Treiber und die Karte können das verursachen. Schließen Sie andere Programme, die die GPU nutzen, und führen Sie die Prüfungen erneut aus.
verify-why-unclear = Die Prüfungen sagen es nicht. Die erste, die nicht bestanden hat, ist „{ $check }“:

verify-check-import = PyTorch wird geladen
verify-check-cuda-available = PyTorch findet eine nutzbare Karte
verify-check-arch-list = Kernel für diese Karte
verify-check-check-program = Das Prüfprogramm selbst
verify-check-matmul-fp32 = Matrixprodukt, float32
verify-check-matmul-tf32 = Matrixprodukt, TF32
verify-check-matmul-fp16 = Matrixprodukt, float16
verify-check-matmul-bf16 = Matrixprodukt, bfloat16
verify-check-conv2d = Faltung (Convolution)
verify-check-lstm = LSTM
verify-check-attention = Attention
verify-check-layer-norm = Layer Norm
verify-check-softmax = Softmax
verify-check-embedding = Embedding
verify-check-forward-backward = Vorwärts- und Rückwärtslauf
verify-check-optimizer-step = Schritt des Optimierers
