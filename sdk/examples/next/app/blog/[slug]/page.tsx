import { Blog } from "@quotientjs/react";
import { quotient } from "../../../quotient";

export default async function Page({ params }: { params: Promise<{ slug: string }> }) {
  const { blog } = await quotient.blog.get({ slug: (await params).slug });
  return (
    <article>
      <h1>{blog.title}</h1>
      <Blog content={blog.content} elementClassName={{ p: "paragraph", a: "link" }} />
    </article>
  );
}
