package com.quotient.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Hello, World!|hello world",
                "v2.1 snake_case e-mail|v2 1 snake case e mail",
                "ada@example.com|ada example com",
                "Résumé MÜLLER Straße|resume muller strasse",
                "Øre æther Łódź İstanbul ΣΟΦΟΣ|ore aether lodz istanbul σοφοσ",
                "Возврат Ёлка|возврат елка",
                "ﬁne ＦＵＬＬ ①|fine full 1",
                "队列端口|队列 列端 端口 口",
                "东|东",
                "用v2版|用 v2 版",
                "がぎ|がぎ ぎ",
                "검색하기|검색 색하 하기 기",
                "हिन्दी भाषा|हिन्दी भाषा",
                "שָׁלוֹם|שלום",
                "up 👍🏽 down|up 👍 down",
                "a\u00ADb z\u200Bz|ab zz"
            })
    void textIsSplitIntoNormalizedWords(String text, String words) {
        assertThat(String.join(" ", of(text))).isEqualTo(words);
        assertThat(String.join(" ", of(Normalizer.normalize(text, Normalizer.Form.NFD))))
                .isEqualTo(words);
        assertThat(String.join(" ", of(Normalizer.normalize(text, Normalizer.Form.NFC))))
                .isEqualTo(words);
    }

    @Test
    void longWordIsOfBoundedLengthAndLikeNoOther() {
        String one = of("a".repeat(2050)).get(0);

        assertThat(one).hasSizeLessThanOrEqualTo(64);
        assertThat(of("A".repeat(2050))).containsExactly(one);
        assertThat(of("a".repeat(2051))).doesNotContain(one);
        assertThat(of("😀x𝒳".repeat(100))).allSatisfy(word -> assertThat(word.getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThan(300));
    }

    private static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        Words.of(text, words::add);
        return words;
    }
}
