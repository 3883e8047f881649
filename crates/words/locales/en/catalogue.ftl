front-title = What is on
front-heading = Find your seat
search = Search
search-words = Search
search-hint = Artist, play, place
search-city = City
search-all-cities = Everywhere
search-genre = Genre
search-all-genres = Everything
search-from = From
search-to = To
search-clear = Clear the search
front-found = { $count ->
    [0] Nothing found.
    [one] { $count } event found.
   *[other] { $count } events found.
}
front-empty = Nothing matches
front-empty-next = Try fewer words, another city or other days.
front-all = See everything that is on
front-more = Show more
front-showings = { $count ->
    [one] { $count } date
   *[other] { $count } dates
}
event-choose = Choose a date
event-showings = Dates
event-none = No dates at the moment
event-none-next = This event is over or has no dates yet.
event-tickets = Tickets
event-details = Details
event-more = Show later dates
genre-concert = Concert
genre-festival = Festival
genre-theatre = Theatre
genre-club = Club
genre-comedy = Comedy
genre-musical = Musical
genre-opera = Opera
genre-dance = Dance
genre-classical = Classical music
genre-family = For families
genre-sport = Sport
genre-exhibition = Exhibition
search-when = When
search-any-day = Any day
