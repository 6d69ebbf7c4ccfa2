//! The names of RFC 6030 and of the standards that it uses.

/// A namespace that containers use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// PSKC itself.
    Pskc,
    /// XML Signature.
    Dsig,
    /// XML Encryption.
    Xenc,
    /// XML Encryption 1.1.
    Xenc11,
    /// PKCS #5, as RFC 6030 names it.
    Pkcs5,
    /// None at all, as the children of PBKDF2-params in RFC 6030's figure 7.
    Bare,
    /// Any other.
    Other,
}

pub(crate) const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
pub(crate) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
pub(crate) const PKCS5: &str = "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#";
pub(crate) const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";

impl Space {
    pub(crate) fn of(uri: &str) -> Self {
        match uri {
            PSKC => Self::Pskc,
            DSIG => Self::Dsig,
            XENC => Self::Xenc,
            XENC11 => Self::Xenc11,
            PKCS5 => Self::Pkcs5,
            _ => Self::Other,
        }
    }
}
