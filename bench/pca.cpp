// Principal components of logged counts, one thread: seconds of fitting, and of fitting and embedding.
//   bench_pca                      on 20,000 simulated cells x 2,000 genes
//   bench_pca FOLDER [THREADS]     on begin.bin (int64 [cells + 1]), gene.bin (int32 [values]), value.bin (float32 [values]) and
//                                  genes.bin (int32: how many genes) there, for bench/peers/pca.py; writes loading.bin and
//                                  mean_place.bin (float32 [genes, 50], [50]) and prints a line a measure: name, wall, processor
#include "measure.hpp"

#include <string>
#include <string_view>

#include <tepui/encode/pca.hpp>
#include <tepui/flow/dataset.hpp>
#include <tepui/flow/matrix.hpp>

namespace tp = tepui;

namespace {

using cells = tp::counts<tp::scale::log1p>;

/// Cells of 20 types; a gene is expressed as often as its level says.
cells simulated(std::int64_t n, std::int32_t genes) {
  const tp::kernel::draws random(1, "cells"), level(2, "genes"), effect(3, "types");
  cells x;
  x.n_genes = genes;
  std::vector<std::int32_t> gene;
  std::vector<float> value;
  for (std::int64_t c = 0; c < n; ++c) {
    gene.clear();
    value.clear();
    for (std::int32_t g = 0; g < genes; ++g) {
      const auto at = static_cast<std::uint64_t>(g);
      const double rate = 0.15 * std::exp(1.2 * level.normal(g, 0) + 0.6 * effect.normal(c % 20, at));
      const double u = random.uniform(c, at);
      if (u < std::exp(-rate)) continue;
      gene.push_back(g);
      value.push_back(static_cast<float>(std::log1p(4 * rate * u + 2)));
    }
    x.add_cell(c, gene, value);
  }
  return x;
}

cells stored(const std::string& folder) {
  cells x;
  x.n_genes = bench::read<std::int32_t>(folder + "/genes.bin").at(0);
  const auto begin = bench::read<std::int64_t>(folder + "/begin.bin");
  const auto gene = bench::read<std::int32_t>(folder + "/gene.bin");
  const auto value = bench::read<float>(folder + "/value.bin");
  for (std::size_t c = 0; c + 1 < begin.size(); ++c) {
    const auto first = tp::usize(begin[c]), n = tp::usize(begin[c + 1] - begin[c]);
    x.add_cell(tp::isize(c), std::span(gene).subspan(first, n), std::span(value).subspan(first, n));
  }
  return x;
}

/// The cells in batches, as a pipeline hands them over.
struct training {
  const cells& all;
  tp::gene_table names;
  [[nodiscard]] std::int64_t n_cells() const { return all.n_cells(); }
  [[nodiscard]] const tp::gene_table& genes() const { return names; }
  void for_each(auto&& visit) const {
    for (std::int64_t first = 0; first < n_cells(); first += 256) visit(all.view().part(first, std::min<std::int64_t>(256, n_cells() - first)));
  }
};

template <class T>
void write(const std::string& path, const std::vector<T>& x) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(x.data()), static_cast<std::streamsize>(x.size() * sizeof(T)));
}

template <class F>
void timed(const char* name, F&& f) {
  double own = 0;
  const double wall = bench::seconds_of([&] { own = bench::own_seconds(f); });
  std::printf("%s %.4f %.4f\n", name, wall, own);
}

}  // namespace

int main(int argc, char** argv) {
  const cells x = argc > 1 ? stored(argv[1]) : simulated(20'000, 2'000);
  const int threads = argc > 2 ? std::atoi(argv[2]) : 1;
  const training train{x, {}};
  const auto fit = [&](const auto& stage) { return stage.fit(train, {tp::kernel::draws(1, "pca"), threads}); };
  const auto embed = [&](const auto& fitted) {
    tp::embedding_batch<> out;
    int room = 0;
    fitted(x.view(), out, room, tp::kernel::draws());
    return out;
  };
  tp::encode::fitted_pca<tp::encode::pca_shape{}> found;
  timed("fit", [&] { found = fit(tp::encode::pca<>{}); });
  tp::embedding_batch<> place;
  timed("embed", [&] { place = embed(found); });
  tp::encode::fitted_pca<tp::encode::pca_shape{.centred = tp::encode::centring::none}> uncentred;
  timed("fit_uncentred", [&] { uncentred = fit(tp::encode::pca<tp::encode::pca_shape{.centred = tp::encode::centring::none}>{}); });

  // The variance of the places is what was found as the strength of the components.
  std::vector<double> sum(50), square(50);
  for (std::int64_t c = 0; c < x.n_cells(); ++c)
    for (std::size_t d = 0; d < 50; ++d) {
      const auto p = static_cast<double>(place.row(c)[d]);
      sum[d] += p;
      square[d] += p * p;
    }
  const auto n = static_cast<double>(x.n_cells());
  for (std::size_t d = 0; d < 50; ++d) {
    const double variance = (square[d] - sum[d] * sum[d] / n) / (n - 1);
    bench::check(std::abs(variance - found.variance[d]) < 1e-4 * found.variance[0], "the variance along a component");
  }
  if (argc > 1) {
    write(std::string(argv[1]) + "/loading.bin", found.loading);
    write(std::string(argv[1]) + "/loading_uncentred.bin", uncentred.loading);
  }
}
