package com.quotient.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontMatterTest {
    @Test
    void titleAndTagsAreRead() {
        String markdown = """
                ---
                title: "Returns: how"
                date: 2026-01-15
                tags: [email, 'brand', draft]
                nested:
                  key: value
                # a comment
                ---
                # Heading
                """;

        FrontMatter front = FrontMatter.of(markdown);

        assertThat(front.title()).isEqualTo("Returns: how");
        assertThat(front.tags()).containsExactly("email", "brand", "draft");
        assertThat(markdown.substring(front.end())).isEqualTo("# Heading\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "---\ntags:\n- email\n- brand\n---\ntext",
                "\uFEFF---\r\ntags:\r\n  - email\r\n  - brand\r\n---\r\ntext",
                "---\rtags: [email,brand]\r...\rtext"
            })
    void tagsAreReadFromEachFormOfList(String markdown) {
        FrontMatter front = FrontMatter.of(markdown);

        assertThat(front.tags()).isEqualTo(List.of("email", "brand"));
        assertThat(markdown.substring(front.end())).isEqualTo("text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "---",
                "---\n",
                "---\n---\n",
                "---\ntitle: never closed",
                "---\nA paragraph between two rules.\n---\n",
                " ---\ntitle: x\n---\n",
                "text\n---\ntitle: x\n---\n"
            })
    void invalidFrontMatterIsText(String markdown) {
        assertThat(FrontMatter.of(markdown)).isEqualTo(new FrontMatter(null, null, 0));
    }

    @Test
    void byteOrderMarkIsNoText() {
        assertThat(FrontMatter.of("\uFEFF# Title").end()).isEqualTo(1);
    }

    @Test
    void unknownTagsBecomeUserTags() {
        assertThat(Tags.ofFrontMatter(List.of("email, draft", "user:x", " ", "y".repeat(80), "draft")))
                .containsExactly("email", "user:draft", "user:x");
    }
}
