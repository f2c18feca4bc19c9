# The image of Sandtable: `docker build -t sandtable .`, then see compose.yaml.
# It does not need BuildKit, so any engine can build it.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY console/package.json console/
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM dependencies AS build
COPY . .
RUN npm run build

# Removes what is not needed at run time: source maps and type declarations. Licences stay.
FROM dependencies AS production
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund
COPY --from=build /app/dist dist
RUN find node_modules dist -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM ${NODE_IMAGE}
ARG NODE_IMAGE
LABEL org.opencontainers.image.title="Sandtable" \
      org.opencontainers.image.description="Local-first emulator and test harness for backends on DynamoDB, Rekognition and S3" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${NODE_IMAGE}"
WORKDIR /app
COPY --from=production /app ./
COPY LICENSE ./
COPY docker/health-check.js docker/
# Makes the command `sandtable` available to `docker exec`.
RUN ln -s /app/dist/cli/index.js /usr/local/bin/sandtable
# A container's loopback addresses cannot be reached from outside. Publish the ports on 127.0.0.1, as compose.yaml does.
ENV NODE_ENV=production HOST=0.0.0.0 EMULATOR_HOST=0.0.0.0
# For SANDTABLE_DATA=/data: a new volume mounted here gets the same owner.
RUN mkdir /data && chown 1000:1000 /data
# The user `node` of the base image, by number, so that an orchestrator can see that it is not root. It owns nothing under /app.
USER 1000:1000
EXPOSE 3000 4566
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s --retries=3 CMD ["node", "/app/docker/health-check.js"]
ENTRYPOINT ["node", "/app/dist/cli/index.js"]
CMD ["start"]
