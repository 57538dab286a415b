<?php
// Verifies an auth token of Keywright's with firebase/php-jwt.
//
//     composer require firebase/php-jwt
//     KEYWRIGHT_URL=https://auth.example.com php verify.php < token

declare(strict_types=1);

require getenv('AUTOLOAD') ?: __DIR__ . '/vendor/autoload.php';

use Firebase\JWT\JWK;
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$issuer = getenv('KEYWRIGHT_URL') ?: 'http://127.0.0.1:8080';
$audience = getenv('KEYWRIGHT_AUDIENCE') ?: $issuer;

/** For a service that signs with ES256 or EdDSA: the keys are public. Keep them for five minutes: Firebase\JWT\CachedKeySet does. */
function keysOf(string $issuer): array
{
    return JWK::parseKeySet(json_decode(file_get_contents("$issuer/.well-known/jwks.json"), true));
}

/** For a service that signs with HS256: the k of the JWK that `keywright key export` prints, and a secret. */
function sharedKey(string $k): Key
{
    return new Key(JWT::urlsafeB64Decode($k), 'HS256');
}

function verify(string $token, Key|array $keys, string $issuer, string $audience): object
{
    $claims = JWT::decode($token, $keys);
    // The library looks at the signature and the times, and leaves the rest to you.
    if (($claims->iss ?? null) !== $issuer || ($claims->aud ?? null) !== $audience || !isset($claims->exp)) {
        throw new UnexpectedValueException('The token is from, or for, somebody else');
    }
    return $claims;
}

try {
    $shared = getenv('KEYWRIGHT_HS256_K');
    $keys = $shared === false ? keysOf($issuer) : sharedKey($shared);
    echo verify(trim(stream_get_contents(STDIN)), $keys, $issuer, $audience)->sub, "\n";
} catch (Throwable $refused) {
    fwrite(STDERR, "refused: {$refused->getMessage()}\n");
    exit(1);
}
