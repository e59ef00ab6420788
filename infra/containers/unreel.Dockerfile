# syntax=docker/dockerfile:1
# The unreel command with all stages, on Debian's libtorch and libav: what infra/unreel builds and infra/test tests.
#   docker build -f infra/containers/unreel.Dockerfile -t unreel .

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sdk
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS aspnet

FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates npm && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=/usr/share/dotnet:$PATH DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 UNREEL_RUNTIME=system
WORKDIR /source
COPY . .
# Installs what is missing, compiles, and says what it finds; a command that cannot run fails here and not on a node.
RUN infra/unreel doctor && rm -rf /var/lib/apt/lists/*

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libtorch1.13 libgloo0 libopenblas0-openmp \
      libavformat59 libavcodec59 libavutil57 libswscale6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /work --shell /usr/sbin/nologin unreel \
 && install -d -o unreel -g unreel /work \
 && printf '#!/bin/sh\nexec dotnet /app/unreel.dll "$@"\n' >/usr/local/bin/unreel && chmod 755 /usr/local/bin/unreel
COPY --from=aspnet /usr/share/dotnet /usr/share/dotnet
COPY --from=build /source/artifacts/bin/Cli/release /app
ENV PATH=/usr/share/dotnet:$PATH DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0 OMP_WAIT_POLICY=PASSIVE HOME=/work
USER 10001:10001
WORKDIR /work
VOLUME /work
ENTRYPOINT ["unreel"]
