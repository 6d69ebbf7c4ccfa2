//! [`Val`] on the wire, by the type that the server inferred for a parameter or a column.

use std::error::Error;
use std::fmt;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::Val;

/// A value met a type that it does not fit.
#[derive(Debug)]
pub(super) struct Mismatch {
    server: String,
    found: &'static str,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database takes {}, and this is {}", self.server, self.found)
    }
}

impl Error for Mismatch {}

/// Whether values of a type can be bound and read.
pub(super) fn is_known(kind: &Type) -> bool {
    [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::TEXT, Type::VARCHAR, Type::NAME, Type::BYTEA].contains(kind)
}

impl ToSql for Val {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let mismatch = || Mismatch { server: kind.name().to_owned(), found: self.kind() };
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::I(value), &Type::INT8) => value.to_sql(kind, out),
            (Self::I(value), &Type::INT4) => i32::try_from(*value).map_err(|_| mismatch())?.to_sql(kind, out),
            (Self::I(value), &Type::INT2) => i16::try_from(*value).map_err(|_| mismatch())?.to_sql(kind, out),
            (Self::I(value @ 0..=1), &Type::BOOL) => (*value == 1).to_sql(kind, out),
            (Self::T(text), &(Type::TEXT | Type::VARCHAR | Type::NAME)) => text.to_sql(kind, out),
            (Self::B(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            _ => Err(mismatch().into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Val {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        match *kind {
            Type::INT8 => i64::from_sql(kind, raw).map(Self::I),
            Type::INT4 => i32::from_sql(kind, raw).map(Self::from),
            Type::INT2 => i16::from_sql(kind, raw).map(|value| Self::I(value.into())),
            Type::BOOL => bool::from_sql(kind, raw).map(Self::from),
            Type::TEXT | Type::VARCHAR | Type::NAME => String::from_sql(kind, raw).map(Self::T),
            Type::BYTEA => Vec::from_sql(kind, raw).map(Self::B),
            _ => Err(Mismatch { server: kind.name().to_owned(), found: "of no type we read" }.into()),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
