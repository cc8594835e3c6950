package com.quotient.memory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server derives from a document when it is written.
 *
 * @param heading the title when none is set: from its front matter, else its first heading; null without either
 * @param tags the tags of its front matter; null without any
 * @param vectors the search vector of each chunk, see {@link SearchVector}
 * @param vocabulary words that are found despite typing errors, see {@link Spelling}
 */
record Reading(
        @Nullable String heading,
        @Nullable List<String> tags,
        List<Chunk> chunks,
        List<String> vectors,
        Set<String> vocabulary) {
    /** Maximum words of a document that are found despite a typing error. Correctly typed words are always found. */
    static final int MAX_VOCABULARY = 10_000;

    /** Takes linear time, which for a megabyte is too long for an event loop. */
    static Reading of(String markdown) {
        FrontMatter front = FrontMatter.of(markdown);
        Chunk.Cut cut = Chunk.cut(markdown.substring(front.end()));
        List<String> vectors = new ArrayList<>();
        Set<String> vocabulary = new LinkedHashSet<>();
        for (Chunk chunk : cut.chunks()) {
            SearchVector vector = new SearchVector()
                    .add(String.join("\n", chunk.headingPath()), SearchVector.IN_HEADING)
                    .add(chunk.content(), SearchVector.IN_TEXT);
            vectors.add(vector.text());
            learn(vocabulary, vector);
        }
        return new Reading(
                front.title() == null ? cut.firstHeading() : front.title(),
                front.tags() == null ? null : Tags.ofFrontMatter(front.tags()),
                cut.chunks(),
                vectors,
                vocabulary);
    }

    private static void learn(Set<String> vocabulary, SearchVector vector) {
        for (String word : vector.words()) {
            if (vocabulary.size() == MAX_VOCABULARY) {
                return;
            }
            if (Spelling.isMeant(word)) {
                vocabulary.add(word);
            }
        }
    }
}
