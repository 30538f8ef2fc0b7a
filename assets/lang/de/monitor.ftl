# Laufende Werte der Karten.

monitor-title = { $name }, live
monitor-title-simulated = Simulierte GPU, live
monitor-title-waiting = Warten auf den ersten Messwert
monitor-title-lost = GPU { $index } antwortet nicht mehr
monitor-title-no-answer = Der Treiber antwortet nicht
monitor-title-no-readings = Es gibt keine Messwerte
monitor-title-no-card = Es gibt keine NVIDIA-Karte zu beobachten
monitor-title-not-known = Ob eine Karte da ist, ist nicht bekannt
monitor-title-looking = Karten werden gesucht
monitor-lead = Ein Messwert je Sekunde vom Treiber ({ $driver }). Nichts verlässt diesen PC.
monitor-lead-no-driver = Ein Messwert je Sekunde vom Treiber. Nichts verlässt diesen PC.
monitor-lead-simulated = Eine Bibliothek spielt den NVIDIA-Treiber: Keiner dieser Werte kommt von einer echten Karte.
monitor-lead-lost = Der Treiber hat sie verloren. Sichern Sie Ihre Arbeit, und starten Sie den PC neu; geschieht es wieder, prüfen Sie Stromkabel, Steckplatz und Kühlung.
monitor-lead-no-answer = Sobald er antwortet, geht es weiter. Eine Lücke in einer Linie ist Zeit ohne Messwert.
monitor-lead-no-card = Der Monitor zeigt NVIDIA-Karten, deren Treiber antwortet.

monitor-card = Karte
monitor-card-option = { $index }: { $name }
monitor-span = Zeitspanne
monitor-span-minute = 60 s
monitor-span-ten = 10 min
monitor-span-all = Alles

monitor-utilisation = GPU-Auslastung
monitor-memory = GPU-Speicher
monitor-memory-of = von { $total } GiB
monitor-temperature = Temperatur
monitor-power = Leistungsaufnahme
monitor-power-limit = Grenze { $watts } W
monitor-clock = Kerntakt
monitor-memory-clock = Speicher { $mhz } MHz
monitor-link = PCIe-Verbindung jetzt
monitor-link-note = Generation × Lanes; fällt, wenn die Karte nichts tut
monitor-fan = Lüfter

monitor-not-reported = von dieser Karte nicht gemeldet
monitor-waiting = wartet auf den ersten Messwert
monitor-no-answer = der Treiber antwortet nicht
monitor-lost = diese Karte antwortet nicht mehr
monitor-trend-rising = steigend
monitor-trend-falling = fallend
monitor-trend-steady = stabil seit { $time }
monitor-highest = Höchstwert
monitor-pointed = { $value }, { $seconds } s zuvor
monitor-pointed-gap = kein Messwert

monitor-throttle = Was den Takt bremst
monitor-throttle-none = Der Treiber meldet nichts, was den Takt bremst.
monitor-throttle-unknown = Nicht bekannt: Es gibt keinen Messwert.
monitor-throttle-applications_clocks_setting = Takt von einem Programm gesetzt
monitor-throttle-user_defined_clocks = Takt von einem Benutzer gesetzt
monitor-throttle-sw_power_cap = Leistungsgrenze
monitor-throttle-hw_slowdown = Drosselung durch die Hardware
monitor-throttle-sync_boost = Sync Boost mit anderen Karten
monitor-throttle-sw_thermal_slowdown = Temperatur, durch den Treiber
monitor-throttle-hw_thermal_slowdown = Temperatur, durch die Hardware
monitor-throttle-hw_power_brake_slowdown = Signal der Strombremse
monitor-throttle-display_clock_setting = Takteinstellung der Anzeige

monitor-processes = Prozesse, die auf dieser Karte rechnen
monitor-processes-none = Der Treiber nennt keinen.
monitor-process = Prozess { $pid }

monitor-no-card-text = Steckt eine NVIDIA-Karte in diesem PC, installieren Sie ihren Treiber und prüfen Sie dann erneut. Kernel für den Prozessor laufen auch ohne.
monitor-not-known-text = Die Karten ließen sich nicht befragen: { $why }. Ein hängender Treiber kann das verursachen; starten Sie den PC neu, und prüfen Sie dann erneut.
monitor-looking-text = Die Karten werden gesucht.
monitor-export = CSV exportieren…
monitor-footer = { $count } Messwerte sind aufgehoben, höchstens die letzte Stunde.
monitor-footer-none = Noch ist kein Messwert aufgehoben.
