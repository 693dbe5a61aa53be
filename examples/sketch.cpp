/// sketch FILE.h5ad --method NAME --fraction F --out OUT.h5ad: chooses cells of a file, writes them as a file of their own, and says how
/// well they cover the others, beside as many cells chosen at random.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <tepui/coverage/diversity.hpp>
#include <tepui/coverage/hausdorff.hpp>
#include <tepui/coverage/vendi.hpp>
#include <tepui/io/write_chosen.hpp>
#include <tepui/sample/named.hpp>
#include <tepui/system/scanpy_pca.hpp>
#include <thread>
#include <vector>

#include "score_output.hpp"

namespace {
namespace tp = tepui;

struct options {
  std::string file, method = "geometric_sketch", embedding, label, out;
  std::vector<std::string> balance;
  double fraction = 0.1;
  std::uint64_t seed = 1;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool as_document = false;
};

/// The cells of a file as a sampler and the measures of coverage see them.
struct cells_of_file {
  tp::table obs;
  tp::categorical label;
  std::vector<tp::categorical> column;
  tp::embedding_batch<> embedding;
  std::string embedding_name;
};

tp::categorical labels(const options& o, const tp::table& obs, const std::string& name) {
  try {
    return obs.labels(name);
  } catch (const tp::bad_data& error) {
    throw tp::bad_data(fmt::format("file '{}', obs: {}", o.file, error.what()));
  }
}

cells_of_file read(const options& o, const tp::sample::needs& reads) {
  const tp::io::h5ad_file file(o.file);
  cells_of_file out;
  out.obs = file.obs();
  if (reads.label && o.label.empty())
    throw tp::bad_option("the method " + o.method + " looks at cell types; name their column of obs with --label");
  if (reads.columns && o.balance.empty())
    throw tp::bad_option("the method " + o.method + " evens out columns of obs; name them with --balance, such as --balance donor,tissue");
  if (!o.label.empty()) out.label = labels(o, out.obs, o.label);
  if (const auto gap = std::find(out.label.code.begin(), out.label.code.end(), -1); reads.label && gap != out.label.code.end())
    fmt::print(stderr, "sketch: {} of {} cells have no '{}' and cannot be chosen by their type; fill the column in to have them chosen\n",
               std::count(gap, out.label.code.end(), -1), out.label.code.size(), o.label);
  for (const std::string& name : o.balance) out.column.push_back(labels(o, out.obs, name));
  const auto& there = file.contents().embeddings;
  out.embedding_name = !o.embedding.empty() ? o.embedding : "X_pca";
  if (std::find(there.begin(), there.end(), out.embedding_name) != there.end()) {
    out.embedding = file.embedding(out.embedding_name);
  } else if (!o.embedding.empty()) {
    throw tp::bad_data(fmt::format("file '{}' has no embedding '{}' in obsm; it has: {}; name one of them, or leave --embedding out to have 50 "
                                   "principal components computed",
                                   o.file, o.embedding, there.empty() ? "none" : fmt::format("{}", fmt::join(there, ", "))));
  } else {
    const auto counts = tp::io::open_raw_counts(o.file);
    out.embedding = tp::system::scanpy_pca<50>().fit(counts, {.seed = o.seed, .threads = o.threads}).embed(counts, {.threads = o.threads});
    out.embedding_name = "50 principal components of its counts, computed";
  }
  return out;
}

/// What the chosen cells cover, measured in the embedding, and of their labels.
std::vector<tp::score> coverage(const options& o, const cells_of_file& cells, const std::vector<std::int64_t>& rows) {
  const tp::embedding_batch<> chosen = tp::rows_of(cells.embedding.view(), rows);
  const auto distance = tp::coverage::nearest_chosen(cells.embedding.view(), chosen.view(), o.threads);
  std::vector<tp::score> out{tp::coverage::partial_hausdorff(distance, {.quantile = 1}), tp::coverage::partial_hausdorff(distance, {.quantile = 0.99}),
                             tp::coverage::mean_nearest(distance), tp::coverage::vendi(chosen.view(), {.threads = o.threads})};
  out[0].name = "distance to the farthest cell";
  out[1].name = "distance to 99 % of the cells";
  out[2].name = "mean distance to a cell";
  if (o.label.empty()) return out;
  std::vector<std::int32_t> code;
  for (const std::int64_t row : rows) code.push_back(cells.label.code[tp::usize(row)]);
  const auto spread = tp::coverage::diversity(code);
  out.push_back(spread.shannon);
  return out;
}

/// One measure of the chosen cells beside that of uniform choices of the same size.
struct compared {
  tp::score chosen;
  std::vector<double> uniform;
};

void print(const options& o, const std::vector<compared>& all, std::size_t uniform_choices) {
  fmt::print("{:<30} {:>20} {:>12}   lowest to highest of {} choices\n", "coverage", o.method, "uniform", uniform_choices);
  for (const compared& c : all) {
    double sum = 0;
    for (const double v : c.uniform) sum += v;
    fmt::print("{:<30} {:>20.4g} {:>12.4g}   {:.4g} to {:.4g}   ({}, {})\n", c.chosen.name, c.chosen.value.value,
               sum / static_cast<double>(c.uniform.size()), *std::min_element(c.uniform.begin(), c.uniform.end()),
               *std::max_element(c.uniform.begin(), c.uniform.end()), c.chosen.unit,
               c.chosen.better == tp::direction::lower_is_better ? "lower is better" : "higher is better");
  }
}

void run(const options& o) {
  const tp::sample::any_sampler how = tp::sample::sampler_named(o.method, o.threads);
  tp::sample::check_fraction(o.method, o.fraction);
  const cells_of_file cells = read(o, how.reads);
  std::vector<tp::sample::column> columns;
  for (std::size_t c = 0; c < cells.column.size(); ++c) columns.push_back({o.balance[c], cells.column[c].code});
  // Lots are keyed by the names of the cells: a file in another order gives the same cells.
  std::vector<std::int64_t> id;
  for (const std::string& name : cells.obs.index) id.push_back(static_cast<std::int64_t>(tp::kernel::hash_text(name) >> 1));
  const tp::sample::population all{.n_cells = cells.obs.n_rows(), .cell_id = id, .label = cells.label.code, .columns = columns, .embedding = cells.embedding.view()};
  const auto rows = how.choose(all, o.fraction, tp::kernel::draws(o.seed, "sketch"));
  const auto left_out = tp::io::write_chosen(o.file, rows, o.out);

  std::vector<compared> measured;
  for (const tp::score& s : coverage(o, cells, rows)) measured.push_back({s, {}});
  constexpr std::uint64_t uniform_choices = 5;
  for (std::uint64_t seed = 0; seed < uniform_choices; ++seed) {
    const tp::kernel::draws random(o.seed, "uniform beside a sketch", seed);
    const auto other = tp::sample::smallest_lots(all.n_cells, tp::isize(rows.size()), random, [&](std::int64_t row) { return id[tp::usize(row)]; });
    const auto scores = coverage(o, cells, other);
    for (std::size_t m = 0; m < measured.size(); ++m)
      if (scores[m].value.known()) measured[m].uniform.push_back(scores[m].value.value);
  }
  std::erase_if(measured, [](const compared& c) { return !c.chosen.value.known() || c.uniform.empty(); });

  fmt::print(stderr, "{} of {} cells of {} are in {}; distances in {}\n", rows.size(), all.n_cells, o.file, o.out, cells.embedding_name);
  for (const std::string& what : left_out) fmt::print(stderr, "left out: {}\n", what);
  if (!o.as_document) return print(o, measured, uniform_choices);
  auto out = nlohmann::ordered_json::array();
  for (const compared& c : measured) {
    out.push_back(score_output::as_json(c.chosen));
    out.back()["uniform"] = c.uniform;
  }
  fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app(
      "Chooses cells of an AnnData file, writes them with all their columns, counts and embeddings as another one, and says how well they cover "
      "the file beside as many cells chosen at random.\nExit: 0 done, 2 wrong usage, 3 bad input.");
  app.add_option("FILE", o.file, "an AnnData file (.h5ad)")->required()->check(CLI::ExistingFile);
  app.add_option("--method", o.method, "one of: " + tp::sample::sampler_names())->capture_default_str();
  app.add_option("--fraction", o.fraction, "share of the cells to keep, above 0 and at most 1")->capture_default_str();
  app.add_option("--embedding", o.embedding, "its name in obsm; by default X_pca, else 50 principal components of the counts are computed");
  app.add_option("--label", o.label, "column of obs with the cell types; needed by methods that look at types");
  app.add_option("--balance", o.balance, "columns of obs to even out, for metadata_balanced")->delimiter(',');
  app.add_option("--seed", o.seed, "decides every random number")->capture_default_str();
  app.add_option("--threads", o.threads, "changes nothing but the time")->check(CLI::Range(1, 1024));
  app.add_option("--out", o.out, "the .h5ad to write")->required();
  app.add_flag("--json", o.as_document, "print the coverage as a JSON array");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  try {
    run(o);
    return 0;
  } catch (const tp::bad_option& error) {
    fmt::print(stderr, "sketch: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sketch: {}\n", error.what());
    return 3;
  }
}
