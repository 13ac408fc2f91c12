"""The same work as GET /api/auth/me: verify a token, read one row, answer JSON, log one line."""
import base64, hashlib, hmac, json, sqlite3, sys, time

import uvicorn
from fastapi import FastAPI, Header
from fastapi.responses import PlainTextResponse

SECRET = b"s" * 48
db = sqlite3.connect(":memory:", check_same_thread=False)
db.execute("create table users(id text primary key, email text, name text, role text)")
db.execute("insert into users values ('u1', 'a@example.com', 'Admin', 'owner')")
log = open("/dev/null", "w")
app = FastAPI()


def sign(body: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.new(SECRET, body, hashlib.sha256).digest()).decode()


@app.get("/token")
async def token():
    body = base64.urlsafe_b64encode(json.dumps({"sub": "u1"}).encode())
    return PlainTextResponse(f"{body.decode()}.{sign(body)}")


@app.get("/api/auth/me")
async def me(authorization: str = Header()):
    started = time.perf_counter()
    body, signature = authorization[7:].rsplit(".", 1)
    assert hmac.compare_digest(sign(body.encode()), signature)
    sub = json.loads(base64.urlsafe_b64decode(body))["sub"]
    row = db.execute("select * from users where id = ?", (sub,)).fetchone()
    log.write(json.dumps({"route": "/api/auth/me", "ms": time.perf_counter() - started, "actor": sub}) + "\n")
    return {"id": row[0], "email": row[1], "name": row[2], "role": row[3]}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
