//! Opening encrypted values (RFC 6030, 6): the key, its derivation from a password, MACs before anything else.

use crate::{
    Error, Problem, Secret,
    names::{DSIG, MORE, PKCS5, Space, XENC, XENC11},
    wrap,
    xml::Element,
};
use aws_lc_rs::{
    cipher::{self, DecryptingKey, DecryptionContext, UnboundCipherKey},
    hmac, iv, pbkdf2,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{num::NonZeroU32, str::FromStr};
use zeroize::Zeroizing;

/// Fewest times that a password is hashed (RFC 6030 shows a thousand).
pub const MIN_ITERATIONS: u32 = 1000;
/// Most times: some seconds of work. A file that wants more would only stop the reader.
pub const MAX_ITERATIONS: u32 = 5_000_000;

/// What opens a container's encrypted values.
#[derive(Debug, Clone)]
pub enum Unlock {
    /// Nothing: they stay closed.
    Nothing,
    /// The key that both sides agreed on.
    Key(Secret),
    /// The password that both sides agreed on, in UTF-8.
    Password(Secret),
}

/// How an encrypted value is encrypted.
#[derive(Debug, Clone, Copy)]
enum Method {
    /// AES in CBC mode: opened behind a MAC.
    Cbc(&'static cipher::Algorithm, usize, &'static str),
    /// AES key wrap, which checks itself.
    Wrap(&'static cipher::Algorithm, usize, &'static str),
}

impl Method {
    fn parse(uri: &str) -> Result<Self, Problem> {
        let name = [XENC, XENC11].iter().find_map(|space| uri.strip_prefix(space));
        Ok(match name {
            Some("aes128-cbc") => Self::Cbc(&cipher::AES_128, 16, "aes128-cbc"),
            Some("aes192-cbc") => Self::Cbc(&cipher::AES_192, 24, "aes192-cbc"),
            Some("aes256-cbc") => Self::Cbc(&cipher::AES_256, 32, "aes256-cbc"),
            Some("kw-aes128" | "kw-aes-128-pad") => Self::Wrap(&cipher::AES_128, 16, "kw-aes128"),
            Some("kw-aes192" | "kw-aes-192-pad") => Self::Wrap(&cipher::AES_192, 24, "kw-aes192"),
            Some("kw-aes256" | "kw-aes-256-pad") => Self::Wrap(&cipher::AES_256, 32, "kw-aes256"),
            _ => return Err(Problem::Unsupported(method_name(uri))),
        })
    }

    fn length(self) -> usize {
        let (Self::Cbc(_, length, _) | Self::Wrap(_, length, _)) = self;
        length
    }

    fn key(self, key: &Secret) -> Result<UnboundCipherKey, Problem> {
        let (Self::Cbc(algorithm, needed, name) | Self::Wrap(algorithm, needed, name)) = self;
        let wrong = || Problem::KeyLength { algorithm: name.to_owned(), needed, found: key.expose().len() };
        UnboundCipherKey::new(algorithm, key.expose()).map_err(|_| wrong())
    }
}

/// A method's name for people: the end of its URI.
fn method_name(uri: &str) -> String {
    let name = uri.rsplit(['#', '/', ':']).next().unwrap_or(uri);
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || ['-', '_'].contains(c)).take(40).collect();
    format!("encryption by {}", if plain.is_empty() { "an unnamed method" } else { &plain })
}

/// An encrypted value, as it stands in the file.
pub(crate) struct Sealed {
    method: String,
    octets: Vec<u8>,
    mac: Option<Vec<u8>>,
}

