package com.quotient.config;

import java.time.Duration;

/**
 * Posts, and the cache of answers to reads of blogs.
 *
 * @param maxPostBytes maximum bytes of one post's Markdown, or of the text of its content tree
 * @param maxPostNodes maximum nodes of one post's content tree
 * @param contentWorkers threads that parse Markdown and content trees
 * @param contentQueue requests with content that wait for them; a business has at most
 *     {@code database.maxBusinessShare} of both
 * @param contentWait how long each of them waits
 * @param listPieceBytes bytes of posts in one chunk of a long list
 * @param cacheBytes bytes of all cached answers; 0% disables the cache
 * @param maxCachedAnswerBytes maximum bytes of one cached answer; a longer list is streamed
 * @param maxStaleness how long answers are used without contact to Postgres
 */
public record BlogConfig(
        int maxPostBytes,
        int maxPostNodes,
        int contentWorkers,
        int contentQueue,
        Duration contentWait,
        int listPieceBytes,
        MemorySize cacheBytes,
        int maxCachedAnswerBytes,
        Duration maxStaleness) {
    public BlogConfig {
        Checks.range("blog.maxPostBytes", maxPostBytes, 1, 1 << 20);
        Checks.range("blog.maxPostNodes", maxPostNodes, 1, 1_000_000);
        Checks.range("blog.contentWorkers", contentWorkers, 1, 64);
        Checks.range("blog.contentQueue", contentQueue, 1, 100_000);
        Checks.positive("blog.contentWait", contentWait);
        Checks.range("blog.listPieceBytes", listPieceBytes, 1, 1 << 24);
        Checks.range("blog.maxCachedAnswerBytes", maxCachedAnswerBytes, 0, 1 << 28);
        Checks.positive("blog.maxStaleness", maxStaleness);
    }
}
