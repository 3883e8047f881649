//! When what is sold to whom.

use crate::{ChannelId, TicketTypeId, Time, sale::Window};

/// Whether something is sold at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSale {
    /// It is.
    Now,
    /// It will be.
    From(Time),
    /// It never will be again.
    NoLonger,
}

/// Whether a ticket type is sold through a channel. No windows at all means always.
pub(crate) fn on_sale(
    windows: &[Window],
    channel: ChannelId,
    ticket_type: TicketTypeId,
    now: Time,
) -> OnSale {
    if windows.is_empty() {
        return OnSale::Now;
    }
    let mut next = None;
    for window in windows.iter().filter(|window| covers(window, channel, ticket_type)) {
        match window.opens {
            Some(opens) if now < opens => {
                next = Some(next.map_or(opens, |next: Time| next.min(opens)));
            }
            _ if window.closes.is_none_or(|closes| now < closes) => return OnSale::Now,
            _ => {}
        }
    }
    next.map_or(OnSale::NoLonger, OnSale::From)
}

fn covers(window: &Window, channel: ChannelId, ticket_type: TicketTypeId) -> bool {
    window.channels.as_ref().is_none_or(|channels| channels.contains(&channel))
        && window.ticket_types.as_ref().is_none_or(|types| types.contains(&ticket_type))
}
