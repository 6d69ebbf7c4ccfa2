//! The container: its head, its packages one by one, its end.

use crate::{
    Error, Package, Problem, Signature,
    names::Space,
    open::{Opener, Unlock},
    package,
    xml::{Document, Element},
};
use std::io::BufRead;

/// Reads a container, one key package at a time. After an error there is nothing more.
pub struct Reader<R> {
    document: Document<R>,
    opener: Opener,
    /// An element below the root that was read ahead.
    ahead: Option<Element>,
    signature: Option<Signature>,
    over: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads a container's head: how its values are encrypted.
    ///
    /// # Errors
    /// [`Error`] where it is no PSKC of a known version, or is encrypted in a way that is never opened.
    pub fn new(source: R, unlock: Unlock) -> Result<Self, Error> {
        let mut document = Document::open(source)?;
        let root = &document.root;
        if root.space != Space::Pskc || root.name != "KeyContainer" {
            return Err(Error { path: Vec::new(), ..root.wrong(Problem::NotPskc) });
        }
        match root.attribute("Version") {
            Some("1.0") => {}
            Some(other) => return Err(root.wrong(Problem::Version(other.chars().take(20).collect()))),
            None => return Err(root.wrong(Problem::Missing("Version"))),
        }
        let mut opener = Opener::new(unlock);
        let mut ahead = document.child()?;
        for part in ["EncryptionKey", "MACMethod"] {
            if let Some(element) = ahead.take_if(|element| element.space == Space::Pskc && element.name == part) {
                let read = match part {
                    "EncryptionKey" => opener.encryption_key(element),
                    _ => opener.mac_method(element),
                };
                read.map_err(in_container)?;
                ahead = document.child()?;
            }
        }
        Ok(Self { document, opener, ahead, signature: None, over: false })
    }

    /// The container's own id.
    pub fn id(&self) -> Option<&str> {
        // RFC 6030's figure 8 writes it small.
        self.document.root.attribute("Id").or_else(|| self.document.root.attribute("id"))
    }

    /// The signature over the file; known when all packages were read. It is not verified.
    pub fn signature(&self) -> Option<&Signature> {
        self.signature.as_ref()
    }

    fn package(&mut self) -> Result<Option<Package>, Error> {
        loop {
            let element = match self.ahead.take() {
                Some(element) => element,
                None => match self.document.child()? {
                    Some(element) => element,
                    None => return Ok(None),
                },
            };
            match (element.space, element.name.as_str()) {
                (Space::Pskc, "KeyPackage") if self.signature.is_none() => {
                    return package::read(element, &mut self.opener).map(Some).map_err(in_container);
                }
                (Space::Dsig, "Signature") if self.signature.is_none() => {
                    self.signature = Some(signature(element).map_err(in_container)?);
                }
                // What others may leave out (RFC 6030, 4.3.5).
                (Space::Pskc, "Extensions") => {}
                (_, name) => return Err(in_container(element.wrong(Problem::Unknown(name.to_owned())))),
            }
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Package, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let package = self.package();
        self.over = !matches!(package, Ok(Some(_)));
        package.transpose()
    }
}

fn in_container(error: Error) -> Error {
    error.within("KeyContainer")
}

fn signature(mut element: Element) -> Result<Signature, Error> {
    let line = element.line;
    let mut info = element.need(Space::Dsig, "SignedInfo")?;
    let method = info.take(Space::Dsig, "SignatureMethod")?;
    let algorithm = method.as_ref().and_then(|method| method.attribute("Algorithm")).map(str::to_owned);
    let mut issuer = element.take(Space::Dsig, "KeyInfo")?;
    for name in ["X509Data", "X509IssuerSerial"] {
        issuer = issuer.map(|mut parent| parent.take(Space::Dsig, name)).transpose()?.flatten();
    }
    let mut text = |name| {
        let found = issuer.as_mut().map(|issuer| issuer.take(Space::Dsig, name)).transpose()?.flatten();
        Ok::<_, Error>(found.map(|found| found.text().to_owned()))
    };
    let (issuer, serial) = (text("X509IssuerName")?, text("X509SerialNumber")?);
    Ok(Signature { line, algorithm, issuer, serial })
}

impl<R> std::fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("over", &self.over).finish_non_exhaustive()
    }
}
