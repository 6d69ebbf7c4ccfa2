//! Drawing a screen that was described as rows, into whatever room there is.

use ratatui::Frame;
use ratatui::layout::{Alignment, Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

const PANEL_WIDTH: u16 = 66;
const LABEL_GAP: u16 = 2;
/// Between two hints, as the catalogue writes them.
const HINT_GAP: &str = " · ";

/// One row of a screen.
#[derive(Debug, Clone)]
pub(super) enum Row {
    /// An empty line; the first to go when there is little room.
    Blank,
    /// Text, wrapped.
    Text(String, Style),
    /// A label and something beside it.
    Labelled { label: String, value: String, style: Style },
    /// A label and an input field; the cursor in columns, when the keyboard is here.
    Field { label: String, shown: String, cursor: Option<usize> },
    /// A drop-down: what is chosen, and the list with its highlighted place while it is open.
    Select { value: String, focused: bool, open: Option<(Vec<String>, usize)> },
    /// A button in the middle.
    Button { label: String, focused: bool },
    /// Something to press that is no button, and its key, shown where there is room.
    Link { label: String, key: &'static str, focused: bool },
    /// Large digits; left out when there is little room, so the same is said in a row beside it.
    Large(String),
    /// A bar that is filled to a part (0 to 1), with a caption.
    Bar { part: f64, caption: String, style: Style },
}

pub(super) const ACCENT: Style = Style::new().fg(Color::Cyan);
pub(super) const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);
pub(super) const BAD: Style = Style::new().fg(Color::LightRed).add_modifier(Modifier::BOLD);
pub(super) const GOOD: Style = Style::new().fg(Color::LightGreen).add_modifier(Modifier::BOLD);
pub(super) const QUIET: Style = Style::new().fg(Color::DarkGray);
const TITLE_BAR: Style = Style::new().fg(Color::White).bg(Color::Blue).add_modifier(Modifier::BOLD);
const FOCUSED: Style = Style::new().fg(Color::Black).bg(Color::Cyan);
const INPUT: Style = Style::new().add_modifier(Modifier::UNDERLINED);

/// The bars at the top and the bottom.
pub(super) fn bars(frame: &mut Frame<'_>, left: &str, right: &str, hints: &str) {
    let area = frame.area();
    let top = Rect { height: area.height.min(1), ..area };
    frame.render_widget(Paragraph::new(format!(" {left}")).style(TITLE_BAR), top);
    let room = top.width.saturating_sub(width(left) + 3);
    if width(right) < room {
        let place = Rect { x: top.right().saturating_sub(width(right) + 1), width: width(right), ..top };
        frame.render_widget(Paragraph::new(right).style(TITLE_BAR), place);
    }
    if area.height > 6 {
        let bottom = Rect { y: area.bottom() - 1, height: 1, ..area };
        let hints = fitting(hints, bottom.width.saturating_sub(2));
        frame.render_widget(Paragraph::new(format!(" {hints}")).style(QUIET), bottom);
    }
}

/// As many hints as there is room for: the first and the last stay longest, the ones before the last go first.
fn fitting(hints: &str, room: u16) -> String {
    let mut parts: Vec<&str> = hints.split(HINT_GAP).collect();
    while parts.len() > 1 && width(&parts.join(HINT_GAP)) > room {
        parts.remove((parts.len() - 2).max(1));
    }
    parts.join(HINT_GAP)
}

/// The panel in the middle. Where there is little room, large digits and blank rows go first, then the bar's caption
/// moves into the border, then the panel scrolls to where the keyboard is.
pub(super) fn panel(frame: &mut Frame<'_>, title: &str, mut rows: Vec<Row>) {
    let area = frame.area();
    let bars = if area.height > 6 { 2 } else { 1 };
    let body = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(bars), ..area };
    let outer_width = body.width.min(PANEL_WIDTH);
    let inner_width = outer_width.saturating_sub(4);
    let room = body.height.saturating_sub(2);
    let fits = |rows: &[Row]| total(rows, inner_width) <= room;
    if !fits(&rows) {
        rows.retain(|row| !matches!(row, Row::Large(_)));
    }
    if !fits(&rows) {
        rows.retain(|row| !matches!(row, Row::Blank));
    }
    let caption = if fits(&rows) { None } else { take_caption(&mut rows) };
    let height = body.height.min(total(&rows, inner_width).saturating_add(2));
    let outer = Rect {
        x: body.x + (body.width - outer_width) / 2,
        y: body.y + (body.height - height) / 2,
        width: outer_width,
        height,
    };
    let mut block = Block::bordered().border_type(BorderType::Rounded).border_style(QUIET);
    if let Some((caption, style)) = caption {
        block = block.title_bottom(Span::styled(format!(" {caption} "), style));
    }
    frame.render_widget(block.title(Span::styled(format!(" {title} "), STRONG)), outer);
    let inner = Rect {
        x: outer.x + 2.min(outer.width),
        y: outer.y + 1.min(outer.height),
        width: inner_width,
        height: outer.height.saturating_sub(2),
    };
    paint_rows(frame, inner, &rows);
}

