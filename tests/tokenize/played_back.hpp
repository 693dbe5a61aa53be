#pragma once
/// Random numbers that were drawn elsewhere, handed to a tokenizer instead of kernel::draws.

#include <cstdint>
#include <map>
#include <vector>

#include <tepui/flow/index.hpp>

namespace tepui::tests {

/// The same draws for whatever asks: draws [cells] of [draws], by cell id.
struct played_back {
  std::vector<std::vector<double>> draws;
  [[nodiscard]] double uniform(std::int64_t cell, std::uint64_t draw) const { return draws.at(usize(cell)).at(draw); }
  [[nodiscard]] const played_back& sub(std::uint64_t) const { return *this; }
};

/// One set of draws for the expression and one for whatever the composition asks.
struct played_back_in_parts {
  std::map<std::int64_t, std::vector<double>> expression, composition;
  struct part {
    const std::map<std::int64_t, std::vector<double>>* of;
    [[nodiscard]] double uniform(std::int64_t cell, std::uint64_t draw) const { return of->at(cell).at(draw); }
    [[nodiscard]] part sub(std::uint64_t) const { return *this; }
  };
  [[nodiscard]] double uniform(std::int64_t, std::uint64_t) const { return 0; }
  [[nodiscard]] part sub(std::uint64_t purpose) const { return {purpose == 1 ? &expression : &composition}; }
};

/// A set of draws for each step of the composition.
struct played_back_steps {
  std::vector<std::map<std::int64_t, std::vector<double>>> steps;
  struct part {
    const played_back_steps* all;
    const std::map<std::int64_t, std::vector<double>>* of;
    [[nodiscard]] double uniform(std::int64_t cell, std::uint64_t draw) const { return of->at(cell).at(draw); }
    [[nodiscard]] part sub(std::uint64_t step) const { return {all, &all->steps.at(step < all->steps.size() ? step : all->steps.size() - 1)}; }
  };
  [[nodiscard]] double uniform(std::int64_t, std::uint64_t) const { return 0; }
  [[nodiscard]] part sub(std::uint64_t) const { return {this, &steps.front()}; }
};

}  // namespace tepui::tests
