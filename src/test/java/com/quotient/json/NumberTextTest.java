package com.quotient.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, -0",
        "-0.000000, -0.000000",
        "1536.0, 1536.0",
        "1.50E+3, 1500",
        "1.50e1, 15.0",
        "0e5, 0",
        "0.00e1, 0.0",
        "-0.0000000000000000000000, 0e-22",
        "1e20, 100000000000000000000",
        "1e21, 1e21",
        "1e+63, 1e63",
        "12000000000000000000000000, 1.2e25",
        "1234567890123456780000, 1234567890123456780000",
        "1234567890123456700000, 1.2345678901234567e21",
        "12345678901234567890123456, 12345678901234567890123456",
        "0.000001, 0.000001",
        "1e-6, 0.000001",
        "0.0000001, 1e-7",
        "0.00000010, 1.0e-7",
        "-0.00000012345678901234, -1.2345678901234e-7",
        "0.12345678901234567890123, 0.12345678901234567890123",
        "0.5e0, 0.5",
        "0.0015e3, 1.5",
        "5e-1, 0.5",
    })
    void numbersAreWrittenInPlainFormUnlessTheyAreLong(String sent, String written) {
        assertThat(written(sent)).isEqualTo(written);
    }

    @Test
    void writingKeepsValueAndScaleAndIsDoneOnce() {
        Random random = new Random(64);
        for (int round = 0; round < 100_000; round++) {
            String sent = number(random);
            BigDecimal value = new BigDecimal(sent);
            String written = written(sent);
            String plain = value.scale() < 0 ? value.setScale(0).toPlainString() : value.toPlainString();

            assertThat(new BigDecimal(written)).as(sent).isEqualByComparingTo(value);
            // As Postgres gives it back.
            assertThat(written(plain)).as(sent).isEqualTo(written);
            assertThat(written.length()).as(sent).isLessThanOrEqualTo(Math.max(plain.length(), sent.length()));
            if (value.signum() == 0) {
                continue;
            }
            int digits = (int) plain.chars().filter(Character::isDigit).count();
            assertThat(NumberText.fits(sent.toCharArray(), 0, sent.length(), digits))
                    .as(sent)
                    .isTrue();
            assertThat(digits <= 20 || !NumberText.fits(sent.toCharArray(), 0, sent.length(), digits - 1))
                    .as(sent)
                    .isTrue();
        }
    }

    static String number(Random random) {
        StringBuilder number = new StringBuilder(random.nextInt(4) == 0 ? "-" : "");
        int whole = 1 + random.nextInt(random.nextBoolean() ? 3 : 30);
        String digits = digits(random, whole);
        number.append(digits.replaceFirst("^0+(?=.)", ""));
        if (random.nextBoolean()) {
            number.append('.').append(digits(random, 1 + random.nextInt(20)));
        }
        if (random.nextBoolean()) {
            number.append(random.nextBoolean() ? "e" : "E")
                    .append(new String[] {"", "+", "-"}[random.nextInt(3)])
                    .append(random.nextInt(35));
        }
        // Postgres knows no negative zero.
        return new BigDecimal(number.toString()).signum() == 0
                ? number.toString().replace("-", "")
                : number.toString();
    }

    private static String digits(Random random, int length) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < length; i++) {
            digits.append((char) ('0' + (random.nextInt(3) == 0 ? random.nextInt(10) : 0)));
        }
        return digits.toString();
    }

    private static String written(String number) {
        try (StrictParser parser = StrictJson.parser(("[" + number + "]").getBytes(UTF_8))) {
            parser.nextToken();
            parser.nextToken();
            return new JsonText().copy(parser, 1, 1000).toString();
        }
    }
}
