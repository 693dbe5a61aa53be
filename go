#!/bin/sh
# ./go ablation [options]   build the ablation program and run it
# ./go test                 build and run all tests: g++, clang, sanitizers
# ./go build [programs]     build all programs, or those named (benchmarks, too), into build/release/bin/
# ./go bench                build and run the benchmarks
# Installs what is missing on Debian and Ubuntu first; elsewhere says what to do.
set -eu
cd "$(dirname "$0")"
# These settings of other programs cripple or change the linear algebra here.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE || true

base="g++ cmake ninja-build pkg-config libeigen3-dev libhwy-dev libxtensor-dev libboost-dev libhdf5-dev libsqlite3-dev libdeflate-dev libzstd-dev libigraph-dev libcli11-dev nlohmann-json3-dev libfmt-dev"

say() { printf '%s\n' "$*" >&2; }

usage() { sed -n '2,6s/^# //p' "$0"; }

# Installs the packages among "$@" that are missing.
need() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    [ -n "${VCPKG_ROOT:-}" ] && return 0  # the toolchain file of vcpkg finds them
    say "tepui: this is neither Debian nor Ubuntu. Install vcpkg (https://vcpkg.io), set VCPKG_ROOT, and run ./go again;"
    say "tepui: vcpkg.json lists the libraries. A C++20 compiler, cmake >= 3.24 and ninja are needed as well."
    exit 1
  fi
  missing=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then sudo="sudo"; else
      say "tepui: some packages are missing, and installing needs rights that you do not have here. Ask for:"
      say "  sudo apt-get install -y$missing"
      exit 1
    fi
  fi
  say "tepui: installing$missing"
  $sudo apt-get update -q >/dev/null || say "tepui: the package list could not be refreshed; trying with the old one"
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $missing >/dev/null || {
    say "tepui: apt-get could not install$missing; see its message above"
    exit 1
  }
}

# configure PRESET [cmake arguments]
configure() {
  preset=$1
  shift
  if [ -n "${VCPKG_ROOT:-}" ]; then set -- "$@" "-DCMAKE_TOOLCHAIN_FILE=$VCPKG_ROOT/scripts/buildsystems/vcpkg.cmake"; fi
  cmake --preset "$preset" "$@" >"build-$preset.log" 2>&1 || {
    cat "build-$preset.log" >&2
    rm -f "build-$preset.log"
    exit 1
  }
  rm -f "build-$preset.log"
}

# build PRESET [targets]: one line while it works, everything when it fails
build() {
  preset=$1
  shift
  say "tepui: building ($preset)"
  if [ $# -gt 0 ]; then set -- --target "$@"; fi
  cmake --build --preset "$preset" "$@" >&2
}

case "${1:-help}" in
  ablation)
    shift
    need $base
    configure release -DTEPUI_BUILD_BENCH=OFF
    build release ablation
    exec build/release/bin/ablation "$@"
    ;;
  build)
    shift
    need $base
    case " $*" in
      *" bench_"*)
        need libbenchmark-dev
        configure release -DTEPUI_BUILD_BENCH=ON
        ;;
      *) configure release -DTEPUI_BUILD_BENCH=OFF ;;
    esac
    build release "$@"
    say "tepui: the programs are in build/release/bin/"
    ;;
  bench)
    shift
    need $base libbenchmark-dev
    configure release -DTEPUI_BUILD_BENCH=ON
    build release bench/all
    # Options are for Google Benchmark, which some of the programs do without.
    for program in build/release/bin/bench_*; do
      case $program in
        */bench_stream | */bench_train | */bench_learning | */bench_clustering | */bench_peers_*) "$program" ;;
        *) "$program" "$@" ;;
      esac
    done
    ;;
  test)
    need $base libhnswlib-dev doctest-dev librapidcheck-dev clang-19 libclang-rt-19-dev libopenmpi-dev openmpi-bin
    exec sh tests/all.sh
    ;;
  help | -h | --help)
    usage
    ;;
  *)
    say "tepui: there is no './go $1'. These are:"
    usage >&2
    exit 2
    ;;
esac
