import type { BlogContent, BlogContentNode, BlogMark } from "@quotientjs/client";
import * as React from "react";

/** The elements of a post that can have a class. `asset` is the figure around an image that stands alone. */
export type BlogElement =
  | "p"
  | "h1"
  | "h2"
  | "h3"
  | "h4"
  | "h5"
  | "h6"
  | "ul"
  | "ol"
  | "li"
  | "blockquote"
  | "codeBlock"
  | "image"
  | "asset"
  | "strong"
  | "em"
  | "code"
  | "a";

export type ElementClassName = Partial<Record<BlogElement, string>>;

export interface BlogProps {
  /** The content of a post, or nothing while it loads. */
  content: BlogContent | null | undefined;
  className?: string;
  elementClassName?: ElementClassName;
}

/** Renders the content of a post. It has no hooks, so server components can use it. Unknown nodes show their content. */
export function Blog({ content, className, elementClassName = {} }: BlogProps): React.ReactElement {
  return <div className={className}>{children(content?.content, elementClassName, false)}</div>;
}

function children(nodes: BlogContentNode[] | undefined, classes: ElementClassName, inline: boolean): React.ReactNode {
  return nodes?.map((node, index) => (
    <React.Fragment key={index}>{element(node, classes, inline)}</React.Fragment>
  ));
}

function element(node: BlogContentNode, classes: ElementClassName, inline: boolean): React.ReactNode {
  const { attrs = {} } = node;
  const within = (isInline: boolean): React.ReactNode => children(node.content, classes, isInline);
  switch (node.type) {
    case "text":
      return text(node.text ?? "", node.marks ?? [], classes);
    case "paragraph":
      return <p className={classes.p}>{within(true)}</p>;
    case "heading": {
      const Heading = `h${Math.min(6, Math.max(1, attrs.level ?? 1))}` as "h1" | "h2" | "h3" | "h4" | "h5" | "h6";
      return <Heading className={classes[Heading]}>{within(true)}</Heading>;
    }
    case "bulletList":
      return <ul className={classes.ul}>{within(false)}</ul>;
    case "orderedList":
      return (
        <ol className={classes.ol} start={attrs.start === 1 ? undefined : attrs.start}>
          {within(false)}
        </ol>
      );
    case "listItem":
      return (
        <li className={classes.li}>
          {attrs.checked === undefined ? null : <input type="checkbox" checked={attrs.checked} disabled readOnly />}
          {within(false)}
        </li>
      );
    case "blockquote":
      return <blockquote className={classes.blockquote}>{within(false)}</blockquote>;
    case "codeBlock":
      return (
        <pre className={classes.codeBlock}>
          <code className={attrs.language ? `language-${attrs.language}` : undefined}>{plainText(node)}</code>
        </pre>
      );
    case "image":
      return image(node, classes, inline);
    case "table":
      return table(node, classes);
    case "horizontalRule":
      return <hr />;
    case "hardBreak":
      return <br />;
    default:
      return node.text ?? within(inline);
  }
}

function text(value: string, marks: BlogMark[], classes: ElementClassName): React.ReactNode {
  return marks.reduceRight<React.ReactNode>((inner, mark) => {
    switch (mark.type) {
      case "bold":
        return <strong className={classes.strong}>{inner}</strong>;
      case "italic":
        return <em className={classes.em}>{inner}</em>;
      case "strike":
        return <s>{inner}</s>;
      case "code":
        return <code className={classes.code}>{inner}</code>;
      case "link":
        return link(mark, inner, classes);
      default:
        return inner;
    }
  }, lines(value));
}

/** A line feed in a text is a line break. */
function lines(value: string): React.ReactNode {
  const parts = value.split("\n");
  return parts.length === 1
    ? value
    : parts.map((part, index) => (
        <React.Fragment key={index}>
          {index > 0 ? <br /> : null}
          {part}
        </React.Fragment>
      ));
}

function link(mark: BlogMark, inner: React.ReactNode, classes: ElementClassName): React.ReactNode {
  const href = safeUrl(mark.attrs?.href);
  return href === undefined ? (
    inner
  ) : (
    <a className={classes.a} href={href}>
      {inner}
    </a>
  );
}

function image(node: BlogContentNode, classes: ElementClassName, inline: boolean): React.ReactNode {
  const src = safeUrl(node.attrs?.src);
  if (src === undefined) {
    return node.attrs?.alt ?? null;
  }
  const shown = <img className={classes.image} src={src} alt={node.attrs?.alt ?? ""} loading="lazy" />;
  const linked = node.marks?.find((mark) => mark.type === "link");
  const whole = linked === undefined ? shown : link(linked, shown, classes);
  return inline ? whole : <figure className={classes.asset}>{whole}</figure>;
}

/** The leading rows of header cells are the head of the table. */
function table(node: BlogContentNode, classes: ElementClassName): React.ReactNode {
  const rows = node.content ?? [];
  const isHeader = (row: BlogContentNode): boolean => (row.content ?? []).every((cell) => cell.attrs?.header === true);
  const body = rows.findIndex((row) => !isHeader(row));
  const head = body < 0 ? rows : rows.slice(0, body);
  const rest = body < 0 ? [] : rows.slice(body);
  return (
    <table>
      {head.length > 0 ? <thead>{head.map((row, index) => tableRow(row, index, classes))}</thead> : null}
      {rest.length > 0 ? <tbody>{rest.map((row, index) => tableRow(row, index, classes))}</tbody> : null}
    </table>
  );
}

function tableRow(row: BlogContentNode, index: number, classes: ElementClassName): React.ReactElement {
  return (
    <tr key={index}>
      {row.content?.map((cell, column) => {
        const Cell = cell.attrs?.header === true ? "th" : "td";
        const align = cell.attrs?.align as "left" | "center" | "right" | null | undefined;
        return (
          <Cell key={column} style={align ? { textAlign: align } : undefined}>
            {children(cell.content, classes, true)}
          </Cell>
        );
      })}
    </tr>
  );
}

function plainText(node: BlogContentNode): string {
  return node.type === "text" ? (node.text ?? "") : (node.content ?? []).map(plainText).join("");
}

/** The server admits these URLs only; checked again, because content may come from elsewhere. */
function safeUrl(url: string | undefined): string | undefined {
  // Browsers drop white space and control characters, behind which another scheme could hide.
  if (url === undefined || /[\u0000-\u0020\u007f\\]/.test(url)) {
    return undefined;
  }
  return /^(https?:|mailto:|tel:|#|\/(?!\/))/i.test(url) ? url : undefined;
}
