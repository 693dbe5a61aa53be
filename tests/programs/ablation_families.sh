# The families of the study, on a few cells: every one is trained, embeds and is scored, and its costs are told. Threads change nothing.
# sh ablation_families.sh BIN SHARED WORK
set -eu
bin=$1 work=$3
rm -rf "$work" && mkdir -p "$work"
run() { "$bin/ablation" --families --cells 1000 --seeds 1 --fractions 0.3,1 --pretrain 8 --threads "$1" --out "$work/$1" >"$work/$1.txt" 2>"$work/$1.err"; }
run 2
run 1
cmp "$work/1/results.csv" "$work/2/results.csv"
# tokenizer,encoder,sampler,fraction,training_cells,seed,parameters,operations_per_cell,steps,cells_seen,...
for family in "HVG" "random projection" "PCA" "scVI" "masked autoencoder" "SCimilarity (reads labels)" "supervised MLP (reads labels)" \
  "TabNet (reads labels)" "Geneformer-like" "scGPT-like"; do
  grep -q "^,$family,uniform,1," "$work/1/costs.csv" || { echo "no run of $family"; cat "$work/1.err"; exit 1; }
  grep -q "^$family  " "$work/1.txt" || { echo "$family is not in the table"; exit 1; }
done
for family in "scVI" "masked autoencoder" "Geneformer-like" "scGPT-like"; do
  grep "^,$family,uniform,1," "$work/1/costs.csv" | awk -F, '{ exit !($7 > 0 && $8 > 0 && $9 == 8 && $10 > 0) }' ||
    { echo "$family: parameters, operations, steps or cells are not told"; cat "$work/1/costs.csv"; exit 1; }
done
grep -q "majority class" "$work/1.txt"
grep -q "best possible" "$work/1.txt"
grep -q "<h2>Cost</h2>" "$work/1/report.html"
