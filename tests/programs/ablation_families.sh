# The families of the study, on a few cells: every one is trained, embeds and is scored, and its costs are told. Threads change nothing.
# sh ablation_families.sh BIN SHARED WORK
set -eu
bin=$1 shared=$2 work=$3
rm -rf "$work" && mkdir -p "$work"
run() { "$bin/ablation" --families --cells 1000 --seeds 1 --fractions 0.3,1 --pretrain 8 --threads "$1" --out "$work/$1" >"$work/$1.txt" 2>"$work/$1.err"; }
run 2
run 1
cmp "$work/1/results.csv" "$work/2/results.csv"
# tokenizer,encoder,sampler,fraction,training_cells,seed,parameters,operations_per_cell,steps,cells_seen,...
for family in "HVG" "random projection" "PCA" "scVI" "masked autoencoder" "SCimilarity (reads labels)" "supervised MLP (reads labels)" \
  "TabNet (reads labels)" "Geneformer-like" "scGPT-like" "scBERT-like" "scFoundation-like"; do
  grep -q "^,$family,uniform,1," "$work/1/costs.csv" || { echo "no run of $family"; cat "$work/1.err"; exit 1; }
  grep -q "^$family  " "$work/1.txt" || { echo "$family is not in the table"; exit 1; }
done
for family in "scVI" "masked autoencoder" "Geneformer-like" "scGPT-like" "scBERT-like" "scFoundation-like"; do
  grep "^,$family,uniform,1," "$work/1/costs.csv" | awk -F, '{ exit !($7 > 0 && $8 > 0 && $9 == 8 && $10 > 0) }' ||
    { echo "$family: parameters, operations, steps or cells are not told"; cat "$work/1/costs.csv"; exit 1; }
done
# Logistic regression on genes with both penalties: the row of HVG under these heads, with a score of its own.
for head in "kNN" "logistic regression (L2)" "logistic regression (L1)"; do
  grep -q "^$head, macro-F1 (n = " "$work/1.txt" || { echo "the head $head is not in the table"; exit 1; }
done
genes() { grep "^,HVG,uniform,1,.*,logistic regression ($1),accuracy," "$work/1/results.csv" | cut -d, -f11; }
[ -n "$(genes L1)" ] && [ -n "$(genes L2)" ] && [ "$(genes L1)" != "$(genes L2)" ] ||
  { echo "logistic regression on genes: L1 gives '$(genes L1)', L2 '$(genes L2)'"; exit 1; }
grep -q "majority class (floor)" "$work/1.txt"
grep -q "best possible (ceiling)" "$work/1.txt"
grep -q "<h2>Cost</h2>" "$work/1/report.html"
# Families have no tokenizers: no map of them, and no line of a figure is named after one.
if grep -q "Tokenizer x encoder\|no tokenizer" "$work/1/report.html"; then echo "the report speaks of tokenizers"; exit 1; fi
# The finished study is told as JSON without a run, each family with what it is and costs.
"$bin/ablation" --families --cells 1000 --seeds 1 --fractions 0.3,1 --pretrain 8 --threads 1 --out "$work/1" --json >"$work/1.json" 2>"$work/json.err"
grep -q "^\([0-9]*\) runs, \1 of them done before" "$work/json.err"
for field in operations_per_cell parameters floor ceiling saturation; do
  grep -q "\"$field\":" "$work/1.json" || { echo "no $field in the JSON"; exit 1; }
done
# Where one study is left to learn from, SCimilarity has no pairs across studies: it pairs within it, and the report says so.
[ -n "$shared" ] || exit 0
"$bin/ablation" --families --data "$shared/data/kang_ifnb.h5ad" --batch batch --seeds 1 --fractions 1 --pretrain 2 --out "$work/one_study" >"$work/one_study.txt" 2>"$work/one_study.err"
grep -q "not told apart: the cells to learn from have one level of batch" "$work/one_study/report.html"
grep -q "within studies, too" "$work/one_study/report.html" || { echo "SCimilarity looks for pairs across studies where there is one"; exit 1; }
