package com.quotient.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The front matter of a Markdown file: a block between two lines of three hyphens, with lines such as
 * {@code title: Returns} and {@code tags: [email, brand]}, or tags as a list below. Only these two names are read, and
 * only in these YAML forms.
 *
 * @param title null without one
 * @param tags the tags as written; null without any
 * @param end the offset of the text after it; 0 without front matter
 */
record FrontMatter(@Nullable String title, @Nullable List<String> tags, int end) {
    /** Maximum characters; a longer block counts as text. */
    private static final int MAX_LENGTH = 16 * 1024;

    private static final FrontMatter NONE = new FrontMatter(null, null, 0);
    private static final Pattern LINE = Pattern.compile("([^\\r\\n]*)(?:\\r\\n|\\r|\\n|$)");
    private static final Pattern MEMBER = Pattern.compile("([A-Za-z][\\w-]*):(?:\\s(.*))?");
    private static final Pattern ENTRY = Pattern.compile("\\s*+-\\s(.*)");
    private static final Pattern OTHER = Pattern.compile("(?:[\\s#].*)?");

    /** Reads the front matter at an offset; a byte order mark may precede it. */
    static FrontMatter of(String markdown) {
        int begin = markdown.startsWith("\uFEFF") ? 1 : 0;
        Matcher lines = LINE.matcher(markdown.substring(begin, Math.min(markdown.length(), begin + MAX_LENGTH)));
        if (!lines.find() || !isFence(lines.group(1))) {
            return begin == 0 ? NONE : new FrontMatter(null, null, begin);
        }
        Map<String, List<String>> members = new TreeMap<>();
        String name = "";
        while (lines.find() && lines.end() > lines.start()) {
            String line = lines.group(1);
            Matcher member = MEMBER.matcher(line);
            Matcher entry = ENTRY.matcher(line);
            if (isFence(line) || line.strip().equals("...")) {
                return members.isEmpty() ? new FrontMatter(null, null, begin) : read(members, begin + lines.end());
            } else if (member.matches()) {
                name = member.group(1).toLowerCase(Locale.ROOT);
                members.put(name, values(member.group(2)));
            } else if (entry.matches() && members.containsKey(name)) {
                members.get(name).add(plain(entry.group(1).strip()));
            } else if (!OTHER.matcher(line).matches()) {
                break;
            }
        }
        return new FrontMatter(null, null, begin);
    }

    private static FrontMatter read(Map<String, List<String>> members, int end) {
        List<String> title = members.getOrDefault("title", List.of());
        return new FrontMatter(title.isEmpty() ? null : String.join(", ", title), members.get("tags"), end);
    }

    private static List<String> values(@Nullable String given) {
        String text = given == null ? "" : given.strip();
        List<String> values = new ArrayList<>();
        if (text.isEmpty()) {
            return values;
        }
        boolean isList = text.startsWith("[") && text.endsWith("]");
        if (!isList) {
            values.add(plain(text));
            return values;
        }
        for (String value : text.substring(1, text.length() - 1).split(",")) {
            if (!value.isBlank()) {
                values.add(plain(value.strip()));
            }
        }
        return values;
    }

    /** Removes surrounding quotes. */
    private static String plain(String value) {
        boolean quoted = value.length() > 1
                && (value.startsWith("\"") && value.endsWith("\"") || value.startsWith("'") && value.endsWith("'"));
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private static boolean isFence(String line) {
        return line.stripTrailing().equals("---");
    }
}
