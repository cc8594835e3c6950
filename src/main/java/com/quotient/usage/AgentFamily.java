package com.quotient.usage;

import com.google.common.collect.ImmutableList;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The program that sent a request, from a closed list, as its {@code User-Agent} header names it (RFC 9110 section
 * 10.1.5). The header itself is not stored.
 */
public enum AgentFamily {
    /** No header. */
    NONE("none", "No agent"),
    BOT("bot", "Bot", "bot/", "bot-", "bot;", "crawl", "spider"),
    // Each of these browsers also names those below it.
    EDGE("edge", "Edge", "edg/", "edge/", "edgios/", "edga/"),
    OPERA("opera", "Opera", "opr/", "opera"),
    SAMSUNG("samsung", "Samsung Internet", "samsungbrowser/"),
    FIREFOX("firefox", "Firefox", "firefox/", "fxios/"),
    CHROME("chrome", "Chrome", "chrome/", "crios/", "chromium/"),
    SAFARI("safari", "Safari", "safari/"),
    CURL("curl", "curl", "curl/", "wget/"),
    POSTMAN("postman", "Postman", "postman", "insomnia"),
    NODE("node", "Node", "node", "undici", "axios", "deno/", "bun/"),
    PYTHON("python", "Python", "python", "aiohttp", "httpx"),
    JAVA("java", "Java", "java", "okhttp", "apache-httpclient", "vert.x"),
    GO("go", "Go", "go-http-client", "resty"),
    RUBY("ruby", "Ruby", "ruby", "faraday"),
    PHP("php", "PHP", "php", "guzzle"),
    DOTNET("dotnet", ".NET", "dotnet", "system.net", "restsharp"),
    OTHER("other", "Other");

    /** How much of a header is read; no name above comes later in a real one. */
    private static final int MAX_LENGTH = 256;

    private static final AgentFamily[] ALL = values();

    private final String label;
    private final String title;
    private final ImmutableList<String> words;

    AgentFamily(String label, String title, String... words) {
        this.label = label;
        this.title = title;
        this.words = ImmutableList.copyOf(words);
    }

    /** The name in the database. */
    String label() {
        return label;
    }

    /** The name for people. */
    public String title() {
        return title;
    }

    /** The name for people of a label from the database; a label that this version does not know stays as it is. */
    static String title(String label) {
        for (AgentFamily family : ALL) {
            if (family.label.equals(label)) {
                return family.title;
            }
        }
        return label;
    }

    /** The family of a {@code User-Agent} header; null stands for none. */
    public static AgentFamily of(@Nullable CharSequence userAgent) {
        if (userAgent == null || userAgent.length() == 0) {
            return NONE;
        }
        String text = userAgent
                .subSequence(0, Math.min(userAgent.length(), MAX_LENGTH))
                .toString()
                .toLowerCase(Locale.ROOT);
        for (AgentFamily family : ALL) {
            for (String word : family.words) {
                if (text.contains(word)) {
                    return family;
                }
            }
        }
        return OTHER;
    }
}
