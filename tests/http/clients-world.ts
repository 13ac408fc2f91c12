/** The names that a list has. */
export const names = (body: { data: { name: string }[] }) => body.data.map(({ name }) => name);

/** A client with everything. */
export const ESPIGA = {
  name: "Panadería La Espiga",
  tax_id: "PES 010203 AB1",
  external_id: "crm-1042",
  email: "Hola@Espiga.example",
  phone: "+52 1 81 1234 5678",
  contract: { starts: "2026-01-01", ends: "2026-12-31", plan: "oro" },
  labels: ["vip", "vip"],
  custom: { zona: "norte" },
};
