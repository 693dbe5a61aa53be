#pragma once
/// What is known of each cell besides its counts: its id in the corpus, and named covariates such as batch or donor.
/// Which covariates can be seen is part of the type: a stage that does not declare one cannot read it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tepui/flow/index.hpp>

namespace tepui {

/// The covariates of the field. A program adds its own with a struct that has a `name`.
namespace covariate {
struct batch {
  static constexpr const char* name = "batch";
};
struct donor {
  static constexpr const char* name = "donor";
};
struct condition {
  static constexpr const char* name = "condition";
};
struct label {
  static constexpr const char* name = "label";
};
}  // namespace covariate

/// A list of covariate names, at compile time.
template <class... Tags>
struct covariates {
  static constexpr std::size_t count = sizeof...(Tags);
  template <class Tag>
  static constexpr bool contains = (std::is_same_v<Tag, Tags> || ...);
  template <class Tag>
  static constexpr std::size_t place_of = [] {
    std::size_t place = 0;
    (void)((std::is_same_v<Tag, Tags> ? false : (++place, true)) && ...);
    return place;
  }();
};

template <class Wanted, class Given>
inline constexpr bool covariates_within = false;
template <class... Wanted, class Given>
inline constexpr bool covariates_within<covariates<Wanted...>, Given> = (Given::template contains<Wanted> && ...);

/// The cells of a batch: their ids and the covariates that may be read here.
/// shapes  id [cells] int64, stable in the corpus; codes [cells] int32 per covariate, -1 where missing
/// cost    copies pointers only
template <class Covariates = covariates<>>
class cell_axis;

template <class... Tags>
class cell_axis<covariates<Tags...>> {
 public:
  using list = covariates<Tags...>;

  std::span<const std::int64_t> id;

  cell_axis() = default;
  explicit cell_axis(std::span<const std::int64_t> ids) : id(ids) {}
  cell_axis(std::span<const std::int64_t> ids, std::array<std::span<const std::int32_t>, sizeof...(Tags)> codes)
      : id(ids), codes_(codes) {}

  [[nodiscard]] std::int64_t size() const { return isize(id.size()); }

  /// The codes [cells] of one covariate.
  template <class Tag>
  [[nodiscard]] std::span<const std::int32_t> codes() const {
    static_assert(list::template contains<Tag>,
                  "tepui: this stage reads a covariate that it does not declare; add it to the stage's "
                  "`using reads = covariates<...>`, so that a reader of the type sees what the stage knows of a cell");
    if constexpr (list::template contains<Tag>) {
      return codes_[list::template place_of<Tag>];
    } else {
      return {};
    }
  }

  /// The same cells with one covariate more. errors  the caller gives one code a cell
  template <class Tag>
  [[nodiscard]] auto with(std::span<const std::int32_t> codes_of_tag) const {
    static_assert(!list::template contains<Tag>, "tepui: these cells carry that covariate already; give it once");
    std::array<std::span<const std::int32_t>, sizeof...(Tags) + 1> all{};
    for (std::size_t i = 0; i < sizeof...(Tags); ++i) all[i] = codes_[i];
    all[sizeof...(Tags)] = codes_of_tag;
    return cell_axis<covariates<Tags..., Tag>>(id, all);
  }

  /// The same cells with only the `Wanted` covariates left to see.
  template <class... Wanted>
  [[nodiscard]] cell_axis<covariates<Wanted...>> only(covariates<Wanted...>) const {
    return cell_axis<covariates<Wanted...>>(id, {codes_[list::template place_of<Wanted>]...});
  }

  /// Cells [first, first + n).
  [[nodiscard]] cell_axis part(std::int64_t first, std::int64_t n) const {
    cell_axis out;
    out.id = id.subspan(usize(first), usize(n));
    for (std::size_t i = 0; i < sizeof...(Tags); ++i) out.codes_[i] = codes_[i].subspan(usize(first), usize(n));
    return out;
  }

 private:
  std::array<std::span<const std::int32_t>, sizeof...(Tags)> codes_{};
};

}  // namespace tepui
