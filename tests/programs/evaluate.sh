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

# Batches, simple embeddings, perturbations: a prediction of the very same cells is perfect, and a page is written.
"$bin/evaluate" "$file" --embedding X_pca --label cell_type --batch batch --perturbation cell_type --control B --predicted "$file" \
  --train "$file" --out page --json >all.json
cmp all.json page/evaluate.json
for name in silhouette_label silhouette_batch clisi ilisi kbet graph_connectivity_undirected kmeans_nmi pcr_comparison avg_bio scib_total \
  perturbation.knn.accuracy pearson_delta pearson_delta.skill de_overlap_at_N celleval.mse; do
  grep -q "\"name\": \"$name\"" all.json || { echo "no score $name"; exit 1; }
done
for name in '"X_pca"' '"pca"' '"hvg"' null; do
  grep -q "\"embedding\": $name" all.json || { echo "no embedding $name"; exit 1; }
done
grep -A1 '"name": "celleval.mse"' all.json | grep -q '"value": 0.0' || { echo "the same cells are not a perfect prediction"; exit 1; }
grep -q "<svg" page/evaluate.html && grep -q "UMAP" page/evaluate.html
# Every score on the page has its sentence, which also stands below its table.
if grep -o "<tr><td>[a-zA-Z][^<]*" page/evaluate.html; then echo "scores of the page that no sentence explains"; exit 1; fi
explained=$(grep -o "<tr><td title='[^']*better\." page/evaluate.html | wc -l)
[ "$explained" -gt 60 ] || { echo "only $explained scores are explained"; exit 1; }
grep -q "What these scores measure" page/evaluate.html
grep -q '"unit": "share' all.json
if grep -qi "nan" all.json; then echo "a number is not a number"; exit 1; fi
"$bin/evaluate" "$file" --embedding X_pca --label cell_type --alone --json >alone.json
if grep -q '"embedding": "hvg"' alone.json; then echo "--alone is not alone"; exit 1; fi
"$bin/evaluate" "$file" --embedding X_pca --label cell_type --hvg-cells 0 --resamples 0 --json >few.json 2>err.txt
if grep -q '"embedding": "hvg"' few.json; then echo "--hvg-cells leaves hvg in"; exit 1; fi
grep -q '"embedding": "pca"' few.json && grep -q -e "--hvg-cells" err.txt
code=0
"$bin/evaluate" "$file" --embedding X_pca --label cell_type --perturbation cell_type --control nobody 2>err.txt || code=$?
[ "$code" -eq 3 ] && grep -q "name the control" err.txt
code=0
"$bin/evaluate" "$file" --embedding X_pca --label cell_type --perturbation cell_type 2>err.txt || code=$?
[ "$code" -eq 2 ] && grep -q "needs --control" err.txt
