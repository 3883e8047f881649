# Pošta kupujícímu. { $event } a { $code } stojí v každém předmětu, aby je hledání našlo.
mail-hello = Dobrý den, { $name },
mail-confirmed-subject = Vaše vstupenky: { $event } ({ $code })
mail-confirmed-title = Vstupenky jsou tady
mail-confirmed-text = { $count ->
    [one] Vstupenka je v příloze jako PDF. Můžete ji ukázat i z telefonu:
    [few] { $count } vstupenky jsou v příloze jako PDF. Můžete je ukázat i z telefonu:
   *[other] { $count } vstupenek je v příloze jako PDF. Můžete je ukázat i z telefonu:
  }
mail-confirmed-button = Ukázat vstupenky
mail-cancelled-subject = Zrušeno: { $event } ({ $code })
mail-cancelled-title = Místa byla zrušena
mail-cancelled-text = { $count ->
    [one] Jedno místo z vaší objednávky bylo zrušeno. Jeho vstupenka už neplatí.
    [few] { $count } místa z vaší objednávky byla zrušena. Jejich vstupenky už neplatí.
   *[other] { $count } míst z vaší objednávky bylo zrušeno. Jejich vstupenky už neplatí.
  }
mail-refunded-subject = Vracíme peníze: { $event } ({ $code })
mail-refunded-title = Vracíme vám peníze
mail-refunded-text = Vracíme { $amount } tam, odkud přišly. Bance může pár dní trvat, než to ukáže. Nemusíte nic dělat.
mail-order-button = Ukázat objednávku
mail-order-code = Objednávka
mail-when = Kdy
mail-where = Kde
mail-total = Zaplaceno
mail-places = Místa
mail-keep = E-mail si schovejte: kdo má odkaz, vidí vaši objednávku.
mail-questions = Máte dotaz? Odpovězte na tento e-mail a uveďte objednávku { $code }.

# Těm, kdo čekají. { $event } je v každém předmětu.
mail-room-hello = Dobrý den,
mail-room-turn-subject = Jste na řadě: { $event }
mail-room-turn-title = Jste na řadě
mail-room-turn-text = Vstupte teď, v tom prohlížeči, ve kterém jste přišli do čekárny. Když přijdete později, nemusíte znovu čekat: pustíme vás, jakmile bude místo.
mail-room-places-subject = Vrátila se místa: { $event }
mail-room-places-title = Vrátila se místa
mail-room-places-text = Své pořadí ve frontě máte dál. Vstupte v tom prohlížeči, ve kterém jste přišli do čekárny. Napsali jsme i několika dalším a kdo přijde první, ten vybírá.
mail-room-button = Do čekárny
mail-room-keep = Tuto adresu jste nechali v čekárně kvůli tomuto jedinému e-mailu.
mail-room-once = K ničemu jinému neslouží a po měsíci ji zapomeneme.
mail-code-subject = Váš přístupový kód: { $event }
mail-code-title = Váš přístupový kód
mail-code-hello = Dobrý den,
mail-code-text = zaregistrovali jste se do čekárny. S tímto kódem v ní získáte jedno pořadí; tlačítko ho vyplní za vás.
mail-code-code = Přístupový kód
mail-code-button = Přejít do čekárny
mail-code-keep = Kód si nechte pro sebe: je to jedno pořadí a má ho ten, kdo s ním vejde první.
mail-code-questions = Nežádali jste o něj? Pak nemusíte nic dělat. Žádnou adresu si kvůli němu neukládáme.
