#include <tepui/metric/clustering/igraph.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include <tepui/metric/clustering/modularity.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::igraph_clusters {
namespace {

graph<> golden_graph(const std::string& shared, const std::string& name) {
  graph<> out;
  const std::string path = "golden/metrics/" + name;
  for (const std::int32_t b : laws::npy<std::int32_t>(shared, path + "_indptr.npy")) out.row_begin.push_back(b);
  for (const std::int32_t j : laws::npy<std::int32_t>(shared, path + "_indices.npy")) out.neighbour.push_back(j);
  for (const double w : laws::npy<double>(shared, path + "_data.npy")) out.weight.push_back(static_cast<float>(w));
  return out;
}

/// Two triangles, joined by one thin edge.
graph<> triangles() {
  graph<> out;
  out.row_begin = {0, 2, 4, 7, 10, 12, 14};
  out.neighbour = {1, 2, 0, 2, 0, 1, 3, 2, 4, 5, 3, 5, 3, 4};
  out.weight = {1, 1, 1, 1, 1, 1, 0.5F, 0.5F, 1, 1, 1, 1, 1, 1};
  return out;
}

TEST_CASE("modularity by pencil") {
  const graph<> of = triangles();
  const std::vector<std::int32_t> halves{0, 0, 0, 1, 1, 1}, all(6, 0);
  // 12 of 13 within, and half of all strength in each.
  CHECK(metric::modularity(of, halves) == doctest::Approx(12.0 / 13 - 0.5));
  CHECK(metric::modularity(of, halves, 2) == doctest::Approx(12.0 / 13 - 1));
  CHECK(metric::modularity(of, all) == doctest::Approx(0));
  CHECK_THROWS_AS(static_cast<void>(metric::modularity(of, std::vector<std::int32_t>{0})), bad_data);
}

TEST_CASE("two triangles are two clusters") {
  const std::vector<std::int32_t> halves{0, 0, 0, 1, 1, 1};
  const auto right = [&](const partition<>& p) { return metric::adjusted_rand(metric::contingency(halves, p.label)) == 1; };
  CHECK(right(metric::leiden{}(triangles())));
  CHECK(right(metric::leiden{.iterations = -1, .both_directions = true}(triangles())));
  CHECK(right(metric::louvain{}(triangles())));
  CHECK(metric::leiden{.resolution = 0}(triangles()).n_labels == 1);
}

TEST_CASE("clusters depend on the seed alone, whatever igraph's own generator has done before") {
  const graph<> of = triangles();
  const auto first = metric::leiden{.seed = 4}(of);
  igraph_rng_seed(igraph_rng_default(), 99);
  const double drawn = igraph_rng_get_unif01(igraph_rng_default());
  igraph_rng_seed(igraph_rng_default(), 99);
  const auto again = metric::leiden{.seed = 4}(of);
  CHECK(first.label == again.label);
  CHECK(igraph_rng_get_unif01(igraph_rng_default()) == drawn);  // the program's own numbers go on where they were
}

TEST_CASE("graphs without edges or cells are legal; edges in one direction are refused") {
  graph<> none;
  CHECK(metric::leiden{}(none).label.empty());
  none.row_begin = {0, 0, 0};
  CHECK(metric::leiden{}(none).n_labels == 2);
  CHECK(metric::louvain{}(none).n_labels == 2);
  graph<> one_way;
  one_way.row_begin = {0, 1, 1};
  one_way.neighbour = {1};
  one_way.weight = {1};
  CHECK_THROWS_AS(static_cast<void>(metric::leiden{}(one_way)), bad_data);
  CHECK_THROWS_AS(static_cast<void>(metric::leiden{.resolution = -1}(triangles())), bad_option);
}

struct peer {
  std::vector<double> modularity, nmi;
};
/// (algorithm, resolution) -> what the peer found, a number a seed.
std::map<std::pair<std::string, double>, peer> peers(const std::string& shared, const std::string& file, bool seeds) {
  std::istringstream lines(laws::shared_text(shared, "golden/metrics/" + file));
  std::map<std::pair<std::string, double>, peer> out;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::size_t comma = line.find(',');
    const auto v = laws::numbers_in(line.substr(comma));
    peer& p = out[{line.substr(0, comma), std::round(10 * v[0]) / 10}];
    p.modularity.push_back(seeds ? v[3] : v[4]);
    p.nmi.push_back(seeds ? v[4] : v[2]);
  }
  return out;
}

