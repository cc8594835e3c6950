package com.quotient.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A document of the repository, as far as tests read it: fenced blocks and tables. */
public record Markdown(Path file, List<String> lines) {
    private static final String FENCE = "```";
    private static final Pattern COLUMN = Pattern.compile("(?<!\\\\)\\|");

    /**
     * A fenced block.
     *
     * @param line of its opening fence, from 1
     * @param info the text after the opening fence
     */
    public record Block(Path file, int line, String info, String text) {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** Every document that people read. */
    public static List<Markdown> documents() {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
                                    .map(Path::of),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .map(Markdown::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Markdown read(Path file) {
        try {
            return new Markdown(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }

    public String text() {
        return String.join("\n", lines);
    }

    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        int opened = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(FENCE)) {
                continue;
            }
            if (opened < 0) {
                opened = i;
            } else {
                String info = lines.get(opened).substring(FENCE.length());
                blocks.add(new Block(file, opened + 1, info, String.join("\n", lines.subList(opened + 1, i))));
                opened = -1;
            }
        }
        if (opened >= 0) {
            throw new AssertionError("The block at " + file + ":" + (opened + 1) + " is never closed");
        }
        return blocks;
    }

    /** The rows below the header with these cells, in all tables of the document that have it. */
    public List<List<String>> table(String... header) {
        List<List<String>> rows = new ArrayList<>();
        boolean found = false;
        for (int i = 0; i < lines.size(); i++) {
            if (cells(lines.get(i)).equals(List.of(header))) {
                found = true;
                for (int j = i + 2; j < lines.size() && lines.get(j).startsWith("|"); j++) {
                    rows.add(cells(lines.get(j)));
                }
            }
        }
        if (!found) {
            throw new AssertionError(file + " has no table with the header " + List.of(header));
        }
        return rows;
    }

    /** The parts of a cell that stand in backticks. */
    public static List<String> codes(String cell) {
        String[] parts = cell.split("`", -1);
        List<String> codes = new ArrayList<>();
        for (int i = 1; i < parts.length; i += 2) {
            codes.add(parts[i]);
        }
        return codes;
    }

    private static List<String> cells(String line) {
        if (!line.startsWith("|")) {
            return List.of();
        }
        return Arrays.stream(COLUMN.split(line.strip().replaceAll("^\\||\\|$", ""), -1))
                .map(String::strip)
                .toList();
    }
}
