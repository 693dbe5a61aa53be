#pragma once
/// What each file adds to those bought before it, and what that is worth.

#include <cstdint>
#include <string>
#include <tepui/coverage/in_order.hpp>
#include <tepui/coverage/marginal_gain.hpp>
#include <tepui/coverage/own_radius.hpp>
#include <vector>

#include "pool.hpp"

namespace portfolio {
namespace cover = tepui::coverage;

struct finding_settings {
  double radius = 0;  ///< one for all cells; 0: each cell's own, see coverage::own_radius
  double stop = 0.1;  ///< a file pays where it adds at least so much of what the first adds
  std::int64_t resamples = 500;
  std::uint64_t seed = 1;
  int threads = 1;
};

/// One file in the order to buy.
struct purchase {
  std::int64_t candidate = 0;
  cover::gain_step step;  ///< share of all cells, each file weighing the same, that have something near
  cover::paying pays{};
  cover::coverage_step detail;
  std::vector<std::string> types;  ///< that no file before it has
};

/// Types (or donors) in fewer cells.
struct curve {
  std::string name;
  std::vector<cover::rarefied> points;
};

struct findings {
  double radius = 0, unit = 0, stop = 0;
  std::int64_t box_dims = 0;
  std::string near;  ///< what counts as near, in words
  std::vector<purchase> order;
  std::string bound;
  cover::gain_order by_boxes, by_vendi;
  std::vector<std::vector<double>> overlap;      ///< [of, by]: share of the cells of one that have a cell of the other near
  std::vector<std::vector<double>> duplicate;    ///< [of, by]: share of near duplicates, -1 where not known
  std::vector<std::int32_t> covered_at;          ///< [cells]: the step that first covers a cell; number of steps: none
  std::vector<curve> types_in_cells;             ///< all files, then each
  std::vector<cover::rarefied> types_in_donors;  ///< empty where fewer than 2 donors are known
  std::vector<std::string> verdict;              ///< sentences
};

findings look(const cell_pool& pool, const finding_settings& settings);

}  // namespace portfolio