fn take_caption(rows: &mut Vec<Row>) -> Option<(String, Style)> {
    let at = rows.iter().position(|row| matches!(row, Row::Bar { .. }))?;
    match rows.remove(at) {
        Row::Bar { caption, style, .. } => Some((caption, style)),
        _ => None,
    }
}

fn paint_rows(frame: &mut Frame<'_>, inner: Rect, rows: &[Row]) {
    let labels = label_width(rows).min(inner.width / 2);
    let mut skip = scroll(rows, inner);
    let mut y = inner.y;
    let mut list = None;
    for row in rows {
        let height = row.height(inner.width);
        if skip > 0 {
            skip = skip.saturating_sub(height);
            continue;
        }
        let left = inner.bottom().saturating_sub(y);
        if left == 0 {
            break;
        }
        let place = Rect { y, height: height.min(left), ..inner };
        row.paint(frame, place, labels);
        if let Row::Select { open: Some(open), .. } = row {
            list = Some((place, open));
        }
        y = y.saturating_add(height);
    }
    // Last, because it lies over the rows below it.
    if let Some((place, (entries, at))) = list {
        drop_down(frame, place, entries, *at);
    }
}

/// How many lines to leave out at the top, so that the row with the keyboard shows.
fn scroll(rows: &[Row], inner: Rect) -> u16 {
    let mut end: u16 = 0;
    for row in rows {
        end = end.saturating_add(row.height(inner.width));
        if row.is_focused() {
            return end.saturating_sub(inner.height);
        }
    }
    0
}

fn total(rows: &[Row], width: u16) -> u16 {
    rows.iter().fold(0, |sum: u16, row| sum.saturating_add(row.height(width)))
}

fn label_width(rows: &[Row]) -> u16 {
    let labels = rows.iter().filter_map(|row| match row {
        Row::Labelled { label, .. } | Row::Field { label, .. } => Some(width(label)),
        _ => None,
    });
    labels.max().unwrap_or_default()
}

fn value_area(place: Rect, labels: u16) -> Rect {
    let offset = if labels == 0 { 0 } else { (labels + LABEL_GAP).min(place.width) };
    Rect { x: place.x + offset, width: place.width - offset, height: place.height.min(1), ..place }
}

impl Row {
    fn height(&self, room: u16) -> u16 {
        match self {
            Self::Text(text, _) => u16::try_from(wrap(text, room).len()).unwrap_or(u16::MAX),
            Self::Large(_) => 3,
            _ => 1,
        }
    }

    fn is_focused(&self) -> bool {
        match self {
            Self::Field { cursor, .. } => cursor.is_some(),
            Self::Select { focused, .. } | Self::Button { focused, .. } | Self::Link { focused, .. } => *focused,
            _ => false,
        }
    }

    fn paint(&self, frame: &mut Frame<'_>, place: Rect, labels: u16) {
        let label_place = Rect { width: labels, height: place.height.min(1), ..place };
        let value_place = value_area(place, labels);
        match self {
            Self::Blank => {}
            Self::Text(text, style) => {
                let lines: Vec<Line<'_>> = wrap(text, place.width).into_iter().map(Line::from).collect();
                frame.render_widget(Paragraph::new(lines).style(*style), place);
            }
            Self::Labelled { label, value, style } => {
                frame.render_widget(label.as_str(), label_place);
                frame.render_widget(Span::styled(value.as_str(), *style), value_place);
            }
            Self::Field { label, shown, cursor } => {
                frame.render_widget(label.as_str(), label_place);
                input(frame, value_place, shown, *cursor);
            }
            Self::Select { value, focused, .. } => {
                let room = usize::from(place.width.saturating_sub(4));
                let text = format!(" {:<room$} ▾ ", clip(value, room));
                frame.render_widget(Span::styled(text, if *focused { FOCUSED } else { INPUT }), place);
            }
            Self::Button { label, focused } => {
                let style = if *focused { FOCUSED.add_modifier(Modifier::BOLD) } else { STRONG };
                let button = Line::styled(format!("[ {label} ]"), style).alignment(Alignment::Center);
                // Only the button itself is coloured, so it is drawn at its own width.
                let wide = u16::try_from(button.width()).unwrap_or(place.width).min(place.width);
                let middle = Rect { x: place.x + (place.width - wide) / 2, width: wide, ..place };
                frame.render_widget(button, middle);
            }
            Self::Link { label, key, focused } => {
                let with_key = format!("{label} ({key})");
                let label = if width(&with_key) <= place.width { &with_key } else { label };
                let style = if *focused { FOCUSED } else { ACCENT.add_modifier(Modifier::UNDERLINED) };
                frame.render_widget(Span::styled(label.as_str(), style), place);
            }
            Self::Large(digits) => {
                let lines: Vec<Line<'_>> = large(digits).into_iter().map(Line::from).collect();
                let style = ACCENT.add_modifier(Modifier::BOLD);
                frame.render_widget(
                    Paragraph::new(lines).style(style),
                    Rect { x: value_place.x, width: value_place.width, ..place },
                );
            }
            Self::Bar { part, caption, style } => bar(frame, place, *part, caption, *style),
        }
    }
}

