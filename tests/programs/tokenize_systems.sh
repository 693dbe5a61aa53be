# The tokens of published systems, of two cells that a pencil can check: cell 1 has genes 1 (5 molecules), 3 (2) and 4 (5), cell 2 none.
# sh tokenize_systems.sh BIN SHARED WORK
set -eu
bin=$1 shared=$2 work=$3
rm -rf "$work" && mkdir -p "$work/cells" && cd "$work"
printf '%%%%MatrixMarket matrix coordinate integer general\n4 2 3\n1 1 5\n3 1 2\n4 1 5\n' >cells/matrix.mtx
printf 'ENSG00000000001\tA\tGene Expression\nENSG00000000002\tB\tGene Expression\nENSG00000000003\tc\tGene Expression\nENSG00000000004\tD\tGene Expression\n' >cells/features.tsv
printf 'one\ntwo\n' >cells/barcodes.tsv
printf '{"<pad>": 0, "<cls>": 1, "<eos>": 2, "ENSG00000000001": 11, "ENSG00000000003": 13, "ENSG00000000004": 14}' >words.json
printf 'gene,median\nENSG00000000001,1\nENSG00000000003,0.1\nENSG00000000004,2\n' >medians.csv
printf 'gene_symbol,chromosome,start\nA,1,300\nc,1,100\nD,X,5\n' >positions.csv

# The numbers behind the header of an .npy file, in one line.
numbers() {
  header=$(od -An -tu2 -j8 -N2 "$1" | tr -d ' ')
  od -An -v -w64 -t"$2" -j$((10 + header)) "$1" | tr -s ' ' | sed 's/^ //; s/ $//' | tr '\n' ' ' | sed 's/ $//'
}
is() { [ "$1" = "$2" ] || { echo "is    $1"; echo "wants $2"; exit 1; }; }
refused() {
  wants=$1
  shift
  if "$bin/tokenize" cells --out refused "$@" 2>refused.txt; then exit 1; else is "$?" 2; fi
  grep -qF -e "$wants" refused.txt || { echo "no '$wants' in: $(cat refused.txt)"; exit 1; }
}

# Gene 3 has 2 molecules and a median of 0.1: it stands first.
"$bin/tokenize" cells --system geneformer-v2 --vocabulary words.json --medians medians.csv --slots 6 --out v2 2>said.txt
is "$(numbers v2/id.npy d4)" "1 13 11 14 2 0 1 2 0 0 0 0"
is "$(numbers v2/n_used.npy d4)" "5 2"
[ ! -e v2/value.npy ]
is "$(cat said.txt)" "tokenize: 3 of 4 genes have a token (75.0 %); 0.0 % of the counts fall to the others"

# scGPT: <pad> and <cls> are in the vocabulary; values 0 for <cls>, -2 for padding. Ties may take any bin: seeds repeat.
"$bin/tokenize" cells --system scgpt --vocabulary words.json --slots 5 --seed 4 --out a 2>/dev/null
"$bin/tokenize" cells --system scgpt --vocabulary words.json --slots 5 --seed 4 --out b 2>/dev/null
is "$(numbers a/id.npy d4)" "1 11 13 14 0 1 0 0 0 0"
is "$(numbers a/value.npy d4 | cut -d' ' -f1,3,5-)" "0 1 -2 0 -2 -2 -2 -2"
cmp a/value.npy b/value.npy

# UCE: chromosome 1 is token 143574, X is 143575; each opens once, closes with 2, and its genes stand by start.
"$bin/tokenize" cells --system uce --vocabulary words.json --positions positions.csv --slots 1040 --out uce 2>/dev/null
numbers uce/id.npy d4 | tr ' ' '\n' | uniq | tr '\n' ' ' >order.txt
case "$(cat order.txt)" in
  "3 143574 13 11 2 143575 14 2 0 3 0 " | "3 143575 14 2 143574 13 11 2 0 3 0 ") ;;
  *) echo "UCE: $(cat order.txt)"; exit 1 ;;
esac
is "$(numbers uce/n_used.npy d4)" "1029 1"
is "$(od -An -v -tf4 -j128 uce/mask.npy | tr -s ' ' '\n' | grep -c '^1$')" 1030

# Cell2Sentence: A and D are tied.
"$bin/tokenize" cells --system cell2sentence --out text 2>/dev/null
case "$(head -1 text/text.txt)" in "A D C" | "D A C") ;; *) cat text/text.txt; exit 1 ;; esac
is "$(wc -l <text/text.txt | tr -d ' ')" 2

# What is missing is said.
refused "--system geneformer-v1 needs --vocabulary FILE (the id of each token" --system geneformer-v1 --medians medians.csv
refused "--positions FILE (where genes lie" --system uce --vocabulary words.json
refused "no system is called 'nope'; there are geneformer-v1" --system nope
refused "excludes" --system scgpt --tokenizer rank
refused "--tokenizer or --system is required"
printf '{"X": 1}' >other.json
if "$bin/tokenize" cells --system genept-w --vocabulary other.json --out refused 2>refused.txt; then exit 1; else is "$?" 3; fi
grep -q "only 0 of 4 genes" refused.txt

# The first ten tokens of the first cell of PBMC 3k, as numpy ranks them with MaxToki's medians.
[ -n "$shared" ] || exit 0
"$bin/tokenize" "$shared/data/pbmc3k.h5ad" --system maxtoki --vocabulary "$shared/resources/maxtoki_token_dictionary_v1.json" \
  --medians "$shared/resources/maxtoki_gene_median_v1.json" --slots 12 --out pbmc 2>/dev/null
is "$(numbers pbmc/id.npy d4 | cut -d' ' -f1-12)" "2 17941 13923 17531 10389 15363 8385 11659 19067 9177 8463 3"
