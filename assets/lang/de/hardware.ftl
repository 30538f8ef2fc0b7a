# Rat zur Hardware des PCs: was gemessen wurde (die Messwerte stehen darin) und wie man es nachprüft.
hardware-title = Hardware dieses PCs
hardware-check = Nachprüfen: { $check }
hardware-source-name = Quelle von „{ $what }“: { $page }
hardware-window = Resizable BAR ist wohl aus: Der Prozessor erreicht { $window } der { $memory } der Karte auf einmal.
hardware-older-link = Der Steckplatz gibt dieser Karte PCIe { $here }; Karten ihrer Art können PCIe { $card }. Auf der Karte rechnet es sich gleich schnell; Kopien von und zu ihr dauern länger.
hardware-power-limit = Die Leistungsgrenze steht auf { $watts } W; die Karte kommt mit { $default } W.
hardware-several-cards = { $count } Karten dürfen zusammen { $watts } W ziehen. Mit dem übrigen PC sollte das Netzteil etwa { $supply } W liefern.
hardware-order = Die Karten sind verschieden. Treiber, nvidia-smi und dieses Programm zählen sie nach Steckplatz ({ $cards }); CUDA-Programme setzen die schnellste nach vorn, cuda:0 kann also eine andere Karte sein.
hardware-two-graphics = { $other } zeichnet vielleicht den Bildschirm dieses Laptops, während die NVIDIA-Karte rechnet: PyTorch braucht keinen Bildschirm an ihr.
hardware-battery = Der PC läuft auf Akku: Die Karte bleibt dann weit unter dem, was sie kann.

hardware-check-window = nvidia-smi -q zeigt es als „BAR1 Memory Usage, Total“. Eingeschaltet wird es in den Firmware-Einstellungen („Above 4G Decoding“ und „Re-Size BAR“, CSM aus); manche Karten brauchen dafür eine neuere eigene Firmware. Kernel laufen damit nicht schneller.
hardware-check-older-link = nvidia-smi -q zeigt es als „PCIe Generation, Max“. Ein anderer Steckplatz oder die PCIe-Einstellung der Firmware gibt vielleicht mehr; für eine unsichere Verbindung ist weniger die bessere Wahl.
hardware-check-slow-link = nvidia-smi -q zeigt „GPU Link Info“, während die Karte arbeitet; im Leerlauf sind Verbindungen mit Absicht langsam. Versuchen Sie den ersten Steckplatz und kein Riser-Kabel. Geht die Karte unter Last verloren, versuchen Sie PCIe 4 in den Firmware-Einstellungen.
hardware-check-power-limit = nvidia-smi -q -d POWER zeigt beide. nvidia-smi -pl WATT setzt sie bis zum nächsten Start (mit Administratorrechten); eine niedrigere Grenze kostet wenig Tempo und viel weniger Hitze.
hardware-check-power-brake = nvidia-smi -q -d PERFORMANCE zeigt es als „HW Power Brake Slowdown“ oder „HW Slowdown“. Es kommt vom Netzteil, der Hauptplatine oder einem plötzlichen Verbrauch: Prüfen Sie den Sitz des Stromkabels, nehmen Sie je Stecker ein eigenes Kabel, versuchen Sie eine niedrigere Leistungsgrenze.
hardware-check-clocks = nvidia-smi -q -d PERFORMANCE zeigt die Gründe. nvidia-smi -rgc und -rac nehmen einen Takt zurück, den ein Programm gesetzt hat.
hardware-check-heat = nvidia-smi -q -d TEMPERATURE zeigt die Grenzen. Sehen Sie nach Staub, Lüftern und dem Weg der Luft durchs Gehäuse; eine niedrigere Leistungsgrenze hilft sofort.
hardware-check-several-cards = Was das Netzteil liefert, steht auf seinem Schild. PCs, die unter Last aller Karten ausgehen oder eine Karte verlieren, haben zu wenig: Versuchen Sie nvidia-smi -pl mit einer niedrigeren Grenze je Karte.
hardware-check-order = CUDA_DEVICE_ORDER=PCI_BUS_ID, gesetzt bevor torch geladen wird, zählt wie der Treiber. CUDA_VISIBLE_DEVICES nimmt auch die UUID einer Karte (nvidia-smi -L), die in jeder Reihenfolge dieselbe Karte meint.
hardware-check-two-graphics = Fehlt die Karte, hat eine Einstellung sie abgeschaltet: unter Windows der „Eco-Modus“ im Programm des Herstellers, unter Linux prime-select intel.
hardware-check-battery = Schließen Sie das Netzteil an und messen Sie noch einmal.
hardware-check-driver-fault = nvidia-smi zeigt die Version des Treibers in seiner ersten Zeile; die Seite zum Treiber sagt, welcher passt.
hardware-check-memory-full = nvidia-smi nennt, wer ihn hält. Unter Windows macht der Treiber erst langsam im Speicher des PCs weiter, bevor es scheitert: „CUDA - Sysmem-Fallback-Richtlinie“ in NVIDIAs Einstellungen schaltet das ab.
hardware-check-memory-errors = nvidia-smi -q -d ECC zählt sie. Starten Sie den PC neu; kommen sie wieder, ist die Karte verschlissen.
hardware-check-xid = Das Protokoll des Systems hat sie: dmesg | grep Xid unter Linux, die Ereignisanzeige (nvlddmkm) unter Windows.
hardware-check-lost = nvidia-smi und das Protokoll des Systems (Xid 79) sagen es. Prüfen Sie den Sitz des Stromkabels und den Steckplatz, nehmen Sie Riser-Kabel heraus, versuchen Sie PCIe 4 oder 3 in den Firmware-Einstellungen und eine niedrigere Leistungsgrenze.
hardware-check-silent = Auch nvidia-smi hängt dann. Starten Sie den PC neu; geschieht es wieder, prüfen Sie die Umgebung und lesen Sie das Protokoll des Systems.
