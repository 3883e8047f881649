# Vytištěná vstupenka.
pdf-title = Vstupenky: { $event }, { $date }
pdf-counter = Vstupenka { $number } z { $count }
pdf-doors = Vstup od { $time }
pdf-section = Sektor
pdf-row = Řada
pdf-seat = Sedadlo
pdf-area = Prostor
pdf-category = Kategorie
pdf-ticket-type = Vstupenka
pdf-price = Cena
pdf-attendee = Jméno
pdf-order = Objednávka
pdf-barcode-alt = QR kód této vstupenky
pdf-barcode-hint = Ukažte kód u vchodu. Pustí jednu osobu, jednou.
pdf-small-print = Fotku kódu nikomu neposílejte: dovnitř se dostane, kdo s ním přijde první.
