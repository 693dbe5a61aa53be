#pragma once
/// Several steps that make a sentence, one behind the other: order the genes, cut, group, add special tokens.

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/stage/fitting.hpp>
#include <tepui/stage/kind.hpp>
#include <tepui/tokenize/sentence.hpp>

namespace tepui::tokenize::composition {

/// Whether a step lets genes without counts become tokens too.
template <class Step>
inline constexpr bool wants_zeros = [] {
  if constexpr (requires { Step::wants_zeros; }) return Step::wants_zeros;
  return false;
}();
/// Whether a step leaves genes without counts out by itself.
template <class Step>
inline constexpr bool drops_zeros = [] {
  if constexpr (requires { Step::drops_zeros; }) return Step::drops_zeros;
  return false;
}();
/// Whether a step alone ranks genes by their values, so that the tokenizer may sort and write in one pass.
template <class Step>
inline constexpr bool ranks_values = [] {
  if constexpr (requires { Step::ranks_values; }) return Step::ranks_values;
  return false;
}();
/// Whether a step can write a token that is no gene.
template <class Step>
inline constexpr bool writes_special = requires(const Step& step) { step.special_names(); };
/// Whether a step writes the sentence anew, whatever it was.
template <class Step>
inline constexpr bool begins = [] {
  if constexpr (requires { Step::begins; }) return Step::begins;
  return false;
}();
/// The channels that a step writes beside those of the expression.
template <class Step>
struct channels_of {
  using type = tepui::channels<>;
};
template <class Step>
  requires requires { typename Step::channel_list; }
struct channels_of<Step> {
  using type = typename Step::channel_list;
};

/// The names of the special tokens of a step.
template <class Step>
[[nodiscard]] std::vector<std::string> special_names_of(const Step& step) {
  if constexpr (writes_special<Step>) return step.special_names();
  return {};
}
template <class Step>
[[nodiscard]] std::int32_t n_special_of(const Step& step) {
  if constexpr (writes_special<Step>) return step.n_special();
  return 0;
}

template <class Left, class Right>
struct joined;
template <class... L, class... R>
struct joined<tepui::channels<L...>, tepui::channels<R...>> {
  using type = tepui::channels<L..., R...>;
};

/// Steps from left to right. The first one finds the cell's genes in ascending order, each other one the sentence so far.
/// write  composition::in_sequence(by_expression<4094>{}, first{"<cls>"}, last{"<eos>"})
/// A step of your own has `name`, `describe()` if it holds settings, and
///     void operator()(const auto& cell, sentence& s, scratch&, const auto& random) const
/// with `static constexpr bool begins = true` where it writes the sentence anew. If it writes special tokens it has
/// `n_special()` and `special_names()`; if it learns, `fitted` and `fit`.
template <class... Steps>
class sequence {
 public:
  static constexpr std::string_view name = "sequence";
  static constexpr bool begins = true;
  static constexpr bool wants_zeros = (composition::wants_zeros<Steps> || ...);
  static constexpr bool reads_total = (tokenize::reads_total<Steps> || ...);
  static consteval bool check_shape() {
    return ([]<class S>() {
      if constexpr (requires { S::check_shape(); }) return S::check_shape();
      return true;
    }.template operator()<Steps>() && ...);
  }
  struct scratch {
    std::tuple<scratch_t<Steps>...> of;
  };
  template <class All, class... Rest>
  struct all_channels {
    using type = All;
  };
  template <class All, class Step, class... Rest>
  struct all_channels<All, Step, Rest...> {
    using type = typename all_channels<typename joined<All, typename channels_of<Step>::type>::type, Rest...>::type;
  };
  using channel_list = typename all_channels<tepui::channels<>, Steps...>::type;

  std::tuple<Steps...> steps;

  sequence() = default;
  explicit sequence(std::tuple<Steps...> s) : steps(std::move(s)) {}

  [[nodiscard]] std::string describe() const {
    std::string text;
    std::apply([&](const auto&... step) { ((text += (text.empty() ? "" : ", ") + description_of(step)), ...); }, steps);
    return text;
  }
  static void each_array(auto& self, auto&& visit) {
    int i = 0;
    std::apply(
        [&](auto&... step) {
          const auto one = [&](auto& s) {
            const std::string prefix = std::to_string(i++) + ".";
            if constexpr (requires { s.each_array(s, visit); })
              s.each_array(s, [&](const char* member, auto& what) { visit((prefix + member).c_str(), what); });
          };
          (one(step), ...);
        },
        self.steps);
  }

  void check(std::int32_t n_genes) const {
    std::apply(
        [&](const auto&... step) {
          ([&] {
            if constexpr (requires { step.check(n_genes); }) step.check(n_genes);
          }(), ...);
        },
        steps);
  }
  [[nodiscard]] std::int32_t n_special() const {
    return std::apply([](const auto&... step) { return (0 + ... + n_special_of(step)); }, steps);
  }
  [[nodiscard]] std::vector<std::string> special_names() const {
    std::vector<std::string> out;
    std::apply(
        [&](const auto&... step) {
          ([&] {
            for (auto& special : special_names_of(step)) out.push_back(std::move(special));
          }(), ...);
        },
        steps);
    return out;
  }

  void operator()(const auto& cell, sentence& s, scratch& room, const auto& random) const {
    apply(cell, s, room, random, std::index_sequence_for<Steps...>{});
  }

 private:
  template <std::size_t... I>
  void apply(const auto& cell, sentence& s, scratch& room, const auto& random, std::index_sequence<I...>) const {
    std::int32_t base = 0;
    (one<I>(cell, s, room, random, base), ...);
  }
  template <std::size_t I>
  void one(const auto& cell, sentence& s, scratch& room, const auto& random, std::int32_t& base) const {
    using step_type = std::tuple_element_t<I, std::tuple<Steps...>>;
    if constexpr (I == 0 && !composition::begins<step_type>) s.say_all(cell.size());
    s.write_down();
    s.begin_step(base);
    std::get<I>(steps)(cell, s, std::get<I>(room.of), random.sub(I));
    base += n_special_of(std::get<I>(steps));
  }
};

/// The same where a step learns: becomes the sequence of what the steps become.
template <class... Steps>
  requires(needs_fit<Steps> || ...)
class sequence<Steps...> {
 public:
  static constexpr std::string_view name = "sequence";
  static constexpr bool wants_zeros = (composition::wants_zeros<fitted_t<Steps>> || ...);
  using fitted = sequence<fitted_t<Steps>...>;
  using channel_list = typename fitted::channel_list;
  static consteval bool check_shape() { return fitted::check_shape(); }

  std::tuple<Steps...> steps;

  sequence() = default;
  explicit sequence(std::tuple<Steps...> s) : steps(std::move(s)) {}

  [[nodiscard]] std::string describe() const {
    std::string text;
    std::apply([&](const auto&... step) { ((text += (text.empty() ? "" : ", ") + description_of(step)), ...); }, steps);
    return text;
  }
  template <training_cells Cells>
  [[nodiscard]] fitted fit(const Cells& train, const fit_context& context) const {
    const auto one = [&](const auto& step) {
      if constexpr (requires { step.fit(train, context); }) {
        return step.fit(train, context);
      } else {
        return step;
      }
    };
    return fitted(std::apply([&](const auto&... step) { return std::tuple(one(step)...); }, steps));
  }
};

template <class... Steps>
[[nodiscard]] sequence<Steps...> in_sequence(Steps... steps) {
  return sequence<Steps...>(std::tuple(std::move(steps)...));
}

}  // namespace tepui::tokenize::composition
