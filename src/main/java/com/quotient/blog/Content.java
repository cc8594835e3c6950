package com.quotient.blog;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The content of a post with everything derived from it. Deriving takes linear time, so it is done once, when the post
 * is written, on a worker.
 *
 * @param json the tree, as answers show it
 * @param html rendered from the tree and sanitized
 * @param text plain text, one line per block
 * @param words the number of words: runs without white space that hold a letter or a digit; Chinese and Japanese count
 *     by characters
 */
record Content(String json, String html, String text, int words) {

    /** Fails with a 400 when the tree is invalid or too large. */
    static Content ofTree(JsonNode tree, ContentLimits limits) {
        return of(ContentReader.read(tree, limits), "content", limits);
    }

    /** Fails with a 400 when a limit is exceeded; otherwise every text is valid Markdown. */
    static Content ofMarkdown(String markdown, ContentLimits limits) {
        limits.checkMarkdown(markdown);
        return of(MarkdownReader.read(markdown, limits), "markdown", limits);
    }

    private static Content of(ContentNode doc, String member, ContentLimits limits) {
        limits.checkNodes(member, doc.count());
        String json = doc.json().toString();
        limits.checkJson(member, json);
        Html html = new Html();
        doc.html(html);
        String sanitized = html.sanitized();
        limits.checkHtml(member, sanitized);
        StringBuilder text = new StringBuilder();
        doc.text(text);
        return new Content(json, sanitized, text.toString().strip(), words(text));
    }

    private static int words(CharSequence text) {
        int words = 0;
        boolean counted = false;
        for (int i = 0; i < text.length(); ) {
            int c = Character.codePointAt(text, i);
            if (Character.isWhitespace(c)) {
                counted = false;
            } else if (Characters.isWordOfItsOwn(c)) {
                counted = false;
                words++;
            } else if (!counted && Character.isLetterOrDigit(c)) {
                counted = true;
                words++;
            }
            i += Character.charCount(c);
        }
        return words;
    }
}