double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum / static_cast<double>(v.size());
}

TEST_CASE("on the golden graphs Leiden and Louvain are as good as igraph's, leidenalg's and louvain's") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto truth = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  const graph<> easy = golden_graph(shared, "nbr15_conn"), hard = golden_graph(shared, "hard_nbr15_conn");
  // Means over seeds, as the peers' are: modularity not below theirs, and NMI within their spread.
  const auto beside = [&](const graph<>& of, const std::string& peer_name, double at, const peer& than) {
    CAPTURE(peer_name);
    CAPTURE(at);
    double quality = 0, nmi = 0;
    const std::uint64_t seeds = peer_name.starts_with("louvain") ? 1 : 10;  // itself the best of several
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const auto found = peer_name.starts_with("louvain")
                             ? metric::louvain{.resolution = at, .beginnings = 5, .seed = seed}(of)
                             : metric::leiden{.resolution = at, .seed = seed}(of);
      quality += metric::modularity(of, found.label, at) / static_cast<double>(seeds);
      nmi += metric::normalized_information(metric::contingency(truth, found.label)) / static_cast<double>(seeds);
    }
    CHECK(quality >= mean(than.modularity) - (peer_name == "louvain" ? 1e-6 : 0.005));
    if (than.nmi.size() < 2 || peer_name == "louvain") return;  // other clusters of higher modularity: see the next case
    double spread = 0;
    for (const double v : than.nmi) spread += (v - mean(than.nmi)) * (v - mean(than.nmi));
    spread = std::sqrt(spread / static_cast<double>(than.nmi.size() - 1));
    CHECK(std::abs(nmi - mean(than.nmi)) <= 3 * spread + 2e-3);  // the peers' spread is 0 where the clusters are plain
  };
  for (const auto& [key, than] : peers(shared, "clustering_resolution_scan.csv", false))
    beside(easy, key.first, key.second, than);
  for (const auto& [key, than] : peers(shared, "hard_clustering_scan_5seeds.csv", true))
    beside(hard, key.first, key.second, than);
}

TEST_CASE("over a scan Louvain agrees with the labels as well as the package louvain does, and more beginnings are better") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto truth = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  const graph<> hard = golden_graph(shared, "hard_nbr15_conn");
  std::vector<double> at, theirs;
  for (const auto& [key, than] : peers(shared, "hard_clustering_scan_5seeds.csv", true))
    if (key.first == "louvain") {
      at.push_back(key.second);
      theirs.push_back(mean(than.nmi));
    }
  REQUIRE(!at.empty());
  const auto ten = metric::louvain{}.scan(hard, at), one = metric::louvain{.beginnings = 1}.scan(hard, at);
  double best = 0;
  for (std::size_t r = 0; r < at.size(); ++r) {
    best = std::max(best, metric::normalized_information(metric::contingency(truth, ten[r].label)));
    CHECK(metric::modularity(hard, ten[r].label, at[r]) >= metric::modularity(hard, one[r].label, at[r]) - 1e-9);
  }
  CHECK(std::abs(best - *std::max_element(theirs.begin(), theirs.end())) < 0.03);
  CHECK(metric::louvain{}(hard).label == metric::louvain{}(hard).label);
  CHECK(metric::louvain{}.describe().find("best of 10") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(metric::louvain{.beginnings = 0}(hard)), bad_option);
}

TEST_CASE("a scan that begins each resolution where the last ended keeps the quality") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const graph<> hard = golden_graph(shared, "hard_nbr15_conn");
  const auto at = metric::resolutions{}.list();
  const auto cold = metric::leiden{}.scan(hard, at), warm = metric::leiden{.warm_start = true}.scan(hard, at);
  const auto still = metric::leiden{.iterations = -1}.scan(hard, at);
  REQUIRE(warm.size() == 10);
  for (std::size_t r = 0; r < at.size(); ++r) {
    const double quality = metric::modularity(hard, cold[r].label, at[r]);
    CHECK(metric::modularity(hard, warm[r].label, at[r]) >= quality - 0.005);
    CHECK(metric::modularity(hard, still[r].label, at[r]) >= quality - 1e-9);
  }
}

