#pragma once
/// The hidden truth of a simulated corpus: the tree of cell types, their gene programs, batches, donors and perturbations.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/simulate/options.hpp>

namespace tepui::simulate {

/// Genes that are switched on together.                gene, fold [genes of the program], genes ascending; fold changes > 1
struct program {
  std::string name;
  std::vector<std::int32_t> gene;
  std::vector<double> fold;
};

/// A lineage, a twig or a type. `parent` is -1 at a lineage; `programs` are those it switches on itself.
struct tree_node {
  std::string name;
  std::int32_t parent = -1;
  std::vector<std::int32_t> programs;
};

/// What a perturbation does: it knocks one gene down and shifts programs up (+1) or down (-1).
struct perturbation {
  std::string name;
  std::int32_t target = 0;
  std::vector<std::pair<std::int32_t, int>> programs;
};

/// Every parameter of the generative model; a function of the options (their seed included, `cells` not).
/// cost   O((types + donors) * genes) numbers, made once
struct truth {
  std::vector<program> programs;                            ///< of nodes, then shared, then states
  std::vector<tree_node> nodes;                             ///< parents before children
  std::vector<std::int32_t> node_of_type;                   ///< [types] its leaf
  std::vector<std::int32_t> lineage_of_type;                ///< [types] in [0, lineages)
  std::vector<double> share_of_type;                        ///< [types] falling, sums to 1
  std::vector<std::vector<std::int32_t>> programs_of_type;  ///< [types] all that are on: its path's and shared ones
  std::vector<std::int32_t> state_programs;
  std::vector<std::int32_t> batch_of_donor;  ///< [donors]
  std::vector<double> depth_of_batch;        ///< [batches] factor
  std::vector<perturbation> perturbations;
  std::vector<double> rate_of_type;     ///< [types, genes] relative expression
  std::vector<double> factor_of_donor;  ///< [donors, genes] batch effect x donor effect
  std::vector<double> lost;             ///< [genes] chance of dropout
  std::int32_t n_genes = 0;

  explicit truth(const corpus_options& o);

  [[nodiscard]] std::span<const double> type_rates(std::int32_t type) const {
    return std::span(rate_of_type).subspan(usize(type) * usize(n_genes), usize(n_genes));
  }
  [[nodiscard]] std::span<const double> donor_factors(std::int32_t donor) const {
    return std::span(factor_of_donor).subspan(usize(donor) * usize(n_genes), usize(n_genes));
  }

 private:
  void grow_tree(const corpus_options& o, const kernel::draws& random);
  void set_shares(const corpus_options& o);
  void set_rates(const corpus_options& o, const kernel::draws& random);
  void set_perturbations(const corpus_options& o, const kernel::draws& random);
  std::int32_t add_program(const corpus_options& o, std::string name, double effect, const kernel::draws& random);
};

/// A random order of [0, n): the same for the same draws.
[[nodiscard]] inline std::vector<std::int32_t> shuffled(std::int32_t n, const kernel::draws& random, std::uint64_t which) {
  std::vector<std::pair<std::uint64_t, std::int32_t>> keyed;
  keyed.reserve(usize(n));
  for (std::int32_t i = 0; i < n; ++i) keyed.emplace_back(random.bits(i, which), i);
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::int32_t> order;
  order.reserve(keyed.size());
  for (const auto& [key, i] : keyed) order.push_back(i);
  return order;
}

inline truth::truth(const corpus_options& o) : n_genes(o.genes) {
  o.check();
  const kernel::draws random(o.seed, "simulate.truth");
  grow_tree(o, random);
  set_shares(o);
  set_rates(o, random);
  set_perturbations(o, random);
}

inline std::int32_t truth::add_program(const corpus_options& o, std::string name, double effect, const kernel::draws& random) {
  const auto id = static_cast<std::int32_t>(programs.size());
  program made{std::move(name), shuffled(n_genes, random.sub(1), usize(id)), {}};
  made.gene.resize(usize(o.genes_per_program));
  std::sort(made.gene.begin(), made.gene.end());
  for (const std::int32_t gene : made.gene)
    made.fold.push_back(std::exp(effect * (0.5 + random.sub(2).uniform(gene, usize(id)))));
  programs.push_back(std::move(made));
  return id;
}

inline void truth::grow_tree(const corpus_options& o, const kernel::draws& random) {
  const auto add_node = [&](std::string name, std::int32_t parent, double effect) {
    tree_node node{std::move(name), parent, {}};
    for (std::int32_t p = 0; p < o.programs_per_node; ++p)
      node.programs.push_back(add_program(o, node.name + ".P" + std::to_string(p + 1), effect, random));
    nodes.push_back(std::move(node));
    return static_cast<std::int32_t>(nodes.size()) - 1;
  };
  for (std::int32_t l = 0; l < o.lineages; ++l) add_node("L" + std::to_string(l + 1), -1, o.lineage_effect);
  // Twigs go round the lineages. Types stand in the order of their shares, so the two of a twig are about equally common: the
  // pairs that are hard to tell apart weigh the same whatever the seed.
  std::int32_t twig = -1;
  for (std::int32_t type = 0; type < o.types; ++type) {
    const std::int32_t nth = type / 2, lineage = nth % o.lineages;
    if (type % 2 == 0)
      twig = add_node(nodes[usize(lineage)].name + "." + std::to_string(nth / o.lineages + 1), lineage, o.twig_effect);
    node_of_type.push_back(add_node(nodes[usize(twig)].name + (type % 2 == 0 ? "a" : "b"), twig, o.type_effect));
    lineage_of_type.push_back(lineage);
  }
  for (std::int32_t type = 0; type < o.types; ++type) {
    std::vector<std::int32_t> on;
    for (std::int32_t node = node_of_type[usize(type)]; node >= 0; node = nodes[usize(node)].parent)
      on.insert(on.end(), nodes[usize(node)].programs.begin(), nodes[usize(node)].programs.end());
    programs_of_type.push_back(std::move(on));
  }
  for (std::int32_t s = 0; s < o.shared_programs; ++s) {
    const std::int32_t id = add_program(o, "shared.P" + std::to_string(s + 1), o.shared_effect, random);
    for (std::int32_t type = 0; type < o.types; ++type)
      if (random.sub(3).uniform(type, usize(s)) < 1.0 / 3) programs_of_type[usize(type)].push_back(id);
  }
  for (std::int32_t s = 0; s < o.state_programs; ++s)
    state_programs.push_back(add_program(o, "state.P" + std::to_string(s + 1), o.state_effect, random));
  for (auto& on : programs_of_type) std::sort(on.begin(), on.end());
}

inline void truth::set_shares(const corpus_options& o) {
  // Shares fall as ratio^rank; the ratio that gives the rarest its share is found by halving.
  const auto last_share = [&](double ratio) {
    double sum = 0, power = 1, last = 1;
    for (std::int32_t k = 0; k < o.types; ++k, power *= ratio) sum += last = power;
    return last / sum;
  };
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) (last_share((low + high) / 2) < o.rarest_share ? low : high) = (low + high) / 2;
  double sum = 0, power = 1;
  for (std::int32_t type = 0; type < o.types; ++type, power *= high) {
    share_of_type.push_back(power);
    sum += power;
  }
  for (double& share : share_of_type) share /= sum;
}

