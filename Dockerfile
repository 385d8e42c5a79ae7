# syntax=docker/dockerfile:1
FROM node:24-trixie-slim AS builder
WORKDIR /app
COPY package.json package-lock.json ./
# The image brings Node 24, so the bundled one stays out.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-trixie-slim AS runtime
# git fetches snapshots of repositories; tini passes signals on and reaps git's children.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git tini \
 && rm -rf /var/lib/apt/lists/* \
 && install --directory --owner=1000 --group=1000 /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 REGREEN_DATA=/data
WORKDIR /app
COPY --from=builder /app/node_modules ./node_modules
COPY package.json ./
COPY agents ./agents
COPY prompts ./prompts
COPY src ./src
USER 1000:1000
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "src/main.ts"]
