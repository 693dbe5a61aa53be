#pragma once
/// Every score of every embedding.

#include <cstdint>
#include <functional>
#include <string>
#include <tepui/flow/score.hpp>
#include <vector>

#include "cells.hpp"

namespace evaluate {

/// Scores of one kind, in the order in which they are shown.
struct section {
  std::string title, about;
  std::vector<tp::score> scores;
};

/// How often cells of one type were taken for another by the nearest neighbours.
/// cells [types, types], rows the true type
struct confusion_table {
  std::vector<std::string> type;
  std::vector<std::int64_t> cells;
};

struct scored_embedding {
  std::string name;
  bool competitor = false;
  std::int64_t dims = 0;
  std::vector<section> sections;
  confusion_table confusion;
};

/// in     cells as read; `said` is called before each embedding with what is done next
/// errors  as the metrics
std::vector<scored_embedding> score_all(const labelled_cells& cells, const settings& wanted,
                                        const std::function<void(const std::string&)>& said);

}  // namespace evaluate
