# Scores of an embedding that a file brings along: the fields of a score, why a number is missing, and what is said of wrong names.
# sh evaluate.sh BIN SHARED WORK
set -eu
bin=$1 shared=$2 work=$3
if [ -z "$shared" ]; then echo "skipped: needs shared data"; exit 77; fi
rm -rf "$work" && mkdir -p "$work" && cd "$work"
file=$shared/formats/by_anndata_version/anndata_0.10.9_csr.h5ad

"$bin/evaluate" "$file" --embedding X_pca --label cell_type --batch batch --json >one.json
"$bin/evaluate" "$file" --embedding obsm/X_pca --label cell_type --batch batch --threads 3 --json >two.json
cmp one.json two.json
for field in name value floor ceiling low high n reason; do
  grep -q "\"$field\":" one.json || { echo "no field $field"; exit 1; }
done
for name in knn.accuracy knn.macro_f1 logistic.accuracy logistic.macro_f1 knn.held_out_batch.accuracy; do
  grep -q "\"name\": \"$name\"" one.json || { echo "no score $name"; exit 1; }
done
grep -q '"ceiling": null' one.json
if grep -qi nan one.json; then echo "a number is not a number"; exit 1; fi
"$bin/evaluate" "$file" --embedding X_pca --label cell_type | grep -q "knn.accuracy"

code=0
"$bin/evaluate" "$file" --embedding X_umap --label cell_type 2>err.txt || code=$?
[ "$code" -eq 3 ] && grep -q "it has: X_pca" err.txt
code=0
"$bin/evaluate" "$file" --embedding X_pca --label kind 2>err.txt || code=$?
[ "$code" -eq 3 ] && grep -q "the columns are:.*cell_type" err.txt
