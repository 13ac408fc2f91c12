// The same work as GET /api/auth/me: verify a token, read one row, answer JSON, log one line.
const express = require("express");
const Database = require("better-sqlite3");
const jwt = require("jsonwebtoken");
const fs = require("node:fs");

const secret = "s".repeat(48);
const db = new Database(":memory:");
db.exec(
  "create table users(id text primary key, email text, name text, role text); insert into users values ('u1','a@example.com','Admin','owner')",
);
const find = db.prepare("select * from users where id = ?");
const log = fs.createWriteStream("/dev/null");
const app = express();
app.get(
  "/token",
  (_request, response) => response.send(jwt.sign({ sub: "u1" }, secret, { expiresIn: "1h" })),
);
app.get("/api/auth/me", (request, response) => {
  const started = performance.now();
  const { sub } = jwt.verify(request.headers.authorization.slice(7), secret);
  response.json(find.get(sub));
  log.write(JSON.stringify({ route: "/api/auth/me", ms: performance.now() - started, actor: sub }) + "\n");
});
app.listen(Number(process.argv[2]), "127.0.0.1");
