package com.quotient.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkTest {
    private static final int MEGABYTE = 1 << 20;

    @Test
    void eachHeadingBeginsAChunkUnderThoseAboveIt() {
        assertThat(chunks("""
                Before.

                # One
                first

                ## Two
                second

                #### Four
                fourth

                ## Other
                # Last
                end
                """))
                .containsExactly(
                        new Chunk(List.of(), "Before."),
                        new Chunk(List.of("One"), "# One\nfirst"),
                        new Chunk(List.of("One", "Two"), "## Two\nsecond"),
                        new Chunk(List.of("One", "Two", "Four"), "#### Four\nfourth"),
                        new Chunk(List.of("One", "Other"), "## Other"),
                        new Chunk(List.of("Last"), "# Last\nend"));
    }

    @Test
    void underlinedHeadingsCount() {
        assertThat(chunks("Title\nin two lines\n===\ntext\n\nSection\n---\nmore"))
                .containsExactly(
                        new Chunk(List.of("Title in two lines"), "Title\nin two lines\n===\ntext"),
                        new Chunk(List.of("Title in two lines", "Section"), "Section\n---\nmore"));
    }

    @Test
    void whatOnlyLooksLikeAHeadingIsNone() {
        String markdown = """
                # Real

                ```sh
                # comment
                ```

                ~~~
                Title
                ===
                ~~~

                    # indented

                > # quoted

                - # in a list

                <!--
                # in HTML
                -->

                #hashtag

                \\# escaped

                ---
                """;
        assertThat(chunks(markdown)).containsExactly(new Chunk(List.of("Real"), markdown.strip()));
    }

    @Test
    void headingIsPlainText() {
        assertThat(chunks("## The **big** `map` of [links](https://a.example/) &amp; 1 < 2 ##\n")
                        .get(0)
                        .headingPath())
                .containsExactly("The big map of links & 1 < 2");
    }

    @Test
    void lineEndsOfEveryKindAreLineEnds() {
        for (String end : List.of("\n", "\r\n", "\r")) {
            assertThat(chunks("# A" + end + "a" + end + "# B" + end + "b"))
                    .as(end.replace("\r", "CR").replace("\n", "LF"))
                    .containsExactly(
                            new Chunk(List.of("A"), "# A" + end + "a"), new Chunk(List.of("B"), "# B" + end + "b"));
        }
    }

    @Test
    void headingWithoutTextAddsNothingToThePath() {
        assertThat(chunks("#\na\n## Two\nb"))
                .containsExactly(new Chunk(List.of(), "#\na"), new Chunk(List.of("Two"), "## Two\nb"));
    }

    @Test
    void firstHeadingIsTheTitle() {
        assertThat(Chunk.cut("text\n\n#\n\n## *First*\n\n# Second").firstHeading())
                .isEqualTo("First");
        assertThat(Chunk.cut("text").firstHeading()).isNull();
        assertThat(Chunk.cut("# " + "x".repeat(5000)).firstHeading()).hasSize(Chunk.MAX_HEADING);
    }

    @Test
    void emptyDocumentHasNoChunk() {
        assertThat(chunks("")).isEmpty();
        assertThat(chunks(" \n\n\t\n")).isEmpty();
    }

    @Test
    void longSectionIsCutWhereAParagraphBegins() {
        String paragraph = "word ".repeat(300).strip();
        List<Chunk> chunks = chunks("# A\n\n" + (paragraph + "\n\n").repeat(5));

        assertThat(chunks)
                .extracting(Chunk::content)
                .containsExactly("# A\n\n" + paragraph + "\n\n" + paragraph, paragraph + "\n\n" + paragraph, paragraph);
        assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.headingPath()).containsExactly("A"));
    }

    @Test
    void noChunkIsTooLongAndNoWordIsLost() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            String markdown = IntStream.range(0, random.nextInt(400))
                    .mapToObj(i -> piece(random))
                    .collect(Collectors.joining());
            List<Chunk> chunks = chunks(markdown);

            assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.content()).hasSizeBetween(1, Chunk.MAX_LENGTH));
            assertThat(chunks.stream()
                            .map(Chunk::content)
                            .collect(Collectors.joining())
                            .replaceAll("\\s", ""))
                    .isEqualTo(markdown.replaceAll("\\s", ""));
        }
    }

    @Test
    void characterIsNeverCutInHalf() {
        assertThat(chunks("x" + "🍕".repeat(5000))).allSatisfy(chunk -> assertThat(
                        Character.isLowSurrogate(chunk.content().charAt(0)))
                .isFalse());
    }

    static Stream<String> heavy() {
        return Stream.of(
                "# a\n".repeat(MEGABYTE / 4),
                "a\n\n".repeat(MEGABYTE / 3),
                ">".repeat(MEGABYTE / 2) + "\n>".repeat(MEGABYTE / 4),
                "- ".repeat(MEGABYTE / 4) + "x" + "\n".repeat(MEGABYTE / 2),
                "1. ".repeat(MEGABYTE / 3),
                "[".repeat(MEGABYTE),
                "# " + "[a](".repeat(MEGABYTE / 4),
                "*a_ ".repeat(MEGABYTE / 4),
                "`".repeat(MEGABYTE),
                "[a]: b\n".repeat(MEGABYTE / 7),
                "a".repeat(MEGABYTE),
                "a\n".repeat(MEGABYTE / 2),
                " ".repeat(MEGABYTE),
                "<a ".repeat(MEGABYTE / 3),
                "#".repeat(MEGABYTE),
                ("# " + "*".repeat(200) + "\n").repeat(MEGABYTE / 203),
                "===\n".repeat(MEGABYTE / 4),
                "a\n===\n".repeat(MEGABYTE / 6));
    }

    @ParameterizedTest
    @MethodSource("heavy")
    void megabyteOfAnythingIsCutQuicklyIntoABoundedNumber(String markdown) {
        List<Chunk> chunks = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> chunks(markdown));

        assertThat(chunks.size()).isLessThan(Chunk.MAX_SECTIONS + 3 * MEGABYTE / Chunk.MAX_LENGTH);
    }

    static Stream<String> smallBlocks() {
        return Stream.of(
                "-\n".repeat(MEGABYTE / 2),
                "*\r".repeat(MEGABYTE / 2),
                "a\n\n".repeat(MEGABYTE / 3),
                "# a\n".repeat(MEGABYTE / 4),
                "[a]: b\n".repeat(MEGABYTE / 7),
                ">".repeat(49) + "```\n" + (">".repeat(49) + "\n").repeat(MEGABYTE / 50),
                (">".repeat(49) + "a\n").repeat(MEGABYTE / 51));
    }

    @ParameterizedTest
    @MethodSource("smallBlocks")
    void megabyteOfSmallBlocksTakesABoundedAmountOfMemory(String markdown) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Chunk.cut(markdown);
        long before = threads.getCurrentThreadAllocatedBytes();

        Chunk.cut(markdown);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * Chunk.MAX_PARSER_BYTES);
    }

    @Test
    void headingsOfALongDocumentCount() {
        String markdown = ("# Head\n" + "Some words of a line that people write.\n".repeat(40)).repeat(650);
        assertThat(markdown.length()).isBetween(1_000_000, MEGABYTE);

        assertThat(chunks(markdown)).hasSize(650);
    }

    private static String piece(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "\n" + "#".repeat(1 + random.nextInt(6)) + " Head " + random.nextInt(9) + "\n";
            case 1 -> "\nUnder\n---\n";
            case 2 -> "\n```\ncode # " + random.nextInt(9) + "\n```\n";
            case 3 -> "\n\n- item\n  more\n";
            case 4 -> "x".repeat(random.nextInt(6000));
            case 5 -> " ".repeat(random.nextInt(20));
            case 6 -> "\n\n";
            default -> "some words of text ";
        };
    }

    private static List<Chunk> chunks(String markdown) {
        return Chunk.cut(markdown).chunks();
    }
}
