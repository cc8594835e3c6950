package com.quotient.csv;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.csv.CsvReader.Cells;
import com.quotient.csv.CsvReader.Lost;
import com.quotient.csv.CsvReader.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CsvReaderTest {
    private static final int MAX_BYTES = 64 * 1024;

    @Test
    void linesEndInAnyWay() {
        for (String end : List.of("\n", "\r\n", "\r")) {
            for (String last : List.of("", end)) {
                List<Row> rows = read("a,b" + end + "1,\"x" + end + "y\"" + end + end + "2," + last);
                assertThat(rows)
                        .containsExactly(
                                new Cells(1, 1, List.of("a", "b")),
                                new Cells(2, 3, List.of("1", "x" + end + "y")),
                                new Cells(5, 5, List.of("2", "")));
            }
        }
    }

    @Test
    void aFileIsReadAlikeHoweverItsBytesArrive() {
        byte[] file = "\uFEFFa;b\r\n\"1\r\";\"\"\"é\"\"\"\r\r\nx;\"\n\";\n\"".getBytes(UTF_8);
        List<Row> whole = read(file, file.length);
        assertThat(whole).hasSize(4);
        for (int size = 1; size < file.length; size++) {
            assertThat(read(file, size)).isEqualTo(whole);
        }
    }

    @Test
    void theSeparatorIsFoundInTheHeaderOrNamedBeforeIt() {
        assertThat(cells("a;b;c,d\n1;2;3")).containsExactly(List.of("a", "b", "c,d"), List.of("1", "2", "3"));
        assertThat(cells("a\tb\n1\t2,3")).containsExactly(List.of("a", "b"), List.of("1", "2,3"));
        assertThat(cells("a,\"b;c;d\"\n1,2")).containsExactly(List.of("a", "b;c;d"), List.of("1", "2"));
        assertThat(cells("sep=;\r\na;b,c\r\n1;2")).containsExactly(List.of("a", "b,c"), List.of("1", "2"));
        assertThat(cells("\uFEFF\"sep=\t\"\na,b\n1")).containsExactly(List.of("a,b"), List.of("1"));
        assertThat(cells("a\n1")).containsExactly(List.of("a"), List.of("1"));
    }

    @Test
    void separatorIsTheMostFrequentAndOfEquallyFrequentOnesTheFirst() {
        assertThat(cells("a,b,c;d\n1,2,3")).containsExactly(List.of("a", "b", "c;d"), List.of("1", "2", "3"));
        assertThat(cells("a,b;c\n1,2")).containsExactly(List.of("a", "b;c"), List.of("1", "2"));
        assertThat(cells("a;b,c\n1;2")).containsExactly(List.of("a", "b,c"), List.of("1", "2"));
    }

    @Test
    void linesBeforeTheHeaderCountInTheNumbersOfLines() {
        assertThat(read("\n \na,b\n1,2"))
                .containsExactly(new Cells(3, 3, List.of("a", "b")), new Cells(4, 4, List.of("1", "2")));
        assertThat(read("sep=;\na;b\n1;2"))
                .containsExactly(new Cells(2, 2, List.of("a", "b")), new Cells(3, 3, List.of("1", "2")));
    }

    @Test
    void rowsWithoutAnyCellAreLeftOut() {
        assertThat(read("\n,,\na,b\n,\n  \n\"\",\n1,2\n,,,,"))
                .containsExactly(new Cells(3, 3, List.of("a", "b")), new Cells(7, 7, List.of("1", "2")));
    }

    @Test
    void aLoneQuoteAffectsOnlyItsRow() {
        String good = IntStream.range(0, 6000).mapToObj(i -> "p" + i + ",n").collect(Collectors.joining("\n"));
        List<Row> rows = read("a,b\nx,\"lone\n" + good);
        assertThat(rows).hasSize(6002);
        assertThat(rows.get(1)).isInstanceOfSatisfying(Lost.class, lost -> {
            assertThat(lost.line()).isEqualTo(2);
            assertThat(lost.lastLine()).isEqualTo(2);
        });
        assertThat(rows.get(6001)).isEqualTo(new Cells(6002, 6002, List.of("p5999", "n")));
    }

    @Test
    void aLoneQuoteBeforeQuotedCellsCostsItsRowOnly() {
        assertThat(read("a,b\nx,\"lone\ny,\"good\"\nz,\"also\"\" good\"\nv,\"open"))
                .satisfiesExactly(
                        row -> assertThat(row.line()).isEqualTo(1),
                        row -> assertThat(row).isInstanceOf(Lost.class),
                        row -> assertThat(row).isEqualTo(new Cells(3, 3, List.of("y", "good"))),
                        row -> assertThat(row).isEqualTo(new Cells(4, 4, List.of("z", "also\" good"))),
                        row -> assertThat(row).isInstanceOf(Lost.class));
    }

    @Test
    void quotesThatNeverMatchAreReadAgainOnlySoOften() {
        // Each line leaves a quote open, whether one was open before it or not.
        String line = "x\",\"y\"\"\n";
        long begin = System.nanoTime();
        List<Row> rows = read("a,b\n" + line.repeat(400_000));
        assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
        // Each row that was lost alone cost one more reading of a whole row, of as many lines as it may have cells.
        long again =
                rows.stream().filter(row -> row.line() == row.lastLine()).count() * CsvReader.MAX_CELLS * line.length();
        assertThat(again / (4.0 * 400_000 * line.length() + (1 << 20))).isBetween(0.95, 1.02);
        assertThat(rows.stream()
                        .skip(1)
                        .mapToLong(row -> row.lastLine() - row.line() + 1)
                        .sum())
                .isEqualTo(400_000);
    }

    @Test
    void whatIsTooLongOrNoTextIsLostByItself() {
        byte[] file =
                ("a,b\n" + "x".repeat(MAX_BYTES + 1) + "\n\u00ff,\n\0,\n1,\"\n\u00ff\n2,\"3\"").getBytes(ISO_8859_1);
        assertThat(read(file, 1000))
                .extracting(row -> row.getClass().getSimpleName() + row.line())
                .containsExactly("Cells1", "Lost2", "Lost3", "Lost4", "Lost5", "Lost6", "Cells7");
    }

    /** A quoted cell that goes on counts with the line ends in it. */
    @Test
    void whatIsAsLongAsAllowedIsReadAndNotOneCharacterMore() {
        String longest = "x".repeat(CsvReader.MAX_QUOTED - 1);
        assertThat(read("a\n\"" + longest + "\n\"")).last().isEqualTo(new Cells(2, 3, List.of(longest + "\n")));
        assertThat(reasons(read("a\n\"x" + longest + "\n\"")))
                .startsWith("A quote opens a cell of the row and is not closed within 8192 characters.");

        String widest = "x,".repeat(CsvReader.MAX_CELLS);
        assertThat(reasons(read("a\n" + widest))).isEmpty();
        assertThat(reasons(read("a\n" + widest + "x"))).containsExactly("The row has more than 2000 cells.");

        assertThat(read("a\n1234567890\n", 10)).last().isEqualTo(new Cells(2, 2, List.of("1234567890")));
        assertThat(read("a\n12345\n1234567890", 10)).last().isEqualTo(new Cells(3, 3, List.of("1234567890")));
        assertThat(reasons(read("a\n12345678901\n", 10))).containsExactly("The row has more than 10 bytes.");
        assertThat(reasons(read("a\n12345678901", 10))).containsExactly("The row has more than 10 bytes.");

        assertThat(read("a\n\"1\n345\n\"", 7)).last().isEqualTo(new Cells(2, 4, List.of("1\n345\n")));
        assertThat(reasons(read("a\n\"1\n3456\n\"", 7))).startsWith("The row has more than 7 bytes.");
    }

    @Test
    void reasonSaysWhyARowWasLost() {
        assertThat(reasons(read("a\n\"1\"x\n2")))
                .containsExactly("A cell of the row goes on behind its closing quote.");
        assertThat(reasons(read("a\n\"1"))).containsExactly("A quote opens a cell of this row and is closed nowhere.");
        assertThat(reasons(read("a\n\0\n1"))).containsExactly("The row is not valid UTF-8, or holds U+0000.");
    }

    @Test
    void utf16IsRefusedByItsName() {
        for (byte[] file :
                List.of("a,b\n1,2".getBytes(UTF_16), "a,b\n1,2".getBytes(UTF_16LE), "\uFEFF\n".getBytes(UTF_16LE))) {
            assertThatThrownBy(() -> read(file, 3))
                    .isInstanceOf(UnreadableFile.class)
                    .hasMessageContaining("UTF-16");
        }
    }

    @Test
    void cellsWithoutEndAreLost() {
        List<Row> rows = read("a\n" + ",".repeat(50_000) + "\n" + "x,".repeat(10_000) + "\n1");
        assertThat(rows)
                .extracting(row -> row.getClass().getSimpleName() + row.line())
                .containsExactly("Cells1", "Lost3", "Cells4");
    }

    @Test
    void cellIsQuotedOnlyWhereAReaderNeedsIt() {
        assertThat(CsvWriter.row(Arrays.asList("a b", null, "1.5", "a,b", "c;d", "e\tf", "g\nh", "i\rj", "k\"l")))
                .isEqualTo("a b,,1.5,\"a,b\",\"c;d\",\"e\tf\",\"g\nh\",\"i\rj\",\"k\"\"l\"\r\n");
    }

    /** Any text that Postgres can store, next to any other. */
    @Test
    void whatIsWrittenIsReadAgain() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            int columns = 1 + random.nextInt(4);
            List<List<String>> table = new ArrayList<>();
            table.add(IntStream.range(0, columns).mapToObj(i -> "column" + i).toList());
            for (int row = random.nextInt(4); row > 0; row--) {
                // A row of blank cells is none.
                List<String> cells = new ArrayList<>(List.of("x" + text(random)));
                while (cells.size() < columns) {
                    cells.add(text(random));
                }
                table.add(cells);
            }
            String file = table.stream().map(CsvWriter::row).collect(Collectors.joining());
            List<List<String>> read = cells(file).stream()
                    .map(row -> row.stream().map(Formula::unguard).toList())
                    .toList();
            assertThat(read).as("seed " + seed + ": " + file).isEqualTo(table);
        }
    }

    /** Mostly of the characters that mean something to a table or a spreadsheet. */
    static String text(Random random) {
        String special = "'\"=+-@,;|\t\r\n \uFF1D\uFF0B\uFF0D\uFF20\u200B\uFEFF\u00A01x";
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            if (random.nextInt(6) > 0) {
                text.append(special.charAt(random.nextInt(special.length())));
            } else {
                int any = 1 + random.nextInt(Character.MAX_CODE_POINT);
                text.appendCodePoint(Character.getType(any) == Character.SURROGATE ? 'y' : any);
            }
        }
        return text.toString();
    }

    private static List<List<String>> cells(String file) {
        return read(file).stream().map(row -> ((Cells) row).cells()).toList();
    }

    private static List<String> reasons(List<Row> rows) {
        return rows.stream()
                .filter(Lost.class::isInstance)
                .map(row -> ((Lost) row).reason())
                .toList();
    }

    private static List<Row> read(String file) {
        return read(file.getBytes(UTF_8), 4096);
    }

    private static List<Row> read(String file, int maxBytes) {
        return read(file.getBytes(UTF_8), 4096, maxBytes);
    }

    private static List<Row> read(byte[] file, int pieceSize) {
        return read(file, pieceSize, MAX_BYTES);
    }

    private static List<Row> read(byte[] file, int pieceSize, int maxBytes) {
        CsvReader reader = new CsvReader(maxBytes);
        List<Row> rows = new ArrayList<>();
        for (int at = 0; at < file.length; at += pieceSize) {
            byte[] piece = Arrays.copyOfRange(file, at, Math.min(file.length, at + pieceSize));
            reader.add(piece, piece.length);
            take(reader, rows);
        }
        reader.end();
        take(reader, rows);
        return rows;
    }

    private static void take(CsvReader reader, List<Row> rows) {
        Row row;
        while ((row = reader.next()) != null) {
            rows.add(row);
        }
    }
}