/// An input field; long text moves so that the cursor shows.
fn input(frame: &mut Frame<'_>, place: Rect, shown: &str, cursor: Option<usize>) {
    let room = usize::from(place.width.saturating_sub(1)).max(1);
    let skip = cursor.unwrap_or_default().saturating_sub(room);
    let text: String = shown.chars().skip(skip).take(room + 1).collect();
    let style = if cursor.is_some() { INPUT.fg(Color::Cyan).add_modifier(Modifier::BOLD) } else { INPUT };
    let wide = usize::from(place.width);
    frame.render_widget(Span::styled(format!("{text:<wide$}"), style), place);
    if let Some(cursor) = cursor {
        let column = u16::try_from(cursor.saturating_sub(skip)).unwrap_or_default();
        if place.width > 0 && place.height > 0 {
            frame.set_cursor_position(Position::new(place.x + column.min(place.width - 1), place.y));
        }
    }
}

/// The open list, below the closed one, or above where there is no room below.
fn drop_down(frame: &mut Frame<'_>, place: Rect, entries: &[String], at: usize) {
    let whole = frame.area();
    let wanted = u16::try_from(entries.len()).unwrap_or(u16::MAX).saturating_add(2);
    let below = whole.bottom().saturating_sub(place.y + 1);
    let above = place.y.saturating_sub(whole.y);
    let (y, height) = if wanted <= below || below >= above {
        (place.y + 1, wanted.min(below))
    } else {
        (place.y - wanted.min(above), wanted.min(above))
    };
    let area = Rect { y, height, ..place };
    frame.render_widget(Clear, area);
    frame.render_widget(Block::bordered().border_style(ACCENT), area);
    let room = usize::from(height.saturating_sub(2));
    let first = (at + 1).saturating_sub(room);
    for (line, (place, entry)) in entries.iter().enumerate().skip(first).take(room).enumerate() {
        let row = Rect {
            x: area.x + 1,
            y: area.y + 1 + u16::try_from(line).unwrap_or_default(),
            width: area.width.saturating_sub(2),
            height: 1,
        };
        let wide = usize::from(row.width);
        let text = format!("{:<wide$}", clip(&format!(" {entry}"), wide));
        frame.render_widget(Span::styled(text, if place == at { FOCUSED } else { Style::new() }), row);
    }
}

fn bar(frame: &mut Frame<'_>, place: Rect, part: f64, caption: &str, style: Style) {
    let caption_place = Rect { width: width(caption).min(place.width), ..place };
    frame.render_widget(Span::styled(caption, style), caption_place);
    let from = (caption_place.width + 2).min(place.width);
    let room = place.width - from;
    let filled = (0..room).filter(|cell| (f64::from(*cell) + 0.5) / f64::from(room) < part).count();
    let empty = usize::from(room) - filled;
    let line = Line::from(vec![Span::styled("█".repeat(filled), style), Span::styled("░".repeat(empty), QUIET)]);
    frame.render_widget(line, Rect { x: place.x + from, width: room, ..place });
}

/// Digits three lines high.
fn large(digits: &str) -> [String; 3] {
    let mut lines = [String::new(), String::new(), String::new()];
    for c in digits.chars() {
        let shape = match c {
            '0' => ["┏━┓", "┃ ┃", "┗━┛"],
            '1' => ["  ╻", "  ┃", "  ╹"],
            '2' => ["╺━┓", "┏━┛", "┗━╸"],
            '3' => ["╺━┓", "╺━┫", "╺━┛"],
            '4' => ["╻ ╻", "┗━┫", "  ╹"],
            '5' => ["┏━╸", "┗━┓", "╺━┛"],
            '6' => ["┏━╸", "┣━┓", "┗━┛"],
            '7' => ["╺━┓", "  ┃", "  ╹"],
            '8' => ["┏━┓", "┣━┫", "┗━┛"],
            '9' => ["┏━┓", "┗━┫", "╺━┛"],
            _ => ["  ", "  ", "  "],
        };
        for (line, part) in lines.iter_mut().zip(shape) {
            line.push_str(part);
            line.push(' ');
        }
    }
    lines
}

/// Columns that text takes.
pub(super) fn width(text: &str) -> u16 {
    u16::try_from(Span::raw(text).width()).unwrap_or(u16::MAX)
}

fn clip(text: &str, room: usize) -> String {
    text.chars().take(room).collect()
}

/// Breaks text between words, and inside a word that is longer than a line.
fn wrap(text: &str, room: u16) -> Vec<String> {
    let room = usize::from(room.max(1));
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        loop {
            let line = lines.last().map_or(0, |line| line.chars().count());
            let gap = usize::from(line > 0);
            if line + gap + rest.len() <= room {
                let tail: String = rest.into_iter().collect();
                if let Some(last) = lines.last_mut() {
                    last.push_str(if gap == 1 { " " } else { "" });
                    last.push_str(&tail);
                }
                break;
            }
            if line == 0 {
                let head: String = rest.drain(..room).collect();
                lines.pop();
                lines.push(head);
            }
            lines.push(String::new());
        }
    }
    lines
}