inline void truth::set_rates(const corpus_options& o, const kernel::draws& random) {
  const kernel::draws of_gene = random.sub(5), of_batch = random.sub(6), of_donor = random.sub(7);
  std::vector<double> log_base(usize(n_genes));
  double sum = 0;
  for (std::int32_t g = 0; g < n_genes; ++g) {
    log_base[usize(g)] = o.expression_spread * std::clamp(of_gene.normal(g), -4.0, 4.0);
    sum += std::exp(log_base[usize(g)]);
  }
  for (double& base : log_base) base -= std::log(sum);
  for (const double base : log_base) lost.push_back(o.dropout / (1 + o.depth * std::exp(base)));

  for (std::int32_t type = 0; type < o.types; ++type) {
    std::vector<double> rate;
    for (const double base : log_base) rate.push_back(std::exp(base));
    for (const std::int32_t p : programs_of_type[usize(type)])
      for (std::size_t i = 0; i < programs[usize(p)].gene.size(); ++i)
        rate[usize(programs[usize(p)].gene[i])] *= programs[usize(p)].fold[i];
    rate_of_type.insert(rate_of_type.end(), rate.begin(), rate.end());
  }
  for (std::int32_t b = 0; b < o.batches; ++b) depth_of_batch.push_back(std::exp(0.2 * of_batch.normal(n_genes, usize(b))));
  for (std::int32_t d = 0; d < o.donors; ++d) {
    const std::int32_t b = d % o.batches;
    batch_of_donor.push_back(b);
    for (std::int32_t g = 0; g < n_genes; ++g)
      factor_of_donor.push_back(
          std::exp(o.batch_effect * of_batch.normal(g, usize(b)) + o.donor_effect * of_donor.normal(g, usize(d))));
  }
}

inline void truth::set_perturbations(const corpus_options& o, const kernel::draws& random) {
  const std::vector<std::int32_t> targets = shuffled(n_genes, random.sub(8), 0);
  const auto n_programs = static_cast<std::int32_t>(programs.size());
  for (std::int32_t k = 0; k < o.perturbations; ++k) {
    perturbation made{"", targets[usize(k)], {}};
    const std::vector<std::int32_t> order = shuffled(n_programs, random.sub(9), usize(k));
    for (std::int32_t i = 0; i < std::min(o.programs_per_perturbation, n_programs); ++i)
      made.programs.emplace_back(order[usize(i)], random.sub(10).uniform(k, usize(i)) < 0.5 ? -1 : 1);
    perturbations.push_back(std::move(made));
  }
}

}  // namespace tepui::simulate
