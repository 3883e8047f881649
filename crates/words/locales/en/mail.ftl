# Mail to the buyer. { $event } and { $code } stand in every subject, so that a search finds it.
mail-hello = Hello { $name },
mail-confirmed-subject = Your tickets for { $event } ({ $code })
mail-confirmed-title = Your tickets are here
mail-confirmed-text = { $count ->
    [one] Your ticket is attached as a PDF. You can also show it from your phone:
   *[other] Your { $count } tickets are attached as a PDF. You can also show them from your phone:
  }
mail-confirmed-button = Show my tickets
mail-cancelled-subject = Cancelled: { $event } ({ $code })
mail-cancelled-title = Places were cancelled
mail-cancelled-text = { $count ->
    [one] One place of your order was cancelled. Its ticket is no longer valid.
   *[other] { $count } places of your order were cancelled. Their tickets are no longer valid.
  }
mail-refunded-subject = Your money comes back: { $event } ({ $code })
mail-refunded-title = Your money comes back
mail-refunded-text = We return { $amount } to where it came from. Your bank may take a few days to show it. There is nothing you need to do.
mail-order-button = Show my order
mail-order-code = Order
mail-when = When
mail-where = Where
mail-total = Paid
mail-places = Places
mail-keep = Keep this mail: whoever has the link can see your order.
mail-questions = Questions? Reply to this mail and name the order { $code }.

# To those who wait. { $event } stands in every subject.
mail-room-hello = Hello,
mail-room-turn-subject = It is your turn: { $event }
mail-room-turn-title = It is your turn
mail-room-turn-text = Come in now, in the browser in which you joined the waiting room. If you come later, you need not queue again: you are let in as soon as there is room.
mail-room-places-subject = Places came back: { $event }
mail-room-places-title = Places came back
mail-room-places-text = Your place in the queue was kept. Come in, in the browser in which you joined the waiting room. A few others were told as well, and whoever is first has the choice.
mail-room-button = To the waiting room
mail-room-keep = You left this address in the waiting room for this one mail.
mail-room-once = It is used for nothing else, and forgotten after a month.
mail-code-subject = Your access code for { $event }
mail-code-title = Your access code
mail-code-hello = Hello,
mail-code-text = You registered for the waiting room. With this code you take one place in it; the button fills it in for you.
mail-code-code = Access code
mail-code-button = Go to the waiting room
mail-code-keep = Keep the code to yourself: it is one place, and whoever comes in with it first has it.
mail-code-questions = You did not ask for it? Then there is nothing you need to do. We keep no address for it.
