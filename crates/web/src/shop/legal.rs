//! Pages that the organiser writes.

use axum::extract::State;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::Answer,
    pages::legal::{LegalPage, TextBlock},
    reply,
    urls::Legal,
    visitor::Visitor,
};

/// Who sells.
pub async fn imprint(State(app): State<App>, visitor: Visitor) -> Answer {
    show(&app, &visitor, Legal::Imprint).await
}

/// Under which terms.
pub async fn terms(State(app): State<App>, visitor: Visitor) -> Answer {
    show(&app, &visitor, Legal::Terms).await
}

/// What happens with personal data.
pub async fn privacy(State(app): State<App>, visitor: Visitor) -> Answer {
    show(&app, &visitor, Legal::Privacy).await
}

async fn show(app: &App, visitor: &Visitor, page: Legal) -> Answer {
    let legal = &app.config.legal;
    let text = match page {
        Legal::Imprint => &legal.imprint,
        Legal::Terms => &legal.terms,
        Legal::Privacy => &legal.privacy,
    };
    let page = LegalPage { frame: visitor.frame(app).await, page, blocks: TextBlock::parse(text) };
    reply::page(app, visitor, CachePolicy::Shared, &page)
}
