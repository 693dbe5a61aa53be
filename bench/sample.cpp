// Samplers on 1,000,000 cells, checked against plain sorts of all lots and timed on one thread beside numpy in the same run:
//   bench_sample [cells] [share] [times]            TEPUI_PYTHON names a python with numpy; without it only ours is timed
// Each line: what, median milliseconds on the wall and on the processor, cells chosen.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "measure.hpp"

#include <tepui/sample/active.hpp>
#include <tepui/sample/cell_type_reweighted.hpp>
#include <tepui/sample/density_weighted.hpp>
#include <tepui/sample/leverage_score.hpp>
#include <tepui/sample/metadata_balanced.hpp>
#include <tepui/sample/stratified.hpp>
#include <tepui/sample/uniform.hpp>
#include <tepui/sample/weighted.hpp>

namespace tp = tepui;
namespace fs = std::filesystem;
using tp::isize;
using tp::usize;

namespace {

using rows = std::vector<std::int64_t>;

void timed(const char* name, int times, const std::function<rows()>& choose) {
  std::size_t n = choose().size();
  const bench::seconds t = bench::median_seconds(times, [&] { n = choose().size(); });
  std::printf("ours  %-22s %9.2f %9.2f %9zu\n", name, 1e3 * t.wall, 1e3 * t.processor, n);
  std::fflush(stdout);
}

/// Of each label the cells with the smallest lots, by sorting all.
rows by_sorting(const std::vector<std::int32_t>& label, const rows& wanted, const tp::kernel::draws& random) {
  std::vector<std::vector<std::tuple<std::uint64_t, std::int64_t>>> lots(wanted.size());
  for (std::size_t i = 0; i < label.size(); ++i) lots[usize(label[i])].emplace_back(random.bits(isize(i)), isize(i));
  rows out;
  for (std::size_t l = 0; l < lots.size(); ++l) {
    std::sort(lots[l].begin(), lots[l].end());
    for (std::int64_t i = 0; i < wanted[l]; ++i) out.push_back(std::get<1>(lots[l][usize(i)]));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t n = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const double share = argc > 2 ? std::atof(argv[2]) : 0.1;
  const int times = argc > 3 ? std::atoi(argv[3]) : 31;
  constexpr std::int64_t dims = 50;

  const tp::kernel::draws make(1, "cells"), random(2, "bench");
  std::vector<std::int32_t> label(usize(n)), donor(usize(n)), tissue(usize(n));
  std::vector<double> weight(usize(n));
  std::vector<float> value(usize(n * dims));
  for (std::int64_t i = 0; i < n; ++i) {
    const double u = make.uniform(i, 0);
    label[usize(i)] = static_cast<std::int32_t>(60 * u * u * u);  // 60 types, the rarest 0.6 %, the commonest a quarter
    donor[usize(i)] = static_cast<std::int32_t>(make.below(40, i, 1));
    tissue[usize(i)] = static_cast<std::int32_t>(12 * make.uniform(i, 2) * make.uniform(i, 3));
    weight[usize(i)] = std::exp(3 * make.uniform(i, 4));
    for (std::int64_t d = 0; d < dims; d += 4) {
      const std::uint64_t bits = make.bits(i, 5 + static_cast<std::uint64_t>(d));
      for (std::int64_t j = d; j < std::min(d + 4, dims); ++j)
        value[usize(i * dims + j)] = static_cast<float>((bits >> (16 * (j - d))) & 0xFFFF) / 65536.0F +
                                     static_cast<float>((label[usize(i)] * 7 + j) % 11);
    }
  }
  const std::vector<tp::sample::column> columns{{"donor", donor}, {"tissue", tissue}};
  rows ids(usize(n));
  std::iota(ids.begin(), ids.end(), std::int64_t{0});
  const tp::sample::population cells{
      .n_cells = n, .label = label, .columns = columns, .embedding = {dims, value, tp::cell_axis<>(ids)}};
  const auto k = tp::sample::round_half_even(share * static_cast<double>(n));

  const rows of_type = tp::sample::cells_of_label(label);
  const rows keep = tp::sample::water_filling(of_type, static_cast<std::int64_t>(share * static_cast<double>(n)));
  bench::check(tp::sample::cell_type_reweighted{share}(cells, random) == by_sorting(label, keep, random),
               "cell_type_reweighted");
  bench::check(tp::sample::uniform{share}(cells, random) == by_sorting(std::vector<std::int32_t>(usize(n), 0), {k}, random),
               "uniform");
  {
    std::vector<std::tuple<double, std::int64_t>> wait;
    for (std::int64_t i = 0; i < n; ++i)
      wait.emplace_back(tp::kernel::standard_exponential(random.bits(i)) / weight[usize(i)], i);
    std::sort(wait.begin(), wait.end());
    rows expected;
    for (std::int64_t i = 0; i < k; ++i) expected.push_back(std::get<1>(wait[usize(i)]));
    std::sort(expected.begin(), expected.end());
    bench::check(tp::sample::weighted_lots("weighted", cells, k, weight, random) == expected, "weighted_lots");
  }

  std::printf("%lld cells, share %g: what, wall ms, cpu ms, chosen\n", static_cast<long long>(n), share);
  const auto ours = [&] {
    timed("uniform", times, [&] { return tp::sample::uniform{share}(cells, random); });
    timed("cell_type_reweighted", times, [&] { return tp::sample::cell_type_reweighted{share}(cells, random); });
    timed("stratified", times, [&] { return tp::sample::stratified{share}(cells, random); });
    timed("weighted_lots", times, [&] { return tp::sample::weighted_lots("weighted", cells, k, weight, random); });
  };
  ours();

  const bench::peer_folder folder("sample");
  bench::write(folder / "label.bin", label);
  bench::write(folder / "weight.bin", weight);
  const char* const python = std::getenv("TEPUI_PYTHON");
  const std::string script = (fs::path(TEPUI_PEERS).parent_path() / "sample_numpy.py").string();
  const std::string command = std::string(python != nullptr ? python : "python3") + " " + script + " " + folder.path() + " " +
                              std::to_string(share) + " " + std::to_string(std::max(3, times / 3));
  if (std::FILE* const peer = popen(command.c_str(), "r")) {
    char name[64];
    double wall = 0, cpu = 0;
    long long chosen = 0;
    while (std::fscanf(peer, "%63s %lf %lf %lld", name, &wall, &cpu, &chosen) == 4)
      std::printf("numpy %-22s %9.2f %9.2f %9lld\n", name, wall, cpu, chosen);
    pclose(peer);
  }
  ours();  // again, so that what the machine did meanwhile is seen

  timed("metadata_balanced", 3, [&] { return tp::sample::metadata_balanced{.fraction = share}(cells, random); });
  timed("leverage_score", 3, [&] { return tp::sample::leverage_score{.fraction = share}(cells, random); });
  // Compared with 2,000 others: a tenth of the cells says enough.
  const std::int64_t few = n / 10;
  const std::span<const std::int64_t> few_ids(ids.data(), usize(few));
  const tp::sample::population tenth{
      .n_cells = few, .embedding = {dims, std::span<const float>(value).first(usize(few * dims)), tp::cell_axis<>(few_ids)}};
  std::printf("%lld cells\n", static_cast<long long>(few));
  timed("density_weighted", 1, [&] { return tp::sample::density_weighted{.fraction = share}(tenth, random); });
  timed("active, 1000 cells", 1,
        [&] { return tp::sample::active{.fraction = 1000.0 / static_cast<double>(few)}(tenth, random); });
}
