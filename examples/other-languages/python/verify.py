"""Verifies an auth token of Keywright's with PyJWT (python3-jwt and python3-cryptography, or pip install 'PyJWT[crypto]').

    KEYWRIGHT_URL=https://auth.example.com python3 verify.py < token
"""

import base64
import os
import sys

import jwt

issuer = os.environ.get("KEYWRIGHT_URL", "http://127.0.0.1:8080")
audience = os.environ.get("KEYWRIGHT_AUDIENCE", issuer)
required = {"require": ["exp", "iss", "aud", "sub"]}

# Once for the whole program: it keeps the keys for five minutes.
keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json")


def verify(token: str) -> dict:
    """For a service that signs with ES256 or EdDSA: the keys are public."""
    key = keys.get_signing_key_from_jwt(token).key
    return jwt.decode(token, key, algorithms=["ES256", "EdDSA"], issuer=issuer, audience=audience, options=required)


def verify_shared(token: str, k: str) -> dict:
    """For a service that signs with HS256: k is that of the JWK that `keywright key export` prints, and a secret."""
    secret = base64.urlsafe_b64decode(k + "=" * (-len(k) % 4))
    return jwt.decode(token, secret, algorithms=["HS256"], issuer=issuer, audience=audience, options=required)


if __name__ == "__main__":
    given = sys.stdin.read().strip()
    shared = os.environ.get("KEYWRIGHT_HS256_K")
    try:
        claims = verify(given) if shared is None else verify_shared(given, shared)
    except jwt.PyJWTError as error:
        sys.exit(f"refused: {error}")
    print(claims["sub"])