impl Sealed {
    /// Of an element of the type EncryptedDataType (XML Encryption, 3).
    pub(crate) fn read(element: Element, mac: Option<Vec<u8>>) -> Result<Self, Error> {
        element.done(|element| {
            let within = |error: Error, name: &str| error.within(name);
            let name = element.name.clone();
            let method = element.need(Space::Xenc, "EncryptionMethod")?;
            let method = method
                .done(|method| {
                    let uri = method.attribute("Algorithm").ok_or_else(|| method.wrong(Problem::Missing("Algorithm")));
                    uri.map(str::to_owned)
                })
                .map_err(|error| within(error, &name))?;
            let data = element.need(Space::Xenc, "CipherData")?;
            let octets = data
                .done(|data| {
                    let value = data.need(Space::Xenc, "CipherValue")?;
                    value.done(|value| octets(value)).map_err(|error| within(error, "CipherData"))
                })
                .map_err(|error| within(error, &name))?;
            Ok(Self { method, octets, mac })
        })
    }

    /// Whether it is encrypted by a method that could be opened.
    pub(crate) fn is_supported(&self) -> bool {
        Method::parse(&self.method).is_ok()
    }
}

/// The octets of an element whose text is base64; white space between is of no account.
pub(crate) fn octets(element: &Element) -> Result<Vec<u8>, Error> {
    let text: Zeroizing<String> = Zeroizing::new(element.text().chars().filter(|c| !c.is_ascii_whitespace()).collect());
    STANDARD.decode(text.as_bytes()).map_err(|_| element.wrong(Problem::NotA("base64")))
}

/// A number that an element's text is.
pub(crate) fn number<N: FromStr>(element: &Element) -> Result<N, Error> {
    element.text().parse().map_err(|_| element.wrong(Problem::NotA("a number that fits here")))
}

/// How a password becomes a key (RFC 6030, 6.2; RFC 8018, 5.2).
struct Derivation {
    salt: Vec<u8>,
    iterations: NonZeroU32,
    length: Option<usize>,
    prf: pbkdf2::Algorithm,
}

impl Derivation {
    fn read(method: Element) -> Result<Self, Error> {
        const ALGORITHMS: [&str; 2] = ["pbkdf2", "PBKDF2"];
        let uri = method.attribute("Algorithm").unwrap_or_default();
        let name = [PKCS5, XENC11].iter().find_map(|space| uri.strip_prefix(space)).unwrap_or_default();
        if !ALGORITHMS.contains(&name) {
            return Err(method.wrong(Problem::Unsupported("a key derivation other than PBKDF2".to_owned())));
        }
        method.done(|method| {
            let params = match method.take(Space::Pkcs5, "PBKDF2-params")? {
                Some(params) => params,
                None => method.need(Space::Xenc11, "PBKDF2-params")?,
            };
            params.done(Self::params).map_err(|error| error.within(&method.name))
        })
    }

    /// Its children have no namespace in RFC 6030's own example, and that of their parent in files of others.
    fn params(params: &mut Element) -> Result<Self, Error> {
        let spaces = [Space::Bare, params.space, Space::Pskc];
        let mut take = |name: &'static str| {
            let found = spaces.iter().try_fold(None, |found, space| match found {
                Some(found) => Ok(Some(found)),
                None => params.take(*space, name),
            });
            found.map_err(|error| error.within("PBKDF2-params"))
        };
        let [salt, count, length, prf] = [take("Salt")?, take("IterationCount")?, take("KeyLength")?, take("PRF")?];
        let salt = salt.ok_or_else(|| params.wrong(Problem::Missing("Salt")))?;
        let salt = salt.done(|salt| {
            let spaces = [Space::Bare, Space::Pkcs5, Space::Xenc11, Space::Pskc];
            let found = spaces.iter().find_map(|space| salt.take(*space, "Specified").transpose());
            let Some(specified) = found.transpose()? else { return Err(salt.wrong(Problem::Missing("Specified"))) };
            specified.done(|specified| octets(specified))
        })?;
        let count = count.ok_or_else(|| params.wrong(Problem::Missing("IterationCount")))?;
        let iterations = count.done(|count| {
            let times: u64 = number(count)?;
            let fits = u32::try_from(times).ok().filter(|times| (MIN_ITERATIONS..=MAX_ITERATIONS).contains(times));
            fits.and_then(NonZeroU32::new).ok_or_else(|| count.wrong(Problem::Iterations(times)))
        })?;
        let length = length.map(|length| {
            length.done(|length| match number(length)? {
                known @ (16 | 24 | 32) => Ok(known),
                _ => Err(length.wrong(Problem::NotA("the length of an AES key in octets"))),
            })
        });
        let prf = prf.map_or(Ok(pbkdf2::PBKDF2_HMAC_SHA1), |prf| prf.done(|prf| function(prf)))?;
        Ok(Self { salt, iterations, length: length.transpose()?, prf })
    }

    fn key(&self, password: &Secret, length: usize) -> Secret {
        let mut key = vec![0; self.length.unwrap_or(length)];
        pbkdf2::derive(self.prf, self.iterations, &self.salt, password.expose(), &mut key);
        Secret::new(key)
    }
}

