//! XML, one element below the root at a time: bounded in size and depth, without document types and entities.

use crate::{Error, Problem, names::Space};
use quick_xml::{
    NsReader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
    name::ResolveResult,
};
use std::io::{self, BufRead, Read};
use zeroize::Zeroizing;

/// Octets that one element below the root may take: a key package takes some thousand.
const MAX_ELEMENT: u64 = 1 << 20;
/// How deep elements may be nested.
const MAX_DEPTH: usize = 24;

/// An element with all that is in it.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) space: Space,
    pub(crate) name: String,
    pub(crate) line: u64,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: Text,
}

/// Text of an element, which may be a key.
#[derive(Default)]
struct Text(Zeroizing<String>);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(…)")
    }
}

impl Element {
    /// A refusal at this element.
    pub(crate) fn wrong(&self, problem: Problem) -> Error {
        Error { line: self.line, path: vec![self.name.clone()], problem }
    }

    /// An attribute without a prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The names of its attributes.
    pub(crate) fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| name.as_str())
    }

    /// Its text, without white space around it.
    pub(crate) fn text(&self) -> &str {
        self.text.0.trim()
    }

    /// Its text as people read it: without control characters, which nobody sees.
    pub(crate) fn words(&self) -> Result<String, Error> {
        let hidden = |c: char| c.is_control() && !['\n', '\t'].contains(&c);
        let hides = self.text().contains(hidden);
        if hides {
            Err(self.wrong(Problem::NotA("text without control characters")))
        } else {
            Ok(self.text().to_owned())
        }
    }

    /// Takes out its one child of a name; a second one is refused.
    pub(crate) fn take(&mut self, space: Space, name: &str) -> Result<Option<Self>, Error> {
        let mut found = self.take_all(space, name);
        match (found.pop(), found.is_empty()) {
            (child, true) => Ok(child),
            (_, false) => Err(self.wrong(Problem::Twice(name.to_owned()))),
        }
    }

    /// Takes out its one child of a name, which must be there.
    pub(crate) fn need(&mut self, space: Space, name: &'static str) -> Result<Self, Error> {
        self.take(space, name)?.ok_or_else(|| self.wrong(Problem::Missing(name)))
    }

    /// Takes out its children of a name, in order.
    pub(crate) fn take_all(&mut self, space: Space, name: &str) -> Vec<Self> {
        self.children.extract_if(.., |child| child.space == space && child.name == name).collect()
    }

    /// The text of its one child of a name; none where it is not there.
    pub(crate) fn take_text(&mut self, name: &str) -> Result<Option<String>, Error> {
        let Some(child) = self.take(Space::Pskc, name)? else { return Ok(None) };
        child.done(|child| child.words()).map(Some).map_err(|error| error.within(&self.name))
    }

    /// Reads an element, and refuses what is left of its children.
    pub(crate) fn done<T>(mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        let value = read(&mut self)?;
        match self.children.first() {
            Some(left) => Err(self.wrong(Problem::Unknown(left.name.clone()))),
            None => Ok(value),
        }
    }
}

impl Element {
    /// An element's place alone, for refusals that come later.
    pub(crate) fn place(&self) -> Self {
        Self {
            space: self.space,
            name: self.name.clone(),
            line: self.line,
            attributes: Vec::new(),
            children: Vec::new(),
            text: Text::default(),
        }
    }

    /// The element, which must have no children.
    pub(crate) fn childless(self) -> Result<Self, Error> {
        match self.children.first() {
            Some(child) => Err(self.wrong(Problem::Unknown(child.name.clone()))),
            None => Ok(self),
        }
    }
}

/// A document of which the root is open.
pub(crate) struct Document<R> {
    reader: NsReader<Bounded<R>>,
    buffer: Zeroizing<Vec<u8>>,
    /// The root, without its children.
    pub(crate) root: Element,
    /// Whether the root's end was read.
    over: bool,
}

enum Token {
    Start(Element),
    End,
    Text(Text),
    Eof,
    Nothing,
}

impl<R: BufRead> Document<R> {
    /// Reads up to the root's start.
    pub(crate) fn open(source: R) -> Result<Self, Error> {
        let mut reader = NsReader::from_reader(Bounded { source, taken: 0, line: 1, over: false });
        reader.config_mut().expand_empty_elements = true;
        let root = Element {
            space: Space::Other,
            name: String::new(),
            line: 1,
            attributes: Vec::new(),
            children: Vec::new(),
            text: Text::default(),
        };
        let mut document = Self { reader, buffer: Zeroizing::new(Vec::new()), root, over: false };
        loop {
            match document.token()? {
                Token::Start(root) => return Ok(Self { root, ..document }),
                Token::Nothing => {}
                Token::Text(text) if text.0.trim().is_empty() => {}
                Token::Text(_) | Token::End => return Err(document.wrong(Problem::NotXml)),
                Token::Eof => return Err(document.wrong(Problem::NotPskc)),
            }
        }
    }

