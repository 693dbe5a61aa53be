// A program of its own: started by mpirun with 1, 2 or 4 ranks, each compares what the ranks sum with the same tree worked
// out alone. Ends with 0 where every rank agrees to the last bit. With the word `wrong` the last rank throws while others
// wait in a sum: mpirun must then end with 3.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/train/mpi.hpp>

namespace test_train_mpi {
using namespace tepui;

constexpr std::int64_t parts = 8;  // of which every rank sums an equal share

/// Numbers of very different size, whose sum depends on the order.
template <class T>
std::vector<T> part(std::int64_t which, std::int64_t n) {
  std::vector<T> x(usize(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const double v = kernel::unit_interval(kernel::mix64(static_cast<std::uint64_t>(which * n + i))) - 0.5;
    if constexpr (std::is_integral_v<T>) x[usize(i)] = static_cast<T>(v * 0x1p40);
    else x[usize(i)] = static_cast<T>(v * (i % 3 == 0 ? 1e6 : 1.0));
  }
  return x;
}
/// The sum of parts first .. first + count - 1, halves first.
template <class T>
std::vector<T> tree(std::int64_t first, std::int64_t count, std::int64_t n) {
  if (count == 1) return part<T>(first, n);
  std::vector<T> left = tree<T>(first, count / 2, n);
  const std::vector<T> right = tree<T>(first + count / 2, count / 2, n);
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = left[i] + right[i];
  return left;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

template <class T>
bool sums_agree(train::mpi_ranks& ranks, std::int64_t n) {
  const std::int64_t mine = parts / ranks.size();
  std::vector<T> x = tree<T>(ranks.rank() * mine, mine, n);
  ranks.sum(std::span<T>(x));
  return same_bits(x, tree<T>(0, parts, n));
}
template <class T>
bool broadcast_agrees(train::mpi_ranks& ranks, std::int64_t n) {
  std::vector<T> x = part<T>(ranks.rank(), n);
  ranks.broadcast(std::span<T>(x));
  return same_bits(x, part<T>(0, n));
}

bool all_agree(train::mpi_ranks& ranks) {
  bool good = true;
  const auto check = [&](bool holds, const std::string& what) {
    if (!holds) std::fprintf(stderr, "rank %d of %d: %s\n", ranks.rank(), ranks.size(), what.c_str());
    good = good && holds;
  };
  // 0, a few, and more than one message holds.
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1003}, std::int64_t{270'000}}) {
    const std::string numbers = " of " + std::to_string(n) + " numbers";
    check(sums_agree<float>(ranks, n), "the float sum" + numbers + " has other bits than the tree");
    check(sums_agree<double>(ranks, n), "the double sum" + numbers + " has other bits than the tree");
    check(sums_agree<std::int64_t>(ranks, n), "the int64 sum" + numbers + " is another");
    check(broadcast_agrees<float>(ranks, n), "the broadcast float" + numbers + " are not those of rank 0");
    check(broadcast_agrees<double>(ranks, n), "the broadcast double" + numbers + " are not those of rank 0");
    check(broadcast_agrees<std::int64_t>(ranks, n), "the broadcast int64" + numbers + " are not those of rank 0");
    ranks.barrier();
  }
  // The test itself can fail: in the order of the list the bits are others.
  std::vector<float> in_order = part<float>(0, 1003);
  for (std::int64_t p = 1; p < parts; ++p) {
    const std::vector<float> next = part<float>(p, 1003);
    for (std::size_t i = 0; i < next.size(); ++i) in_order[i] += next[i];
  }
  check(!same_bits(in_order, tree<float>(0, parts, 1003)), "the order of the sum does not matter, so nothing was tested");
  return good;
}

}  // namespace test_train_mpi

int main(int n, char** words) {
  try {
    tepui::train::mpi_ranks ranks;
    if (n > 1 && std::string_view(words[1]) == "wrong") {
      if (ranks.rank() == ranks.size() - 1) throw tepui::bad_data("a sentence of the last rank");
      std::vector<float> x(10);
      ranks.sum(std::span<float>(x));
    }
    // Every rank says whether it agrees, so that all end alike.
    std::vector<std::int64_t> wrong{test_train_mpi::all_agree(ranks) ? 0 : 1};
    ranks.sum(std::span<std::int64_t>(wrong));
    if (ranks.rank() == 0) std::printf("%d ranks: %s\n", ranks.size(), wrong[0] == 0 ? "the same bits" : "other bits");
    return wrong[0] == 0 ? 0 : 1;
  } catch (const tepui::bad_option& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  } catch (const tepui::bad_data& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 3;
  }
}
