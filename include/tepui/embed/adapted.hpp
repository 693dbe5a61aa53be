#pragma once
/// Gene vectors that come from outside and stay as they are, behind a learned linear layer that makes them fit the model.

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <tepui/embed/frozen.hpp>
#include <tepui/layer/linear.hpp>

namespace tepui::embed {

/// A frozen table and its adapter.                       table [rows, FileDims]; weights: weight [FileDims, Dims]; bias [Dims]
template <int FileDims, int Dims>
struct adapted_table {
  static constexpr int dims = Dims;
  using needs = channels<>;
  using adapter = layer::linear<FileDims, Dims>;
  template <class Real>
  struct room {
    memory<Real> file;
    room_t<adapter, Real> product;
  };

  frozen_table<FileDims> table;

  [[nodiscard]] std::string describe() const { return table.describe() + " -> " + std::to_string(Dims); }
  static void each_array(auto& self, auto&& visit) { each_array_of(self.table, "table.", visit); }
  void each_weight(auto&& visit) const { adapter{}.each_weight(visit); }
  [[nodiscard]] std::int32_t n_rows() const { return table.n_rows(); }
  [[nodiscard]] bool keeps(std::int32_t id) const { return table.keeps(id); }
  template <class Real>
  void forward(std::span<const Real> w, std::span<const std::int32_t> id, std::span<Real> out, room<Real>& r) const {
    layer::nothing none;
    adapter{}.forward(w, {}, from_file(id, r), out, none, r.product);
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const std::int32_t> id, std::span<const Real> d_out, std::span<Real> dw,
                room<Real>& r) const {
    layer::nothing none;
    adapter{}.backward(w, {}, from_file(id, r), d_out, dw, std::span<Real>(), none, r.product);
  }

 private:
  template <class Real>
  [[nodiscard]] std::span<const Real> from_file(std::span<const std::int32_t> id, room<Real>& r) const {
    const auto file = grown(r.file, isize(id.size()) * FileDims);
    table.forward(std::span<const Real>(), id, file, r.product);
    return file;
  }
};

/// Gene vectors from outside with a linear adapter (scPRINT, and State without its norm and bend).
/// fit    the table as frozen<FileDims>; the adapter's weights begin uniform within 1 / sqrt(FileDims)
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
    return {from.fit(train, context)};
  }
};

static_assert(part<adapted<8, 4>> && part<adapted_table<8, 4>> && learns<adapted_table<8, 4>>);

}  // namespace tepui::embed
