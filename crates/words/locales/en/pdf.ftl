# The printed ticket.
pdf-title = Tickets for { $event }, { $date }
pdf-counter = Ticket { $number } of { $count }
pdf-doors = Doors open at { $time }
pdf-section = Section
pdf-row = Row
pdf-seat = Seat
pdf-area = Area
pdf-category = Category
pdf-ticket-type = Ticket
pdf-price = Price
pdf-attendee = Name
pdf-order = Order
pdf-barcode-alt = QR code of this ticket
pdf-barcode-hint = Show this code at the entrance. It admits one person, once.
pdf-small-print = Do not share a picture of the code: whoever comes first with it is let in.
