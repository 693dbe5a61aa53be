#pragma once
/// Reads a cell as its genes with a level each, low to high, compared with the cell's other genes.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/kernel/row_bin.hpp>
#include <tepui/kernel/row_topk.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>
#include <tepui/tokenize/slots.hpp>

namespace tepui::tokenize {

/// Which bin a value takes that lies on several edges at once, as the many 1s of a cell's counts do.
enum class side {
  lowest,   ///< the lowest of them (Tahoe-x1)
  highest,  ///< the highest (scGPT with side="one")
};

/// Sorts a cell's expressed genes into `Bins - 1` quantile bins of its own, numbered 1 to Bins - 1. A token is a gene's column.
/// in     counts [cells, genes], any scale         out    tokens, ragged, <= slots a cell; channel bin: 1 ... Bins - 1
/// edges  Bins - 1 quantiles from 0 to 1 of all values of the cell that are not zero, in float64; a bin begins at its edge
/// order  ascending gene; a cell with more genes than slots keeps its largest values (ties lower gene), still ascending
/// ties   equal values take the same bin, see `side`       zeros  give no token       empty  no tokens
/// errors bad_option: slots <= 0 at run time (in the type it does not compile)
/// cost   O(genes expressed log genes expressed) per cell  repeat bit-equal everywhere
/// source Cui et al. 2024 (scGPT) with side="one"; its default draws among the bins of a tie at random
template <std::int32_t Bins = 51, std::int32_t Slots = usual_slots>
struct binned {
  using kind = kind::tokenizer;
  static constexpr std::string_view name = "binned";
  static consteval bool check_shape() {
    static_assert(Bins >= 2, "tepui: quantile bins need Bins >= 2, because bin 0 means not expressed; write binned<51>");
    static_assert(!(Bins >= 2) || Slots > 0,
                  "tepui: a tokenizer needs at least one slot, or no cell could have a token; write binned<51, 2048>, or any "
                  "number above 0");
    return Bins >= 2 && Slots > 0;
  }
  using takes = port::any_counts;
  using gives = port::tokens<channel::bin>;

  side on_ties = side::highest;
  std::int32_t slots = Slots;

  struct scratch {
    kernel::topk_room kept;
    std::vector<double> sorted, edges;
  };

  [[nodiscard]] std::string describe() const {
    return "binned(" + std::to_string(Bins) + ", " + (on_ties == side::highest ? "highest" : "lowest") + ", " +
           std::to_string(slots) + ")";
  }
  static void each_array(auto& self, auto&& visit) {
    visit("on_ties", self.on_ties);
    visit("slots", self.slots);
  }

  void operator()(const auto& in, auto& out, scratch& room, const kernel::draws&) const {
    check_slots(name, slots);
    out.clear();
    out.n_vocabulary = in.n_genes;
    for (std::int64_t c = 0; c < in.n_cells(); ++c) {
      const auto genes = in.genes_of(c);
      // All values decide the edges, also those of genes that find no slot.
      room.sorted.clear();
      for (const auto value : in.values_of(c))
        if (value != 0) room.sorted.push_back(static_cast<double>(value));
      if (!room.sorted.empty()) {
        std::sort(room.sorted.begin(), room.sorted.end());
        kernel::quantile_edges(room.sorted, Bins - 1, room.edges);
        kernel::row_topk(in.values_of(c), slots, room.kept);
        std::sort(room.kept.begin(), room.kept.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        for (const auto& [value, at] : room.kept) out.add_token(genes[usize(at)], bin_of(room.edges, value));
      }
      out.end_cell();
    }
  }

 private:
  [[nodiscard]] std::int32_t bin_of(const std::vector<double>& edges, double value) const {
    const std::int32_t highest = kernel::edges_up_to(edges, value);
    if (on_ties == side::highest) return highest;
    return std::min(highest, kernel::edges_below(edges, value) + 1);
  }
};

static_assert(is_stage<binned<>>);

}  // namespace tepui::tokenize
