package com.quotient.blog;

import com.quotient.config.Config;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;

/**
 * How much one post may be. The first two are settings, and the others follow: what is handed out is at most a fixed
 * multiple of what a post may be.
 *
 * @param maxBytes of its Markdown, or of the text of its tree, in UTF-8
 * @param maxNodes of its tree
 */
record ContentLimits(int maxBytes, int maxNodes) {
    /** The names and marks of the nodes may double the text. */
    private static final int JSON_FACTOR = 2;

    /** HTML writes some characters with five. */
    private static final int HTML_FACTOR = 4;

    static ContentLimits of(Config.Blog config) {
        return new ContentLimits(config.maxPostBytes(), config.maxPostNodes());
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
