front-title = Program
front-heading = Najděte si své místo
search = Hledat
search-words = Hledat
search-hint = Interpret, hra, místo
search-city = Město
search-all-cities = Všude
search-genre = Žánr
search-all-genres = Všechno
search-from = Od
search-to = Do
search-clear = Zrušit hledání
front-found = { $count ->
    [0] Nic nenalezeno.
    [one] Nalezena { $count } akce.
    [few] Nalezeny { $count } akce.
   *[other] Nalezeno { $count } akcí.
}
front-empty = Nic neodpovídá
front-empty-next = Zkuste méně slov, jiné město nebo jiné dny.
front-all = Zobrazit celý program
front-more = Zobrazit další
front-showings = { $count ->
    [one] { $count } termín
    [few] { $count } termíny
   *[other] { $count } termínů
}
event-choose = Vybrat termín
event-showings = Termíny
event-none = Teď tu není žádný termín
event-none-next = Akce už proběhla, nebo zatím nemá termín.
event-tickets = Vstupenky
event-details = Podrobnosti
event-more = Zobrazit pozdější termíny
genre-concert = Koncert
genre-festival = Festival
genre-theatre = Divadlo
genre-club = Klub
genre-comedy = Komedie
genre-musical = Muzikál
genre-opera = Opera
genre-dance = Tanec
genre-classical = Vážná hudba
genre-family = Pro rodiny
genre-sport = Sport
genre-exhibition = Výstava
search-when = Kdy
search-any-day = Kdykoli
