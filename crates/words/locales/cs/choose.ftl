choose-best = Nejlepší volná místa
choose-best-note = { $count ->
    [one] Řekněte kolik, my vybereme nejlepší místa vedle sebe. Nejvýše { $count } místo v objednávce.
    [few] Řekněte kolik, my vybereme nejlepší místa vedle sebe. Nejvýše { $count } místa v objednávce.
   *[other] Řekněte kolik, my vybereme nejlepší místa vedle sebe. Nejvýše { $count } míst v objednávce.
}
choose-places = Vyberte místa
choose-places-note = { $count ->
    [one] Místa nejsou číslovaná. V objednávce { $count } místo.
    [few] Místa nejsou číslovaná. Nejvýše { $count } místa v objednávce.
   *[other] Místa nejsou číslovaná. Nejvýše { $count } míst v objednávce.
}
choose-map = Výběr na plánku
choose-map-jump = Vybrat na plánku
choose-rows = Vybrat ze seznamu
choose-wheelchair = Vždy místo pro vozík a vedle něj místo pro doprovod, obě za tuto cenu.
choose-multiple = Prodává se po { $count }.
choose-split = Můžeme sedět odděleně, když nic jiného nezbude
choose-hold-best = Podržet nejlepší místa
choose-hold-standing = Podržet místa
hall-map = Sál
hold-seats = Podržet tato místa
sale-soon = Prodej začíná { $when }
sale-soon-next = Ceny už znáte. Vraťte se v tu chvíli, stránka bude připravená.
sale-sold-out = Momentálně vyprodáno
sale-sold-out-next = Místa, která někdo drží a nezaplatí, se sama vrátí. Zkuste to za pár minut.
sale-over = Prodej skončil
sale-over-next = Koupené vstupenky platí dál.
sale-other-dates = Další termíny
rows-title = Sektory
rows-back = Zpět na nejlepší místa a plánek
rows-sections = Všechny sektory
rows-note = { $count ->
    [one] Zaškrtněte { $count } místo; druh vstupenky zvolíte na další stránce.
    [few] Zaškrtněte nejvýše { $count } místa; druh vstupenek zvolíte na další stránce.
   *[other] Zaškrtněte nejvýše { $count } míst; druh vstupenek zvolíte na další stránce.
}
rows-continue = Pokračovat s těmito místy
seat-own = ve vašem košíku
types-title = Druhy vstupenek
types-gone = { $count ->
    [one] Někdo byl rychlejší. Toto místo už je pryč:
   *[other] Někdo byl rychlejší. Tato místa už jsou pryč:
}
types-own = { $count ->
    [one] Toto místo už máte v košíku:
   *[other] Tato místa už máte v košíku:
}
types-none = Není vybráno žádné volné místo
types-back = Vybrat jiná místa
sale-closed = Momentálně se neprodává
sale-closed-next = Ceny už znáte. Pořadatel prodej zatím nespustil, nebo ho pozastavil.
