//! How the desk looks: quotes and positions side by side, orders below, the order that is being written at the bottom.

use super::model::{Desk, List, Ticket};
use crate::market::Board;
use crate::terminal::field::TextField;
use crate::terminal::paint::{self, ACCENT, BAD, GOOD, QUIET, STRONG};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Cell, Paragraph, Row, Table};

/// Lines of the quotes' frame: the symbols, a head, the border.
const UPPER: u16 = 9;
const CHOSEN: Style = Style::new().fg(Color::Black).bg(Color::Cyan);

/// Draws the desk.
pub fn view(desk: &Desk, frame: &mut Frame<'_>) {
    let hints = desk.lang.t(if desk.ticket.is_some() { "desk-hints-ticket" } else { "desk-hints" });
    paint::bars(frame, &format!("{} — {}", desk.lang.t("desk-title"), desk.username), &desk.brokerage, &hints);
    let area = frame.area();
    let body = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(2), ..area };
    let [upper, lower, foot] =
        Layout::vertical([Constraint::Length(UPPER), Constraint::Min(3), Constraint::Length(2)]).areas(body);
    let Some(board) = &desk.board else {
        frame.render_widget(Paragraph::new(desk.lang.t("desk-waiting")).style(QUIET), upper);
        return notice(desk, frame, foot);
    };
    let [left, right] = Layout::horizontal([Constraint::Percentage(60), Constraint::Percentage(40)]).areas(upper);
    quotes(desk, board, frame, left);
    positions(desk, board, frame, right);
    orders(desk, board, frame, lower);
    match &desk.ticket {
        Some(ticket) => write(desk, ticket, frame, foot),
        None => notice(desk, frame, foot),
    }
}

fn framed(title: String, focused: bool) -> Block<'static> {
    let style = if focused { ACCENT } else { QUIET };
    Block::bordered().border_type(BorderType::Rounded).border_style(style).title(Span::styled(title, STRONG))
}

fn right(text: &str) -> Cell<'static> {
    Cell::from(Line::from(text.to_owned()).right_aligned())
}

fn head(desk: &Desk, keys: &[&str]) -> Row<'static> {
    let cells = keys.iter().enumerate().map(|(place, key)| {
        let words = desk.lang.t(key);
        if place == 0 { Cell::from(words) } else { right(&words) }
    });
    Row::new(cells.collect::<Vec<_>>()).style(QUIET)
}

fn quotes(desk: &Desk, board: &Board, frame: &mut Frame<'_>, area: Rect) {
    let focused = desk.list == List::Quotes;
    let rows = board.quotes.iter().enumerate().map(|(place, quote)| {
        let price = |price: &Option<String>| right(&desk.price(price.as_deref()));
        let cells = vec![Cell::from(format!("{} {}", quote.symbol, quote.name)), price(&quote.bid), price(&quote.ask)];
        let row = Row::new(cells);
        if focused && place == desk.quote { row.style(CHOSEN) } else { row }
    });
    let widths = [Constraint::Min(8), Constraint::Length(10), Constraint::Length(10)];
    let table = Table::new(rows, widths).header(head(desk, &["desk-symbol", "desk-bid", "desk-ask"]));
    frame.render_widget(table.block(framed(desk.lang.t("desk-quotes"), focused)), area);
}

fn positions(desk: &Desk, board: &Board, frame: &mut Frame<'_>, area: Rect) {
    let held = &board.holdings;
    let rows = held.positions.iter().map(|held| {
        Row::new(vec![
            Cell::from(held.symbol.clone()),
            right(&held.quantity.to_string()),
            right(&desk.price(Some(&held.price))),
        ])
    });
    let widths = [Constraint::Min(5), Constraint::Length(8), Constraint::Length(10)];
    let cash = desk.lang.t_with(
        "desk-cash",
        &[("amount", amount::write(&held.free, &held.currency, amount::Marks::of(desk.lang.tag())).into())],
    );
    let block = framed(held.account.clone(), false).title_bottom(Span::styled(cash, GOOD));
    let table = Table::new(rows, widths).header(head(desk, &["desk-symbol", "desk-shares", "desk-price"]));
    frame.render_widget(table.block(block), area);
}

fn orders(desk: &Desk, board: &Board, frame: &mut Frame<'_>, area: Rect) {
    let focused = desk.list == List::Orders;
    // The chosen one stays on the screen: border and head take three lines.
    let room = usize::from(area.height.saturating_sub(3)).max(1);
    let first = (desk.order + 1).saturating_sub(room);
    let rows = board.orders.iter().enumerate().skip(first).map(|(place, order)| {
        let row = Row::new(vec![
            Cell::from(order.number.to_string()),
            Cell::from(format!("{} {} {}", desk.side(&order.side), order.quantity, order.symbol)),
            right(&desk.price(order.limit.as_deref())),
            right(&order.left.to_string()),
            right(&desk.state(&order.state)),
        ]);
        if focused && place == desk.order { row.style(CHOSEN) } else { row }
    });
    let widths = [
        Constraint::Length(8),
        Constraint::Min(18),
        Constraint::Length(10),
        Constraint::Length(8),
        Constraint::Length(12),
    ];
    let keys = ["desk-number", "desk-order", "desk-limit", "desk-left", "desk-state"];
    let table = Table::new(rows, widths).header(head(desk, &keys));
    frame.render_widget(table.block(framed(desk.lang.t("desk-orders"), focused)), area);
}

fn write(desk: &Desk, ticket: &Ticket, frame: &mut Frame<'_>, area: Rect) {
    let field = |label: String, shown: String, here: bool| {
        let style = if here { CHOSEN } else { Style::new() };
        [Span::raw(format!("  {label}: ")), Span::styled(format!("{shown:<10}"), style)]
    };
    let what = format!(" {} {}", desk.side(ticket.side), ticket.symbol);
    let mut spans = vec![Span::styled(what, STRONG)];
    let marks = amount::Marks::of(desk.lang.tag());
    let shown = |field: &TextField| amount::shown(field.text(), marks);
    spans.extend(field(desk.lang.t("desk-shares"), shown(&ticket.quantity), !ticket.in_limit));
    spans.extend(field(desk.lang.t("desk-limit"), shown(&ticket.limit), ticket.in_limit));
    let help = match &desk.notice {
        Some((text, _)) => Line::styled(format!(" {text}"), BAD),
        None => Line::styled(format!(" {}", desk.lang.t("desk-limit-help")), QUIET),
    };
    frame.render_widget(Paragraph::new(vec![Line::from(spans), help]), area);
}

fn notice(desk: &Desk, frame: &mut Frame<'_>, area: Rect) {
    if let Some((text, bad)) = &desk.notice {
        frame.render_widget(Paragraph::new(format!(" {text}")).style(if *bad { BAD } else { GOOD }), area);
    }
}
