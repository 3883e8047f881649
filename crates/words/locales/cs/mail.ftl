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