TEST_CASE("heads on the golden cells agree with scib and scib-metrics, and share one scan") {
  const std::string shared = TEPUI_SHARED;
  if (shared.empty()) {
    MESSAGE("skipped: the shared data are not there");
    return;
  }
  const auto label = laws::npy<std::int32_t>(shared, "golden/metrics/labels_600.npy");
  const auto batch = laws::npy<std::int32_t>(shared, "golden/metrics/batch_600.npy");
  const std::vector<std::string> names{"0", "1", "2", "3", "4"}, batches{"0", "1", "2"};
  embedding_batch<> points;
  points.resize(600, 20);
  const auto values = laws::npy<float>(shared, "golden/metrics/emb_600x20.npy");
  points.value.assign(values.begin(), values.end());
  for (std::int64_t i = 0; i < 600; ++i) points.cell_id[usize(i)] = i;
  const metric::embedded_cells cells(points.view(), {label, names}, {batch, batches});
  const auto scores =
      metric::measure(cells, {.resamples = 100}, metric::leiden_scan_nmi{}, metric::leiden_scan_ari{},
                      metric::leiden_isolated_label_f1{}, metric::leiden_nmi{}, metric::leiden_ari{},
                      metric::cluster_nmi<metric::louvain>{{.beginnings = 2}},
                      metric::scan_ari<metric::louvain>{{.beginnings = 2}, metric::opt_louvain});
  REQUIRE(scores.size() == 7);
  CHECK(scores[0].name == "leiden_scan_nmi");
  CHECK(scores[2].name == "leiden_isolated_label_f1");
  CHECK(scores[3].name == "leiden_nmi");
  CHECK(scores[6].name == "louvain_scan_ari");
  CHECK(std::abs(scores[0].value.value - 0.9934441129764289) < 0.02);
  CHECK(std::abs(scores[1].value.value - 0.9958892023471821) < 0.02);
  CHECK(scores[2].value.value == 1);
  CHECK(std::abs(scores[3].value.value - 0.9934441129764289) < 0.02);
  CHECK(std::abs(scores[4].value.value - 0.9958892023471821) < 0.02);
  CHECK(std::abs(scores[6].value.value - 0.9958892023471821) < 0.02);  // DenAdel's opt_louvain
  for (const auto& s : scores) {
    CHECK(s.floor.value < 0.3);
    CHECK(s.low.value <= s.value.value);
    CHECK(s.high.value >= s.value.value);
  }
}

TEST_CASE("Leiden of embedded cells does not depend on the order of the rows") {
  embedding_batch<> points;
  points.resize(200, 3);
  const kernel::draws random(8, "tests: leiden");
  std::vector<std::int32_t> label;
  for (std::int64_t i = 0; i < 200; ++i) {
    points.cell_id[usize(i)] = 7 * i % 200;
    label.push_back(static_cast<std::int32_t>(i % 2));
    for (std::int64_t d = 0; d < 3; ++d)
      points.row(i)[usize(d)] =
          static_cast<float>(random.normal(i, static_cast<std::uint64_t>(d)) + static_cast<double>(i % 2));
  }
  const std::vector<std::string> names{"a", "b"};
  std::vector<std::int64_t> turned(200);
  for (std::int64_t i = 0; i < 200; ++i) turned[usize(i)] = 199 - i;
  const auto other = rows_of(points.view(), std::span<const std::int64_t>(turned));
  std::vector<std::int32_t> other_label(label.rbegin(), label.rend());
  const metric::embedded_cells one(points.view(), {label, names}), two(other.view(), {other_label, names});
  const auto a = metric::leiden{}(one), b = metric::leiden{}(two);
  for (std::int64_t i = 0; i < 200; ++i) CHECK(a.label[usize(i)] == b.label[usize(199 - i)]);
  const auto x = metric::measure(one, {.resamples = 20}, metric::leiden_scan_nmi{})[0],
             y = metric::measure(two, {.resamples = 20}, metric::leiden_scan_nmi{})[0];
  CHECK(x.value.value == y.value.value);
  CHECK(x.floor.value == y.floor.value);
  CHECK(x.low.value == y.low.value);
}

}  // namespace
}  // namespace tepui::tests::igraph_clusters
