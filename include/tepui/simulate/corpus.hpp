#pragma once
/// A corpus of simulated cells with a known truth. Any cell is made from the seed and its number alone, so 22 million cells
/// need no disk.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/cell_source.hpp>
#include <tepui/flow/counts.hpp>
#include <tepui/flow/dataset.hpp>
#include <tepui/flow/error.hpp>
#include <tepui/flow/gene_set.hpp>
#include <tepui/flow/table.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/simulate/negative_binomial.hpp>
#include <tepui/simulate/options.hpp>
#include <tepui/simulate/truth.hpp>

namespace tepui::simulate {

/// What is true of one cell.
struct cell_truth {
  std::int32_t type = 0;
  std::int32_t batch = 0;
  std::int32_t donor = 0;
  std::int32_t condition = 0;  ///< 0 control, k the perturbation k - 1
  std::uint32_t states = 0;    ///< bit s: state program s is on
  double depth = 0;            ///< expected counts before dropout
};

/// Simulated cells, a cell_source.
///   rate[g]   = type_rate[g] * donor_factor[g] * (programs of states and of the perturbation)[g]
///   mean[g]   = depth * rate[g] / sum(rate)
///   count[g] ~ negative binomial(mean[g], dispersion), replaced by 0 with chance lost[g]
/// in     corpus_options            out     counts [cells, genes], raw; cell_id = position; total filled
/// ties   none                      errors  bad_option (settings; cells outside [0, n_cells))
/// cost   read: O(genes) a cell, whatever n_cells is; the corpus itself O((types + donors) * genes) numbers, shared by copies
/// repeat bit-equal on one binary; on others the same but for a rounding of exp and log (about one count in 1e12)
class corpus {
 public:
  /// Working memory of one reader.
  struct room {
    counts<scale::raw> cells;
    std::vector<double> rate;
  };

  explicit corpus(const corpus_options& options = {});

  [[nodiscard]] const corpus_options& options() const { return options_; }
  [[nodiscard]] std::string describe() const { return options_.describe(); }
  [[nodiscard]] const simulate::truth& parameters() const { return *truth_; }

  [[nodiscard]] std::int64_t n_cells() const { return options_.cells; }
  [[nodiscard]] const gene_table& genes() const { return *genes_; }
  [[nodiscard]] counts_view<scale::raw> read(std::int64_t first, std::int64_t n, room& own) const;

  /// What is true of a cell.                           cost  a few random numbers
  [[nodiscard]] cell_truth of(std::int64_t cell) const;
  [[nodiscard]] std::int32_t type(std::int64_t cell) const { return of(cell).type; }
  [[nodiscard]] std::int32_t batch(std::int64_t cell) const { return of(cell).batch; }
  [[nodiscard]] std::int32_t donor(std::int64_t cell) const { return of(cell).donor; }
  [[nodiscard]] std::int32_t condition(std::int64_t cell) const { return of(cell).condition; }
  [[nodiscard]] double depth(std::int64_t cell) const { return of(cell).depth; }

  /// Names, by code.
  [[nodiscard]] const std::vector<std::string>& type_names() const { return type_names_; }
  [[nodiscard]] const std::vector<std::string>& condition_names() const { return condition_names_; }

  /// The table of cells [first, first + n): cell_type, lineage, batch, donor, perturbation, as categoricals with every
  /// category of the corpus, so that codes of two ranges can be compared.
  [[nodiscard]] table obs(std::int64_t first, std::int64_t n) const;

  /// The gene programs, as sets of gene symbols.
  [[nodiscard]] std::vector<gene_set> gene_sets() const;

  /// The relative expression of every gene in a cell with this truth, and its sum. rate  [genes], overwritten
  double expression(const cell_truth& cell, std::vector<double>& rate) const;

 private:
  void refuse_outside(std::int64_t first, std::int64_t n) const;
  void add_cell(std::int64_t cell, room& own) const;

