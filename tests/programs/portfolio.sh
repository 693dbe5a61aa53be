# What files add to each other: a copy adds nothing and is all copies, other cells do; what is written, and what is said of files that do not fit.
# sh portfolio.sh BIN SHARED WORK
set -eu
bin=$1 shared=$2 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work"
# wants CODE WORDS COMMAND...
wants() {
  code=$1 words=$2 got=0
  shift 2
  "$@" >out.txt 2>err.txt || got=$?
  if [ "$got" -ne "$code" ] || ! grep -q -e "$words" err.txt out.txt; then
    echo "wanted exit $code and «$words» from: $*"
    echo "got $got:"
    cat out.txt err.txt
    exit 1
  fi
}
"$bin/make_h5ad" --cells 600 --genes 800 --out one.h5ad >/dev/null
cp one.h5ad copy.h5ad
printf 'this is no matrix\n' >text.h5ad

wants 0 "FILE" "$bin/portfolio" --help
wants 2 "." "$bin/portfolio" --no-such-option
wants 2 "." "$bin/portfolio" no-such-file.h5ad one.h5ad
wants 2 "one file alone" "$bin/portfolio" one.h5ad
wants 2 "." "$bin/portfolio" one.h5ad copy.h5ad --stop 1.5
wants 3 "text.h5ad" "$bin/portfolio" one.h5ad text.h5ad
wants 3 "the columns are:" "$bin/portfolio" one.h5ad --donor no_such_column
wants 3 "it has: none" "$bin/portfolio" one.h5ad copy.h5ad --embedding X_pca

# A copy: bought last, adds nothing, and every cell of it is there already.
"$bin/portfolio" one.h5ad copy.h5ad --json --out page >both.json
cmp both.json page/portfolio.json
"$bin/portfolio" one.h5ad copy.h5ad --json --threads 3 >threads.json
cmp both.json threads.json
for field in order scores verdict overlap types_in_cells bound notes; do
  grep -q "\"$field\":" both.json || { echo "no field $field"; exit 1; }
done
grep -q '"pays": "no"' both.json
if grep -qi 'nan\|inf[,"]' both.json; then echo "a number is not a number"; exit 1; fi
wants 0 "It stops paying at copy" "$bin/portfolio" one.h5ad copy.h5ad
grep -q "100.0 %" out.txt
head -c 15 page/portfolio.html | grep -q "DOCTYPE"
if grep -q 'src=\|href=\|http:\|https:' page/portfolio.html && grep 'src=\|href=\|https\?:' page/portfolio.html | grep -qv 'xmlns='; then
  echo "the page asks for something from outside"
  exit 1
fi

# Donors of one file, and fewer cells than there are.
wants 0 "Buy in this order" "$bin/portfolio" one.h5ad --donor donor --max-cells 50

if [ -z "$shared" ]; then exit 0; fi
# Other genes; files that each have components of their own; real files.
wants 3 "at least 200 are needed" "$bin/portfolio" "$shared/data/pbmc3k.h5ad" "$shared/data/mouse_pancreas_layers.h5ad"
own=$shared/formats/by_anndata_version/anndata_0.10.9_csr.h5ad
wants 0 "Buy in this order\|stops paying" "$bin/portfolio" "$own" --embedding X_pca --donor batch
wants 0 "It stops paying at celseq2_5cl" "$bin/portfolio" "$shared/data/scmix_5batch.h5ad" --donor batch --resamples 200
