#pragma once
/// One type for every source of raw counts: a simulator, a matrix in memory, a file. For lists that mix them.

#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <tepui/corpus/read_window.hpp>
#include <tepui/flow/cell_source.hpp>

namespace tepui::corpus {

/// A source of raw counts whose own type is forgotten, a cell_source. Owns a copy of the source, which may borrow its cells.
///   std::vector<corpus::any_cells> all{io::open_cells("a.h5ad"), simulate::corpus({}), cells_of(atlas)};
/// in     any cell_source of raw counts in ordinary memory; its covariates are not carried
/// cost   one indirect call a reading                    errors, repeat  as the source
class any_cells {
  struct any_room {
    any_room() = default;
    any_room(const any_room&) = delete;
    any_room& operator=(const any_room&) = delete;
    virtual ~any_room() = default;
  };
  struct any_source {
    any_source() = default;
    any_source(const any_source&) = delete;
    any_source& operator=(const any_source&) = delete;
    virtual ~any_source() = default;
    [[nodiscard]] virtual std::int64_t n_cells() const = 0;
    [[nodiscard]] virtual const gene_table& genes() const = 0;
    [[nodiscard]] virtual std::optional<std::int64_t> stored(std::int64_t first, std::int64_t n) const = 0;
    [[nodiscard]] virtual counts_view<scale::raw> read(std::int64_t first, std::int64_t n,
                                                       std::unique_ptr<any_room>& own) const = 0;
  };
  template <class Source>
  struct room_of final : any_room {
    typename Source::room own;
  };
  template <class Source>
  struct source_of final : any_source {
    Source from;
    explicit source_of(Source s) : from(std::move(s)) {}
    [[nodiscard]] std::int64_t n_cells() const override { return from.n_cells(); }
    [[nodiscard]] const gene_table& genes() const override { return from.genes(); }
    [[nodiscard]] std::optional<std::int64_t> stored(std::int64_t first, std::int64_t n) const override {
      return corpus::stored_counts(from, first, n);
    }
    [[nodiscard]] counts_view<scale::raw> read(std::int64_t first, std::int64_t n,
                                               std::unique_ptr<any_room>& own) const override {
      // Two sources of one type share a room; one of another type gets another.
      auto* fits = dynamic_cast<room_of<Source>*>(own.get());
      if (fits == nullptr) {
        auto made = std::make_unique<room_of<Source>>();
        fits = made.get();
        own = std::move(made);
      }
      const auto view = from.read(first, n, fits->own);
      return view.with_cells(view.cells.only(covariates<>{}));
    }
  };

 public:
  /// Working memory of one reader, whichever source it reads.
  struct room {
    std::unique_ptr<any_room> own;
  };

  template <class Source>
    requires(cell_source<Source> && !std::is_same_v<Source, any_cells>)
  any_cells(Source source)
      : from_(std::make_shared<const source_of<Source>>(std::move(source))) {  // not explicit: lists are made of them
    using view = view_of_t<Source>;
    static_assert(std::is_same_v<typename view::scale, scale::raw> && std::is_same_v<typename view::value_type, float> &&
                      std::is_same_v<typename view::place, host>,
                  "tepui: any_cells holds raw counts as floats in ordinary memory; give a source of those");
  }

  [[nodiscard]] std::int64_t n_cells() const { return from_->n_cells(); }
  [[nodiscard]] const gene_table& genes() const { return from_->genes(); }
  [[nodiscard]] std::optional<std::int64_t> stored_counts(std::int64_t first, std::int64_t n) const {
    return from_->stored(first, n);
  }
  [[nodiscard]] counts_view<scale::raw> read(std::int64_t first, std::int64_t n, room& own) const {
    return from_->read(first, n, own.own);
  }

 private:
  std::shared_ptr<const any_source> from_;
};

static_assert(cell_source<any_cells>);

}  // namespace tepui::corpus
