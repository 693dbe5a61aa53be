// The same results on every kind of processor: compiled once for each, prints one hash, and fails where the plain reference differs.
#include <cstdio>
#include <tepui/kernel/program_sum.hpp>
#include <tepui/kernel/simd/gather.hpp>
#include <tepui/kernel/simd/row_bin.hpp>
#include <tepui/kernel/simd/row_order.hpp>

#include "rows.hpp"

namespace kernel = tepui::kernel;
using namespace tepui::tests::simd_rows;

namespace {

hash all;
int wrong = 0;

void expect(bool same, const char* what, int kind, std::size_t n) {
  if (same) return;
  std::printf("%s differs from the plain reference: rows of kind %d with %zu values\n", what, kind, n);
  ++wrong;
}

template <class Value>
void orders(stream& random) {
  kernel::row_order_room plain_room;
  kernel::simd::row_order_room room;
  std::vector<std::int32_t> order, plain;
  for (int turn = 0; turn < 1500; ++turn) {
    const int kind = static_cast<int>(random.below(kinds));
    const std::size_t n = turn % 300 == 0 ? random.below(90000) : random.below(turn % 3 == 0 ? 4000 : 60);
    const auto row = row_of<Value>(kind, n, random);
    const auto k = static_cast<std::int64_t>(turn % 2 == 0 ? n : random.below(n + 2));
    kernel::row_order(std::span<const Value>(row), k, plain_room, plain);
    kernel::simd::row_order(std::span<const Value>(row), k, room, order);
    expect(order == plain, "row_order", kind, n);
    all.add(order);
  }
}

template <class Value>
void bins(stream& random) {
  kernel::row_bin_room<Value> plain_room;
  kernel::simd::row_bin_room<Value> room;
  std::vector<std::int32_t> got, plain;
  for (int turn = 0; turn < 1500; ++turn) {
    const int kind = static_cast<int>(random.below(kinds));
    const std::size_t n = 1 + random.below(turn % 3 == 0 ? 4000 : 60);
    const auto row = row_of<Value>(kind, n, random);
    const auto n_edges = static_cast<std::int32_t>(turn % 4 == 0 ? 1 + random.below(300) : 49 + random.below(2));
    const kernel::edge_rule rule{random.below(2) == 0, sizeof(Value) == 4 && random.below(2) == 0};
    const auto side = static_cast<kernel::on_edge>(random.below(3));
    kernel::row_bins(std::span<const Value>(row), n_edges, rule, side, plain_room, plain);
    kernel::simd::row_bins(std::span<const Value>(row), n_edges, rule, side, room, got);
    expect(got == plain, "row_bins", kind, n);
    expect(room.edges == plain_room.edges, "row_edges", kind, n);
    all.add(got);
    all.add(room.edges);
  }
}

}  // namespace

int main() {
  stream random{11};
  orders<float>(random);
  orders<double>(random);
  orders<std::int32_t>(random);
  bins<float>(random);
  bins<double>(random);
  std::printf("%016llx %s\n", static_cast<unsigned long long>(all.value), hwy::TargetName(HWY_TARGET));
  return wrong == 0 ? 0 : 1;
}
