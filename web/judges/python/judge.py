"""Foreign eyes on what Countersign signs: joserfc checks signatures, authlib what ID tokens and the metadata say.

Reads {"issuer", "ca", "questions": [{"check", ...}]} on standard input and writes an array with an answer for each
question: "good", or the name of what was wrong.
"""

import json
import ssl
import sys
import time
import urllib.request
from hashlib import sha256

from authlib.oidc import rpinitiated
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwk, jws, jwt
from joserfc.errors import InvalidClaimError, InvalidHeaderValueError, JoseError
from joserfc.util import urlsafe_b64encode

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Provider:
    """The provider as a program that was told only its issuer sees it."""

    def __init__(self, issuer, ca):
        self.issuer = issuer
        self.tls = ssl.create_default_context(cafile=ca)
        self.metadata = self.fetch(get_well_known_url(issuer, external=True))
        self.keys = jwk.KeySet.import_key_set(self.fetch(self.metadata["jwks_uri"]))

    def fetch(self, url):
        with urllib.request.urlopen(url, context=self.tls) as answer:
            return json.load(answer)

    def discovery(self):
        """The metadata by the rules of Discovery, RFC 8414 and RP-Initiated Logout."""
        OpenIDProviderMetadata(self.metadata).validate(metadata_classes=[rpinitiated.OpenIDProviderMetadata])

    def verified(self, token):
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        return jwt.decode(token, self.keys, algorithms=algorithms)

    def id_token(self, token, client_id, nonce=None, access_token=None, alg=None):
        """An ID token by the rules of Core, 3.1.3.7, `at_hash` included."""
        decoded = self.verified(token)
        if alg and decoded.header["alg"] != alg:
            raise InvalidHeaderValueError("alg")
        wanted = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": client_id},
            "at_hash": {"essential": access_token is not None},
            "auth_time": {"essential": True},
            "acr": {"essential": True},
            "amr": {"essential": True},
        }
        params = {"client_id": client_id, "nonce": nonce, "access_token": access_token}
        CodeIDToken(decoded.claims, decoded.header, wanted, params).validate()

    def logout_token(self, token, client_id, sub, sid):
        """A logout token by the rules of Back-Channel Logout, 2.4 and 2.6."""
        decoded = self.verified(token)
        if decoded.header.get("typ") != "logout+jwt":
            raise InvalidHeaderValueError("typ")
        if "nonce" in decoded.claims:
            raise InvalidClaimError("nonce")
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": client_id},
            iat={"essential": True},
            exp={"essential": True},
            jti={"essential": True},
            sub={"essential": True, "value": sub},
            sid={"essential": True, "value": sid},
            events={"essential": True, "value": {LOGOUT_EVENT: {}}},
        ).validate(decoded.claims)

    def receipt(self, token, client_id, sub, details):
        """The receipt of a confirmed operation."""
        decoded = self.verified(token)
        if decoded.header.get("typ") != "receipt+jwt":
            raise InvalidHeaderValueError("typ")
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True, "value": sub},
            iat={"essential": True},
            jti={"essential": True},
            authorization_details={"essential": True, "value": details},
        ).validate(decoded.claims)

    def dpop(self, proof, method, url, access_token):
        """A proof of one of our own programs by the rules of RFC 9449, 4.3."""
        header = jws.extract_compact(proof.encode()).headers()
        if header.get("typ") != "dpop+jwt" or "d" in header["jwk"]:
            raise InvalidHeaderValueError("typ")
        decoded = jwt.decode(proof, jwk.import_key(header["jwk"]), algorithms=["ES256"])
        ath = urlsafe_b64encode(sha256(access_token.encode()).digest()).decode()
        jwt.JWTClaimsRegistry(
            htm={"essential": True, "value": method},
            htu={"essential": True, "value": url},
            jti={"essential": True},
            iat={"essential": True},
            ath={"essential": True, "value": ath},
        ).validate(decoded.claims)
        if abs(time.time() - decoded.claims["iat"]) > 60:
            raise InvalidClaimError("iat")


def answer(provider, question):
    check = question.pop("check")
    try:
        getattr(provider, check)(**question)
    except (JoseError, ValueError) as error:
        claim = getattr(error, "claim", None)
        return f"{type(error).__name__}({claim})" if claim else f"{type(error).__name__}: {error}"
    return "good"


def main():
    asked = json.load(sys.stdin)
    provider = Provider(asked["issuer"], asked["ca"])
    json.dump([answer(provider, question) for question in asked["questions"]], sys.stdout)


if __name__ == "__main__":
    main()
