import type { BlogContent, BlogContentNode } from "@quotientjs/client";
import { Blog, type BlogElement } from "@quotientjs/react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";

const doc = (...content: BlogContentNode[]): BlogContent => ({ type: "doc", content });
const text = (value: string, ...marks: BlogContentNode["marks"] & object): BlogContentNode => ({
  type: "text",
  text: value,
  ...(marks.length > 0 ? { marks } : {}),
});
const p = (...content: BlogContentNode[]): BlogContentNode => ({ type: "paragraph", content });
const html = (content: BlogContent | null, props: object = {}): string =>
  renderToStaticMarkup(<Blog content={content} {...props} />).replace(/^<div>|<\/div>$/g, "");

describe("<Blog>", () => {
  it.each<[string, BlogContentNode, string]>([
    ["a paragraph", p(text("a")), "<p>a</p>"],
    ["a heading", { type: "heading", attrs: { level: 3 }, content: [text("h")] }, "<h3>h</h3>"],
    [
      "lists",
      { type: "bulletList", content: [{ type: "listItem", content: [p(text("i"))] }] },
      "<ul><li><p>i</p></li></ul>",
    ],
    [
      "an ordered list that starts later",
      { type: "orderedList", attrs: { start: 3 }, content: [{ type: "listItem", content: [p(text("i"))] }] },
      '<ol start="3"><li><p>i</p></li></ol>',
    ],
    ["a quotation", { type: "blockquote", content: [p(text("q"))] }, "<blockquote><p>q</p></blockquote>"],
    [
      "code",
      { type: "codeBlock", attrs: { language: "java" }, content: [text("int a = 1 < 2;\n")] },
      '<pre><code class="language-java">int a = 1 &lt; 2;\n</code></pre>',
    ],
    ["a rule", { type: "horizontalRule" }, "<hr/>"],
    ["a break", p(text("a"), { type: "hardBreak" }, text("b")), "<p>a<br/>b</p>"],
    ["a line feed in a text", p(text("a\nb")), "<p>a<br/>b</p>"],
    [
      "marks, the first one outermost",
      p(text("x", { type: "bold" }, { type: "italic" }, { type: "strike" }, { type: "code" })),
      "<p><strong><em><s><code>x</code></s></em></strong></p>",
    ],
    [
      "a link",
      p(text("x", { type: "link", attrs: { href: "https://example.com/?a=1&b=2" } })),
      '<p><a href="https://example.com/?a=1&amp;b=2">x</a></p>',
    ],
    [
      "an image that stands alone",
      { type: "image", attrs: { src: "/i.png", alt: "i" } },
      '<figure><img src="/i.png" alt="i" loading="lazy"/></figure>',
    ],
    ["an unknown node by its content", { type: "novel", content: [p(text("kept"))] }, "<p>kept</p>"],
    ["an unknown mark by its text", p(text("kept", { type: "novel" })), "<p>kept</p>"],
  ])("renders %s", (_name, node, expected) => {
    expect(html(doc(node)).replace(/<link[^>]*>/g, "")).toBe(expected);
  });

  it("renders a table with a head and alignment", () => {
    const cell = (value: string, attrs: object): BlogContentNode => ({ type: "tableCell", attrs, content: [text(value)] });
    const table: BlogContentNode = {
      type: "table",
      content: [
        { type: "tableRow", content: [cell("H", { header: true, align: "right" })] },
        { type: "tableRow", content: [cell("c", { header: false, align: null })] },
      ],
    };
    expect(html(doc(table))).toBe(
      '<table><thead><tr><th style="text-align:right">H</th></tr></thead><tbody><tr><td>c</td></tr></tbody></table>',
    );
  });

  it.each([
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "vbscript:x",
    "\\\\evil.example",
    "/\\evil.example",
  ])("makes no link and no image of %j", (url) => {
    const link = p(text("x", { type: "link", attrs: { href: url } }));
    expect(html(doc(link))).toBe("<p>x</p>");
    expect(html(doc({ type: "image", attrs: { src: url, alt: "alt" } }))).toBe("alt");
  });

  it("escapes text", () => {
    expect(html(doc(p(text("<script>alert(1)</script>"))))).toBe("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
  });

  it("gives each element its class", () => {
    const names: BlogElement[] = [
      ...(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "codeBlock"] as const),
      ...(["image", "asset", "strong", "em", "code", "a"] as const),
    ];
    const content = doc(
      ...[1, 2, 3, 4, 5, 6].map((level) => ({ type: "heading", attrs: { level } })),
      { type: "bulletList", content: [{ type: "listItem" }] },
      { type: "orderedList" },
      { type: "blockquote" },
      { type: "codeBlock" },
      { type: "image", attrs: { src: "/i.png" } },
      p(text("x", { type: "bold" }, { type: "italic" }, { type: "code" }, { type: "link", attrs: { href: "/" } })),
    );
    const elementClassName = Object.fromEntries(names.map((name) => [name, `c-${name}`]));
    const shown = html(content, { elementClassName });
    names.forEach((name) => expect(shown).toContain(`class="c-${name}"`));
  });

  it("renders nothing while the post loads, and takes a class of its own", () => {
    expect(renderToStaticMarkup(<Blog content={null} className="post" />)).toBe('<div class="post"></div>');
  });
});
