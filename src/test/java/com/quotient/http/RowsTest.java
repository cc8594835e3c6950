package com.quotient.http;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text that is made of pages of rows. */
class RowsTest {
    private static final int PAGE = 3;

    private final List<@Nullable Integer> asked = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 6, 7})
    void everyRowIsWrittenOnceInOrder(int count) {
        assertThat(text(numbers(count).lines("head\n", row -> row + "\n")))
                .isEqualTo("head\n"
                        + IntStream.range(0, count).mapToObj(row -> row + "\n").collect(Collectors.joining()));
        assertThat(text(numbers(count).array("rows", String::valueOf, () -> Map.of("total", count))))
                .isEqualTo("{\"rows\":["
                        + IntStream.range(0, count).mapToObj(String::valueOf).collect(Collectors.joining(","))
                        + "],\"total\":" + count + "}");
    }

    @Test
    void pageIsReadWhenTheOneBeforeItIsWrittenAndNoneAfterAPageThatIsNotFull() {
        Pieces pieces = numbers(5).lines("", String::valueOf);
        assertThat(asked).isEmpty();

        assertThat(await(pieces.next())).hasToString("012");
        assertThat(asked).hasSize(1).containsNull();
        assertThat(await(pieces.next())).hasToString("34");
        assertThat(await(pieces.next())).isNull();
        assertThat(asked).hasSize(2).contains(2);
    }

    @Test
    void largeRowsMakeSeveralPieces() {
        Pieces pieces = Rows.<String>of(2, last -> Future.succeededFuture(last == null ? large("a", "b") : List.of()))
                .array("rows", row -> row, Map::of);

        assertThat(await(pieces.next()).length()).isLessThan(50_000);
        assertThat(await(pieces.next()).length()).isLessThan(50_000);
        assertThat(await(pieces.next())).hasToString("]}");
        assertThat(await(pieces.next())).isNull();
    }

    private static List<String> large(String... texts) {
        return Stream.of(texts).map(text -> text.repeat(40_000)).toList();
    }

    private Rows<Integer> numbers(int count) {
        return Rows.of(PAGE, last -> {
            asked.add(last);
            int first = last == null ? 0 : last + 1;
            return Future.succeededFuture(IntStream.range(first, Math.min(first + PAGE, count))
                    .boxed()
                    .toList());
        });
    }

    private static String text(Pieces pieces) {
        Buffer text = Buffer.buffer();
        for (Buffer piece = await(pieces.next()); piece != null; piece = await(pieces.next())) {
            text.appendBuffer(piece);
        }
        return text.toString();
    }
}
