package com.quotient.blog;

import static com.quotient.blog.ContentTest.markdown;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GitHub's flavour of Markdown, as the content tree and the HTML show it. */
class MarkdownReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void tablesAreKeptWithTheirAlignment() {
        Content content = markdown("""
                | a | b | c |
                |:--|:-:|--:|
                | *d* | `e` |
                | f | g | h | i |
                """);

        assertThat(content.json()).isEqualTo("""
                {"type":"doc","content":[{"type":"table","content":[
                {"type":"tableRow","content":[
                {"type":"tableCell","attrs":{"header":true,"align":"left"},"content":[{"type":"text","text":"a"}]},
                {"type":"tableCell","attrs":{"header":true,"align":"center"},"content":[{"type":"text","text":"b"}]},
                {"type":"tableCell","attrs":{"header":true,"align":"right"},"content":[{"type":"text","text":"c"}]}]},
                {"type":"tableRow","content":[
                {"type":"tableCell","attrs":{"header":false,"align":"left"},"content":[
                {"type":"text","text":"d","marks":[{"type":"italic"}]}]},
                {"type":"tableCell","attrs":{"header":false,"align":"center"},"content":[
                {"type":"text","text":"e","marks":[{"type":"code"}]}]},
                {"type":"tableCell","attrs":{"header":false,"align":"right"},"content":[]}]},
                {"type":"tableRow","content":[
                {"type":"tableCell","attrs":{"header":false,"align":"left"},"content":[{"type":"text","text":"f"}]},
                {"type":"tableCell","attrs":{"header":false,"align":"center"},"content":[{"type":"text","text":"g"}]},
                {"type":"tableCell","attrs":{"header":false,"align":"right"},"content":[{"type":"text","text":"h"}]}]}]}]}
                """.replace("\n", ""));
        assertThat(content.html())
                .isEqualTo("<table><thead><tr><th align=\"left\">a</th><th align=\"center\">b</th>"
                        + "<th align=\"right\">c</th></tr></thead><tbody><tr><td align=\"left\"><em>d</em></td>"
                        + "<td align=\"center\"><code>e</code></td><td align=\"right\"></td></tr>"
                        + "<tr><td align=\"left\">f</td><td align=\"center\">g</td><td align=\"right\">h</td></tr>"
                        + "</tbody></table>");
        assertThat(content.words()).isEqualTo(8);
    }

    @Test
    void tasksKnowWhetherTheyAreDone() {
        Content content = markdown("- [ ] open\n- [x] done\n- none");

        assertThat(content.json()).isEqualTo("""
                {"type":"doc","content":[{"type":"bulletList","content":[
                {"type":"listItem","attrs":{"checked":false},"content":[
                {"type":"paragraph","content":[{"type":"text","text":"open"}]}]},
                {"type":"listItem","attrs":{"checked":true},"content":[
                {"type":"paragraph","content":[{"type":"text","text":"done"}]}]},
                {"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"none"}]}]}]}]}
                """.replace("\n", ""));
        assertThat(content.html())
                .isEqualTo("<ul><li><input type=\"checkbox\" disabled=\"disabled\" /><p>open</p></li>"
                        + "<li><input type=\"checkbox\" disabled=\"disabled\" checked=\"checked\" /><p>done</p></li>"
                        + "<li><p>none</p></li></ul>");
    }

    @Test
    void numberedStepsContinueAfterACodeBlock() {
        Content content = markdown("1. one\n\n```\na\n```\n\n2. two\n\n```\nb\n```\n\n3. three\n\n0. zero");

        assertThat(content.json())
                .contains("{\"type\":\"orderedList\",\"attrs\":{\"start\":1}", "{\"start\":2}", "{\"start\":3}");
        assertThat(content.html())
                .contains("<ol><li><p>one</p></li></ol>", "<ol start=\"2\">", "<ol start=\"3\">")
                .contains("<p>zero</p>");
        assertThat(markdown("0. a").html()).startsWith("<ol start=\"0\">");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '$', textBlock = """
            ~~a~~                                  | <p><del>a</del></p>
            **~~a~~**                              | <p><strong><del>a</del></strong></p>
            see https://e.example/a_b. Yes         | <p>see <a href="https://e.example/a_b">https://e.example/a_b</a>. Yes</p>
            mail a@e.example                       | <p>mail <a href="mailto:a&#64;e.example">a&#64;e.example</a></p>
            [a](<https://e.example/a b>)           | <p><a href="https://e.example/a%20b">a</a></p>
            [a](<https://e.example/a\\b>)          | <p><a href="https://e.example/a%5Cb">a</a></p>
            [a](https://e.example/a&#160;b)        | <p><a href="https://e.example/a%C2%A0b">a</a></p>
            ![a](<https://e.example/a b.png>)      | <img src="https://e.example/a%20b.png" alt="a" />
            [![a](/i.png)](https://e.example)      | <a href="https://e.example"><img src="/i.png" alt="a" /></a>
            b [![a](/i.png)](https://e.example)    | <p>b <a href="https://e.example"><img src="/i.png" alt="a" /></a></p>
            [![a](/i.png)](javascript:x)           | <img src="/i.png" alt="a" />
            `https://e.example`                    | <p><code>https://e.example</code></p>
            a<br>b                                 | <p>a<br />b</p>
            """)
    void htmlShowsTheFlavour(String markdown, String html) {
        assertThat(markdown(markdown).html()).isEqualTo(html);
    }

    @Test
    void anImageWithinALinkKeepsIt() {
        assertThat(markdown("[![a](/i.png)](https://e.example)").json())
                .isEqualTo(
                        "{\"type\":\"doc\",\"content\":[{\"type\":\"image\",\"attrs\":{\"src\":\"/i.png\",\"alt\":\"a\"},"
                                + "\"marks\":[{\"type\":\"link\",\"attrs\":{\"href\":\"https://e.example\"}}]}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x&#xD800;y",
                "x&#0;y",
                "x&#x110000;y",
                "x&#1;y",
                "x&#x7f;y",
                "x&#xFFFE;y",
                "x&#xFDD0;y",
                "x\u0001y",
                "x\u0000y",
                "x\uDC00y"
            })
    void invalidCharactersAreTheSameInTheTreeAndInTheHtml(String markdown) {
        assertThat(markdown(markdown).html()).isEqualTo("<p>x\uFFFDy</p>");
        assertThat(markdown(markdown).json()).contains("\"x\uFFFDy\"");
        assertThat(markdown(markdown).text()).isEqualTo("x\uFFFDy");
    }

    @Test
    void allContentFromMarkdownIsAccepted() throws JsonProcessingException {
        Content content = markdown("""
                | a | [b](/c) |
                |---|:-:|
                | ~~d~~ | ![e](/f.png) |

                7. g
                   - [x] [![h](/i.png)](/j)
                   - [ ] k\\
                     l

                > https://m.example **n
                > ~o~**
                """);

        assertThat(Content.ofTree(JSON.readTree(content.json()), ContentTest.LIMITS))
                .isEqualTo(content);
    }
}
