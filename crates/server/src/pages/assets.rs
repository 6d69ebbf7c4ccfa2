//! Styles, pictures and scripts. In a release build they are inside the program; a debug build reads the files, so
//! that a changed style shows at the next reload. The scripts may be missing: pages work without them.

use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Pictures;

#[derive(RustEmbed)]
#[folder = "../../web/dist/pages"]
#[allow_missing = true]
struct Scripts;

#[derive(RustEmbed)]
#[folder = "../../web/dist/phone"]
#[allow_missing = true]
struct PhoneApp;

#[derive(RustEmbed)]
#[folder = "../../web/dist/standalone"]
#[allow_missing = true]
struct StandaloneApp;

/// A file that pages refer to.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The media type.
    pub content_type: &'static str,
    /// The content.
    pub bytes: Cow<'static, [u8]>,
    /// The entity tag (RFC 9110, 8.8.3), quotes included.
    pub etag: String,
}

impl Asset {
    fn of(name: &str, file: EmbeddedFile) -> Option<Self> {
        let hash: String = file.metadata.sha256_hash().iter().take(8).map(|octet| format!("{octet:02x}")).collect();
        Some(Self { content_type: content_type(name)?, bytes: file.data, etag: format!("\"{hash}\"") })
    }

    /// One that was made when the server began, not built into it.
    pub(super) fn made(name: &str, bytes: Vec<u8>) -> Option<Self> {
        let hash: String = Sha256::digest(&bytes).iter().take(8).map(|octet| format!("{octet:02x}")).collect();
        Some(Self { content_type: content_type(name)?, bytes: bytes.into(), etag: format!("\"{hash}\"") })
    }

    /// Where pages find it under this name.
    pub(super) fn address(&self, name: &str) -> String {
        format!("/assets/{name}?v={}", self.version())
    }

    /// A short word that changes with the content.
    pub(super) fn version(&self) -> &str {
        self.etag.trim_matches('"')
    }
}

/// The media type of a file, by its ending.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "html" => "text/html; charset=utf-8",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// The asset of this name: a file name without a path.
pub fn asset(name: &str) -> Option<Asset> {
    if name.contains(['/', '\\']) {
        return None;
    }
    Asset::of(name, Pictures::get(name).or_else(|| Scripts::get(name))?)
}

/// The address of an asset; it changes when the content does, so that browsers may keep it for good.
pub fn address(name: &str) -> String {
    asset(name).map_or_else(|| format!("/assets/{name}"), |asset| asset.address(name))
}

/// An app whose files are served as they were built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltApp {
    /// The phone app, below `/app/`.
    Phone,
    /// The standalone authenticator that it replaces, below `/legacy-app/`.
    Standalone,
}

/// How a file of an app may be compressed, the smallest first: the name of the coding (RFC 9110, 8.4.1; RFC 7932), and what
/// the build ends its name with.
const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// A file of an app by its path, and how it is compressed: the first way that `takes` and the build made.
pub fn of_app(app: BuiltApp, path: &str, takes: impl Fn(&str) -> bool) -> Option<(Asset, Option<&'static str>)> {
    let get = |path: &str| match app {
        BuiltApp::Phone => PhoneApp::get(path),
        BuiltApp::Standalone => StandaloneApp::get(path),
    };
    let taken = CODINGS.into_iter().filter(|(coding, _)| takes(coding));
    let mut packed = taken.filter_map(|(coding, ending)| Some((coding, get(&format!("{path}.{ending}"))?)));
    match packed.next() {
        Some((coding, file)) => Asset::of(path, file).map(|asset| (asset, Some(coding))),
        None => Asset::of(path, get(path)?).map(|asset| (asset, None)),
    }
}

/// Whether the scripts were built.
pub fn scripts_built() -> bool {
    Scripts::get("pages.js").is_some() && Scripts::get("card-reader.js").is_some()
}

/// Whether the phone app was built.
pub fn phone_app_built() -> bool {
    PhoneApp::get("index.html").is_some()
}
