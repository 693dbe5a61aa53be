/// What `tokenize --system` is told, and what it does.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/flow/dataset.hpp>

struct system_settings {
  std::string system, vocabulary, medians, positions, network, programs, species, out;
  std::vector<std::string> first;
  std::int32_t slots = 0;  ///< 0: the system's own
  double min_share = 0.5;
  std::uint64_t seed = 0;
};

/// "geneformer-v1, geneformer-v2, ..."
std::string system_names();
/// Writes id.npy, value.npy, n_used.npy, mask.npy or text.txt, as the original has them, and says on stderr what was
/// matched.
void write_system(const system_settings& settings, const tepui::dataset<>& data);
