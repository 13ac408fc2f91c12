import assert from "node:assert/strict";
import { receiveMessage } from "../../../lib/conversations/mod.ts";
import { MINUTE } from "../../../lib/kernel/clock.ts";
import { harness } from "../../support/harness.ts";
import { placesOf } from "../../support/tables.ts";
import { EMAIL, openKnown, PRIVATE_ENV, SECRET } from "./person.ts";

Deno.test("what was told of a person together with other news is emptied with them", async () => {
  await using h = await harness({ env: PRIVATE_ENV });
  const known = await openKnown(h);
  await known.workAll();
  await known.call("POST", "/api/notifications/templates", {
    name: "ticket.commented",
    texts: { es: { subject: "{{reference}}", text: "{{text}}" } },
    digest_minutes: 30,
  });
  for (const word of ["uno", "dos"]) {
    await receiveMessage(known.inside, {
      channelAccountId: known.web,
      contact: { identities: [{ kind: "email", value: EMAIL }] },
      kind: "text",
      text: `${word} sin ${SECRET}`,
      externalId: `m-${word}`,
    });
  }
  await known.workAll();
  const sent = h.ports.mail.sent.length;
  h.clock.advance(31 * MINUTE);
  await known.workAll();
  const together = h.ports.mail.sent.slice(sent).filter(({ text }) => /uno sin .*dos sin /s.test(text));
  assert.equal(together.length, 1);
  await known.call("DELETE", `/api/contacts/${known.contactId}`);
  await known.workAll();
  assert.deepEqual(await placesOf(h, SECRET), []);
});
