//! Countersign: otp.
