SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  displayRequestDuration: true,
  tryItOutEnabled: false,
  validatorUrl: null,
});
