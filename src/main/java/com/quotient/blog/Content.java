package com.quotient.blog;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;

/**
 * The content of a post with all that is made from it. Making it takes time in proportion to its length, so it is done
 * once, when the post is written, and not on an event loop.
 *
 * @param json the tree, as it is handed out
 * @param html rendered from the tree and sanitized
 * @param text without marks, a line for each block
 * @param words how many runs without white space hold a letter or a digit
 */
record Content(String json, String html, String text, int words) {
    /** A page of posts holds up to a hundred of them. */
    static final int MAX_JSON_LENGTH = 524_288;

    static final int MAX_NODES = 20_000;

    static Content ofTree(JsonNode tree) {
        return of(ContentReader.read(tree), "content");
    }

    static Content ofMarkdown(String markdown) {
        return of(MarkdownReader.read(markdown), "markdown");
    }

    private static Content of(ContentNode doc, String member) {
        if (doc.count() > MAX_NODES) {
            throw tooLong(member, "more than " + MAX_NODES + " nodes");
        }
        String json = doc.json().toString();
        if (json.length() > MAX_JSON_LENGTH) {
            throw tooLong(member, "more than " + MAX_JSON_LENGTH + " characters as JSON");
        }
        Html html = new Html();
        doc.html(html);
        StringBuilder text = new StringBuilder();
        doc.text(text);
        return new Content(json, html.sanitized(), text.toString().strip(), words(text));
    }

    private static ProblemException tooLong(String member, String size) {
        return Problem.invalid(member, "is too long: the post would have " + size + ". Split it into several posts.")
                .exception();
    }

    private static int words(CharSequence text) {
        int words = 0;
        boolean counted = false;
        for (int i = 0; i < text.length(); ) {
            int c = Character.codePointAt(text, i);
            if (Character.isWhitespace(c)) {
                counted = false;
            } else if (!counted && Character.isLetterOrDigit(c)) {
                counted = true;
                words++;
            }
            i += Character.charCount(c);
        }
        return words;
    }
}
