import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Browser, Page } from "playwright-core";
import { browserTest, visit } from "../support/browser.ts";
import type { Role } from "../../lib/kernel/scopes.ts";
import { openWorld, PASSWORD, type World } from "./world.ts";

const NEXT = "otro-rio-de-piedra-8";

async function signIn(page: Page, { origin }: World, who: { username: string; password?: string }) {
  await page.goto(`${origin}/inbox`);
  await page.locator("#login [name=username]").fill(who.username);
  await page.locator("#login [name=password]").fill(who.password ?? PASSWORD);
  await page.locator("#login-button").click();
  await page.locator("#desk").waitFor();
}

/** The link of an invitation as it is mailed, by this world's address. */
async function invite({ h, origin, operator }: World, email: string, role: Role = "operator") {
  const { body, status } = await h.request("POST", "/api/workspaces/current/invitations", {
    token: operator.token,
    body: { email, role },
  });
  assert.equal(status, 201);
  return { token: String(body.token), link: `${origin}/inbox${new URL(body.link).hash}` };
}

/** The first mail, once its job ran. */
async function mailed({ h }: World) {
  for (;;) {
    const [mail] = h.ports.mail.sent;
    if (mail !== undefined) return mail;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A page that keeps every address it asks for. */
async function listened(browser: Browser, world: World) {
  const visited = await visit(browser, world.origin);
  const asked: string[] = [];
  visited.page.on("request", (request) => asked.push(request.url()));
  return { ...visited, asked };
}

browserTest(
  "who forgot the password asks for a link, sets a new one by it, and the token stays nowhere",
  async (browser) => {
    await using world = await openWorld();
    const { page, context, complaints, asked } = await listened(browser, world);
    await page.goto(`${world.origin}/inbox`);
    await page.getByRole("button", { name: "¿Olvidaste la contraseña?" }).click();
    await page.locator("#forgot [name=email]").fill(`${world.operator.userId}@example.com`);
    await page.locator("#forgot [type=submit]").click();
    await page.getByRole("status").filter({ hasText: "el enlace va en camino" }).waitFor();
    const mail = await mailed(world);
    const link = `${world.origin}/inbox#${/#(reset=\S+)/.exec(mail.text)?.[1]}`;
    const token = decodeURIComponent(link.split("=")[1] ?? "");

    await page.goto(link);
    const password = page.locator("#reset [name=password]");
    await password.waitFor();
    assert.equal(await page.evaluate(() => location.href), `${world.origin}/inbox`);
    await password.fill("corta");
    await page.locator("#reset-strength", { hasText: "Al menos 8 caracteres" }).waitFor();
    await password.fill("password1");
    await page.locator("#reset-strength", { hasText: "Fácil de adivinar" }).waitFor();
    await password.fill(NEXT);
    await page.locator("#reset-strength[data-valid=true]").waitFor();
    await page.locator("#reset [type=submit]").click();
    await page.getByRole("status").filter({ hasText: "está cambiada" }).waitFor();
    await signIn(page, world, { username: world.operator.username, password: NEXT });

    assert.ok(token.length > 20);
    assert.deepEqual(asked.filter((url) => url.includes(token)), []);
    assert.ok(
      !JSON.stringify([world.h.ports.log.lines, world.h.ports.log.requests]).includes(token),
      "no log names it",
    );
    assert.ok(
      !(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).includes(
        token,
      ),
    );
    assert.deepEqual(complaints, []);

    await page.goto(`${world.origin}/inbox?again#reset=${encodeURIComponent(token)}`);
    await password.fill("un-tercer-camino-largo");
    await page.locator("#reset [type=submit]").click();
    await page.getByRole("alert").filter({ hasText: "ya se usó o venció" }).waitFor();
    assert.equal(await page.locator("#forgot").isVisible(), true, "the next step is at hand");
    await context.close();
  },
);

browserTest(
  "an invited newcomer makes an account by the link and stands in the team's inbox",
  async (browser) => {
    await using world = await openWorld();
    const { link, token } = await invite(world, "nueva@example.com", "admin");
    const { page, context, complaints, asked } = await listened(browser, world);
    await page.goto(link);
    await page.getByText("Te invitaron a un equipo").waitFor();
    assert.equal(await page.evaluate(() => location.hash), "");
    await page.locator("#join [name=email]").fill("nueva@example.com");
    await page.locator("#join [name=name]").fill("Nora");
    await page.locator("#join [name=password]").fill("nueva@example.com");
    await page.locator("#join-strength[data-valid=false]", { hasText: "Fácil" }).waitFor();
    await page.locator("#join [name=password]").fill(NEXT);
    await page.locator("#join-strength[data-valid=true]").waitFor();
    await page.locator("#join [type=submit]").click();
    await page.locator("#desk").waitFor();
    await page.locator("#to-business").waitFor();
    assert.equal(await page.locator("#workspaces").isVisible(), false, "one team needs no choice");
    assert.deepEqual(asked.filter((url) => url.includes(token)), []);
    assert.deepEqual(complaints, []);
    await context.close();
  },
);

browserTest(
  "who has an account signs in with the invitation, joins, and moves between both teams",
  async (browser) => {
    await using world = await openWorld();
    const { h, origin } = world;
    const registered = await h.request("POST", "/api/auth/register", {
      body: { email: "luz@example.com", username: "luz", password: NEXT, workspace_name: "Taller Luz" },
    });
    assert.equal(registered.status, 201);
    const { link } = await invite(world, "luz@example.com");
    const { page, context } = await visit(browser, origin);
    await page.goto(link);
    await page.getByRole("button", { name: "Ya tengo una cuenta" }).click();
    await page.locator("#login [name=username]").fill("luz");
    await page.locator("#login [name=password]").fill(NEXT);
    await page.getByRole("button", { name: "Entrar y unirme" }).click();
    const teams = page.getByLabel("Equipo");
    await teams.waitFor();
    assert.equal(await teams.locator("option:checked").innerText(), `Workspace of ${world.operator.userId}`);
    assert.equal(
      await page.locator("#to-business").isVisible(),
      false,
      "an operator does not change the business",
    );
    const workspace = registered.body.workspace.id;
    const loaded = page.waitForRequest((request) =>
      request.url().includes("/api/conversations?") && request.headers()["x-workspace-id"] === workspace
    );
    await teams.selectOption({ label: "Taller Luz" });
    await loaded;
    await page.locator('#link[data-state="live"]').waitFor();
    await page.locator("#to-business").waitFor();
    await page.reload();
    await page.locator("#desk").waitFor();
    assert.equal(await teams.inputValue(), workspace, "a reload stays in the team");
    await context.close();
  },
);

browserTest(
  "a link that is opened at the desk asks first, and one sent to another address is refused in words",
  async (browser) => {
    await using world = await openWorld();
    const other = await world.h.request("POST", "/api/auth/register", {
      body: { email: "iris@example.com", username: "iris", password: NEXT },
    });
    assert.equal(other.status, 201);
    const { link } = await invite(world, "somebody@example.com");
    const { page, context } = await visit(browser, world.origin);
    await signIn(page, world, { username: "iris", password: NEXT });
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
    await page.getByRole("button", { name: "Unirme", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "otra dirección" }).waitFor();
    await page.getByRole("button", { name: "Ahora no" }).click();
    await page.locator("#desk").waitFor();
    await context.close();
  },
);

browserTest("an owner changes the business, and the next visitor meets it so", async (browser) => {
  await using world = await openWorld();
  const { page, context, complaints } = await visit(browser, world.origin, {
    viewport: { width: 320, height: 640 },
  });
  await signIn(page, world, world.operator);
  await page.locator("#to-business").click();
  const form = page.locator("#business-form");
  await page.waitForFunction(() =>
    document.querySelector<HTMLInputElement>("#business-form [name=name]")?.value === "Café Aurora"
  );
  await form.locator("[name=name]").fill("Panadería Luna");
  await form.locator("[name=greeting]").fill("¡Hola! Aquí Luna.");
  await form.locator("[name=speaks_en]").uncheck();
  await form.locator("[name=timezone]").fill("America/Bogota");
  await form.locator("[name=always]").uncheck();
  await form.getByRole("button", { name: "Añadir horas: Lunes" }).click();
  await form.getByLabel("Lunes, desde (1)").fill("08:30");
  await form.getByLabel("Lunes, hasta (1)").fill("00:00");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "fits a phone");
  await form.locator("[type=submit]").click();
  await page.getByRole("status").filter({ hasText: "Guardado" }).waitFor();
  const { body } = await world.h.request("GET", "/api/business/config", { token: world.operator.token });
  assert.deepEqual(
    [body.name, body.greeting, body.languages, body.timezone, body.hours],
    ["Panadería Luna", "¡Hola! Aquí Luna.", ["es"], "America/Bogota", {
      monday: [{ from: "08:30", to: "24:00" }],
    }],
  );
  assert.deepEqual(complaints, []);

  await form.locator("[name=timezone]").fill("Luna/Mar");
  await form.locator("[type=submit]").click();
  await page.locator("#business-note", { hasText: "Zona horaria: " }).waitFor();
  await page.goto(`${world.origin}/chat/${world.key}`);
  await page.getByRole("heading", { name: "Panadería Luna" }).waitFor();
  await context.close();
});

browserTest(
  "an owner adds, tries, changes, imports and deletes what the assistant knows",
  async (browser) => {
    await using world = await openWorld();
    const { page, context, complaints } = await visit(browser, world.origin);
    await signIn(page, world, world.operator);
    await page.locator("#to-knowledge").click();
    const entry = (text: string) => page.locator(".entry", { hasText: text });
    await entry("sábados").waitFor();
    const ask = async (question: string) => {
      await page.locator("#bench [name=question]").fill(question);
      await page.locator("#bench [type=submit]").click();
    };
    await ask("¿Aceptan tarjetas?");
    await page.locator(".verdict.bad").waitFor();

    const form = page.locator("#entry-form");
    await page.locator("#add-entry").click();
    await form.locator("[name=title]").fill("¿Aceptan tarjetas?");
    await form.locator("[name=body]").fill("Sí, de débito <b>y</b> de crédito.");
    await form.locator("[type=submit]").click();
    await entry("<b>y</b> de crédito").waitFor();
    await ask("¿Aceptan tarjetas?");
    await page.locator(".verdict.good").waitFor();
    await page.locator("#bench-answer blockquote", { hasText: "de crédito" }).waitFor();

    await page.getByRole("button", { name: "Cambiar: ¿Aceptan tarjetas?" }).click();
    await form.locator("[name=body]").fill("Sólo efectivo.");
    await form.locator("[type=submit]").click();
    await entry("Sólo efectivo").waitFor();

    await page.locator("#import-file").setInputFiles({
      name: "faq.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        "pregunta,respuesta\n¿Hay estacionamiento?,Sí: en la calle de atrás.\n¿Hay wifi?,Sí.\n",
      ),
    });
    await page.getByRole("status").filter({ hasText: "2 añadidas" }).waitFor();
    await page.locator("#entry-search").fill("estacionamiento");
    await entry("tarjetas").waitFor({ state: "detached" });
    const remove = entry("estacionamiento").getByRole("button", { name: /^Borrar/ });
    await remove.click();
    await entry("estacionamiento").getByRole("button", { name: /^¿Borrar del todo\?/ }).click();
    await entry("estacionamiento").waitFor({ state: "detached" });
    const { body } = await world.h.request("GET", "/api/knowledge/entries", { token: world.operator.token });
    assert.deepEqual(
      body.data.map(({ title }: { title: string }) => title).sort(),
      ["¿A qué hora abren los sábados?", "¿Aceptan tarjetas?", "¿Hay wifi?"],
    );
    assert.deepEqual(complaints, []);
    await context.close();
  },
);
