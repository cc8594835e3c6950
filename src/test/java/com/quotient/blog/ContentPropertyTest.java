package com.quotient.blog;

import static com.quotient.blog.ContentTest.LIMITS;
import static com.quotient.blog.ContentTest.assertHarmless;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.problem.ProblemException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every content tree, tried with random ones. {@code -Dcontent.trees=100000} tries more. */
class ContentPropertyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_DEPTH = 5;

    private static final List<String> BLOCKS = List.of(
            "paragraph",
            "heading",
            "bulletList",
            "orderedList",
            "blockquote",
            "codeBlock",
            "table",
            "image",
            "horizontalRule");
    private static final List<String> URLS = List.of(
            "https://a.example/b?c=d&e=\"f\"#g",
            "/a",
            "#a",
            "mailto:a@b.example",
            "https://a.example/'><script>alert(1)</script>",
            "https://a.example/%0ajavascript:alert(1)",
            "javascript:alert(1)",
            "//a.example",
            "https://a.example/ä");

    private final Random random = new Random(Long.getLong("content.seed", 1));

    @Test
    void everyTreeThatIsAcceptedIsHarmlessAndStaysTheSame() throws JsonProcessingException {
        int accepted = 0;
        for (int i = Integer.getInteger("content.trees", 2000); i > 0; i--) {
            ObjectNode tree = node("doc", 0);
            Content content;
            try {
                content = Content.ofTree(tree, LIMITS);
            } catch (ProblemException e) {
                assertThat(e).as(tree.toString()).hasMessageStartingWith("content");
                continue;
            }
            accepted++;
            // The sanitizer keeps braces apart, for pages that take two of them for a template.
            String html = content.html().replace("{<!-- -->", "{");
            assertHarmless(html);
            assertThat(Content.ofTree(JSON.readTree(content.json()), LIMITS)).isEqualTo(content);
            assertThat(text(html)).isEqualTo(content.text().replaceAll("\\s", ""));
        }
        assertThat(accepted).isGreaterThan(100);
    }

    /** What a reader sees, without white space. */
    private static String text(String html) {
        StringBuilder text = new StringBuilder(html.replaceAll("<[^>]*>", "").replaceAll("\\s", ""));
        for (int start = text.indexOf("&"); start >= 0; start = text.indexOf("&", start + 1)) {
            int end = text.indexOf(";", start);
            String name = text.substring(start + 1, end);
            text.replace(
                    start,
                    end + 1,
                    switch (name) {
                        case "lt" -> "<";
                        case "gt" -> ">";
                        case "amp" -> "&";
                        case "quot" -> "\"";
                        default ->
                            Character.toString(
                                    name.startsWith("#x")
                                            ? Integer.parseInt(name.substring(2), 16)
                                            : Integer.parseInt(name.substring(1)));
                    });
        }
        return text.toString();
    }

    private ObjectNode node(String type, int depth) {
        ObjectNode node = JSON.createObjectNode().put("type", type);
        switch (type) {
            case "doc", "blockquote" -> children(node, depth, BLOCKS);
            case "paragraph" -> children(node, depth, List.of("text", "image", "hardBreak", "text"));
            case "heading" -> {
                node.putObject("attrs").put("level", 1 + random.nextInt(6));
                children(node, depth, List.of("text", "image", "hardBreak"));
            }
            case "bulletList" -> children(node, depth, List.of("listItem"));
            case "orderedList" -> {
                node.putObject("attrs").put("start", random.nextInt(5));
                children(node, depth, List.of("listItem"));
            }
            case "listItem" -> {
                if (random.nextBoolean()) {
                    node.putObject("attrs").put("checked", random.nextBoolean());
                }
                children(node, depth, BLOCKS);
            }
            case "table" -> children(node, depth, List.of("tableRow"));
            case "tableRow" -> children(node, depth, List.of("tableCell"));
            case "tableCell" -> {
                node.putObject("attrs")
                        .put("header", random.nextBoolean())
                        .put("align", random.nextBoolean() ? "center" : null);
                children(node, depth, List.of("text", "image"));
            }
            case "codeBlock" -> {
                node.putObject("attrs").put("language", random.nextBoolean() ? "java" : null);
                node.putArray("content").addObject().put("type", "text").put("text", words());
            }
            case "image" -> {
                node.putObject("attrs").put("src", url()).put("alt", words());
                if (random.nextBoolean()) {
                    link(node.putArray("marks"));
                }
            }
            case "text" -> {
                node.put("text", words());
                ArrayNode marks = node.putArray("marks");
                for (String mark : List.of("bold", "italic", "strike", "code")) {
                    if (random.nextInt(4) == 0) {
                        marks.addObject().put("type", mark);
                    }
                }
                if (random.nextInt(4) == 0) {
                    link(marks);
                }
            }
            default -> {}
        }
        return node;
    }

    private void children(ObjectNode node, int depth, List<String> types) {
        ArrayNode content = node.putArray("content");
        for (int i = depth < MAX_DEPTH ? random.nextInt(4) : 0; i > 0; i--) {
            content.add(node(types.get(random.nextInt(types.size())), depth + 1));
        }
    }

    private void link(ArrayNode marks) {
        marks.addObject().put("type", "link").putObject("attrs").put("href", url());
    }

    private String url() {
        return URLS.get(random.nextInt(random.nextInt(20) == 0 ? URLS.size() : 4) % URLS.size());
    }

    /** Attacks, and characters that mean something in HTML, or nothing anywhere. */
    private String words() {
        List<String> attacks = ContentTest.attacks();
        StringBuilder words = new StringBuilder(attacks.get(random.nextInt(attacks.size())));
        for (int i = random.nextInt(6); i > 0; i--) {
            words.appendCodePoint(random.nextInt(3) == 0 ? random.nextInt(0x110000) : random.nextInt(0x180));
        }
        return words.toString();
    }
}
