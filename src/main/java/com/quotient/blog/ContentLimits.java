package com.quotient.blog;

import com.quotient.config.BlogConfig;
import com.quotient.markdown.BoundedMarkdown;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;

/**
 * The limits of a post. The first two are settings and the others follow from them, so that an answer is at most a
 * fixed multiple of the input.
 *
 * @param maxBytes maximum UTF-8 bytes of its Markdown, or of the text of its tree
 * @param maxNodes maximum nodes of its tree
 */
record ContentLimits(int maxBytes, int maxNodes) {
    /** Names and marks of the nodes may double the size of the text. */
    private static final int JSON_FACTOR = 2;

    /** HTML escapes some characters with five. */
    private static final int HTML_FACTOR = 4;

    /** A node takes the parser about two blocks: a list item is one, and its paragraph another. */
    private static final int BLOCKS_PER_NODE = 2;

    static ContentLimits of(BlogConfig config) {
        return new ContentLimits(config.maxPostBytes(), config.maxPostNodes());
    }

    /** Maximum memory to parse the Markdown. */
    long maxParserBytes() {
        return (long) BLOCKS_PER_NODE * BoundedMarkdown.BLOCK_BYTES * maxNodes;
    }

    void checkMarkdown(String markdown) {
        check("markdown", Characters.utf8Length(markdown), maxBytes, "bytes");
    }

    void checkText(long bytes) {
        check("content", bytes, maxBytes, "bytes of text");
    }

    void checkNodes(String member, int nodes) {
        check(member, nodes, maxNodes, "nodes");
    }

    void checkJson(String member, String json) {
        check(member, Characters.utf8Length(json), (long) JSON_FACTOR * maxBytes, "bytes as JSON");
    }

    void checkHtml(String member, String html) {
        check(member, Characters.utf8Length(html), (long) HTML_FACTOR * maxBytes, "bytes as HTML");
    }

    private static void check(String member, long size, long limit, String unit) {
        if (size > limit) {
            throw tooLong(member, limit + " " + unit);
        }
    }

    private static ProblemException tooLong(String member, String limit) {
        return Problem.invalid(
                        member, "is too long: a post can have at most " + limit + ". Split it into several posts.")
                .exception();
    }
}
