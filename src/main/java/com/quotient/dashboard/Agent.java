package com.quotient.dashboard;

import com.quotient.usage.AgentFamily;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names a browser and its system from a short closed list. Nothing else of the header is kept. */
final class Agent {
    private static final Map<String, String> SYSTEMS = ordered(
            "android", "Android", "iphone", "iPhone", "ipad", "iPad", "windows", "Windows", "mac os", "macOS", "linux",
            "Linux");

    private Agent() {}

    static String of(@Nullable String userAgent) {
        String text = userAgent == null ? "" : userAgent.toLowerCase(Locale.ROOT);
        return AgentFamily.of(userAgent).title() + first(SYSTEMS, text, "").replaceFirst("^(?=.)", " on ");
    }

    private static String first(Map<String, String> names, String text, String otherwise) {
        return names.entrySet().stream()
                .filter(name -> text.contains(name.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    private static Map<String, String> ordered(String... pairs) {
        return Stream.iterate(0, i -> i < pairs.length, i -> i + 2)
                .collect(Collectors.toMap(
                        i -> pairs[i], i -> pairs[i + 1], (one, other) -> one, java.util.LinkedHashMap::new));
    }
}
