// The learned families of the saturation study on real cells, with the probes' accuracy: what bench/peers/families.py does with scanpy,
// PyTorch and scikit-learn on the same cells, genes and parts. Three fifths of the cells are learned from, a fifth has labels for the
// probes, and a fifth is scored.
//   bench_families FILE LABEL [STUDY|-] [SEEDS] [STEPS]        writes counts, labels and parts to $TEPUI_FAMILIES where that is set
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <tepui/encode/pca.hpp>
#include <tepui/io/read.hpp>
#include <tepui/kernel/lots.hpp>
#include <tepui/metric/probe/knn.hpp>
#include <tepui/metric/probe/logistic.hpp>
#include <tepui/objective/triplet.hpp>
#include <tepui/split/by_cell.hpp>
#include <tepui/system/geneformer_model.hpp>
#include <tepui/system/scgpt_model.hpp>
#include <tepui/system/scimilarity.hpp>
#include <tepui/system/scvi.hpp>
#include <tepui/system/ssl_mlp.hpp>
#include <tepui/system/supervised_mlp.hpp>
#include <tepui/transform/highly_variable.hpp>

namespace tp = tepui;
using tp::usize;

namespace {

template <class T>
void write(const std::string& path, const std::vector<T>& v) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(v.data()), static_cast<std::streamsize>(v.size() * sizeof(T)));
}

struct parts {
  std::vector<std::int64_t> corpus, probe, test;
};
parts parts_of(const std::vector<std::int64_t>& labelled, std::uint64_t seed) {
  const auto first = tp::split::by_cell(tp::isize(labelled.size()), {.validation = 0.2, .test = 0.2}, seed);
  parts out;
  for (const std::int64_t at : first.train) out.corpus.push_back(labelled[usize(at)]);
  for (const std::int64_t at : first.validation) out.probe.push_back(labelled[usize(at)]);
  for (const std::int64_t at : first.test) out.test.push_back(labelled[usize(at)]);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "bench_families FILE LABEL [STUDY|-] [SEEDS] [STEPS]\n");
    return 2;
  }
  const std::string study = argc > 3 ? argv[3] : "-";
  const int seeds = argc > 4 ? std::atoi(argv[4]) : 3;
  const std::int64_t steps = argc > 5 ? std::atoll(argv[5]) : 600;
  const tp::dataset<> data = tp::io::read_counts(argv[1]);
  const tp::categorical type = data.obs.labels(argv[2]);
  const auto n_labels = static_cast<std::int32_t>(type.category.size());
  std::vector<std::int64_t> labelled;
  for (std::size_t c = 0; c < type.code.size(); ++c)
    if (type.code[c] >= 0) labelled.push_back(tp::isize(c));
  const char* const folder = std::getenv("TEPUI_FAMILIES");
  tp::categorical from{std::vector<std::int32_t>(type.code.size(), 0), {"all"}};
  if (study != "-") from = data.obs.labels(study);
  if (folder != nullptr) {
    const std::string at = std::string(folder) + "/";
    std::vector<std::int64_t> begin;
    std::vector<std::int32_t> gene;
    std::vector<float> value;
    const auto x = data.x.view();
    for (std::int64_t c = 0; c < x.n_cells(); ++c) {
      begin.push_back(tp::isize(gene.size()));
      for (const std::int32_t g : x.genes_of(c)) gene.push_back(g);
      for (const auto v : x.values_of(c)) value.push_back(static_cast<float>(v));
    }
    begin.push_back(tp::isize(gene.size()));
    write(at + "begin.bin", begin), write(at + "gene.bin", gene), write(at + "value.bin", value), write(at + "label.bin", type.code);
    write(at + "study.bin", from.code);
    write(at + "shape.bin", std::vector<std::int64_t>{x.n_cells(), x.n_genes, n_labels, steps, tp::isize(from.category.size())});
  }

  for (int s = 0; s < seeds; ++s) {
    const parts rows = parts_of(labelled, static_cast<std::uint64_t>(s));
    if (folder != nullptr) {
      const std::string at = std::string(folder) + "/" + std::to_string(s) + "_";
      write(at + "corpus.bin", rows.corpus), write(at + "probe.bin", rows.probe), write(at + "test.bin", rows.test);
    }
    std::vector<std::int32_t> probe_label, truth;
    for (const std::int64_t row : rows.probe) probe_label.push_back(type.code[usize(row)]);
    for (const std::int64_t row : rows.test) truth.push_back(type.code[usize(row)]);
    const auto corpus = tp::cells_of(data, rows.corpus), probe = tp::cells_of(data, rows.probe), test = tp::cells_of(data, rows.test);
    const auto score = [&](const char* family, const auto& model) {
      const auto fitted = model.fit(corpus, {.seed = static_cast<std::uint64_t>(s)});
      const auto seen = fitted.embed(probe), fresh = fitted.embed(test);
      const tp::metric::probe_task task{seen.view(), probe_label, n_labels, fresh.view()};
      const auto right = [&](const std::vector<std::int32_t>& said) {
        std::int64_t n = 0;
        for (std::size_t i = 0; i < said.size(); ++i) n += said[i] == truth[i] ? 1 : 0;
        return static_cast<double>(n) / static_cast<double>(said.size());
      };
      std::printf("ours %-20s seed %d   kNN %.4f   logistic %.4f\n", family, s, right(tp::metric::knn_probe{.k = 5}(task)),
                  right(tp::metric::logistic_probe{.standardise = true}(task)));
      std::fflush(stdout);
    };
    auto labels = std::make_shared<tp::objective::labels_by_cell>();
    for (const std::int64_t row : rows.corpus) labels->emplace(data.x.cell_id[usize(row)], type.code[usize(row)]);
    auto studied = *tp::objective::studied(data.x.cell_id, type, from);
    studied.across_studies = from.category.size() > 1;
    score("pca", tp::compose(tp::transform::normalise{}, tp::transform::log1p{}, tp::transform::highly_variable{.genes = 1000},
                             tp::encode::pca<{.dims = 50}>{}));
    score("scvi", tp::system::scvi_small(steps));
    score("masked_autoencoder", tp::system::ssl_mlp_small(steps));
    score("scimilarity", tp::system::scimilarity_small(std::make_shared<const tp::objective::studied_cells>(studied), steps));
    score("supervised_mlp", tp::system::supervised_mlp(std::move(labels), n_labels, steps));
    score("geneformer_like", tp::system::geneformer_small(steps));
    score("scgpt_like", tp::system::scgpt_small(steps));
  }
}
