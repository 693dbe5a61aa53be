# Cells chosen from a file: the same for the same seed, with all their columns, and what is said of wrong wishes.
# sh sketch.sh BIN SHARED WORK
set -eu
bin=$1 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work"
"$bin/make_h5ad" --cells 400 --genes 300 --seed 3 --out all.h5ad >/dev/null

for method in uniform geometric_sketch k_center leverage_score; do
  "$bin/sketch" all.h5ad --method $method --fraction 0.1 --seed 2 --out one.h5ad --json >one.json 2>err.txt
  "$bin/sketch" all.h5ad --method $method --fraction 0.1 --seed 2 --threads 3 --out two.h5ad --json >two.json 2>/dev/null
  cmp one.h5ad two.h5ad && cmp one.json two.json
  grep -q "40 of 400 cells" err.txt
  grep -q '"uniform": \[' one.json
  "$bin/vet" one.h5ad >vet.txt
done
"$bin/sketch" all.h5ad --method cell_type_reweighted --label cell_type --fraction 0.1 --out one.h5ad | grep -q shannon
"$bin/sketch" all.h5ad --method metadata_balanced --balance batch --fraction 0.1 --out one.h5ad | grep -q vendi

refused() {
  wanted=$1 words=$2
  shift 2
  code=0
  "$bin/sketch" all.h5ad --out none.h5ad "$@" 2>err.txt || code=$?
  [ "$code" -eq "$wanted" ] && grep -q "$words" err.txt || { echo "not refused as it should be: $*"; cat err.txt; exit 1; }
  [ ! -e none.h5ad ]
}
refused 2 "above 0 and at most 1" --fraction 0
refused 2 "there is no sampler 'best'" --method best
refused 2 "name their column of obs with --label" --method cell_type_reweighted
refused 2 "name them with --balance" --method metadata_balanced
refused 3 "the columns are:" --method stratified --label kind
refused 3 "it has: none" --embedding X_umap
