package com.quotient.blog;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * HTML in the making. Everything that came from outside is escaped when it is added, and {@link #sanitized()} lets only
 * those elements, attributes and URLs through that a content tree can have: a mistake in one of the two harms nobody.
 */
final class Html {
    private static final PolicyFactory POLICY = new HtmlPolicyBuilder()
            .allowElements("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code")
            .allowElements("a", "img", "strong", "em", "br", "hr")
            .allowUrlProtocols("http", "https", "mailto")
            .allowAttributes("href")
            .matching(Urls::isLink)
            .onElements("a")
            .allowAttributes("src")
            .matching(Urls::isImage)
            .onElements("img")
            .allowAttributes("alt")
            .onElements("img")
            .allowAttributes("class")
            .matching(Pattern.compile("language-" + ContentReader.LANGUAGE))
            .onElements("code")
            .toFactory();

    private final StringBuilder html = new StringBuilder();

    String sanitized() {
        return sanitize(html.toString());
    }

    static String sanitize(String html) {
        return POLICY.sanitize(html);
    }

    void element(String name, List<ContentNode> content) {
        html.append('<').append(name).append('>');
        content.forEach(child -> child.html(this));
        html.append("</").append(name).append('>');
    }

    void codeBlock(@Nullable String language, String code) {
        html.append("<pre><code");
        if (language != null) {
            attribute("class", "language-" + language);
        }
        html.append('>');
        escape(code);
        html.append("</code></pre>");
    }

    void image(String src, @Nullable String alt) {
        html.append("<img");
        attribute("src", src);
        attribute("alt", alt == null ? "" : alt);
        html.append('>');
    }

    void rule() {
        html.append("<hr>");
    }

    void text(String text, Marks marks) {
        if (marks.href() != null) {
            html.append("<a");
            attribute("href", marks.href());
            html.append('>');
        }
        tag(marks.bold(), "<strong>");
        tag(marks.italic(), "<em>");
        tag(marks.code(), "<code>");
        if (marks.code()) {
            escape(text);
        } else {
            lines(text);
        }
        tag(marks.code(), "</code>");
        tag(marks.italic(), "</em>");
        tag(marks.bold(), "</strong>");
        tag(marks.href() != null, "</a>");
    }

    private void tag(boolean marked, String tag) {
        if (marked) {
            html.append(tag);
        }
    }

    private void lines(String text) {
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            escape(text.substring(start, end));
            html.append("<br>");
            start = end + 1;
        }
        escape(text.substring(start));
    }

    private void attribute(String name, String value) {
        html.append(' ').append(name).append("=\"");
        escape(value);
        html.append('"');
    }

    private void escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                default -> html.append(c);
            }
        }
    }
}
