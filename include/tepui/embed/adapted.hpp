#pragma once
/// Gene vectors that come from outside and stay as they are, behind a learned linear layer that makes them fit the model.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tepui/embed/frozen.hpp>
#include <tepui/kernel/linear.hpp>

namespace tepui::embed {

/// A frozen table and its adapter.                       table [rows, FileDims]; weight [FileDims, Dims]; bias [Dims]
template <int FileDims, int Dims>
struct adapted_table {
  static constexpr int dims = Dims;
  using needs = channels<>;
  struct room {
    std::vector<float> file;
    no_room table;
  };

  frozen_table<FileDims> table;
  std::vector<float> weight, bias;

  [[nodiscard]] std::string describe() const { return table.describe() + " -> " + std::to_string(Dims); }
  static void each_array(auto& self, auto&& visit) {
    each_array_of(self.table, "table.", visit);
    visit("weight", self.weight);
    visit("bias", self.bias);
  }
  [[nodiscard]] std::int32_t n_rows() const { return table.n_rows(); }
  [[nodiscard]] bool keeps(std::int32_t id) const { return table.keeps(id); }
  void forward(std::span<const std::int32_t> id, std::span<float> out, room& r) const {
    r.file.resize(id.size() * usize(FileDims));
    table.forward(id, r.file, r.table);
    kernel::linear<usize(Dims)>(r.file, FileDims, weight, bias, out);
  }
};

/// Gene vectors from outside with a linear adapter (scPRINT, and State without its norm and bend).
/// fit    the table as frozen<FileDims>; the adapter's weights uniform within 1 / sqrt(FileDims)
/// cost   O(FileDims Dims) a token, and 4 FileDims bytes a gene            errors, twin  as frozen
template <int FileDims, int Dims>
struct adapted {
  static_assert(Dims > 0, "tepui: adapted gene vectors need at least one dimension; write adapted<5120, 128>");
  static constexpr int dims = Dims;
  using needs = channels<>;
  using fitted = adapted_table<FileDims, Dims>;

  frozen<FileDims> from{};

  adapted() = default;
  explicit adapted(named_vectors vectors) : from{std::move(vectors)} {}
  explicit adapted(frozen<FileDims> f) : from(std::move(f)) {}

  [[nodiscard]] std::string describe() const { return from.describe() + " -> " + std::to_string(Dims); }
  [[nodiscard]] learned<Dims> untrained() const { return {from.extra_rows}; }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    return {from.fit(train, context), uniform_weights(FileDims, Dims, FileDims, context.random.sub(1)),
            uniform_weights(1, Dims, FileDims, context.random.sub(2))};
  }
};

static_assert(part<adapted<8, 4>> && part<adapted_table<8, 4>>);

}  // namespace tepui::embed
