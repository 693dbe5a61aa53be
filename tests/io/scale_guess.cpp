#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include <tepui/io/scale_guess.hpp>

namespace test_io_scale_guess {
namespace {
/// Three cells with the counts 1 4 2 7, 3 5 1 0, 2 2 9 1, each value put through `as`(count, total of the cell).
template <class As>
std::string guess(As as) {
  const std::vector<std::vector<double>> rows{{1, 4, 2, 7}, {3, 5, 1, 0}, {2, 2, 9, 1}};
  tepui::counts<tepui::scale::other> x;
  x.n_genes = 4;
  for (const auto& row : rows) {
    double total = 0;
    for (const double v : row) total += v;
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    for (std::size_t g = 0; g < row.size(); ++g) {
      if (row[g] == 0) continue;
      gene.push_back(static_cast<std::int32_t>(g));
      value.push_back(static_cast<float>(as(row[g], total)));
    }
    x.add_cell(x.n_cells(), gene, value);
  }
  return tepui::io::scale_guess(x.view());
}

TEST_CASE("counts, normalised counts and their logarithms are told apart") {
  CHECK(guess([](double v, double) { return v; }) == "raw");
  CHECK(guess([](double v, double total) { return v / total * 1e4; }) == "normalised");
  CHECK(guess([](double v, double total) { return std::log1p(v / total * 1e4); }) == "log1p");
  CHECK(guess([](double v, double) { return std::log1p(v); }) == "log1p");
  CHECK(guess([](double v, double) { return std::sqrt(v) + 0.3; }) == "other");
  CHECK(guess([](double v, double) { return v - 2.5; }) == "other");
}
TEST_CASE("counts with one fraction among them are none") {
  CHECK(guess([](double v, double) { return v == 9 ? 1.5 : v; }) == "other");
}
TEST_CASE("no value at all is as good as counts") {
  tepui::counts<tepui::scale::other> x;
  CHECK(std::string(tepui::io::scale_guess(x.view())) == "raw");
}
}  // namespace
}  // namespace test_io_scale_guess
