package com.quotient.blog;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;

/**
 * Builds HTML. All input is escaped when it is added, and {@link #sanitized()} lets only the elements, attributes and
 * URLs of content trees pass. Either one protects readers if the other has a fault.
 */
final class Html {
    private static final PolicyFactory POLICY = new HtmlPolicyBuilder()
            .allowElements("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code")
            .allowElements("a", "img", "strong", "em", "del", "br", "hr")
            .allowElements("table", "thead", "tbody", "tr", "th", "td")
            // Only the disabled checkbox of a task.
            .allowElements(
                    (element, attributes) -> attributes.containsAll(List.of("checkbox", "disabled")) ? element : null,
                    "input")
            .allowAttributes("type")
            .matching(Pattern.compile("checkbox"))
            .onElements("input")
            .allowAttributes("disabled", "checked")
            .onElements("input")
            .allowAttributes("align")
            .matching(Pattern.compile("left|center|right"))
            .onElements("th", "td")
            .allowAttributes("start")
            .matching(Pattern.compile("[0-9]{1,9}"))
            .onElements("ol")
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
        // The sanitizer writes U+FFFD as a character reference. An escaped ampersand never looks like this.
        return POLICY.sanitize(html).replace("&#xfffd;", "\uFFFD");
    }

    void element(String name, List<ContentNode> content) {
        html.append('<').append(name).append('>');
        content.forEach(child -> child.html(this));
        html.append("</").append(name).append('>');
    }

    void orderedList(int start, List<ContentNode> items) {
        html.append("<ol");
        if (start != 1) {
            attribute("start", Integer.toString(start));
        }
        html.append('>');
        items.forEach(item -> item.html(this));
        html.append("</ol>");
    }

    /** {@code checked} is null unless it is a task. */
    void listItem(@Nullable Boolean checked, List<ContentNode> content) {
        html.append("<li>");
        if (checked != null) {
            html.append("<input type=\"checkbox\" disabled").append(checked ? " checked>" : ">");
        }
        content.forEach(child -> child.html(this));
        html.append("</li>");
    }

    void table(List<ContentNode> head, List<ContentNode> body) {
        html.append("<table>");
        if (!head.isEmpty()) {
            element("thead", head);
        }
        if (!body.isEmpty()) {
            element("tbody", body);
        }
        html.append("</table>");
    }

    void cell(boolean header, @Nullable String align, List<ContentNode> content) {
        String name = header ? "th" : "td";
        html.append('<').append(name);
        if (align != null) {
            attribute("align", align);
        }
        html.append('>');
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

    void image(String src, @Nullable String alt, Marks marks) {
        open(marks);
        html.append("<img");
        attribute("src", src);
        attribute("alt", alt == null ? "" : alt);
        html.append('>');
        close(marks);
    }

    /** An element without content. */
    void empty(String name) {
        html.append('<').append(name).append('>');
    }

    void text(String text, Marks marks) {
        open(marks);
        if (marks.code()) {
            escape(text);
        } else {
            lines(text);
        }
        close(marks);
    }

    private void open(Marks marks) {
        if (marks.href() != null) {
            html.append("<a");
            attribute("href", marks.href());
            html.append('>');
        }
        tag(marks.bold(), "<strong>");
        tag(marks.italic(), "<em>");
        tag(marks.strike(), "<del>");
        tag(marks.code(), "<code>");
    }

    private void close(Marks marks) {
        tag(marks.code(), "</code>");
        tag(marks.strike(), "</del>");
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
            empty("br");
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
