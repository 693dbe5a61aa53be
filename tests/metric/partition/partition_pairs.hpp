#pragma once
/// Pairs of groupings that the tests of agreement share.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <tepui/flow/index.hpp>
#include <tepui/metric/partition/contingency.hpp>

#include "laws/golden.hpp"
#include "laws/npy.hpp"

namespace tepui::tests::partition_pairs {

/// A golden pair: its table, and what scikit-learn and scib say of it (missing where they say NaN).
struct pair {
  std::string name;
  metric::contingency table;
  std::map<std::string, double> wanted;
  std::vector<double> hcv;
};

inline std::vector<pair> golden(const std::string& shared) {
  const std::string text = laws::shared_text(shared, "golden/metrics/embed_results.json");
  std::vector<pair> out;
  std::size_t at = text.find("\"partition_pairs\"");
  for (const char* name : {"random_5v7", "identical", "const_const", "const_vs_multi", "singletons_vs_multi",
                           "singletons_singletons", "knn5"}) {
    const auto codes = laws::npy<std::int32_t>(shared, std::string("golden/metrics/pair_") + name + ".npy");
    const std::size_t n = codes.size() / 2;
    pair p{name, metric::contingency(std::span(codes).first(n), std::span(codes).subspan(n)), {}, {}};
    const std::size_t begin = text.find("\"" + std::string(name) + "\"", at), end = text.find('}', begin);
    for (const char* key : {"nmi_arith", "nmi_geo", "nmi_min", "nmi_max", "ari_sklearn", "ari_scib", "ami", "mi_nats"}) {
      const std::size_t colon = text.find("\"" + std::string(key) + "\":", begin);
      REQUIRE(colon < end);
      const std::string rest = text.substr(colon + std::string(key).size() + 3, 40);
      if (rest.find("null") > 5) p.wanted[key] = std::stod(rest);
    }
    std::size_t from = begin;
    p.hcv = laws::numbers_in(laws::json_array(text, "hcv", from));
    out.push_back(std::move(p));
  }
  return out;
}

/// Random codes below `labels`.
inline std::vector<std::int32_t> codes(std::int64_t n, std::int32_t labels, std::uint64_t seed) {
  const kernel::draws random(seed, "tests");
  std::vector<std::int32_t> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(static_cast<std::int32_t>(random.below(labels, i)));
  return out;
}

}  // namespace tepui::tests::partition_pairs
