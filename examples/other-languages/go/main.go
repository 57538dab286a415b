// Verifies an auth token of Keywright's with golang-jwt and keyfunc.
//
// go.mod names the versions, and the Go that they need.
//
//	KEYWRIGHT_URL=https://auth.example.com go run . < token
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// verifier returns what verifies tokens, once for the whole program: it follows the keys, or holds the secret.
func verifier(issuer, audience, shared string) (func(token string) (*jwt.Token, error), error) {
	claims := []jwt.ParserOption{jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired()}
	if shared == "" {
		// For a service that signs with ES256 or EdDSA: the keys are public.
		keys, err := keyfunc.NewDefault([]string{issuer + "/.well-known/jwks.json"})
		if err != nil {
			return nil, err
		}
		parser := jwt.NewParser(append(claims, jwt.WithValidMethods([]string{"ES256", "EdDSA"}))...)
		return func(token string) (*jwt.Token, error) { return parser.Parse(token, keys.Keyfunc) }, nil
	}
	// For a service that signs with HS256: the k of the JWK that `keywright key export` prints, and a secret.
	secret, err := base64.RawURLEncoding.DecodeString(shared)
	parser := jwt.NewParser(append(claims, jwt.WithValidMethods([]string{"HS256"}))...)
	return func(token string) (*jwt.Token, error) {
		return parser.Parse(token, func(*jwt.Token) (any, error) { return secret, nil })
	}, err
}

func main() {
	issuer := or(os.Getenv("KEYWRIGHT_URL"), "http://127.0.0.1:8080")
	verify, err := verifier(issuer, or(os.Getenv("KEYWRIGHT_AUDIENCE"), issuer), os.Getenv("KEYWRIGHT_HS256_K"))
	if err != nil {
		fail(err)
	}
	given, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	token, err := verify(strings.TrimSpace(string(given)))
	if err != nil {
		fail(err)
	}
	subject, err := token.Claims.GetSubject()
	if err != nil {
		fail(err)
	}
	fmt.Println(subject)
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "refused:", err)
	os.Exit(1)
}
