#pragma once
/// Leiden and Louvain clusters of cells that are neighbours. Needs the component tepui::igraph, whose library is GPL.

#include <igraph/igraph.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/grouping.hpp>
#include <tepui/flow/index.hpp>
#include <tepui/flow/number_text.hpp>
#include <tepui/kernel/rng.hpp>
#include <tepui/metric/clustering/agreement_heads.hpp>
#include <tepui/metric/clustering/in_id_order.hpp>
#include <tepui/metric/clustering/isolated_label_f1.hpp>
#include <tepui/metric/embedded_cells.hpp>

namespace tepui::metric {

/// A graph as igraph holds it. What igraph keeps for the whole program is put aside while it works: random numbers begin
/// from a seed at every call, errors come back as exceptions, and one thread works at a time.
class igraph_network {
 public:
  /// in     graph, every edge in both directions with the same weight, weights >= 0
  /// errors bad_data: edges in one direction only, a negative weight                  cost   O(edges), about 100 bytes an
  ///        edge
  explicit igraph_network(const graph<>& of) : n_(of.n_cells()) {
    double upper = 0, lower = 0;
    std::vector<igraph_integer_t> ends;
    for (std::int64_t i = 0; i < n_; ++i)
      for (std::int64_t e = of.row_begin[usize(i)]; e < of.row_begin[usize(i) + 1]; ++e) {
        const std::int32_t j = of.neighbour[usize(e)];
        const auto w = static_cast<double>(of.weight[usize(e)]);
        if (!(w >= 0) || j == i)
          throw bad_data("the edge from cell " + std::to_string(i) + " to " + std::to_string(j) + " has the weight " +
                         std::to_string(w) + "; clusters need weights of at least 0 and no edge from a cell to itself");
        (j > i ? upper : lower) += w;
        if (j < i) continue;
        ends.push_back(i);
        ends.push_back(j);
        weight_.push_back(w);
      }
    if (std::abs(upper - lower) > 1e-6 * upper || 2 * weight_.size() != of.neighbour.size())
      throw bad_data(
          "the graph holds edges in one direction that it does not hold in the other; give neighbours in both directions, "
          "such as "
          "UMAP's connectivities");
    strength_.assign(usize(n_), 0);
    for (std::size_t e = 0; e < weight_.size(); ++e)
      for (const std::size_t end : {2 * e, 2 * e + 1}) strength_[usize(ends[end])] += weight_[e];
    all_ = 2 * upper;
    igraph_vector_int_t view;
    const igraph_integer_t none = 0;  // igraph wants an address even of nothing
    igraph_vector_int_view(&view, ends.empty() ? &none : ends.data(), isize(ends.size()));
    const std::scoped_lock lock(one_at_a_time());
    const quiet silence;
    check(igraph_create(&graph_, &view, n_, IGRAPH_UNDIRECTED), "holding the graph");
  }
  igraph_network(const igraph_network&) = delete;
  igraph_network& operator=(const igraph_network&) = delete;
  ~igraph_network() { igraph_destroy(&graph_); }

  struct leiden_settings {
    double resolution = 1, randomness = 0.01;
    int iterations = 2;
    bool both_directions = false;
    std::uint64_t seed = 1;
  };
  /// in     start: a partition to begin from, or none
  [[nodiscard]] partition<> leiden(const leiden_settings& with, const partition<>* start = nullptr) const {
    if (!(all_ > 0)) return alone();
    return in_peace(with.seed, start, [&](igraph_vector_int_t* membership) {
      std::vector<double> weight = weight_, strength = strength_;
      const double times = with.both_directions ? 2 : 1;
      for (double& w : weight) w *= times;
      for (double& s : strength) s *= times;
      igraph_vector_t weights, strengths;
      igraph_vector_view(&weights, weight.data(), isize(weight.size()));
      igraph_vector_view(&strengths, strength.data(), isize(strength.size()));
      const auto improved = [&](bool from_start, int iterations) {
        igraph_integer_t clusters = 0;
        igraph_real_t quality = 0;
        check(igraph_community_leiden(&graph_, &weights, &strengths, with.resolution / (all_ * times), with.randomness,
                                      from_start, iterations, membership, &clusters, &quality),
              "Leiden");
        return quality;
      };
      if (with.iterations >= 0) {
        improved(start != nullptr, with.iterations);
        return;
      }
      // igraph 0.10.2 stops after one iteration where it is asked to go on until nothing changes.
      double before = improved(start != nullptr, 2);
      for (double now = improved(true, 2); now > before + 1e-9 * std::abs(before); now = improved(true, 2)) before = now;
    });
  }
  /// The clusters of highest modularity among several beginnings, each with its own order of the cells.   ties  the first
  [[nodiscard]] partition<> louvain(double resolution, std::uint64_t seed, int beginnings) const {
    if (!(all_ > 0)) return alone();
    igraph_vector_t weights;
    igraph_vector_view(&weights, weight_.data(), isize(weight_.size()));
    const kernel::draws others(seed, "metric: beginnings of Louvain");
    partition<> best;
    double highest = 0;
    for (int b = 0; b < beginnings; ++b) {
      igraph_real_t reached = 0;
      partition<> found = in_peace(b == 0 ? seed : others.bits(b), nullptr, [&](igraph_vector_int_t* membership) {
        check(igraph_community_multilevel(&graph_, &weights, resolution, membership, nullptr, nullptr), "Louvain");
        check(igraph_modularity(&graph_, membership, &weights, resolution, false, &reached), "modularity");
      });
      if (b > 0 && !(reached > highest)) continue;
      highest = reached;
      best = std::move(found);
    }
    return best;
  }

