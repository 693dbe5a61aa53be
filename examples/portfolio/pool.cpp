#include "pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <tepui/compose/pipeline.hpp>
#include <tepui/encode/pca.hpp>
#include <tepui/io/h5ad.hpp>
#include <tepui/io/h5ad_cells.hpp>
#include <tepui/sample/choose.hpp>
#include <tepui/transform/highly_variable.hpp>
#include <tepui/transform/log1p.hpp>
#include <tepui/transform/normalise.hpp>
#include <utility>

namespace portfolio {
namespace {

/// A file with the rows that are looked at, ascending, and the candidate of each.
struct opened {
  tp::io::h5ad_file file;
  std::vector<std::int64_t> row;
  std::vector<std::int32_t> batch;
};

/// Puts labels of one file behind those of others: equal names are one label.
void append(tp::categorical& to, const tp::categorical* from, const std::vector<std::int64_t>& rows) {
  for (const std::int64_t row : rows) {
    const std::int32_t code = from == nullptr ? -1 : from->code[tp::usize(row)];
    if (code < 0) {
      to.code.push_back(-1);
      continue;
    }
    const std::string& name = from->category[tp::usize(code)];
    const auto at = std::find(to.category.begin(), to.category.end(), name);
    to.code.push_back(static_cast<std::int32_t>(at - to.category.begin()));
    if (at == to.category.end()) to.category.push_back(name);
  }
}

/// A column of labels; none where the file lacks it and may.       errors  bad_data that names the file
std::optional<tp::categorical> column(const std::string& path, const tp::table& obs, const std::string& name,
                                      bool needed) try {
  if (name.empty() || (!needed && obs.find(name) == nullptr)) return std::nullopt;
  return obs.labels(name);
} catch (const tp::bad_data& error) {
  throw tp::bad_data(fmt::format("file '{}', obs: {}", path, error.what()));
}

std::vector<std::string> short_names(const std::vector<std::string>& files) {
  std::vector<std::string> out;
  for (const std::string& path : files) {
    std::string name = std::filesystem::path(path).stem().string();
    const auto same = std::count(out.begin(), out.end(), name);
    out.push_back(same == 0 ? name : path);
  }
  return out;
}

/// Chooses the rows to look at, and reads what is known of their cells.
std::vector<opened> open_all(const pool_settings& settings, cell_pool& pool) {
  std::vector<opened> out;
  const bool cut = settings.files.size() == 1;
  pool.one = cut ? "donor" : "file";
  const auto names = short_names(settings.files);
  for (std::size_t f = 0; f < settings.files.size(); ++f) {
    const std::string& path = settings.files[f];
    opened one{tp::io::h5ad_file(path), {}, {}};
    const tp::table obs = one.file.obs();
    const auto type = column(path, obs, settings.label, false);
    const auto donor = column(path, obs, settings.donor, cut);
    if (!settings.label.empty() && !type)
      pool.notes.push_back(
          fmt::format("{} has no column '{}' in obs, so its types are not known.", names[f], settings.label));
    if (!settings.donor.empty() && !donor)
      pool.notes.push_back(
          fmt::format("{} has no column '{}' in obs, so its donors are not known.", names[f], settings.donor));
    std::vector<std::vector<std::int64_t>> rows_of(cut ? donor->category.size() : 1);
    for (std::int64_t row = 0; row < obs.n_rows(); ++row) {
      const std::int32_t part = cut ? donor->code[tp::usize(row)] : 0;
      if (part >= 0) rows_of[tp::usize(part)].push_back(row);
    }
    std::vector<std::pair<std::int64_t, std::int32_t>> chosen;
    for (std::size_t part = 0; part < rows_of.size(); ++part) {
      const auto& rows = rows_of[part];
      if (rows.empty()) continue;
      const auto number = static_cast<std::int32_t>(pool.candidates.size());
      // The lot of a cell hangs on its file and row alone, so that other files beside it change nothing.
      const tp::kernel::draws lots(settings.seed, std::filesystem::path(path).stem().string());
      for (const std::int64_t place :
           tp::sample::smallest_lots(tp::isize(rows.size()), std::min(settings.max_cells, tp::isize(rows.size())), lots,
                                     [&](std::int64_t i) { return rows[tp::usize(i)]; }))
        chosen.emplace_back(rows[tp::usize(place)], number);
      pool.candidates.push_back({cut ? donor->category[part] : names[f], tp::isize(rows.size()),
                                 std::min(settings.max_cells, tp::isize(rows.size()))});
    }
    std::sort(chosen.begin(), chosen.end());
    for (const auto& [row, number] : chosen) {
      one.row.push_back(row);
      one.batch.push_back(number);
      pool.batch.push_back(number);
    }
    append(pool.type, type ? &*type : nullptr, one.row);
    append(pool.donor, donor ? &*donor : nullptr, one.row);
    out.push_back(std::move(one));
  }
  for (const candidate& c : pool.candidates)
    if (c.looked_at < 2)
      throw tp::bad_data(
          fmt::format("'{}' has {} cells, and a comparison needs at least 2; leave it out", c.name, c.looked_at));
  if (pool.candidates.size() < 2)
    throw tp::bad_data(
        cut ? fmt::format("file '{}', obs/{}: there is one donor only; name a column with several, or give several files",
                          settings.files[0], settings.donor)
            : std::string("there is one file only; give several, or one with --donor COLUMN to compare its donors"));
  return out;
}

/// The embedding that every file brings along.
void take_embeddings(const pool_settings& settings, const std::vector<opened>& files, cell_pool& pool) {
  const std::string name = settings.embedding.starts_with("obsm/") ? settings.embedding.substr(5) : settings.embedding;
  std::int64_t dims = -1;
  bool each_by_itself = files.size() > 1;
  for (const opened& one : files) {
    const auto& there = one.file.contents().embeddings;
    if (std::find(there.begin(), there.end(), name) == there.end())
      throw tp::bad_data(fmt::format(
          "file '{}' has no embedding '{}' in obsm; it has: {}; name one that all files hold, or leave --embedding away",
          one.file.path(), name, there.empty() ? "none" : fmt::format("{}", fmt::join(there, ", "))));
    const auto cells = one.file.embedding(name);
    if (dims < 0) pool.cells.n_columns = dims = cells.n_columns;
    if (cells.n_columns != dims)
      throw tp::bad_data(fmt::format(
          "'{}' has {} dims in file '{}' and {} in '{}', so they are different embeddings and cannot be compared; "
          "embed all files with one model, or leave --embedding away",
          name, dims, files[0].file.path(), cells.n_columns, one.file.path()));
    // Components that were fitted on the cells of one file alone have mean 0 there, in every dimension.
    for (std::int64_t d = 0; d < dims && each_by_itself; ++d) {
      double sum = 0, squares = 0;
      for (std::int64_t c = 0; c < cells.n_cells(); ++c) {
        const double v = static_cast<double>(cells.row(c)[tp::usize(d)]);
        sum += v, squares += v * v;
      }
      each_by_itself = std::abs(sum) <= 1e-4 * std::sqrt(squares * static_cast<double>(cells.n_cells()));
    }
    for (const std::int64_t row : one.row) {
      const auto from = cells.row(row);
      pool.cells.value.insert(pool.cells.value.end(), from.begin(), from.end());
    }
  }
  if (each_by_itself)
    throw tp::bad_data(fmt::format(
        "'{}' is centred on the cells of each file by itself, so every file has axes of its own and distances between files "
        "mean nothing; embed all files with one model, or leave --embedding away",
        name));
  pool.made = fmt::format("{} of the files, {} dims", name, dims);
  if (files.size() > 1)
    pool.notes.push_back(
        fmt::format("{} is compared as it stands: that one model made it for all files is for you to know.", name));
}

/// A gene, to show how a file names them.
std::string example(const tp::gene_table& genes) {
  if (genes.size() == 0) return "none";
  return genes.symbol[0].empty() || genes.id[0].empty() ? genes.symbol[0] + genes.id[0]
                                                        : genes.symbol[0] + " " + genes.id[0];
}

/// Components of the genes that all files have, fitted on the cells looked at.
void compute_embedding(const pool_settings& settings, const std::vector<opened>& files, cell_pool& pool) {
  std::vector<tp::io::h5ad_cells> sources;
  for (const opened& one : files) sources.push_back(tp::io::open_raw_counts(one.file.path()));
  const tp::gene_table& first = sources[0].genes();
  std::vector<char> everywhere(tp::usize(first.size()), 1);
  for (const auto& source : sources) {
    const auto map = tp::match_genes(first, source.genes(), 0, source.path());
    std::vector<char> here(everywhere.size(), 0);
    for (const std::int32_t g : map.to)
      if (g >= 0) here[tp::usize(g)] = 1;
    for (std::size_t g = 0; g < here.size(); ++g) everywhere[g] = everywhere[g] && here[g];
    const auto left = std::count(everywhere.begin(), everywhere.end(), 1);
    if (left < settings.min_common_genes)
      throw tp::bad_data(
          fmt::format("file '{}' has {} genes, and {} of them are in all files named before it (at least {} are needed): "
                      "its genes are such as '{}', those of '{}' such as '{}'; check the species and whether genes are "
                      "named by Ensembl id or symbol, or leave it out",
                      source.path(), source.genes().size(), left, settings.min_common_genes, example(source.genes()),
                      files[0].file.path(), example(first)));
  }
  tp::dataset<> joint;
  for (std::int32_t g = 0; g < first.size(); ++g) {
    if (!everywhere[tp::usize(g)]) continue;
    joint.genes.id.push_back(first.id[tp::usize(g)]);
    joint.genes.symbol.push_back(first.symbol[tp::usize(g)]);
  }
  joint.x.n_genes = joint.genes.size();
  for (std::size_t f = 0; f < files.size(); ++f) {
    const tp::aligned_source aligned(sources[f], joint.genes, tp::match_genes(joint.genes, sources[f].genes(), 0));
    typename decltype(aligned)::room room;
    constexpr std::int64_t block = 512;
    std::size_t next = 0;
    for (std::int64_t begin = 0; begin < aligned.n_cells() && next < files[f].row.size(); begin += block) {
      const std::int64_t n = std::min(block, aligned.n_cells() - begin);
      if (files[f].row[next] >= begin + n) continue;
      const auto cells = aligned.read(begin, n, room);
      for (; next < files[f].row.size() && files[f].row[next] < begin + n; ++next) {
        const std::int64_t c = files[f].row[next] - begin;
        joint.x.add_cell(joint.x.n_cells(), cells.genes_of(c), cells.values_of(c));
        joint.x.total.push_back(cells.total[tp::usize(c)]);
      }
    }
  }
  const auto variable = std::min(settings.genes, joint.genes.size());
  const auto model = tp::compose(tp::transform::normalise{}, tp::transform::log1p{},
                                 tp::transform::highly_variable{.genes = variable}, tp::encode::pca<{.dims = 50}>{});
  const auto fitted = model.fit(joint, {.seed = settings.seed, .threads = settings.threads});
  pool.cells = fitted.embed(joint, {.threads = settings.threads});
  pool.made =
      fmt::format("50 principal components of {} variable genes, of {} that all files have", variable, joint.genes.size());
}

}  // namespace

cell_pool read_pool(const pool_settings& settings) {
  cell_pool pool;
  const std::vector<opened> files = open_all(settings, pool);
  if (settings.embedding == "computed")
    compute_embedding(settings, files, pool);
  else
    take_embeddings(settings, files, pool);
  pool.cells.cell_id.resize(pool.batch.size());
  for (std::size_t c = 0; c < pool.batch.size(); ++c) pool.cells.cell_id[c] = tp::isize(c);
  if (files.size() > 1)
    pool.notes.push_back(
        "Files differ in protocol, depth and laboratory as well as in biology, and such a difference looks new too.");
  return pool;
}

}  // namespace portfolio
