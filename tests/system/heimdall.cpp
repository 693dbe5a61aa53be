#include <tepui/system/heimdall.hpp>

#include <tepui/system/rectangle.hpp>

#include <algorithm>
#include <map>

#include "laws/npy.hpp"
#include "system/golden_cells.hpp"

namespace tepui::tests::heimdall_systems {
namespace {

const std::string folder = "golden/heimdall/synth/";

/// The cells of a golden configuration, as counts, with the names and the numbers of its rows.
struct setting {
  dataset<> data;
  std::vector<double> cells, identity;
  std::size_t slots = 0;
  explicit setting(const std::string& name) {
    const auto value = laws::npy<float>(golden::shared, folder + "counts.data.npy");
    const auto gene = laws::npy<std::int32_t>(golden::shared, folder + "X.indices.npy");
    const auto begin = laws::npy<std::int64_t>(golden::shared, folder + "X.indptr.npy");
    cells = laws::npy_numbers(golden::shared, folder + "fc/" + name + ".cells.npy");
    identity = laws::npy_numbers(golden::shared, folder + "fc/" + name + ".identity.npy");
    slots = identity.size() / cells.size();
    data.x.n_genes = 500;
    for (const double c : cells) {
      const auto from = usize(begin[static_cast<std::size_t>(c)]), n = usize(begin[static_cast<std::size_t>(c) + 1]) - from;
      data.x.add_cell(static_cast<std::int64_t>(c), std::span(gene).subspan(from, n), std::span(value).subspan(from, n));
    }
    std::string text = laws::shared_text(golden::shared, folder + "gene_names.txt");
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      data.genes.symbol.push_back(text.substr(at, end - at));
      data.genes.id.emplace_back();
      at = end + 1;
    }
  }
  [[nodiscard]] golden::ids row(std::size_t cell) const {
    return {identity.begin() + isize(cell * slots), identity.begin() + isize((cell + 1) * slots)};
  }
};

TEST_CASE("from counts to HEIMDALL's Geneformer: the same genes at each level of expression") {
  if (golden::missing()) return;
  const setting golden_setting("geneformer");
  const system::heimdall::geneformer system{static_cast<std::int32_t>(golden_setting.slots)};
  const auto got = golden::tokens(system, golden_setting.data);
  REQUIRE(golden_setting.data.genes.size() == 500);
  for (std::size_t i = 0; i < golden_setting.cells.size(); ++i) {
    CAPTURE(i);
    const auto want = golden_setting.row(i);
    const auto ids = golden::padded(golden::ids_of(got, i), golden_setting.slots, system.pads(500).id);
    // Ties are in another order there: compare the counts of the genes, place by place.
    const auto count_of = [&](std::int32_t g) {
      const auto view = golden_setting.data.x.view();
      const auto genes = view.genes_of(isize(i));
      const auto hit = std::lower_bound(genes.begin(), genes.end(), g);
      return hit == genes.end() || *hit != g ? -1.0F : view.values_of(isize(i))[usize(hit - genes.begin())];
    };
    for (std::size_t t = 0; t < ids.size(); ++t) CHECK(count_of(ids[t]) == count_of(want[t]));
  }
}

TEST_CASE("from counts to HEIMDALL's UCE, with the genes and the order of chromosomes that it drew") {
  if (golden::missing()) return;
  const setting golden_setting("uce");
  const auto picks = laws::npy_numbers(golden::shared, folder + "fc/uce.resample_index.npy");
  const auto shuffled = laws::npy_ragged(golden::shared, folder + "fc/uce.shuffled_chroms");
  const auto code = laws::npy_numbers(golden::shared, folder + "chrom_code.npy"),
             start = laws::npy_numbers(golden::shared, folder + "chrom_start.npy");
  vocabulary words;
  gene_positions positions;
  for (std::size_t g = 0; g < 500; ++g) {
    words.name.push_back(golden_setting.data.genes.symbol[g]);
    words.id.push_back(static_cast<std::int32_t>(g));
    if (code[g] < 0) continue;
    positions.name.push_back(golden_setting.data.genes.symbol[g]);
    positions.chromosome.push_back(std::to_string(100 + static_cast<int>(code[g])));  // in the order of the codes
    positions.start.push_back(start[g]);
  }
  const auto n_chromosomes = static_cast<std::size_t>(*std::max_element(code.begin(), code.end())) + 1;
  golden::played random;
  const auto logged = golden::tokens(system::heimdall::scfoundation{600}, golden_setting.data);
  for (std::size_t i = 0; i < golden_setting.cells.size(); ++i) {
    const auto cell = static_cast<std::int64_t>(golden_setting.cells[i]);
    // The middle of the share of each gene that was drawn: by ascending gene, log(1 + logged value).
    std::map<std::int32_t, double> value;
    const auto ids = golden::ids_of(logged, i);
    const auto level = golden::channel_of<channel::value>(logged, i);
    for (std::size_t t = 0; t < ids.size(); ++t) value[ids[t]] = level[t];
    std::vector<double> up_to(1, 0.0);
    for (const auto& [g, v] : value) up_to.push_back(up_to.back() + std::log1p(v));
    auto& draws = random.steps[1][cell];
    for (std::size_t k = 0; k < 96 && !value.empty(); ++k) {
      const auto pick = static_cast<std::size_t>(picks[i * 96 + k]);
      draws.push_back((up_to[pick] + up_to[pick + 1]) / 2 / up_to.back());
    }
    auto& order = random.steps[2][cell];
    order.assign(n_chromosomes + 1, 0.99);
    for (std::size_t k = 0; k < shuffled[i].size(); ++k)
      order[shuffled[i][k] < 0 ? n_chromosomes : static_cast<std::size_t>(shuffled[i][k])] = static_cast<double>(k) / 1000;
  }
  const system::heimdall::uce<96, tokenize::compat::slots_by_token_start> system{
      words, positions, static_cast<std::int32_t>(golden_setting.slots)};
  const auto fitted = system.stages().fit(golden_setting.data);
  const auto got = golden::tokens_through(fitted.stages(), golden_setting.data.x.view(), random);
  system::rectangle<float> out;
  system::to_rectangle(system,
                       std::get<std::tuple_size_v<std::remove_cvref_t<decltype(fitted.stages())>> - 1>(fitted.stages()),
                       got.view(), isize(golden_setting.slots), out);
  for (std::size_t i = 0; i < golden_setting.cells.size(); ++i) {
    CAPTURE(i);
    if (golden_setting.data.x.view().n_expressed(isize(i)) == 0) continue;  // upstream raises an error
    const auto from = out.id.begin() + isize(i * golden_setting.slots);
    CHECK(golden::ids(from, from + isize(golden_setting.slots)) == golden_setting.row(i));
  }
}

TEST_CASE("HEIMDALL's other four name their settings") {
  CHECK(system::heimdall::scgpt{}.stages().describe() ==
        "normalise(10000) | log1p | tokenizer(columns, quantile_bins(51, inner, random), expressed_first_at_random, "
        "truncate(1200))");
  CHECK(system::heimdall::scgpt{}.pads(9) == system::padding{9, 51});
  CHECK(system::heimdall::scbert{.words = {{"A"}, {0}, ""}}.stages().describe() ==
        "normalise(10000) | log1p | known_genes(1 genes) | tokenizer(columns, floor_bins(7), expressed_first_at_random, "
        "truncate(1200))");
  CHECK(system::heimdall::scfoundation{}.pads(9) == system::padding{9, 9});
  CHECK(system::heimdall::uce<>{}.slots == 1024);
}

}  // namespace
}  // namespace tepui::tests::heimdall_systems
