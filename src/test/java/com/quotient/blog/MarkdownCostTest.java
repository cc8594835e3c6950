package com.quotient.blog;

import static com.quotient.blog.ContentTest.assertHarmless;
import static com.quotient.blog.ContentTest.markdown;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.ProblemException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever Markdown holds, reading it costs about what its length costs. The time is that of its thread, because other
 * programs disturb it least; {@code -Dmarkdown.seconds=600} tries random shapes for longer.
 */
class MarkdownCostTest {
    private static final int LENGTH = ContentTest.LIMITS.maxBytes();
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private static final String[] PIECES = {
        "*", "_", "**", "~", "~~", "[", "]", "(", ")", "![", "](", "<", ">", "<!--", "-->", "<a", "<?", "<!A",
                "<![CDATA[",
        "&", "&amp;", "`", "``", "```", "\\", "\n", "\n\n", " ", "    ", "\t", "|", "|-", "-", "- ", "* ", "1. ", "> ",
                "#",
        "=", "http://", "www.", "@", "b.c", "mailto:", "[a]:", "[a]", "(b)", "\"", "'", "!", "[ ] ", "a", "a b", "ab_c",
                "é", "中"
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*_* _ ", "*", "_", "* a", "* a\n", "**a *b ", "*a _b ", "*a **b***c ", "~a ~~b ", "*~_", "a**b", "[",
                        "![",
                "![[[", "![\t", "[a](", "[a][", "[a]: b\n", "[a]: b\n\n", "](", "[a](<", "[a](b \"", "[*", "[`", "<",
                        "<!--",
                "<!-- ", "<a ", "<a b=\"", "<?", "<![CDATA[", "<!A ", "<a@b.c>", "&", "&amp;", "&#1;", "\\", "`",
                        "`a``b",
                ">", "> a\n", "> - 1. ", "- ", "- - ", "- \n", "- [ ] a\n", "1. ", "*a\n ", "\n", "a\n", "a\n\n",
                        "# a\n",
                "=\n", "a\n=\n", "-\n", "```\n", "~~~\n", "    a\n", "\t", "a  \n", "|a", "|a\n", "|-", "a|b\n-|-\n",
                        "|",
                "www.a.b ", "http://a ", "a@", "a@b.c ", "http://a.(", "<div>\n", "<div>\n\n", "x ", "中", "\u00A0*"
            })
    void knownShapesCostLittle(String piece) {
        assertCheap(piece.repeat(LENGTH / piece.getBytes(UTF_8).length));
    }

    @Test
    void backticksOfGrowingLengthCostLittle() {
        StringBuilder markdown = new StringBuilder();
        for (int i = 1; markdown.length() + i < LENGTH; i++) {
            markdown.append("`".repeat(i)).append('a');
        }
        assertCheap(markdown.toString());
    }

    @Test
    void definitionsByTheThousandCostLittle() {
        StringBuilder markdown = new StringBuilder();
        for (int i = 0; markdown.length() < LENGTH - 40; i++) {
            markdown.append("[a").append(i).append("]: /b\n\n[a").append(i / 2).append("]\n\n");
        }
        assertCheap(markdown.toString());
    }

    /** A short row is filled up with cells: the text does not tell how many there are. */
    @Test
    void aTableThatGrowsWhenItIsReadIsRefused() {
        String table = "|a".repeat(1000) + "\n" + "|-".repeat(1000) + "\n" + "|a\n".repeat(80_000);

        assertCheap(table);
        assertThatThrownBy(() -> markdown(table))
                .isInstanceOf(ProblemException.class)
                .hasMessage("markdown: is too long: a post can have at most 20000 nodes. Split it into several posts.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-\n", "*\r", "> a\n\n", "- - a\n"})
    void smallBlocksByTheThousandAreRefusedBeforeTheirNodesTakeMemory(String block) {
        assertThatThrownBy(() -> markdown(block.repeat(LENGTH / block.length())))
                .isInstanceOf(ProblemException.class)
                .hasMessage("markdown: has too many lines, list items and quotes for one post: split it into several"
                        + " posts.");
    }

    @Tag("slow")
    @Test
    void randomShapesCostLittle() {
        long seed = Long.getLong("markdown.seed", 1);
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("markdown.seconds", 5)).toNanos();
        for (Random random = new Random(seed); System.nanoTime() < end; ) {
            StringBuilder markdown = new StringBuilder();
            int parts = 1 + random.nextInt(3);
            for (int part = 0; part < parts; part++) {
                String piece = random.ints(1 + random.nextInt(6), 0, PIECES.length)
                        .mapToObj(i -> PIECES[i])
                        .collect(Collectors.joining());
                // A character may have three bytes.
                markdown.append(piece.repeat(Math.max(1, LENGTH / 3 / parts / piece.length())));
            }
            assertCheap(markdown.toString());
        }
    }

    @Test
    void whatPeopleWriteIsFarBelowTheLimits() {
        String article = """
                ## A heading with `code` and *emphasis*

                A paragraph with **bold**, _italic_ and [a link](https://example.com/some_page?a=b&c=d), which goes on for
                a while, names `some_function_name` and 2 * 3 * 4, and ends with an image: ![alt](/image_1.png).

                | name | value |
                |------|-------|
                | a_b  | *c*   |

                - [x] one
                - two, see https://example.com/a_b_c

                """;

        assertThat(markdown(article.repeat(150)).words()).isGreaterThan(5000);
        // A transcript without an empty line is one paragraph.
        assertThat(markdown("[12:01] <ada> my_first_line, 2*3\n".repeat(2000)).words())
                .isEqualTo(8000);
    }

    @Test
    void markdownThatIsTooLongIsRefusedBeforeItIsRead() {
        assertThat(markdown("a".repeat(LENGTH)).words()).isEqualTo(1);
        for (String tooLong :
                new String[] {"a".repeat(LENGTH + 1), "é".repeat(LENGTH / 2 + 1), "中".repeat(LENGTH / 3 + 1)}) {
            assertThatThrownBy(() -> markdown(tooLong))
                    .isInstanceOf(ProblemException.class)
                    .hasMessage(
                            "markdown: is too long: a post can have at most 262144 bytes. Split it into several posts.");
        }
    }

    /** Cheap to parse, or refused with a sentence that names the limit. */
    private static void assertCheap(String markdown) {
        long before = cpuNanos();
        ProblemException refused = null;
        String html = "";
        try {
            html = markdown(markdown).html();
        } catch (ProblemException e) {
            refused = e;
        }
        Duration taken = Duration.ofNanos(cpuNanos() - before);
        assertThat(taken)
                .as("%s…", markdown.substring(0, Math.min(80, markdown.length())))
                .isLessThan(LIMIT);
        if (refused != null) {
            assertThat(refused).hasMessageMatching("markdown: (is too long|has too many)[^\n]*");
        }
        assertHarmless(html);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
