#pragma once
/// Several vectors for one token, side by side or added up: a learned one and one from the gene's protein, say.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include <tepui/embed/layer.hpp>

namespace tepui::embed {

enum class side_by_side : bool { no, yes };

/// Several identity layers read as one: side by side in their order, or added up from left to right.
template <side_by_side How, class... Parts>
struct several_tables {
  static constexpr int dims = How == side_by_side::yes ? (Parts::dims + ...) : std::max({Parts::dims...});
  using needs = channels<>;
  template <class Real>
  struct room {
    std::tuple<room_t<Parts, Real>...> of;
    memory<Real> one;
  };

  std::tuple<Parts...> parts;

  [[nodiscard]] std::string describe() const {
    std::string text;
    const char* const between = How == side_by_side::yes ? " ++ " : " + ";
    std::apply([&](const auto&... p) { ((text += (text.empty() ? "" : between) + p.describe()), ...); }, parts);
    return "(" + text + ")";
  }
  static void each_array(auto& self, auto&& visit) {
    int i = 0;
    std::apply([&](auto&... p) { (each_array_of(p, std::to_string(i++) + ".", visit), ...); }, self.parts);
  }
  static void each_part(auto& self, auto&& visit) {
    int i = 0;
    std::apply([&](auto&... p) { (visit(std::to_string(i++).c_str(), p), ...); }, self.parts);
  }
  [[nodiscard]] std::int32_t n_rows() const {
    return std::apply([](const auto&... p) { return std::min({p.n_rows()...}); }, parts);
  }
  /// A token stays where every part has a vector for it.
  [[nodiscard]] bool keeps(std::int32_t id) const {
    const auto one = [id](const auto& p) {
      if constexpr (requires { p.keeps(id); }) return p.keeps(id);
      return true;
    };
    return std::apply([&](const auto&... p) { return (one(p) && ...); }, parts);
  }
  template <class Real>
  void forward(std::span<const Real> w, std::span<const std::int32_t> id, std::span<Real> out, room<Real>& r) const {
    slices cut(w);
    bool first = true;
    each_in_turn(r, [&]<class Part>(const Part& p, auto& part_room, std::size_t column) {
      constexpr std::size_t width = usize(Part::dims);
      const auto one = grown(r.one, isize(id.size() * width));
      p.forward(cut.of(p), id, one, part_room);
      for (std::size_t t = 0; t < id.size(); ++t)
        for (std::size_t d = 0; d < width; ++d) {
          Real& to = out[t * usize(dims) + column + d];
          to = How == side_by_side::yes || first ? one[t * width + d] : to + one[t * width + d];
        }
      first = false;
    });
  }
  template <class Real>
  void backward(std::span<const Real> w, std::span<const std::int32_t> id, std::span<const Real> d_out, std::span<Real> dw,
                room<Real>& r) const {
    slices cut(w);
    slices cut_d(dw);
    each_in_turn(r, [&]<class Part>(const Part& p, auto& part_room, std::size_t column) {
      if constexpr (learns<Part>) {
        constexpr std::size_t width = usize(Part::dims);
        std::span<const Real> d_one = d_out;
        if constexpr (How == side_by_side::yes) {
          const auto own = grown(r.one, isize(id.size() * width));
          for (std::size_t t = 0; t < id.size(); ++t)
            std::copy_n(d_out.data() + t * usize(dims) + column, width, own.data() + t * width);
          d_one = own;
        }
        p.backward(cut.of(p), id, d_one, cut_d.of(p), part_room);
      }
    });
  }

 private:
  /// Calls visit(part, room, column) for each part, from left to right.
  void each_in_turn(auto& r, auto&& visit) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      std::size_t column = 0;
      ((visit(std::get<I>(parts), std::get<I>(r.of), column), column += How == side_by_side::yes ? usize(Parts::dims) : 0), ...);
    }(std::index_sequence_for<Parts...>{});
  }
};

/// Several identity parts read as one.
/// write  concatenated(learned<64>{}, frozen<64>{vectors}), summed(learned<128>{}, adapted<5120, 128>{vectors})
/// dims   side by side: the sum of all; added up: of each, which must be the same
/// keeps  a token where every part has a vector for it            twin   of every part that has one
template <side_by_side How, class... Parts>
struct several {
  static_assert(
      How == side_by_side::yes || ((Parts::dims == std::get<0>(std::tuple(Parts::dims...))) && ...),
      "tepui: vectors of different dims cannot be added up; give all parts of `summed` the same number, or use `concatenated`");
  using fitted = several_tables<How, fitted_t<Parts>...>;
  static constexpr int dims = fitted::dims;
  using needs = channels<>;

  std::tuple<Parts...> parts;

  [[nodiscard]] std::string describe() const { return several_tables<How, Parts...>{parts}.describe(); }
  [[nodiscard]] auto untrained() const {
    return std::apply([](const auto&... p) { return several<How, decltype(untrained_twin(p))...>{{untrained_twin(p)...}}; },
                      parts);
  }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    int i = 0;
    return std::apply(
        [&](const auto&... p) { return fitted{{made_ready(p, train, context, "part " + std::to_string(i++))...}}; }, parts);
  }
};

template <class... Parts>
[[nodiscard]] auto concatenated(Parts... parts) {
  return several<side_by_side::yes, Parts...>{{std::move(parts)...}};
}
template <class... Parts>
[[nodiscard]] auto summed(Parts... parts) {
  return several<side_by_side::no, Parts...>{{std::move(parts)...}};
}

}  // namespace tepui::embed
