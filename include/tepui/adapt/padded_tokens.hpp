#pragma once
/// Tokens as a rectangle, [cells, slots], for files and for programs of others that want every cell equally long.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/flow/error.hpp>
#include <tepui/flow/tokens.hpp>

namespace tepui::adapt {

/// shapes      id, value [cells, slots] row after row; n_used [cells]
/// invariants  slots [0, n_used) of a row hold tokens, the others id 0 and value 0
template <class Value>
struct padded_tokens {
  std::int64_t n_cells = 0, slots = 0;
  std::vector<std::int32_t> id;
  std::vector<Value> value;
  std::vector<std::int32_t> n_used;
};

/// Pads every cell to `slots`. Token t becomes id t + 1, because 0 is the padding at this door; inside there is none.
/// in     tokens [cells], ragged, with the channel       out    padded_tokens; a longer cell keeps its first `slots` tokens
/// empty  a row of zeros, n_used 0                       errors bad_option: slots <= 0
/// cost   O(cells slots), 4 + sizeof(Value) bytes a slot
template <class Channel, class Value = typename Channel::type, tokens_like Tokens>
[[nodiscard]] padded_tokens<Value> pad_tokens(const Tokens& tokens, std::int64_t slots) {
  if (slots <= 0) throw bad_option("tokens cannot be padded to " + std::to_string(slots) + " slots; give at least 1");
  padded_tokens<Value> out;
  out.n_cells = tokens.n_cells();
  out.slots = slots;
  out.id.assign(usize(out.n_cells * slots), 0);
  out.value.assign(usize(out.n_cells * slots), Value{});
  for (std::int64_t c = 0; c < out.n_cells; ++c) {
    const auto ids = tokens.ids_of(c);
    const auto values = tokens.template of<Channel>(c);
    const std::int64_t n = std::min(slots, isize(ids.size()));
    for (std::int64_t t = 0; t < n; ++t) {
      out.id[usize(c * slots + t)] = ids[usize(t)] + 1;
      out.value[usize(c * slots + t)] = static_cast<Value>(values[usize(t)]);
    }
    out.n_used.push_back(static_cast<std::int32_t>(n));
  }
  return out;
}

}  // namespace tepui::adapt