/// The function that PBKDF2 repeats; some write it as text. An empty element is HMAC-SHA-1.
fn function(prf: &Element) -> Result<pbkdf2::Algorithm, Error> {
    let uri = prf.attribute("Algorithm").unwrap_or_else(|| prf.text());
    match hash(uri) {
        None if uri.is_empty() => Ok(pbkdf2::PBKDF2_HMAC_SHA1),
        Some("hmac-sha1") => Ok(pbkdf2::PBKDF2_HMAC_SHA1),
        Some("hmac-sha256") => Ok(pbkdf2::PBKDF2_HMAC_SHA256),
        Some("hmac-sha384") => Ok(pbkdf2::PBKDF2_HMAC_SHA384),
        Some("hmac-sha512") => Ok(pbkdf2::PBKDF2_HMAC_SHA512),
        _ => Err(prf.wrong(Problem::Unsupported("this PRF of PBKDF2".to_owned()))),
    }
}

fn hash(uri: &str) -> Option<&str> {
    [DSIG, MORE].iter().find_map(|space| uri.strip_prefix(space))
}

/// How values are authenticated (RFC 6030, 6.1.1).
struct Mac {
    algorithm: hmac::Algorithm,
    /// The MAC's own key, encrypted; without one it is the key of the values.
    key: Option<Sealed>,
}

/// Opens the values of one container.
pub(crate) struct Opener {
    unlock: Unlock,
    derivation: Option<Derivation>,
    mac: Option<Mac>,
    /// The key, once it was needed: deriving it takes time.
    key: Option<Secret>,
    mac_key: Option<hmac::Key>,
}

impl Opener {
    /// That of a container which says nothing of keys yet.
    pub(crate) fn new(unlock: Unlock) -> Self {
        Self { unlock, derivation: None, mac: None, key: None, mac_key: None }
    }

    /// Reads `EncryptionKey` (RFC 6030, 6.1 and 6.2; a `KeyInfoType` of XML Signature).
    pub(crate) fn encryption_key(&mut self, element: Element) -> Result<(), Error> {
        element.done(|element| {
            element.take_all(Space::Dsig, "KeyName");
            // Of no use to us: values are then encrypted by RSA, which is refused where it is met.
            element.take_all(Space::Dsig, "X509Data");
            element.take_all(Space::Dsig, "KeyValue");
            let Some(derived) = element.take(Space::Xenc11, "DerivedKey")? else { return Ok(()) };
            let derivation = derived.done(|derived| {
                derived.take_all(Space::Xenc, "ReferenceList");
                for name in ["MasterKeyName", "DerivedKeyName"] {
                    derived.take_all(Space::Xenc11, name);
                }
                let method = derived.need(Space::Xenc11, "KeyDerivationMethod")?;
                Derivation::read(method).map_err(|error| error.within(&derived.name))
            });
            self.derivation = Some(derivation.map_err(|error| error.within(&element.name))?);
            Ok(())
        })
    }