    /// The next element below the root, whole; none at the root's end, which is then the end of the file.
    pub(crate) fn child(&mut self) -> Result<Option<Element>, Error> {
        while !self.over {
            self.reader.get_mut().taken = 0;
            match self.token()? {
                Token::Start(element) => return self.whole(element).map(Some),
                Token::Nothing => {}
                Token::Text(text) if text.0.trim().is_empty() => {}
                Token::Text(_) => return Err(self.wrong(Problem::Unknown("text between elements".to_owned()))),
                Token::End => {
                    self.over = true;
                    return self.end().map(|()| None);
                }
                Token::Eof => return Err(self.wrong(Problem::Cut)),
            }
        }
        Ok(None)
    }

    fn line(&mut self) -> u64 {
        self.reader.get_mut().line
    }

    fn whole(&mut self, element: Element) -> Result<Element, Error> {
        let mut open = vec![element];
        loop {
            match self.token()? {
                Token::Start(_) if open.len() >= MAX_DEPTH => return Err(self.wrong(Problem::TooLarge)),
                Token::Start(element) => open.push(element),
                Token::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.0.push_str(&text.0);
                    }
                }
                Token::End => {
                    let Some(done) = open.pop() else { return Err(self.wrong(Problem::NotXml)) };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Token::Eof => return Err(self.wrong(Problem::Cut)),
                Token::Nothing => {}
            }
        }
    }

    /// Behind the root there is nothing but white space.
    fn end(&mut self) -> Result<(), Error> {
        loop {
            match self.token()? {
                Token::Eof => return Ok(()),
                Token::Nothing => {}
                Token::Text(text) if text.0.trim().is_empty() => {}
                Token::Start(_) | Token::Text(_) | Token::End => return Err(self.wrong(Problem::Cut)),
            }
        }
    }

    fn token(&mut self) -> Result<Token, Error> {
        self.buffer.clear();
        let token = match self.reader.read_resolved_event_into(&mut self.buffer) {
            Ok((space, event)) => token(space, &event),
            Err(quick_xml::Error::Io(error)) => Err(Problem::Io(error.to_string())),
            Err(_) => Err(Problem::NotXml),
        };
        let input = self.reader.get_mut();
        match token {
            _ if input.over => Err(self.wrong(Problem::TooLarge)),
            Ok(Token::Start(element)) => Ok(Token::Start(Element { line: input.line, ..element })),
            Ok(token) => Ok(token),
            Err(problem) => Err(self.wrong(problem)),
        }
    }

    fn wrong(&mut self, problem: Problem) -> Error {
        let path = if self.root.name.is_empty() { Vec::new() } else { vec![self.root.name.clone()] };
        Error { line: self.line(), path, problem }
    }
}

fn token(space: ResolveResult<'_>, event: &Event<'_>) -> Result<Token, Problem> {
    Ok(match event {
        Event::Start(start) | Event::Empty(start) => Token::Start(element(space, start)?),
        Event::End(_) => Token::End,
        Event::Text(text) => Token::Text(Text(Zeroizing::new(text.xml10_content().into_owned()))),
        Event::CData(text) => Token::Text(Text(Zeroizing::new(text.xml10_content().into_owned()))),
        Event::GeneralRef(entity) => {
            let name = entity.xml10_content();
            let known = match entity.resolve_char_ref().map_err(|_| Problem::NotXml)? {
                Some(character) => Some(character.to_string()),
                None => resolve_predefined_entity(&name).map(str::to_owned),
            };
            Token::Text(Text(Zeroizing::new(known.ok_or(Problem::Entities)?)))
        }
        Event::DocType(_) => return Err(Problem::Entities),
        Event::Decl(decl) => match decl.encoding() {
            None => Token::Nothing,
            Some(Ok(name)) if ["utf-8", "us-ascii"].contains(&name.to_ascii_lowercase().as_str()) => Token::Nothing,
            Some(_) => return Err(Problem::NotUtf8),
        },
        Event::Comment(_) | Event::PI(_) => Token::Nothing,
        Event::Eof => Token::Eof,
    })
}

fn element(space: ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Element, Problem> {
    let space = match space {
        ResolveResult::Bound(namespace) => Space::of(namespace.0),
        ResolveResult::Unbound => Space::Bare,
        ResolveResult::Unknown(_) => return Err(Problem::NotXml),
    };
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Problem::NotXml)?;
        // Those with a prefix are of other standards and change nothing here.
        if attribute.key.prefix().is_some() || attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).map_err(|_| Problem::Entities)?;
        if value.contains(char::is_control) {
            return Err(Problem::NotA("text without control characters"));
        }
        attributes.push((attribute.key.0.to_owned(), value.into_owned()));
    }
    let name = start.local_name();
    Ok(Element {
        space,
        name: AsRef::<str>::as_ref(&name).to_owned(),
        line: 0,
        attributes,
        children: Vec::new(),
        text: Text::default(),
    })
}

/// An input that counts lines, and what was taken since the last element below the root.
struct Bounded<R> {
    source: R,
    taken: u64,
    line: u64,
    /// Whether more was taken than an element may have.
    over: bool,
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > MAX_ELEMENT {
            self.over = true;
            return Err(io::Error::other("an element is too large"));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let taken = self.source.fill_buf().ok().and_then(|buffer| buffer.get(..amount)).unwrap_or_default();
        let lines = taken.iter().filter(|octet| **octet == b'\n').count();
        self.line += u64::try_from(lines).unwrap_or_default();
        self.taken += u64::try_from(amount).unwrap_or_default();
        self.source.consume(amount);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}
