#!/bin/sh
# Builds and runs the tests with g++, with clang, and under the sanitizers. Called by ./go test.
# The last line is `N passed, N failed`, over all of them.
set -u
cd "$(dirname "$0")/.."
passed=0
failed=0

for preset in gcc clang asan tsan; do
  echo "tepui: $preset" >&2
  if ! cmake --preset "$preset" >"build-$preset.log" 2>&1; then
    cat "build-$preset.log" >&2
    rm -f "build-$preset.log"
    failed=$((failed + 1))
    continue
  fi
  rm -f "build-$preset.log"
  # Everything that compiles is tested, also when something else does not.
  if ! cmake --build --preset "$preset" -- -k 0; then
    echo "tepui: not everything compiled ($preset)"
    failed=$((failed + 1))
  fi
  ctest --test-dir "build/$preset" --output-on-failure -j 2 >"build/$preset/tests.txt" 2>&1
  cat "build/$preset/tests.txt"
  grep -h "skipped: needs shared data" "build/$preset/Testing/Temporary/LastTest.log" 2>/dev/null | sort | uniq -c
  passed=$((passed + $(grep -cE '^ *[0-9]+/[0-9]+ Test .* Passed ' "build/$preset/tests.txt")))
  failed=$((failed + $(grep -E '^ *[0-9]+/[0-9]+ Test .*\*\*\*' "build/$preset/tests.txt" | grep -cv 'Skipped')))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
