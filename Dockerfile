# syntax=docker/dockerfile:1
# Targets: api (serves, with the lanes in the same process), worker (runs jobs beside it, on the same /data or the same
# remote database). Data lives in /data; mount a volume there.
FROM node:22-bookworm-slim AS base
ENV DENO_DIR=/opt/deno DENO_NO_UPDATE_CHECK=1
RUN npm install --global deno@2.9.6 && npm cache clean --force
WORKDIR /app

FROM base AS dependencies
COPY deno.json deno.lock ./
RUN deno install --frozen

FROM base AS api
COPY --from=dependencies /opt/deno /opt/deno
COPY . .
RUN deno cache --frozen main.ts cli/main.ts workers/main.ts workers/threads/child.ts \
  && deno task build \
  && useradd --system --uid 10001 --home-dir /data cauce \
  && install -d -o cauce -g cauce -m 0700 /data \
  && chown -R cauce:cauce /opt/deno
USER cauce
ENV HOST=0.0.0.0 PORT=8000 CAUCE_ENV=production CAUCE_DATA=/data \
  GLIBC_TUNABLES=glibc.malloc.tcache_count=128
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 \
  CMD ["deno", "run", "--allow-net=127.0.0.1", "--allow-env=PORT", "deploy/healthcheck.ts"]
CMD ["deno", "run", "-P=work", "--v8-flags=--max-semi-space-size=16,--no-allocation-site-pretenuring,--memory-reducer-delay-ms=500,--gc-memory-reducer-start-delay-ms=500", "dist/server/main.js"]

FROM api AS worker
HEALTHCHECK NONE
CMD ["deno", "run", "-P=work", "--v8-flags=--max-semi-space-size=16,--no-allocation-site-pretenuring,--memory-reducer-delay-ms=500,--gc-memory-reducer-start-delay-ms=500", "dist/server/workers-main.js"]

FROM api
