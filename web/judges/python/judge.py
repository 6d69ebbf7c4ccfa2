"""Foreign eyes on what Countersign signs and encrypts: joserfc checks signatures, authlib what ID tokens and the metadata
say, http_ece reads pushes and py_vapid checks who sent them, standardwebhooks what webhooks are sent, and python-pskc reads
and writes key files.

Reads {"issuer", "ca", "questions": [{"check", ...}]} on standard input and writes an array with an answer for each
question: "good", or the name of what was wrong.
"""

import json
import re
import ssl
import sys
import time
import urllib.request
from hashlib import sha256

import http_ece
from authlib.oidc import rpinitiated
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwk, jws, jwt
from joserfc.errors import BadSignatureError, InvalidClaimError, InvalidHeaderValueError, JoseError
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode
from pskc import PSKC
from pskc.exceptions import PSKCError
from py_vapid import Vapid02
from standardwebhooks import Webhook, WebhookVerificationError

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

    def evidence(self, token, client_id, sub, details, statement, device_key):
        """A receipt with the statement behind it, as it was signed by the key of the user's phone."""
        self.receipt(token, client_id, sub, details)
        digest = sha256(statement.encode()).hexdigest()
        if self.verified(token).claims.get("statement_sha256") != digest:
            raise InvalidClaimError("statement_sha256")
        jws.deserialize_compact(statement.encode(), jwk.import_key(device_key), algorithms=["ES256"])

    def webhook(self, secret, headers, body):
        """A message to a webhook by the rules of Standard Webhooks."""
        Webhook(secret).verify(body, headers)

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

    def push(self, body, private, auth, says):
        """A push as the browser with these keys reads it (RFC 8188, RFC 8291)."""
        body, private, auth = (urlsafe_b64decode(text.encode()) for text in (body, private, auth))
        key = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
        text = http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm")
        if json.loads(text) != says:
            raise ValueError("it says something else")

    def vapid(self, authorization, origin, contact, server_key):
        """Who sent a push (RFC 8292), to the push service that must know it."""
        token, key = re.fullmatch(r"vapid t=([^,]+),k=([^,]+)", authorization).groups()
        if not Vapid02.verify(authorization) or key != server_key:
            raise BadSignatureError
        point = urlsafe_b64decode(key.encode())
        x, y = (urlsafe_b64encode(half).decode() for half in (point[1:33], point[33:]))
        decoded = jwt.decode(token, jwk.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y}), algorithms=["ES256"])
        jwt.JWTClaimsRegistry(
            aud={"essential": True, "value": origin},
            sub={"essential": True, "value": contact},
            exp={"essential": True},
        ).validate(decoded.claims)
        if decoded.claims["exp"] - time.time() > 24 * 3600:
            raise InvalidClaimError("exp")

    def key_file(self, path, keys, password=None, key=None):
        """A key file (RFC 6030) that holds exactly these keys."""
        file = PSKC(path)
        if password:
            file.encryption.derive_key(password)
        else:
            file.encryption.key = bytes.fromhex(key)
        found = [
            {
                "serial": one.serial,
                "algorithm": one.algorithm,
                "suite": one.algorithm_suite,
                "counter": one.counter,
                "secret": one.secret.hex(),
            }
            for one in file.keys
        ]
        if found != keys:
            raise ValueError("other keys")

    def writes_key_file(self, path, keys, password=None, key=None, algorithm=None):
        """Writes a key file (RFC 6030) with these keys, encrypted."""
        file = PSKC()
        for one in keys:
            file.add_key(**{**one, "secret": bytes.fromhex(one["secret"])})
        if password:
            file.encryption.setup_pbkdf2(password, algorithm=algorithm, fields=["secret", "counter"], iterations=20_000)
        else:
            file.encryption.setup_preshared_key(key=bytes.fromhex(key), algorithm=algorithm, fields=["secret", "counter"])
        file.write(path)


def answer(provider, question):
    check = question.pop("check")
    try:
        getattr(provider, check)(**question)
    except (JoseError, ValueError, InvalidTag, http_ece.ECEException, PSKCError, WebhookVerificationError) as error:
        claim = getattr(error, "claim", None)
        return f"{type(error).__name__}({claim})" if claim else f"{type(error).__name__}: {error}"
    return "good"


def main():
    asked = json.load(sys.stdin)
    provider = Provider(asked["issuer"], asked["ca"])
    json.dump([answer(provider, question) for question in asked["questions"]], sys.stdout)


if __name__ == "__main__":
    main()
