// Verifies an auth token of Keywright's with Nimbus JOSE + JWT (com.nimbusds:nimbus-jose-jwt).
//
//     KEYWRIGHT_URL=https://auth.example.com java -cp nimbus-jose-jwt.jar Verify.java < token

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URI;
import java.util.Set;

public class Verify {
    static final String ISSUER = System.getenv().getOrDefault("KEYWRIGHT_URL", "http://127.0.0.1:8080");
    static final String AUDIENCE = System.getenv().getOrDefault("KEYWRIGHT_AUDIENCE", ISSUER);

    /** Once for the whole program: it follows the keys, or holds the secret. */
    static DefaultJWTProcessor<SecurityContext> verifier(
            JWSAlgorithm algorithm, JOSEObjectType type, JWKSource<SecurityContext> keys) {
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(type));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithm, keys));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                AUDIENCE, new JWTClaimsSet.Builder().issuer(ISSUER).build(), Set.of("sub", "exp")));
        return processor;
    }

    public static void main(String[] given) throws Exception {
        var token = new String(System.in.readAllBytes()).strip();
        // The k of the JWK that `keywright key export` prints, and a secret: for a service that signs with HS256.
        var shared = System.getenv("KEYWRIGHT_HS256_K");
        var verifier = shared == null
                ? verifier(JWSAlgorithm.ES256, new JOSEObjectType("at+jwt"),
                        JWKSourceBuilder.create(URI.create(ISSUER + "/.well-known/jwks.json").toURL()).build())
                : verifier(JWSAlgorithm.HS256, JOSEObjectType.JWT, new ImmutableSecret<>(new Base64URL(shared).decode()));
        try {
            System.out.println(verifier.process(token, null).getSubject());
        } catch (com.nimbusds.jose.proc.BadJOSEException | java.text.ParseException refused) {
            System.err.println("refused: " + refused.getMessage());
            System.exit(1);
        }
    }
}
