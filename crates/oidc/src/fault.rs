//! What was wrong with a client's proof or with what it redeems: the log says it, and so does the answer, since it tells
//! nobody anything but whoever sent it.

/// Why a client is not believed (`invalid_client`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientFault {
    /// Another way than the registered one, or none.
    #[error("it must prove itself in the way that is registered, and in no other")]
    Method,
    /// The secret is another.
    #[error("the secret is wrong")]
    Secret,
    /// The `Authorization` header is not of the Basic scheme's form.
    #[error("the Authorization header is no Basic of a form-encoded id and secret")]
    Header,
    /// The assertion is no JWS with the claims it must have.
    #[error("the assertion is no JWS with iss, sub, aud, exp and jti")]
    Assertion,
    /// Signed by an algorithm that no client signs by.
    #[error("the assertion's alg must be ES256, PS256 or EdDSA")]
    Algorithm,
    /// No registered key made the signature.
    #[error("no registered key of this client made the assertion's signature")]
    Key,
    /// The keys at the client's `jwks_uri` could not be had.
    #[error("the keys at the client's jwks_uri cannot be fetched now")]
    Keys,
    /// `iss` or `sub` is not the client.
    #[error("iss and sub of the assertion must be the client_id")]
    Subject,
    /// `aud` is somebody else, or not only us.
    #[error("aud of the assertion must be the issuer alone")]
    Audience,
    /// Its time is over.
    #[error("the assertion has expired; compare the clocks")]
    Expired,
    /// It lives longer than an assertion may.
    #[error("exp of the assertion is more than ten minutes ahead; compare the clocks")]
    Life,
    /// Made in the future.
    #[error("nbf or iat of the assertion is more than a minute ahead; compare the clocks")]
    Early,
    /// No `jti`, or a long one.
    #[error("jti of the assertion must have 1 to 128 octets")]
    Jti,
    /// It was used before.
    #[error("the assertion was used before")]
    Replayed,
}

/// Why a code or token gives nothing (`invalid_grant`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantFault {
    /// No such code, or another client's.
    #[error("the code is unknown, or another client's")]
    UnknownCode,
    /// The code gave its tokens before.
    #[error("the code was used before, and what it gave is taken back")]
    UsedCode,
    /// Its time is over.
    #[error("the code has expired")]
    ExpiredCode,
    /// PKCE's second half is missing.
    #[error("code_verifier is missing")]
    NoVerifier,
    /// It is not the one of the first half.
    #[error("code_verifier does not fit the code_challenge of the request")]
    Verifier,
    /// There was no first half (RFC 9700, 2.1.1).
    #[error("code_verifier came, but the request had no code_challenge")]
    UnexpectedVerifier,
    /// Another than in the request.
    #[error("redirect_uri is not the one of the request")]
    RedirectUri,
    /// Another key than the one it is bound to.
    #[error("it is bound to another DPoP key")]
    Key,
    /// The session it came from is over.
    #[error("the session that it came from has ended")]
    SessionEnded,
    /// No such refresh token, or another client's.
    #[error("the refresh token is unknown, taken back, or another client's")]
    UnknownRefresh,
    /// The refresh token was followed by another, which was used.
    #[error("the refresh token was used before, and everything of its family is taken back")]
    UsedRefresh,
    /// Its time is over.
    #[error("the refresh token has expired")]
    ExpiredRefresh,
    /// No such request of a back end, or another client's, or its tokens were fetched.
    #[error("auth_req_id is unknown, another client's, or its tokens were fetched before")]
    UnknownRequest,
}
