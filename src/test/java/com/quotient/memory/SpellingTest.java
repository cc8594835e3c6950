package com.quotient.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    private static final List<String> ALPHABETS =
            List.of("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрст", "αβγδεζηθ");

    /** Any word of any alphabet, with any one error. */
    @Test
    void everyWordWithOneErrorSharesAKeyAndIsLikeTheRightOne() {
        Random random = new Random(11);
        for (int i = 0; i < 5000; i++) {
            String alphabet = ALPHABETS.get(random.nextInt(ALPHABETS.size()));
            String right = word(random, alphabet, 5 + random.nextInt(20));
            String typed = withError(random, alphabet, right);

            assertThat(shareKey(typed, right)).as(typed + " for " + right).isTrue();
            if (!typed.equals(right)) {
                assertThat(Spelling.likeness(typed, right))
                        .as(typed + " for " + right)
                        .isBetween(0.75, 0.99);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "invoice,voice,0",
        "planet,plan,0",
        "recipe,receipt,0",
        "order,older,0.8",
        "conectoin,connection,0.8",
        "word,world,0.8"
    })
    void similarityIsTheShareOfCorrectLetters(String typed, String known, double likeness) {
        assertThat(Spelling.likeness(typed, known)).isEqualTo(likeness);
    }

    @Test
    void numbersAndShortWordsAreNotCorrected() {
        for (String word : List.of("abcd", "v2beta", "12345", "端口", "x".repeat(33))) {
            assertThat(Spelling.isGuessable(word)).as(word).isFalse();
        }
        assertThat(Spelling.isGuessable("возврат")).isTrue();
        assertThat(Spelling.isGuessable("pool")).isFalse();
        assertThat(Spelling.isMeant("pool")).isTrue();
        assertThat(Spelling.isMeant("from")).isFalse();
    }

    @Test
    void lookUpsAreBounded() {
        assertThat(Spelling.lookups("abcdefghijklmnopqrstuvwxyzabcdef")).hasSizeLessThan(600);
    }

    private static boolean shareKey(String typed, String known) {
        Set<Integer> shared = new HashSet<>(Spelling.lookups(typed));
        return !Collections.disjoint(shared, Spelling.keys(known));
    }

    private static String word(Random random, String alphabet, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(letter(random, alphabet));
        }
        return word.toString();
    }

    private static String withError(Random random, String alphabet, String right) {
        StringBuilder word = new StringBuilder(right);
        int at = random.nextInt(right.length() - 1);
        switch (random.nextInt(4)) {
            case 0 -> word.insert(at, letter(random, alphabet));
            case 1 -> word.deleteCharAt(at);
            case 2 -> word.setCharAt(at, letter(random, alphabet));
            default -> word.insert(at, word.charAt(at + 1)).deleteCharAt(at + 2);
        }
        return word.toString();
    }

    private static char letter(Random random, String alphabet) {
        return alphabet.charAt(random.nextInt(alphabet.length()));
    }
}
