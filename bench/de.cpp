// Differential expression of perturbed cells: Mann-Whitney of every gene of every perturbation against the control, the
// whole table, and all scores of two tables. One thread.
//   bench_de                             on its own cells: 1,000 control, 100 perturbations of 100, 2,000 genes
//   bench_de FOLDER CELLS GENES LABELS   on real.bin, predicted.bin (float32 [cells, genes]) and code.bin (int32, 0: the
//                                        control) there; prints a line a measure and writes p.bin and u.bin (float64
//                                        [labels, genes]), for the peers in bench/peers/de.py
#include "measure.hpp"

#include <time.h>

#include <cmath>
#include <cstring>
#include <string>

#include <tepui/kernel/mann_whitney.hpp>
#include <tepui/metric/perturbation/de_celleval.hpp>
#include <tepui/metric/perturbation/perturbed_cells.hpp>

namespace tp = tepui;
namespace metric = tepui::metric;

namespace {

struct cells {
  std::int64_t n_genes;
  std::int32_t n_labels;
  std::vector<float> value;
  std::vector<std::int32_t> code;
  std::vector<std::int64_t> id;
  [[nodiscard]] tp::kernel::compared_groups groups() const { return {code, n_labels, 0}; }
  [[nodiscard]] metric::labelled_cells view(std::span<const std::string> names) const {
    return {tp::dense_view<tp::scale::log1p>{n_genes, value, tp::cell_axis<>(id)}, {code, names}};
  }
};

/// Zeros in most places, as in real cells; each perturbation moves a twentieth of the genes.
cells synthetic(std::uint64_t seed) {
  cells out{2000, 101, {}, {}, {}};
  const tp::kernel::draws random(seed, "bench");
  for (std::int64_t c = 0; c < 11'000; ++c) {
    out.code.push_back(c < 1000 ? 0 : static_cast<std::int32_t>(1 + c % 100));
    out.id.push_back(c);
    for (std::int64_t g = 0; g < out.n_genes; ++g) {
      const bool moved = out.code.back() > 0 && (g + 7 * out.code.back()) % 20 == 0;
      const double share = 0.05 + 0.3 * std::fmod(0.618 * static_cast<double>(g), 1) + (moved ? 0.15 : 0.0);
      const double u = random.uniform(c, static_cast<std::uint64_t>(g));
      out.value.push_back(u < share ? static_cast<float>(0.4 + 2.5 * u / share) : 0.0F);
    }
  }
  return out;
}

/// Stops where U of some genes is not that of all pairs.
void check(const cells& x, const tp::kernel::rank_table& found) {
  for (std::int64_t gene = 0; gene < x.n_genes; gene += x.n_genes / 5 + 1)
    for (std::int32_t group = 1; group < x.n_labels; group += x.n_labels / 3 + 1) {
      double u = 0;
      for (std::size_t i = 0; i < x.code.size(); ++i)
        for (std::size_t j = 0; x.code[i] == group && j < x.code.size(); ++j) {
          if (x.code[j] != 0) continue;
          const float a = x.value[i * tp::usize(x.n_genes) + tp::usize(gene)],
                      b = x.value[j * tp::usize(x.n_genes) + tp::usize(gene)];
          u += a > b ? 1 : a == b ? 0.5 : 0;
        }
      bench::check(found.u[found.at(group, gene)] == u, "mann_whitney");
    }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc >= 5 ? argv[1] : "";
  cells real, predicted;
  if (folder.empty()) {
    real = synthetic(1);
    predicted = synthetic(2);
  } else {
    real = {std::atoll(argv[3]),
            std::atoi(argv[4]),
            bench::read<float>(folder + "/real.bin"),
            bench::read<std::int32_t>(folder + "/code.bin"),
            {}};
    for (std::int64_t c = 0; c < std::atoll(argv[2]); ++c) real.id.push_back(c);
    predicted = real;
    predicted.value = bench::read<float>(folder + "/predicted.bin");
  }
  tp::kernel::rank_table ranks;
  const double kernel =
      bench::median_own_seconds(5, [&] { ranks = tp::kernel::mann_whitney(real.value, real.n_genes, real.groups()); });
  check(real, ranks);
  if (!folder.empty()) {
    bench::write(folder + "/p.bin", ranks.p);
    bench::write(folder + "/u.bin", ranks.u);
  }
  std::vector<float> copy(real.value.size());
  const double copied = bench::median_own_seconds(5, [&] { std::memcpy(copy.data(), real.value.data(), 4 * copy.size()); });
  metric::de_table table;
  const auto table_of = [](const cells& of) {
    return metric::differential_expression(std::span<const float>(of.value), of.n_genes, of.groups());
  };
  const double whole = bench::median_own_seconds(5, [&] { table = table_of(real); });
  const double both = bench::median_own_seconds(3, [&] {
    const auto a = metric::rounded_to_float(table_of(real)), b = metric::rounded_to_float(table_of(predicted));
    const auto columns = metric::celleval_columns(metric::de_pair(a, b));
    bench::check(columns.size() == 18, "celleval_columns");
  });
  std::printf("mann_whitney %.6f\nde_table %.6f\nde_scores %.6f\ncopying %.6f\n", kernel, whole, both, copied);
}
