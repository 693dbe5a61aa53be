# Tokens of two cells that a pencil can check: cell 1 has genes 1 (5 molecules), 3 (2) and 4 (5), cell 2 has none.
# sh tokenize.sh BIN SHARED WORK
set -eu
bin=$1 work=$3
rm -rf "$work" && mkdir -p "$work" && cd "$work"
printf '%%%%MatrixMarket matrix coordinate integer general\n4 2 3\n1 1 5\n3 1 2\n4 1 5\n' >matrix.mtx

# The numbers behind the header of an .npy file, in one line.
numbers() {
  header=$(od -An -tu2 -j8 -N2 "$1" | tr -d ' ')
  od -An -v -w64 -t"$2" -j$((10 + header)) "$1" | tr -s ' ' | sed 's/^ //; s/ $//'
}
"$bin/tokenize" matrix.mtx --tokenizer rank --slots 4 --out rank
[ "$(numbers rank/id.npy d4)" = "1 4 3 0 0 0 0 0" ] || { echo "rank ids: $(numbers rank/id.npy d4)"; exit 1; }
[ "$(numbers rank/value.npy f4)" = "5 5 2 0 0 0 0 0" ] || { echo "rank values: $(numbers rank/value.npy f4)"; exit 1; }
[ "$(numbers rank/n_used.npy d4)" = "3 0" ] || { echo "used: $(numbers rank/n_used.npy d4)"; exit 1; }

# Two slots: the two highest; a tie goes to the lower gene.
"$bin/tokenize" matrix.mtx --tokenizer rank --slots 2 --out two
[ "$(numbers two/id.npy d4)" = "1 4 0 0" ] || exit 1

# Bins: ascending gene; the edges of {5, 2, 5} are 2 ... 5, so that 2 lies in bin 1 and 5 in the highest.
"$bin/tokenize" matrix.mtx --tokenizer binned --slots 4 --out binned
[ "$(numbers binned/id.npy d4)" = "1 3 4 0 0 0 0 0" ] || { echo "binned ids: $(numbers binned/id.npy d4)"; exit 1; }
[ "$(numbers binned/value.npy f4)" = "50 1 50 0 0 0 0 0" ] || { echo "bins: $(numbers binned/value.npy f4)"; exit 1; }
