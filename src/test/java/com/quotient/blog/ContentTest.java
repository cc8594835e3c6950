package com.quotient.blog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.problem.ProblemException;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTest {
    static final ContentLimits LIMITS = new ContentLimits(262_144, 20_000);

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<String> ELEMENTS = Set.of(
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "li",
            "blockquote",
            "pre",
            "code",
            "a",
            "img",
            "strong",
            "em",
            "del",
            "input",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "br",
            "hr");
    private static final Pattern TAG = Pattern.compile("<(/?)([^\\s/>]*)([^>]*)>");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\s+([a-z]+)=\"([^\"]*)\"");

    @Test
    void markdownBecomesTheDocumentedNodes() {
        Content content = markdown("""
                # One *two*

                Some **bold**, *italic*, `code` and a [link](https://example.com/?a=1&b=2).
                Next line, then a break\\
                here.

                - first
                - second
                  1. inner

                > quoted

                ```java title="x"
                int a < b;
                ```

                ![A cat](https://example.com/cat.png)

                ---
                """);

        assertThat(content.json()).isEqualTo("""
                {"type":"doc","content":[
                {"type":"heading","attrs":{"level":1},"content":[{"type":"text","text":"One "},
                {"type":"text","text":"two","marks":[{"type":"italic"}]}]},
                {"type":"paragraph","content":[{"type":"text","text":"Some "},
                {"type":"text","text":"bold","marks":[{"type":"bold"}]},{"type":"text","text":", "},
                {"type":"text","text":"italic","marks":[{"type":"italic"}]},{"type":"text","text":", "},
                {"type":"text","text":"code","marks":[{"type":"code"}]},{"type":"text","text":" and a "},
                {"type":"text","text":"link","marks":[{"type":"link","attrs":{"href":"https://example.com/?a=1&b=2"}}]},
                {"type":"text","text":". Next line, then a break"},{"type":"hardBreak"},{"type":"text","text":"here."}]},
                {"type":"bulletList","content":[
                {"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"first"}]}]},
                {"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"second"}]},
                {"type":"orderedList","attrs":{"start":1},"content":[
                {"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"inner"}]}]}]}]}]},
                {"type":"blockquote","content":[{"type":"paragraph","content":[{"type":"text","text":"quoted"}]}]},
                {"type":"codeBlock","attrs":{"language":"java"},"content":[{"type":"text","text":"int a < b;"}]},
                {"type":"image","attrs":{"src":"https://example.com/cat.png","alt":"A cat"}},
                {"type":"horizontalRule"}]}
                """.replace("\n", ""));
        assertThat(content.html())
                .isEqualTo("<h1>One <em>two</em></h1>"
                        + "<p>Some <strong>bold</strong>, <em>italic</em>, <code>code</code> and a"
                        + " <a href=\"https://example.com/?a&#61;1&amp;b&#61;2\">link</a>."
                        + " Next line, then a break<br />here.</p>"
                        + "<ul><li><p>first</p></li><li><p>second</p><ol><li><p>inner</p></li></ol></li></ul>"
                        + "<blockquote><p>quoted</p></blockquote>"
                        + "<pre><code class=\"language-java\">int a &lt; b;</code></pre>"
                        + "<img src=\"https://example.com/cat.png\" alt=\"A cat\" /><hr />");
        assertThat(content.words()).isEqualTo(22);
    }

    @Test
    void contentFromMarkdownIsAcceptedAndStaysTheSame() throws JsonProcessingException {
        Content fromMarkdown = markdown("""
                # A **b** [c *d*](https://e.example) ![f](/g.png) h

                * i

                      j
                * ![k](https://l.example/m.png)
                > n
                > ***o***

                    p
                """);

        assertThat(tree(JSON.readTree(fromMarkdown.json()))).isEqualTo(fromMarkdown);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            one two, three              | 3
            **wo**rd                    | 1
            one - two                   | 2
            # one                       | 1
            [one two](https://a.example)| 2
            it's a well-known fact      | 4
            ![not counted](/a.png)      | 0
            ***                         | 0
            Grüße, мир 2026             | 3
            数据库 and ひらがな         | 8
            한국어 단어                 | 2
            """)
    void wordsAreCountedAsTheyAreRead(String markdown, int words) {
        assertThat(markdown(markdown).words()).isEqualTo(words);
    }

    @Test
    void htmlInMarkdownIsShownAsTextWithoutItsComments() {
        assertThat(markdown("a <b>c</b><br>d <!-- e -->").html()).isEqualTo("<p>a &lt;b&gt;c&lt;/b&gt;<br />d </p>");
        assertThat(markdown("<div>\nx\n</div>\n\n<!-- y -->").html())
                .isEqualTo("<p>&lt;div&gt;<br />x<br />&lt;/div&gt;</p>");
        assertThat(markdown("<!-- a --> b\n\nd").html()).isEqualTo("<p>b</p><p>d</p>");
        assertThat(markdown("<!-- a").html()).isEqualTo("<p>&lt;!-- a</p>");
    }

    /** Each is harmful when a browser gets it as HTML, or when a link or an image leads there. */
    static List<String> attacks() {
        return List.of(
                "<script>alert(1)</script>",
                "<ScRiPt src=//evil.example/x.js></sCrIpT>",
                "<img src=x onerror=alert(1)>",
                "<svg/onload=alert(1)>",
                "<svg><script>alert&#40;1)</script>",
                "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
                "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
                "<a href=\"javascript:alert(1)\">x</a>",
                "<form action=javascript:alert(1)><button>x",
                "<body onload=alert(1)>",
                "<style>*{background:url(javascript:alert(1))}</style>",
                "<base href=\"https://evil.example/\">",
                "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
                "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
                "<!--><img src=x onerror=alert(1)>-->",
                "[x](javascript:alert(1))",
                "[x](JaVaScRiPt:alert(1))",
                "[x](<java\tscript:alert(1)>)",
                "[x](&#x6A;avascript:alert&#40;1&#41;)",
                "[x](javascript&colon;alert(1))",
                "[x](\u0001javascript:alert(1))",
                "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
                "[x](vbscript:msgbox(1))",
                "[x](//evil.example)",
                "[x](/\\evil.example)",
                "[x](https://a.example/\"onmouseover=\"alert(1))",
                "[x](https://a.example/'><script>alert(1)</script>)",
                "[x][y]\n\n[y]: javascript:alert(1)",
                "<javascript:alert(1)>",
                "![x](javascript:alert(1))",
                "![x](data:image/svg+xml;base64,PHN2Zy8+)",
                "![x\" onerror=\"alert(1)](https://a.example/a.png)",
                "![x](https://a.example/a.png\"onerror=\"alert(1))",
                "![x](mailto:a@b.example)",
                "`<script>alert(1)</script>`",
                "```\"><script>alert(1)</script>\nx\n```",
                "```x\"onclick=\"alert(1)\n</code></pre><script>alert(1)</script>\n```",
                "# <img src=x onerror=alert(1)>",
                "\\<script\\>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
                "<scr<script>ipt>alert(1)</scr</script>ipt>",
                "<a href='x' style='expression(alert(1))' onclick=alert(1)>",
                "**<b onmouseover=alert(1)>x**",
                "&#xD800;<script>\u2028alert(1)");
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void nothingHarmfulInMarkdownReachesTheHtml(String attack) {
        assertHarmless(markdown(attack).html());
        assertHarmless(markdown("text " + attack + " text\n\n> " + attack).html());
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void nothingHarmfulInTextReachesTheHtml(String attack) {
        assertHarmless(tree(text(attack)).html());
    }

    /** The second line of defence, without the first, which escapes. */
    @ParameterizedTest
    @MethodSource("attacks")
    void nothingHarmfulPassesTheSanitizerAlone(String attack) {
        assertHarmless(Html.sanitize(attack));
        assertHarmless(
                Html.sanitize("<p>" + attack + "</p><a href=\"" + attack + "\">x</a><img src='" + attack + "'>"));
    }

    /** Reads it strictly: whatever looks like a tag must be one of ours, with attributes and URLs of ours. */
    static void assertHarmless(String html) {
        Matcher tags = TAG.matcher(html);
        int end = 0;
        while (tags.find()) {
            assertThat(html.substring(end, tags.start())).doesNotContain("<", ">");
            end = tags.end();
            assertThat(ELEMENTS).as(html).contains(tags.group(2));
            String attributes = tags.group(3).replaceFirst("\\s*/$", "");
            for (MatchResult attribute : ATTRIBUTE.matcher(attributes).results().toList()) {
                String value = attribute.group(2);
                switch (attribute.group(1)) {
                    case "href" -> assertThat(value).matches("(https?://|mailto:|/(?!/)|#).*");
                    case "src" -> assertThat(value).matches("(https?://|/(?!/)).*");
                    case "class" -> assertThat(value).matches("language-[\\w+#.-]+");
                    case "align" -> assertThat(value).matches("left|center|right");
                    case "start" -> assertThat(value).matches("[0-9]{1,9}");
                    case "type" -> assertThat(value).isEqualTo("checkbox");
                    case "disabled", "checked" -> assertThat(tags.group(2)).isEqualTo("input");
                    case "alt" -> assertThat(tags.group(2)).isEqualTo("img");
                    default -> throw new AssertionError(attribute.group() + " in " + html);
                }
            }
            assertThat(ATTRIBUTE.matcher(attributes).replaceAll("")).as(html).isEmpty();
        }
        assertThat(html.substring(end)).doesNotContain("<", ">");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type":"paragraph"}                                                             | content.type
            {"type":"doc","content":{}}                                                      | content.content
            {"type":"doc","content":[1]}                                                     | content.content[0]
            {"type":"doc","content":[{"content":[]}]}                                        | content.content[0].type
            {"type":"doc","content":[{"type":"script"}]}                                     | content.content[0].type
            {"type":"doc","content":[{"type":"text","text":"a"}]}                            | content.content[0].type
            {"type":"doc","content":[{"type":"listItem"}]}                                   | content.content[0].type
            {"type":"doc","content":[{"type":"bulletList","content":[{"type":"paragraph"}]}]}| content.content[0].content[0].type
            {"type":"doc","content":[{"type":"paragraph","content":[{"type":"paragraph"}]}]} | content.content[0].content[0].type
            {"type":"doc","content":[{"type":"paragraph","content":[{"type":"text"}]}]}      | content.content[0].content[0].text
            {"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":""}]}]} | content.content[0].content[0].text
            {"type":"doc","content":[{"type":"heading"}]}                                    | content.content[0].attrs.level
            {"type":"doc","content":[{"type":"heading","attrs":{"level":7}}]}                | content.content[0].attrs.level
            {"type":"doc","content":[{"type":"heading","attrs":{"level":1.5}}]}              | content.content[0].attrs.level
            {"type":"doc","content":[{"type":"codeBlock","attrs":{"language":"a b"}}]}       | content.content[0].attrs.language
            {"type":"doc","content":[{"type":"codeBlock","content":[{"type":"image","attrs":{"src":"/a"}}]}]} | content.content[0].content[0]
            {"type":"doc","content":[{"type":"image","attrs":{"src":"javascript:alert(1)"}}]}| content.content[0].attrs.src
            {"type":"doc","content":[{"type":"image","attrs":{"src":"data:image/png,x"}}]}   | content.content[0].attrs.src
            {"type":"doc","content":[{"type":"image"}]}                                      | content.content[0].attrs.src
            """)
    void unknownNodesAreRefusedByTheirPath(String tree, String path) throws JsonProcessingException {
        assertRefused(JSON.readTree(tree), path);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type":"underline"}                                             | .type
            {"type":"link"}                                                  | .attrs.href
            {"type":"link","attrs":{"href":"javascript:alert(1)"}}           | .attrs.href
            {"type":"link","attrs":{"href":" https://a.example"}}            | .attrs.href
            {"type":"link","attrs":{"href":"java\\tscript:alert(1)"}}        | .attrs.href
            {"type":"link","attrs":{"href":"//a.example"}}                   | .attrs.href
            {"type":"link","attrs":{"href":"https://"}}                      | .attrs.href
            "bold"                                                           | ``
            """)
    void unknownMarksAreRefusedByTheirPath(String mark, String path) throws JsonProcessingException {
        assertRefused(JSON.readTree("""
                {"type":"doc","content":[{"type":"paragraph","content":[
                {"type":"text","text":"a","marks":[%s]}]}]}""".formatted(mark)), "content.content[0].content[0].marks[0]" + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a.example/ü?x=y#z", "HTTP://A.example", "mailto:a@b.example", "/pricing", "#top"})
    void linksThatAreSafeAreKept(String href) {
        assertThat(Urls.isLink(href)).isTrue();
    }

    @Test
    void nullMembersCountAsAbsent() throws JsonProcessingException {
        assertThat(tree(JSON.readTree("""
                        {"type":"doc","attrs":null,"content":[{"type":"codeBlock","attrs":{"language":null,"x":null}}]}""")).json())
                .isEqualTo("{\"type\":\"doc\",\"content\":[{\"type\":\"codeBlock\",\"attrs\":{\"language\":null},"
                        + "\"content\":[]}]}");
    }

    @Test
    void unknownMembersOfTheTreeAreDropped() throws JsonProcessingException {
        assertThat(tree(JSON.readTree("""
                        {"type":"doc","id":1,"content":[
                        {"type":"heading","attrs":{"level":1,"id":"x"},"style":"color:red","content":[
                        {"type":"text","text":"a","onclick":"x","marks":[
                        {"type":"link","attrs":{"href":"/a","target":"_blank","onclick":"x"}},{"type":"bold","attrs":{}}]}]},
                        {"type":"image","attrs":{"src":"/a.png","onerror":"x"}},
                        {"type":"horizontalRule","content":[]}]}""")))
                .extracting(Content::json, Content::html)
                .containsExactly(
                        "{\"type\":\"doc\",\"content\":[{\"type\":\"heading\",\"attrs\":{\"level\":1},\"content\":["
                                + "{\"type\":\"text\",\"text\":\"a\",\"marks\":[{\"type\":\"link\",\"attrs\":{\"href\":\"/a\"}},"
                                + "{\"type\":\"bold\"}]}]},{\"type\":\"image\",\"attrs\":{\"src\":\"/a.png\",\"alt\":null}},"
                                + "{\"type\":\"horizontalRule\"}]}",
                        "<h1><a href=\"/a\"><strong>a</strong></a></h1><img src=\"/a.png\" alt=\"\" /><hr />");
    }

    @Test
    void depthOfATreeIsBounded() throws JsonProcessingException {
        assertThat(tree(quotes(ContentReader.MAX_DEPTH)).words()).isZero();
        assertRefused(
                quotes(ContentReader.MAX_DEPTH + 1), "content" + ".content[0]".repeat(ContentReader.MAX_DEPTH + 1));
    }

    private static JsonNode quotes(int depth) throws JsonProcessingException {
        return JSON.readTree("{\"type\":\"doc\",\"content\":[" + "{\"type\":\"blockquote\",\"content\":[".repeat(depth)
                + "]}".repeat(depth) + "]}");
    }

    @Test
    void sizeOfATreeIsBoundedHoweverItIsWritten() throws JsonProcessingException {
        JsonNode many = JSON.readTree("{\"type\":\"doc\",\"content\":["
                + "{\"type\":\"horizontalRule\"},".repeat(LIMITS.maxNodes()) + "{\"type\":\"horizontalRule\"}]}");
        assertRefused(many, "content");
        assertRefused(text("a".repeat(LIMITS.maxBytes() + 1)), "content");
        assertRefused(text("中".repeat(LIMITS.maxBytes() / 3 + 1)), "content");
        assertThat(tree(text("=".repeat(LIMITS.maxBytes() / 2))).html()).hasSize(5 * (LIMITS.maxBytes() / 2) + 7);
        assertRefused(text("=".repeat(LIMITS.maxBytes())), "content");
    }

    static Content markdown(String markdown) {
        return Content.ofMarkdown(markdown, LIMITS);
    }

    private static Content tree(JsonNode tree) {
        return Content.ofTree(tree, LIMITS);
    }

    private static JsonNode text(String text) {
        ObjectNode doc = JSON.createObjectNode().put("type", "doc");
        ObjectNode paragraph = doc.putArray("content").addObject().put("type", "paragraph");
        paragraph.putArray("content").addObject().put("type", "text").put("text", text);
        return doc;
    }

    private static void assertRefused(JsonNode tree, String path) {
        assertThatThrownBy(() -> tree(tree))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith(path + ": ");
    }
}
