#!/usr/bin/env bash
# What the library costs to compile, in seconds of CPU (user + system): the umbrella, each room alone, and grids of 60 and 240 pipelines
# made of the same stages.
#   bench/compile_time/measure.sh [umbrella | room <name> | rooms | grid | all]
# CXX      the compiler, g++ where it is not set            CXXFLAGS  further flags; -std=c++20 -O0 are given
# RUNS     compilations of each file, 3 where it is not set; the median is printed, with the fastest beside it
set -euo pipefail
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export LC_ALL=C TIMEFORMAT='%U %S'
root=$(cd "$(dirname "$0")/../.." && pwd)
compiler=${CXX:-g++}
runs=${RUNS:-3}
read -r -a more <<< "${CXXFLAGS:-}"
eigen=${EIGEN_DIR:-/usr/include/eigen3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { "$compiler" -std=c++20 -O0 -I"$root/include" -isystem "$eigen" "${more[@]}" -c "$1" -o "$work/object.o"; }

# Prints the median and the fastest of the runs.            in  a source file
cpu_seconds() {
  compile "$1"  # once unmeasured: files come into the cache, and errors are seen
  for ((run = 0; run < runs; ++run)); do
    { time compile "$1" 2> /dev/null; } 2>&1 | awk '{ print $1 + $2 }'
  done | sort -n | awk '{ t[NR] = $1 } END { m = (NR % 2) ? t[(NR + 1) / 2] : (t[NR / 2] + t[NR / 2 + 1]) / 2; printf "%.2f %.2f", m, t[1] }'
}

line() { printf '%-28s %8s %8s  %s\n' "$@"; }

# in  a name, a source file, the target in seconds or nothing
measure() {
  local median fastest
  read -r median fastest <<< "$(cpu_seconds "$2")"
  line "$1" "$median" "$fastest" "${3:+target $3}"
}

headers_of() { (cd "$root/include" && find "tepui/$1" -name '*.hpp' | sort); }

# Rooms and headers that need a compiled library are left out here, as in the umbrella.
room() {
  headers_of "$1" | grep -v -e 'study/store' -e 'study/sqlite_file' | sed 's/.*/#include <&>/' > "$work/room_$1.cpp"
  measure "room $1" "$work/room_$1.cpp" "${2:-}"
}

umbrella() {
  printf '#include <%s>\n' algorithm atomic chrono cmath functional map memory mutex optional span sstream stop_token string thread tuple \
    unordered_map variant vector Eigen/Core Eigen/Eigenvalues boost/hana/at.hpp boost/hana/concat.hpp \
    boost/hana/for_each.hpp boost/hana/tuple.hpp > "$work/others.cpp"
  echo '#include <tepui/tepui.hpp>' > "$work/umbrella.cpp"
  measure 'standard, Eigen, Hana only' "$work/others.cpp"
  measure 'umbrella' "$work/umbrella.cpp" 2.5
}

rooms() {
  local name
  for name in flow kernel stage split sample transform tokenize embed encode objective metric compose system simulate study; do
    room "$name" "$([ "$name" = tokenize ] && echo 1.2 || true)"
  done
}

# Pipelines of the same stages: chains of transforms x 6 tokenizers x 10 encoders, each a type of its own.
# in  how many chains (1 or 4), and whether each pipeline is only composed ("types") or also fitted and used to embed ("programs")
grid_source() {
  local n_chains=$1 what=$2 chain i comma=''
  local chains=('tr::normalise{}, tr::gene_medians{}, ' 'tr::normalise{}, tr::log1p{}, ' 'tr::normalise{}, ' '')
  echo '#include <tepui/compose/grid.hpp>'
  echo '#include <tepui/encode/mean_of.hpp>'
  echo '#include <tepui/tokenize/binned.hpp>'
  echo '#include <tepui/tokenize/rank.hpp>'
  echo '#include <tepui/transform/gene_medians.hpp>'
  echo '#include <tepui/transform/log1p.hpp>'
  echo '#include <tepui/transform/normalise.hpp>'
  echo 'namespace tp = tepui;'
  echo 'namespace tr = tepui::transform;'
  echo 'auto grid() {'
  echo '  return tp::compose_grid(tp::tokenizers('
  for chain in "${chains[@]:0:n_chains}"; do
    for ((i = 0; i < 3; ++i)); do
      printf '%s    tp::named("rank", tp::compose(%stp::tokenize::rank<%d>{})),\n' "$comma" "$chain" $((64 + i))
      printf '    tp::named("binned", tp::compose(%stp::tokenize::binned<51, %d>{}))\n' "$chain" $((64 + i))
      comma=','
    done
  done
  printf '),\n    tp::encoders(\n'
  for ((i = 0; i < 10; ++i)); do
    ((i > 0)) && echo ','
    printf '    tp::named("mean %d", tp::encode::mean_of<tp::encode::random_vectors<%d>>{})' "$i" $((8 + i))
  done
  printf '));\n}\n'
  if [ "$what" = types ]; then
    echo 'std::size_t use() { std::size_t n = 0; tp::for_each_cell(grid(), [&](const auto& cell) { n += cell.encoder.size(); }); return n; }'
  else
    echo 'void use(const tp::dataset<>& d) { tp::for_each_cell(grid(), [&](const auto& cell) { (void)cell.pipeline.fit(d).embed(d); }); }'
  fi
}

grids() {
  local what few many fastest
  for what in types programs; do
    grid_source 1 "$what" > "$work/few.cpp"
    grid_source 4 "$what" > "$work/many.cpp"
    read -r few fastest <<< "$(cpu_seconds "$work/few.cpp")"
    line "grid of 60 $what" "$few" "$fastest" ''
    read -r many fastest <<< "$(cpu_seconds "$work/many.cpp")"
    line "grid of 240 $what" "$many" "$fastest" "$(awk -v a="$few" -v b="$many" 'BEGIN { printf "%.1f ms a cell, target 25", (b - a) / 180 * 1000 }')"
  done
}

"$compiler" --version | head -1
line 'CPU seconds at -O0' median fastest ''
case "${1:-all}" in
  umbrella) umbrella ;;
  room) room "${2:?name a room}" ;;
  rooms) rooms ;;
  grid) grids ;;
  all) umbrella; rooms; grids ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
