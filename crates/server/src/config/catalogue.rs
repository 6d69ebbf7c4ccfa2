//! The device catalogue in the configuration file: cells that replace or add to the default table.

use super::ConfigError;
use domain::device::{
    Catalogue, Method,
    catalogue::{Class, Issuance, Limit, Limits},
};
use operation::{Currency, Money};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The cells of a row that the file gives.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClassSettings {
    label: Option<String>,
    methods: Option<Vec<Method>>,
    issued: Option<Issuance>,
    interim: Option<bool>,
    per_day: Option<LimitText>,
    per_five_days: Option<LimitText>,
    per_card_payment: Option<LimitText>,
}

#[derive(Debug, Clone, Copy)]
struct LimitText(Limit);

impl<'de> Deserialize<'de> for LimitText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read_limit(&text).map(Self).ok_or_else(|| {
            serde::de::Error::custom(
                "a limit is \"unlimited\" or an amount with its currency, such as \"200000.00 USD\"",
            )
        })
    }
}

fn read_limit(text: &str) -> Option<Limit> {
    if text == "unlimited" {
        return Some(Limit::Unlimited);
    }
    let (amount, code) = text.split_once(' ')?;
    let currency = Currency::parse(code).ok()?;
    // A minus is read so that the catalogue can refuse the row by its reason.
    Money::parse_balance(amount, currency).ok().map(Limit::UpTo)
}

fn shown_limit(limit: Limit) -> String {
    match limit {
        Limit::Unlimited => "unlimited".to_owned(),
        Limit::UpTo(money) => money.to_string(),
    }
}

impl ClassSettings {
    pub(crate) fn shown(class: &Class) -> String {
        let methods: Vec<_> = class.methods.iter().map(|m| format!("\"{}\"", m.name())).collect();
        let issued = serde_json::to_string(&class.issuance).unwrap_or_default();
        format!(
            "#label = \"{}\"\n#methods = [{}]\n#issued = {issued}\n#interim = {}\n#per_day = \"{}\"\n#per_five_days = \"{}\"\n#per_card_payment = \"{}\"\n",
            class.label,
            methods.join(", "),
            class.interim,
            shown_limit(class.limits.per_day),
            shown_limit(class.limits.per_five_days),
            shown_limit(class.per_card_payment),
        )
    }

    fn over(self, name: &str, base: Option<&Class>) -> Option<Class> {
        let cell = |limit: Option<LimitText>, base: Option<Limit>| limit.map(|l| l.0).or(base);
        Some(Class {
            name: name.to_owned(),
            label: self.label.or_else(|| base.map(|b| b.label.clone()))?,
            methods: self.methods.or_else(|| base.map(|b| b.methods.clone()))?,
            issuance: self.issued.or_else(|| base.map(|b| b.issuance))?,
            interim: self.interim.or_else(|| base.map(|b| b.interim))?,
            limits: Limits {
                per_day: cell(self.per_day, base.map(|b| b.limits.per_day))?,
                per_five_days: cell(self.per_five_days, base.map(|b| b.limits.per_five_days))?,
            },
            per_card_payment: cell(self.per_card_payment, Some(base.map_or(Limit::Unlimited, |b| b.per_card_payment)))?,
        })
    }
}

/// The default table with the file's cells; every bad row is refused with its line.
pub(crate) fn build(
    rows: &BTreeMap<String, Spanned<ClassSettings>>,
    text: &str,
) -> Result<Catalogue, Vec<ConfigError>> {
    let default = Catalogue::default();
    let mut classes = default.classes().to_vec();
    let mut errors = Vec::new();
    let line_of = |name: &str| rows.get(name).map_or(0, |row| super::line_at(text, row.span().start));
    for (name, row) in rows {
        let place = classes.iter().position(|class| class.name == *name);
        match row.get_ref().clone().over(name, place.and_then(|at| classes.get(at))) {
            None => errors.push(ConfigError::new(
                line_of(name),
                format!(
                    "device class {name}: a new class needs label, methods, issued, interim, per_day and per_five_days"
                ),
            )),
            Some(class) => match place.and_then(|at| classes.get_mut(at)) {
                Some(slot) => *slot = class,
                None => classes.push(class),
            },
        }
    }
    match Catalogue::new(classes) {
        Ok(catalogue) if errors.is_empty() => Ok(catalogue),
        Ok(_) => Err(errors),
        Err(bad) => {
            errors.extend(bad.into_iter().map(|e| ConfigError::new(line_of(&e.class), e.to_string())));
            Err(errors)
        }
    }
}
