import { ApiClientError, QuotientServer } from "@quotientjs/server";

const q = new QuotientServer({ privateKey: process.env.QUOTIENT_PRIVATE_KEY, baseUrl: "http://localhost:8080" });

try {
  const { slug } = await q.audience.lists.upsert({ name: "Newsletter" });
  const { added } = await q.audience.lists.addPeople({
    listSlug: slug,
    people: [{ emailAddress: "ada@example.com", firstName: "Ada" }],
  });
  console.log(`${added} people added to ${slug}.`);

  for await (const person of q.audience.lists.listAllPeople({ listSlug: slug })) {
    console.log(person.emailAddress);
  }
} catch (error) {
  if (ApiClientError.is(error, "ApiError")) {
    console.error(error.status, error.message, error.data);
  }
  throw error;
}
