#include <tepui/kernel/program_sum.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace tepui::tests::program_sum {
namespace {

TEST_CASE("a program's sum is over its genes that the row holds") {
  // gene 0 in program 1; gene 1 in none; gene 2 in programs 0 and 1
  const std::vector<std::int64_t> gene_begin{0, 1, 1, 3};
  const std::vector<std::int32_t> program{1, 0, 1}, genes{0, 1, 2};
  const std::vector<float> values{1, 2, 4};
  std::vector<double> sum{9, 9};
  kernel::program_sum_room room;
  kernel::program_sum<float>(gene_begin, program, genes, values, room, sum);
  CHECK(sum == std::vector<double>{4, 5});
}

TEST_CASE("sums have the bits of adding gene after gene, however many programs a gene has") {
  CHECK(rc::check([](std::uint32_t seed) {
    std::uint64_t state = seed + 1;
    const auto below = [&state](std::uint64_t n) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      return (state >> 33) % n;
    };
    const std::uint64_t n_genes = 1 + below(3000), n_programs = 1 + below(40), most = 1 + below(9);
    std::vector<std::int64_t> gene_begin{0};
    std::vector<std::int32_t> program, genes;
    std::vector<float> values;
    for (std::uint64_t g = 0; g < n_genes; ++g) {
      for (std::uint64_t p = below(most); p < n_programs; p += 1 + below(n_programs)) program.push_back(static_cast<std::int32_t>(p));
      gene_begin.push_back(isize(program.size()));
      if (below(2) == 0) continue;
      genes.push_back(static_cast<std::int32_t>(g));
      values.push_back(static_cast<float>(below(1000)) / 7);
    }
    std::vector<double> plain(n_programs, 0.0), sum(n_programs, 3.0);
    for (std::size_t i = 0; i < genes.size(); ++i)
      for (auto at = gene_begin[usize(genes[i])]; at < gene_begin[usize(genes[i]) + 1]; ++at)
        plain[usize(program[usize(at)])] += static_cast<double>(values[i]);
    kernel::program_sum_room room;
    kernel::program_sum<float>(gene_begin, program, genes, values, room, sum);
    RC_ASSERT(sum == plain);
  }));
}

}  // namespace
}  // namespace tepui::tests::program_sum
