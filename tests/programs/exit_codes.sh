# The programs say in one sentence what is wrong, and end with the code of their kind: 2 usage, 3 bad input.
# sh exit_codes.sh BIN SHARED WORK
set -u
bin=$1 shared=$2 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work" || exit 1
failures=0
# wants CODE WORDS COMMAND...
wants() {
  code=$1 words=$2
  shift 2
  "$@" >out.txt 2>err.txt
  got=$?
  if [ "$got" -ne "$code" ] || ! grep -q -e "$words" err.txt out.txt; then
    echo "wanted exit $code and «$words» from: $*"
    echo "got $got:"
    cat out.txt err.txt
    failures=$((failures + 1))
  fi
}
printf 'this is no matrix\n' >text.h5ad
printf '%%%%MatrixMarket matrix coordinate integer general\n3 2 3\n1 1 5\n3 1 2\n2 2 7\n' >matrix.mtx

for program in ablation tokenize evaluate vet sketch portfolio; do
  wants 0 "Usage\|--help\|OPTIONS" "$bin/$program" --help
  wants 2 "." "$bin/$program" --no-such-option
done
wants 2 "." "$bin/ablation" --threads 0
wants 2 "." "$bin/ablation" --data no-such-file.h5ad
wants 3 "text.h5ad" "$bin/ablation" --data text.h5ad
wants 3 "cell_type" "$bin/ablation" --data matrix.mtx --label cell_type
wants 3 "text.h5ad" "$bin/vet" text.h5ad
wants 3 "text.h5ad" "$bin/tokenize" text.h5ad --tokenizer rank --out tokens
wants 2 "." "$bin/tokenize" matrix.mtx --tokenizer nonsense --out tokens
wants 2 "." "$bin/tokenize" matrix.mtx --tokenizer rank --slots 0 --out tokens
wants 2 "programs" "$bin/tokenize" matrix.mtx --tokenizer program --out tokens
wants 3 "text.h5ad" "$bin/evaluate" text.h5ad --embedding X_pca --label cell_type --json
# A study of families says in one sentence what a file lacks, before anything is run.
"$bin/make_h5ad" --cells 5 --genes 60 --expressed 10 --out few.h5ad >/dev/null 2>&1
wants 3 "there is no column 'nothing'; the columns are" "$bin/ablation" --families --data few.h5ad --label nothing
wants 3 "there is no column 'nothing'; the columns are" "$bin/ablation" --families --data few.h5ad --batch nothing
wants 3 "the labelled cells for the heads, 1 of 5 cells, have one level" "$bin/ablation" --families --data few.h5ad --label cell_type
"$bin/make_h5ad" --cells 40 --genes 60 --expressed 10 --out some.h5ad >/dev/null 2>&1
wants 3 "the smallest share, 4 % of [0-9]* cells to learn from, is less than 2 cells" "$bin/ablation" --families --data some.h5ad
if [ -n "$shared" ]; then  # a file with one batch, one donor
  wants 3 "the column 'donor' has one level, 'pbmc3k_donor', but a study needs labels of at least two kinds" \
    "$bin/ablation" --families --data "$shared/data/pbmc3k.h5ad" --label donor
  wants 3 "the column 'batch' has one level, 'pbmc3k', but a level is held out" \
    "$bin/ablation" --families --data "$shared/data/pbmc3k.h5ad" --batch batch
fi
[ ! -e tepui-runs ] || { echo "a refused study left a folder behind"; failures=$((failures + 1)); }
exit "$failures"
