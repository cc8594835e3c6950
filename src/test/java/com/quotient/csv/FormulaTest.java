package com.quotient.csv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FormulaTest {
    private static final Pattern STARTS =
            Pattern.compile("(^|[,;|\t\r\n\"])[\\s\u00A0\u200B\uFEFF]*[=+@\uFF1D\uFF0B\uFF0D\uFF20-]");

    @Test
    void everyFormulaBeginsWithAnApostrophe() {
        for (String formula : List.of(
                "=1+1",
                "+1+1",
                "-1+1",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "\tx",
                " =1",
                "\uFF1D1+1",
                "\uFF0B1+1",
                "\uFF0D1+1",
                "\uFF20SUM(A1)",
                ";=1+1",
                "a;=1+1",
                "\"\n=1",
                "a,\"+1+1\"",
                "'=1",
                "-5+cmd|' /C calc'!A0")) {
            assertThat(Formula.guard(formula)).as(formula).startsWith("'");
            assertThat(STARTS.matcher(Formula.guard(formula)).find())
                    .as(formula)
                    .isFalse();
        }
    }

    @Test
    void harmlessTextsStayAsTheyAre() {
        for (String text :
                List.of("", "Ada", "a-b", "a = b", "'", "O'Brien", "-5", "+49123456", "-1.5e3", "x@example.com")) {
            assertThat(Formula.guard(text)).isEqualTo(text);
            assertThat(Formula.unguard(text)).isEqualTo(text);
        }
    }

    @Test
    void whatWasGuardedComesBack() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (String text : List.of("=1", "'=1", "''=1", "';=1", ";'=1", ";''=1", "'-5", "-5")) {
            assertThat(Formula.unguard(Formula.guard(text))).isEqualTo(text);
        }
        for (int round = 0; round < 100_000; round++) {
            String text = CsvReaderTest.text(random);
            String guarded = Formula.guard(text);
            assertThat(Formula.unguard(guarded)).as("seed " + seed).isEqualTo(text);
            if (!guarded.equals(text)) {
                assertThat(STARTS.matcher(guarded).find())
                        .as("seed " + seed + ": " + guarded)
                        .isFalse();
            }
        }
    }
}
