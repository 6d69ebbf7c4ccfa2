//! How the institution looks: its name, its logo, its colours.

use super::assets::Asset;
use crate::config::{Colour, Product};
use std::sync::Arc;

/// The style sheet of the institution's own colours.
pub const STYLE: &str = "institution.css";

/// How the institution looks.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Its name.
    pub name: String,
    /// Its colours; none where they are ours.
    style: Option<Arc<Asset>>,
    /// Its logo, by the name that pages give it; none where it is ours.
    logo: Option<(&'static str, Arc<Asset>)>,
}

impl Look {
    /// That of a checked section, with the logo that was read.
    pub fn of(product: &Product, logo: Option<Vec<u8>>) -> Self {
        let ours = Product::default();
        let own = product.accents() != ours.accents();
        let name = if product.logo_file.ends_with(".png") { "institution.png" } else { "institution.svg" };
        let logo = logo.and_then(|bytes| Asset::made(name, bytes)).map(|asset| (name, Arc::new(asset)));
        let style = own.then(|| Asset::made(STYLE, style(product).into_bytes())).flatten().map(Arc::new);
        Self { name: product.name.clone(), style, logo }
    }

    /// The asset of this name, where it is one of the institution's.
    pub fn asset(&self, name: &str) -> Option<&Asset> {
        match &self.logo {
            Some((logo, asset)) if *logo == name => Some(asset),
            _ => self.style.as_deref().filter(|_| name == STYLE),
        }
    }

    /// The address of the colours, where they are the institution's.
    pub(crate) fn style(&self) -> Option<String> {
        self.style.as_deref().map(|asset| asset.address(STYLE))
    }

    /// The address of the logo, where it is the institution's.
    pub(crate) fn logo(&self) -> Option<String> {
        self.logo.as_ref().map(|(name, asset)| asset.address(name))
    }
}

fn style(product: &Product) -> String {
    let (light, dark) = product.accents();
    let (Some(black), Some(white)) = (Colour::parse("#000000"), Colour::parse("#ffffff")) else { return String::new() };
    format!(
        ":root {{ --accent: {light}; --accent-strong: {}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --accent-strong: {}; }} }}\n",
        light.with(black, 25),
        dark.with(white, 35),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_needs_no_sheet_and_what_is_theirs_has_its_address() {
        let ours = Look::of(&Product::default(), None);
        assert_eq!((ours.style(), ours.logo(), ours.asset(STYLE).is_some()), (None, None, false));
        let product = Product { accent: "#7a1f3d".to_owned(), logo_file: "bank.png".to_owned(), ..Product::default() };
        let look = Look::of(&product, Some(vec![1, 2, 3]));
        let style = look.asset(STYLE).unwrap();
        let text = std::str::from_utf8(&style.bytes).unwrap();
        assert!(text.contains("--accent: #7a1f3d;") && text.contains("--accent: #84cad7;"), "{text}");
        assert_eq!(look.style(), Some(format!("/assets/{STYLE}?v={}", style.version())));
        assert_eq!(look.asset("institution.png").map(|logo| logo.content_type), Some("image/png"));
        assert!(look.asset("institution.svg").is_none() && look.asset("style.css").is_none());
    }
}
