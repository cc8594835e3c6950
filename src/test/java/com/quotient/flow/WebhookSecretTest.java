package com.quotient.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebhookSecretTest {
    /** The example of the Standard Webhooks libraries. */
    @Test
    void signatureIsThatOfTheStandard() {
        WebhookSecret secret = new WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}".getBytes(UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void issuedSecretsHave32BytesAndDiffer() {
        SecureRandom random = new SecureRandom();
        WebhookSecret secret = WebhookSecret.issue(random);

        assertThat(secret.text())
                .startsWith("whsec_")
                .isNotEqualTo(WebhookSecret.issue(random).text());
        assertThat(Base64.getDecoder().decode(secret.text().substring(6))).hasSize(32);
    }

    @Test
    void secretIsNotShownByAccident() {
        assertThat(WebhookSecret.issue(new SecureRandom())).hasToString("whsec_***");
    }
}
