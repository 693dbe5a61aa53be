# A study that is killed again and again, at any moment, ends with the same results.csv, byte for byte, as one that was left alone.
# sh ablation_resume.sh BIN SHARED WORK
set -eu
bin=$1 work=$3
rm -rf "$work" && mkdir -p "$work"
run() { "$bin/ablation" --cells 1000 --seeds 1 --threads 2 --out "$1" >"$1.txt" 2>"$1.err"; }

run "$work/whole"
pause=0.05
kills=0
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12; do
  "$bin/ablation" --cells 1000 --seeds 1 --threads 2 --out "$work/killed" >"$work/killed.txt" 2>"$work/killed.err" &
  pid=$!
  sleep "$pause"
  if kill -9 "$pid" 2>/dev/null; then kills=$((kills + 1)); fi
  wait "$pid" 2>/dev/null || true
  pause=$(echo "$pause" | awk '{ print $1 * 1.5 }')
done
run "$work/killed"
cmp "$work/whole/results.csv" "$work/killed/results.csv"
[ "$kills" -ge 3 ] || { echo "only $kills kills: the test saw too little"; exit 1; }

# A finished study runs nothing again.
run "$work/killed"
grep -q "48 runs, 48 of them done before" "$work/killed.err"

# A signal that can be caught ends with 130, and the study goes on.
"$bin/ablation" --cells 3000 --seeds 2 --threads 1 --out "$work/interrupted" >/dev/null 2>"$work/interrupted.err" &
pid=$!
sleep 3
kill -INT "$pid"
code=0
wait "$pid" || code=$?
[ "$code" -eq 130 ] || [ "$code" -eq 0 ] || { echo "SIGINT gave exit code $code"; cat "$work/interrupted.err"; exit 1; }
