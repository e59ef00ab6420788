# syntax=docker/dockerfile:1
# The server alone: ONNX Runtime and libav, and nothing of libtorch.
#   docker build -f infra/containers/serve.Dockerfile -t unreel-serve .

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sdk
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS aspnet

FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates npm && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
ENV PATH=/usr/share/dotnet:$PATH DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 UNREEL_RUNTIME=system
WORKDIR /source
COPY . .
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN . infra/prepare.sh && prepare_machine && dotnet build src/Serve/Serve.csproj -c Release --nologo -v quiet && rm -rf /var/lib/apt/lists/*

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libavformat59 libavcodec59 libavutil57 libswscale6 libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /work --shell /usr/sbin/nologin unreel \
 && install -d -o unreel -g unreel /work
COPY --from=aspnet /usr/share/dotnet /usr/share/dotnet
COPY --from=build /source/artifacts/bin/Serve/release /app
ENV PATH=/usr/share/dotnet:$PATH DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0 HOME=/work
USER 10001:10001
WORKDIR /work
VOLUME /work
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/Unreel.Serve.dll"]