 private:
  static std::mutex& one_at_a_time() {
    static std::mutex lock;
    return lock;
  }
  static void check(igraph_error_t result, const char* what) {
    if (result != IGRAPH_SUCCESS) throw bad_data(std::string("igraph failed at ") + what + ": " + igraph_strerror(result));
  }
  /// Every cell a cluster: what a graph without edges gives.
  [[nodiscard]] partition<> alone() const {
    partition<> out;
    out.n_labels = static_cast<std::int32_t>(n_);
    for (std::int32_t i = 0; i < out.n_labels; ++i) out.label.push_back(i);
    return out;
  }

  /// What igraph keeps for the whole program, put back in whatever way the work ends.
  struct quiet {
    igraph_error_handler_t* errors = igraph_set_error_handler(&igraph_error_handler_ignore);
    igraph_warning_handler_t* warnings = igraph_set_warning_handler(&igraph_warning_handler_ignore);
    quiet() = default;
    quiet(const quiet&) = delete;
    quiet& operator=(const quiet&) = delete;
    ~quiet() {
      igraph_set_error_handler(errors);
      igraph_set_warning_handler(warnings);
    }
  };
  /// Another generator in the place of the program's: some versions of igraph_rng_set_default copy, others point.
  struct seeded {
    igraph_rng_t own{}, before = *igraph_rng_default();
    explicit seeded(std::uint64_t seed) {
      check(igraph_rng_init(&own, &igraph_rngtype_mt19937), "making room");
      igraph_rng_seed(&own, static_cast<igraph_uint_t>(kernel::mix64(seed) >> 33));
      *igraph_rng_default() = own;
    }
    seeded(const seeded&) = delete;
    seeded& operator=(const seeded&) = delete;
    ~seeded() {
      *igraph_rng_default() = before;
      igraph_rng_destroy(&own);
    }
  };
  struct numbers {
    igraph_vector_int_t all{};
    explicit numbers(std::int64_t n) { check(igraph_vector_int_init(&all, n), "making room"); }
    numbers(const numbers&) = delete;
    numbers& operator=(const numbers&) = delete;
    ~numbers() { igraph_vector_int_destroy(&all); }
  };

  template <class Work>
  [[nodiscard]] partition<> in_peace(std::uint64_t seed, const partition<>* start, Work&& work) const {
    const std::scoped_lock lock(one_at_a_time());
    const quiet silence;
    const seeded random(seed);
    numbers membership(n_);
    if (start != nullptr)
      for (std::int64_t i = 0; i < n_; ++i) VECTOR(membership.all)[i] = start->label[usize(i)];
    work(&membership.all);
    partition<> out;
    out.label.resize(usize(n_));
    for (std::int64_t i = 0; i < n_; ++i) {
      out.label[usize(i)] = static_cast<std::int32_t>(VECTOR(membership.all)[i]);
      out.n_labels = std::max(out.n_labels, out.label[usize(i)] + 1);
    }
    return out;
  }

