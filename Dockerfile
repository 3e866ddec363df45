# Two images from one build: `docker build --target reader` (privileged, tiny) and `--target collector` (no privileges).
# They meet on a Unix socket in a volume that both mount at /run/tercel.

FROM node:24-bookworm-slim AS build
WORKDIR /opt/tercel
COPY . .
# The same script that `npm start` runs: npm packages, clang and libbpf, both builds. It needs no BTF of this machine.
RUN sh scripts/setup.sh && npm prune --omit=dev --no-audit --no-fund

FROM debian:bookworm-slim AS reader
# libbpf1 brings libelf1 and zlib1g.
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libbpf1 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/tercel/collector/reader/build/tercel-reader /usr/local/bin/tercel-reader
COPY LICENSE /usr/share/doc/tercel/LICENSE
# Runs as root: it needs CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH in the host's pid namespace, and
# gives up the rest itself. 10001 is the collector's user below.
ENTRYPOINT ["/usr/local/bin/tercel-reader"]
CMD ["--socket", "/run/tercel/reader.sock", "--uid", "10001"]

FROM node:24-bookworm-slim AS collector
RUN groupadd --system --gid 10001 tercel \
  && useradd --system --uid 10001 --gid tercel --home-dir /var/lib/tercel --shell /usr/sbin/nologin tercel \
  && install -d -o tercel -g tercel -m 0700 /var/lib/tercel /var/lib/tercel/spool
WORKDIR /opt/tercel
COPY --from=build /opt/tercel/node_modules node_modules
COPY --from=build /opt/tercel/dist dist
COPY package.json LICENSE ./
COPY config/*.yaml config/
COPY rules/*.yaml rules/
COPY outputs/presets/*.yaml outputs/presets/
ENV NODE_ENV=production
USER tercel
VOLUME /var/lib/tercel
ENTRYPOINT ["node", "/opt/tercel/dist/src/main.js"]
CMD ["collector"]
