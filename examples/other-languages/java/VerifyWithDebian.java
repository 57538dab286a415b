// Verifies an auth token of Keywright's with what Debian has for it: Google's HTTP client (libgoogle-http-client-java), ES256
// alone. Maven Central has more: see Verify.java.
//
//     cd /usr/share/java
//     export CLASSPATH=$PWD/google-http-client.jar:$PWD/google-http-client-gson.jar:$PWD/gson.jar:$PWD/guava.jar
//     KEYWRIGHT_URL=https://auth.example.com java VerifyWithDebian.java < token

import com.google.api.client.json.gson.GsonFactory;
import com.google.api.client.json.webtoken.JsonWebSignature;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

public class VerifyWithDebian {
    static final String ISSUER = System.getenv().getOrDefault("KEYWRIGHT_URL", "http://127.0.0.1:8080");
    static final String AUDIENCE = System.getenv().getOrDefault("KEYWRIGHT_AUDIENCE", ISSUER);

    /** The public keys by their ids. Keep them for five minutes. */
    static Map<String, PublicKey> fetchKeys() throws Exception {
        var request = HttpRequest.newBuilder(URI.create(ISSUER + "/.well-known/jwks.json")).build();
        var set = JsonParser.parseString(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
        var curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        var keys = new HashMap<String, PublicKey>();
        for (var element : set.getAsJsonObject().getAsJsonArray("keys")) {
            var jwk = element.getAsJsonObject();
            if (!jwk.get("alg").getAsString().equals("ES256")) continue;
            var point = new ECPoint(readNumber(jwk.get("x")), readNumber(jwk.get("y")));
            var spec = new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class));
            keys.put(jwk.get("kid").getAsString(), KeyFactory.getInstance("EC").generatePublic(spec));
        }
        return keys;
    }

    static BigInteger readNumber(JsonElement coordinate) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(coordinate.getAsString()));
    }

    static JsonWebSignature.Payload verify(String token, Map<String, PublicKey> keys)
            throws IOException, GeneralSecurityException {
        var signed = JsonWebSignature.parse(GsonFactory.getDefaultInstance(), token);
        var key = keys.get(signed.getHeader().getKeyId());
        // The algorithm is the key's, whatever the token says.
        if (key == null || !"ES256".equals(signed.getHeader().getAlgorithm()) || !signed.verifySignature(key)) {
            throw new GeneralSecurityException("The signature is of none of the keys");
        }
        var claims = signed.getPayload();
        if (!ISSUER.equals(claims.getIssuer()) || !AUDIENCE.equals(claims.getAudience())) {
            throw new GeneralSecurityException("The token is from, or for, somebody else");
        }
        var expires = claims.getExpirationTimeSeconds();
        if (expires == null || expires <= System.currentTimeMillis() / 1000) {
            throw new GeneralSecurityException("The token has expired");
        }
        return claims;
    }

    public static void main(String[] given) throws Exception {
        var token = new String(System.in.readAllBytes()).strip();
        var keys = fetchKeys();
        try {
            System.out.println(verify(token, keys).getSubject());
        } catch (IOException | GeneralSecurityException | RuntimeException refused) {
            System.err.println("refused: " + refused);
            System.exit(1);
        }
    }
}
