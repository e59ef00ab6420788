# Sourced by infra/unreel and infra/test: finds out what is missing on this machine, says so, and installs it.
# Nothing is installed that a build does not need; nothing is asked of a machine that has it all.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case $(uname -m) in
  x86_64) rid=linux-x64 node_arch=x64 onnxruntime_sha256=ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23 ;;
  aarch64) rid=linux-arm64 node_arch=arm64 onnxruntime_sha256=1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76 ;;
  *) echo "unreel: this processor ($(uname -m)) is not supported; x86_64 is, and aarch64 where the libraries exist." >&2; exit 2 ;;
esac
native=$root/artifacts/runtime/$rid
onnxruntime_version=1.30.0 # onnxruntime_sha256 above is this version's library
azurite_version=3.37.0

# Threads that wait must not spin: on a busy machine that costs more than it saves.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf 'unreel: %s\n' "$*" >&2; }
fail() { say "$1"; exit "${2:-1}"; }

# Runs a long command quietly; its output is shown only where it fails.
quietly() {
  local what=$1 log; shift
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    fail "$what failed; the end of its output is above."
  fi
  rm -f "$log"
}

need_program() {
  command -v "$1" >/dev/null || fail "$1 is missing: $2" 2
}

# Installs Debian packages that are not there: packages NAMES WHY
packages() {
  local missing=() name
  for name in $1; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null | cut -c1-2)" = ii ] || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || fail "these packages are missing ($2), and this is no Debian: ${missing[*]}" 2

  local as=()
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      as=(sudo)
    else
      say "packages are missing ($2), and neither root nor sudo is at hand. An administrator must run:"
      say "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
      exit 2
    fi
  fi
  say "installing ${missing[*]} ($2)"
  quietly "apt-get update" "${as[@]}" apt-get update
  quietly "apt-get install ${missing[*]}" "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

# Its digest is also what tells another version's library from the one wanted.
is_onnxruntime() { [ "$(sha256sum <"$1" 2>/dev/null)" = "$onnxruntime_sha256  -" ]; }

fetch_onnxruntime() {
  [ -f "$native/libonnxruntime.so" ] && is_onnxruntime "$native/libonnxruntime.so" && return
  need_program npm "it brings the ONNX Runtime library (npm package onnxruntime-node)."
  say "fetching ONNX Runtime $onnxruntime_version out of the npm package onnxruntime-node (the library that runs models)"
  # In a shell of its own, so that the folder goes however this ends.
  (
    folder=$(mktemp -d)
    trap 'rm -rf "$folder" "$native/libonnxruntime.so.part"' EXIT
    cd "$folder"
    quietly "npm pack onnxruntime-node" npm pack "onnxruntime-node@$onnxruntime_version" --silent
    library=package/bin/napi-v6/linux/$node_arch/libonnxruntime.so.1
    # With the time of now: the build copies it to where it is used only if it is newer than what is there.
    tar -xmzf onnxruntime-node-*.tgz "$library"
    is_onnxruntime "$library" ||
      fail "the ONNX Runtime library of onnxruntime-node $onnxruntime_version has the SHA-256 $(sha256sum <"$library" | cut -c1-64); expected $onnxruntime_sha256."
    mkdir -p "$native"
    mv "$library" "$native/libonnxruntime.so.part"
    mv "$native/libonnxruntime.so.part" "$native/libonnxruntime.so"
  )
}

compile_native() {
  local build=$root/artifacts/native torch=ON libraries=("$native/libunreel_av.so" "$native/unreel-decode") found choice want
  if [ "$UNREEL_RUNTIME" = nuget ]; then torch=OFF; else libraries+=("$native/libunreel_torch.so"); fi
  # Another libtorch than Debian's may lack what training in several processes needs; then that library is not built.
  [ $torch = OFF ] || [ -n "${UNREEL_LIBTORCH:-}" ] || libraries+=("$native/libunreel_c10d.so")
  choice="torch=$torch libtorch=${UNREEL_LIBTORCH:-system}"
  want="$choice $(cd "$root/src/Runtimes/Native" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum)"
  found=$(cat "$build/prepared" 2>/dev/null || true)
  [ "$found" = "$want" ] && all_there "${libraries[@]}" && return

  # CMake remembers where it found another libtorch, whatever it is told now, and refuses to build in a checkout that was moved.
  [[ $found == "$choice "* ]] && grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root/src/Runtimes/Native" "$build/CMakeCache.txt" || rm -rf "$build"
  say "compiling the native libraries (C++ over libav$([ $torch = OFF ] || echo ' and libtorch'))"
  quietly "cmake" cmake -S "$root/src/Runtimes/Native" -B "$build" -DCMAKE_BUILD_TYPE=Release \
    -DUNREEL_BUILD_TORCH=$torch -DUNREEL_BUILD_AV=ON -DUNREEL_LIBTORCH="${UNREEL_LIBTORCH:-}"
  quietly "compiling" cmake --build "$build" --parallel "$(nproc)"
  quietly "installing the native libraries" cmake --install "$build" --prefix "$native"
  echo "$want" >"$build/prepared"
}

all_there() {
  local file
  for file in "$@"; do [ -f "$file" ] || return 1; done
}

prepare_machine() {
  need_program dotnet "install the .NET 10 SDK."
  case ${UNREEL_RUNTIME:=system} in
    system | nuget) export UNREEL_RUNTIME ;;
    *) fail "UNREEL_RUNTIME is '$UNREEL_RUNTIME'; expected system or nuget." 2 ;;
  esac
  packages "cmake g++ make pkg-config libavformat-dev libavcodec-dev libavutil-dev libswscale-dev" "they decode and encode video"
  if [ "$UNREEL_RUNTIME" = system ]; then
    if [ -z "${UNREEL_LIBTORCH:-}" ]; then
      packages "libtorch-dev libopenblas0-openmp libdnnl-dev libgloo-dev" "they train networks, in several processes too"
    elif [ ! -d "$UNREEL_LIBTORCH/lib" ]; then
      fail "UNREEL_LIBTORCH is '$UNREEL_LIBTORCH'; expected a folder with include and lib, as in a PyTorch wheel's torch folder." 2
    fi
    fetch_onnxruntime
  fi
  compile_native
}