  std::int64_t n_;
  igraph_t graph_{};
  std::vector<double> weight_, strength_;
  double all_ = 0;
};

/// Clusters of a graph at several resolutions.
/// in     method: leiden, louvain                        out    [resolutions]
template <class Method>
[[nodiscard]] std::vector<partition<>> scan_by_igraph(const Method& method, const graph<>& of,
                                                      std::span<const double> resolutions) {
  for (const double r : resolutions)
    if (!(r >= 0) || std::isinf(r))
      throw bad_option(std::string(Method::name) + " was given the resolution " + shortest(r) +
                       "; give a number of at least 0");
  return method.of_network(igraph_network(of), resolutions);
}
/// The same for embedded cells: through UMAP's connectivities, in the order of the ids, so that the order of the rows
/// changes nothing.
template <class Method>
[[nodiscard]] std::vector<partition<>> scan_by_igraph(const Method& method, const embedded_cells& cells,
                                                      std::span<const double> resolutions) {
  const std::vector<std::int64_t> row = rows_by_id(cells.cells.cells, cells.cells.n_cells());
  auto out = scan_by_igraph(method, reordered(cells.connectivities(method.neighbours), row), resolutions);
  for (partition<>& p : out) p = in_row_order(p, row);
  return out;
}

/// Clusters of a graph or of cells at the resolution that the method holds.
template <class Method, class Of>
[[nodiscard]] partition<> clusters_by_igraph(const Method& method, const Of& of) {
  return std::move(method.scan(of, std::span(&method.resolution, 1)).front());
}

/// Leiden clusters by modularity at a resolution.
/// in     graph with every edge in both directions, or embedded cells
/// out    partition [cells], clusters numbered by igraph
/// cost   igraph's, on one thread: 50,000 cells with 15 neighbours 0.5 to 0.7 s a resolution
/// repeat decided by seed, graph and version of igraph
/// errors bad_option: a resolution below 0; bad_data: edges in one direction only
/// source Traag, Waltman and van Eck 2019; scib's default clustering, and with both_directions scib-metrics'
struct leiden {
  static constexpr std::string_view name = "leiden";
  double resolution = 1;
  std::int64_t neighbours = 15;  ///< of embedded cells, itself included
  int iterations = 2;  ///< as igraph's Python and scib-metrics; below 0: until nothing improves, as scanpy and scib
  double randomness = 0.01;
  /// A scan begins every resolution from the clusters of the one before: modularity stays within 0.005, but clusters above
  /// resolution 1 are fewer than from a fresh beginning, and NMI is not comparable with scib's.
  bool warm_start = false;
  bool both_directions = false;  ///< every edge counts twice, as in scib-metrics: the same modularity, other random numbers
  std::uint64_t seed = 1;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(resolution " + shortest(resolution) + ", neighbours " + std::to_string(neighbours) +
           ", iterations " + std::to_string(iterations) + ", randomness " + shortest(randomness) +
           (warm_start ? ", warm start" : "") + (both_directions ? ", both directions" : "") + ", seed " +
           std::to_string(seed) + ")";
  }
  template <class Of>
  [[nodiscard]] partition<> operator()(const Of& of) const {
    return clusters_by_igraph(*this, of);
  }
  template <class Of>
  [[nodiscard]] std::vector<partition<>> scan(const Of& of, std::span<const double> resolutions) const {
    return scan_by_igraph(*this, of, resolutions);
  }
  [[nodiscard]] std::vector<partition<>> of_network(const igraph_network& network,
                                                    std::span<const double> resolutions) const {
    std::vector<partition<>> out;
    for (const double r : resolutions)
      out.push_back(network.leiden({r, randomness, iterations, both_directions, seed},
                                   warm_start && !out.empty() ? &out.back() : nullptr));
    return out;
  }
};

/// Louvain clusters by modularity at a resolution: the best of several beginnings.
/// in, out, repeat as leiden
/// cost   beginnings times igraph's: 50,000 cells with 15 neighbours about 1 s a beginning and resolution
/// errors as leiden, and bad_option: fewer than one beginning
/// source Blondel et al. 2008, by igraph; differs: opt_louvain of scib, which scGPT and DenAdel et al. use, calls the
///        package louvain. Its clusters are of lower modularity, at each resolution they are others, and at the resolution
///        that agrees best with the labels they agree alike (docs/differences.md)
struct louvain {
  static constexpr std::string_view name = "louvain";
  double resolution = 1;
  std::int64_t neighbours = 15;  ///< of embedded cells, itself included
  int beginnings = 10;           ///< of one alone, modularity is up to 0.007 lower
  std::uint64_t seed = 1;

  [[nodiscard]] std::string describe() const {
    return std::string(name) + "(resolution " + shortest(resolution) + ", neighbours " + std::to_string(neighbours) +
           ", best of " + std::to_string(beginnings) + ", seed " + std::to_string(seed) + ")";
  }
  template <class Of>
  [[nodiscard]] partition<> operator()(const Of& of) const {
    return clusters_by_igraph(*this, of);
  }
  template <class Of>
  [[nodiscard]] std::vector<partition<>> scan(const Of& of, std::span<const double> resolutions) const {
    return scan_by_igraph(*this, of, resolutions);
  }
  [[nodiscard]] std::vector<partition<>> of_network(const igraph_network& network,
                                                    std::span<const double> resolutions) const {
    if (beginnings < 1)
      throw bad_option("louvain was asked for the best of " + std::to_string(beginnings) + " beginnings; give at least 1");
    std::vector<partition<>> out;
    for (const double r : resolutions) out.push_back(network.louvain(r, seed, beginnings));
    return out;
  }
};

using leiden_nmi = cluster_nmi<leiden>;
using leiden_ari = cluster_ari<leiden>;
using leiden_scan_nmi = scan_nmi<leiden>;
using leiden_scan_ari = scan_ari<leiden>;
using leiden_isolated_label_f1 = isolated_label_f1<leiden>;

}  // namespace tepui::metric