    /// Reads `MACMethod` (RFC 6030, 6.1.1).
    pub(crate) fn mac_method(&mut self, element: Element) -> Result<(), Error> {
        element.done(|element| {
            let key = element.take(Space::Pskc, "MACKey")?.map(|key| Sealed::read(key, None));
            let key = key.transpose().map_err(|error| error.within(&element.name))?;
            // Some write the element for values that need no MAC, and leave its algorithm out. Others stay closed then.
            let Some(uri) = element.attribute("Algorithm") else { return Ok(()) };
            let algorithm = match hash(uri) {
                Some("hmac-sha1") => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
                Some("hmac-sha224") => hmac::HMAC_SHA224,
                Some("hmac-sha256") => hmac::HMAC_SHA256,
                Some("hmac-sha384") => hmac::HMAC_SHA384,
                Some("hmac-sha512") => hmac::HMAC_SHA512,
                _ => return Err(element.wrong(Problem::Unsupported("this MAC".to_owned()))),
            };
            self.mac = Some(Mac { algorithm, key });
            Ok(())
        })
    }

    /// Whether there is something to open values with.
    pub(crate) fn is_armed(&self) -> bool {
        !matches!(self.unlock, Unlock::Nothing)
    }

    /// Opens a value. Of one in a CBC mode the MAC is checked before anything of it is decrypted.
    pub(crate) fn open(&mut self, sealed: &Sealed) -> Result<Secret, Problem> {
        let method = Method::parse(&sealed.method)?;
        if let Method::Cbc(..) = method {
            let mac = sealed.mac.as_deref().ok_or(Problem::NoMac)?;
            let key = self.mac_key(method)?;
            hmac::verify(&key, &sealed.octets, mac).map_err(|_| Problem::Wrong)?;
        }
        self.decrypt(method, sealed)
    }

    fn decrypt(&mut self, method: Method, sealed: &Sealed) -> Result<Secret, Problem> {
        let key = self.key(method)?;
        let key = method.key(&key)?;
        match method {
            Method::Cbc(..) => cbc(key, &sealed.octets),
            Method::Wrap(..) => wrap::unwrap(key, &sealed.octets).map(|plain| Secret::new(plain.to_vec())),
        }
    }

    fn key(&mut self, method: Method) -> Result<Secret, Problem> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let key = match (&self.unlock, &self.derivation) {
            (Unlock::Nothing, _) => return Err(Problem::OtherKey("a key")),
            (Unlock::Key(_), Some(_)) => return Err(Problem::OtherKey("a password")),
            (Unlock::Password(_), None) => return Err(Problem::OtherKey("a pre-shared key")),
            (Unlock::Key(key), None) => key.clone(),
            (Unlock::Password(password), Some(derivation)) => derivation.key(password, method.length()),
        };
        Ok(self.key.insert(key).clone())
    }

    fn mac_key(&mut self, method: Method) -> Result<hmac::Key, Problem> {
        if let Some(key) = &self.mac_key {
            return Ok(key.clone());
        }
        let Some(mac) = self.mac.take() else { return Err(Problem::NoMac) };
        // The format authenticates no MAC key: one that was altered makes every MAC wrong.
        let key = match &mac.key {
            Some(sealed) => Method::parse(&sealed.method).and_then(|method| self.decrypt(method, sealed)),
            None => self.key(method),
        };
        let key = key.map(|key| hmac::Key::new(mac.algorithm, key.expose()));
        self.mac = Some(mac);
        Ok(self.mac_key.insert(key?).clone())
    }
}

/// Decrypts `IV ‖ ciphertext`. The padding is XML Encryption's (5.2): only its last octet means something.
fn cbc(key: UnboundCipherKey, octets: &[u8]) -> Result<Secret, Problem> {
    let (iv, text) = octets.split_first_chunk::<16>().ok_or(Problem::Wrong)?;
    let mut text = Zeroizing::new(text.to_vec());
    let key = DecryptingKey::cbc(key).map_err(|_| Problem::Wrong)?;
    let context = DecryptionContext::Iv128(iv::FixedLength::from(iv));
    key.decrypt(&mut text, context).map_err(|_| Problem::Wrong)?;
    let padding = text.last().copied().map(usize::from).filter(|count| (1..=16).contains(count));
    let length = padding.and_then(|count| text.len().checked_sub(count)).ok_or(Problem::Wrong)?;
    text.get(..length).map(|plain| Secret::new(plain.to_vec())).ok_or(Problem::Wrong)
}