  corpus_options options_;
  std::shared_ptr<const simulate::truth> truth_;
  std::shared_ptr<const gene_table> genes_;
  std::vector<std::string> type_names_, condition_names_;
  std::vector<double> share_up_to_;  // [types] running sum of shares
  kernel::draws of_cell_;
  std::array<std::uint32_t, 2> count_key_{};
};

/// Text with a number of fixed width: SIM00042.
[[nodiscard]] inline std::string numbered(const char* prefix, std::int64_t number, int width) {
  char text[48];
  std::snprintf(text, sizeof text, "%s%0*lld", prefix, width, static_cast<long long>(number));
  return text;
}

inline corpus::corpus(const corpus_options& options)
    : options_(options), truth_(std::make_shared<const simulate::truth>(options)), of_cell_(options.seed, "simulate.cell") {
  gene_table genes;
  for (std::int32_t g = 0; g < options.genes; ++g) {
    genes.symbol.push_back(numbered("SIM", g + 1, 5));
    genes.id.push_back(numbered("SIMG", g + 1, 11));
  }
  condition_names_.push_back("control");
  for (const perturbation& p : truth_->perturbations) condition_names_.push_back(genes.symbol[usize(p.target)]);
  genes_ = std::make_shared<const gene_table>(std::move(genes));
  double sum = 0;
  for (std::int32_t t = 0; t < options.types; ++t) {
    type_names_.push_back(truth_->nodes[usize(truth_->node_of_type[usize(t)])].name);
    share_up_to_.push_back(sum += truth_->share_of_type[usize(t)]);
  }
  const std::uint64_t key = kernel::draws(options.seed, "simulate.count").bits(0);
  count_key_ = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

inline void corpus::refuse_outside(std::int64_t first, std::int64_t n) const {
  if (first >= 0 && n >= 0 && n <= options_.cells && first <= options_.cells - n) return;
  throw bad_option("simulate: cells [" + std::to_string(first) + ", " + std::to_string(first) + " + " + std::to_string(n) +
                   ") were asked for, but the corpus has cells 0 to " + std::to_string(options_.cells - 1) +
                   "; ask for cells of the corpus or make it larger");
}

inline cell_truth corpus::of(std::int64_t cell) const {
  const corpus_options& o = options_;
  cell_truth out;
  const auto place = std::upper_bound(share_up_to_.begin(), share_up_to_.end(), of_cell_.uniform(cell, 0));
  // The running sum may end a rounding below 1.
  out.type = static_cast<std::int32_t>(std::min<std::ptrdiff_t>(place - share_up_to_.begin(), o.types - 1));
  out.donor = static_cast<std::int32_t>(of_cell_.below(o.donors, cell, 1));
  out.batch = truth_->batch_of_donor[usize(out.donor)];
  // Draws 4 and 5 belong to the normal.
  const double deviation = std::clamp(of_cell_.normal(cell, 2), -4.0, 4.0);
  const double s = o.depth_spread;
  out.depth = o.depth * truth_->depth_of_batch[usize(out.batch)] * std::exp(s * deviation - s * s / 2);
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(o.state_programs); ++i)
    if (of_cell_.uniform(cell, 6 + i) < o.state_share) out.states |= 1U << i;
  if (o.perturbations > 0 && of_cell_.uniform(cell, 16) >= o.control_share)
    out.condition = 1 + static_cast<std::int32_t>(of_cell_.below(o.perturbations, cell, 17));
  return out;
}

inline double corpus::expression(const cell_truth& cell, std::vector<double>& rate) const {
  const simulate::truth& t = *truth_;
  const auto of_type = t.type_rates(cell.type), of_donor = t.donor_factors(cell.donor);
  rate.resize(usize(t.n_genes));
  for (std::size_t g = 0; g < rate.size(); ++g) rate[g] = of_type[g] * of_donor[g];
  for (std::size_t s = 0; s < t.state_programs.size(); ++s) {
    if ((cell.states >> s & 1U) == 0) continue;
    const program& on = t.programs[usize(t.state_programs[s])];
    for (std::size_t i = 0; i < on.gene.size(); ++i) rate[usize(on.gene[i])] *= on.fold[i];
  }
  if (cell.condition > 0) {
    const perturbation& p = t.perturbations[usize(cell.condition) - 1];
    for (const auto& [which, sign] : p.programs) {
      const double fold = std::exp(sign * options_.downstream_effect);
      for (const std::int32_t gene : t.programs[usize(which)].gene) rate[usize(gene)] *= fold;
    }
    rate[usize(p.target)] *= options_.knockdown;
  }
  // Four sums side by side: a fixed order, and no chain of 2,000 additions that wait for each other.
  double sum[4] = {0, 0, 0, 0};
  for (std::size_t g = 0; g < rate.size(); ++g) sum[g & 3] += rate[g];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

inline void corpus::add_cell(std::int64_t cell, room& own) const {
  const cell_truth truth_of_cell = of(cell);
  const double sum = expression(truth_of_cell, own.rate);
  const double scale = truth_of_cell.depth / sum;
  counts<scale::raw>& out = own.cells;
  out.row_begin.push_back(isize(out.gene.size()));
  double total = 0;
  const auto id = static_cast<std::uint64_t>(cell);
  const std::size_t n = own.rate.size();
  for (std::size_t block = 0; block * 4 < n; ++block) {
    // One call gives the places of four genes.
    const auto bits = kernel::philox(
        {static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32), static_cast<std::uint32_t>(block), 0},
        count_key_);
    for (std::size_t i = 0; i < 4 && block * 4 + i < n; ++i) {
      const std::size_t g = block * 4 + i;
      const double place = (bits[i] + 0.5) * 0x1.0p-32;
      const double mean = own.rate[g] * scale;
      if (place >= mean) continue;
      const std::int32_t count = count_law{mean, options_.dispersion, truth_->lost[g]}.at(place);
      if (count == 0) continue;
      out.gene.push_back(static_cast<std::int32_t>(g));
      out.value.push_back(static_cast<float>(count));
      total += count;
    }
  }
  out.row_end.push_back(isize(out.gene.size()));
  out.cell_id.push_back(cell);
  out.total.push_back(total);
}

inline counts_view<scale::raw> corpus::read(std::int64_t first, std::int64_t n, room& own) const {
  refuse_outside(first, n);
  own.cells.clear();
  own.cells.n_genes = options_.genes;
  for (std::int64_t cell = first; cell < first + n; ++cell) add_cell(cell, own);
  return own.cells.view();
}

inline table corpus::obs(std::int64_t first, std::int64_t n) const {
  refuse_outside(first, n);
  table out;
  categorical type{{}, type_names_}, lineage, batch, donor, condition{{}, condition_names_};
  for (std::int32_t l = 0; l < options_.lineages; ++l) lineage.category.push_back("L" + std::to_string(l + 1));
  for (std::int32_t b = 0; b < options_.batches; ++b) batch.category.push_back("batch_" + std::to_string(b + 1));
  for (std::int32_t d = 0; d < options_.donors; ++d) donor.category.push_back("donor_" + std::to_string(d + 1));
  for (std::int64_t cell = first; cell < first + n; ++cell) {
    const cell_truth t = of(cell);
    out.index.push_back(numbered("SIMC", cell, 9));
    type.code.push_back(t.type);
    lineage.code.push_back(truth_->lineage_of_type[usize(t.type)]);
    batch.code.push_back(t.batch);
    donor.code.push_back(t.donor);
    condition.code.push_back(t.condition);
  }
  const auto add = [&](std::string name, categorical column) { out.columns.emplace_back(std::move(name), std::move(column)); };
  add("cell_type", std::move(type));
  add("lineage", std::move(lineage));
  add("batch", std::move(batch));
  add("donor", std::move(donor));
  add("perturbation", std::move(condition));
  return out;
}

inline std::vector<gene_set> corpus::gene_sets() const {
  std::vector<gene_set> out;
  for (const program& p : truth_->programs) {
    gene_set set{p.name, {}};
    for (const std::int32_t gene : p.gene) set.genes.push_back(genes_->symbol[usize(gene)]);
    out.push_back(std::move(set));
  }
  return out;
}

/// Cells [first, first + n) of a corpus, in memory, with their table.      cost  O(cells * genes)
[[nodiscard]] inline dataset<scale::raw> to_dataset(const corpus& from, std::int64_t first, std::int64_t n) {
  corpus::room own;
  (void)from.read(first, n, own);
  return {std::move(own.cells), from.obs(first, n), from.genes(), from.describe()};
}

static_assert(cell_source<corpus>);

}  // namespace tepui::simulate
