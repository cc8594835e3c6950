// Of the page /docs: shows the description of the API, and nothing from elsewhere.
SwaggerUIBundle({
  dom_id: "#api",
  url: "/openapi.json",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tagsSorter: (one, other) => 0,
  validatorUrl: null,
});
