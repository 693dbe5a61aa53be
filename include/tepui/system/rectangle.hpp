#pragma once
/// A system's tokens as its original hands them to its model: every cell equally long, with its own ids and padding.

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <vector>

#include <tepui/flow/tokens.hpp>
#include <tepui/system/published.hpp>
#include <tepui/tokenize/composition/sequence.hpp>

namespace tepui::system {

template <class Channels>
struct written_channel {
  using type = void;  // only ids
};
template <class Channel>
struct written_channel<channels<Channel>> {
  using type = Channel;
};
/// What the original has beside its ids: one channel, or void.
template <published S>
using written_channel_t = typename written_channel<typename S::writes>::type;

template <class Channel>
struct written_value {
  using type = typename Channel::type;
};
template <>
struct written_value<void> {
  using type = float;  // never used
};

/// shapes  id, value [cells, slots] row after row; value is empty where the original has none; n_used [cells]
template <class Value>
struct rectangle {
  std::vector<std::int32_t> id, n_used;
  std::vector<Value> value;
};

/// Fills a rectangle with a batch of cells.
/// in     a system, its fitted tokenizer, tokens; slots: as many tokens at most are written of a cell
/// out    ids as the original has them (HEIMDALL's chromosomes below 0), behind the last token what `system.pads` says
/// cost   O(cells slots); no allocation once `out` has grown
template <published S, class Tokenizer, tokens_like Tokens, class Value>
void to_rectangle(const S& system, const Tokenizer& tokenizer, const Tokens& tokens, std::int64_t slots,
                  rectangle<Value>& out) {
  using channel_type = written_channel_t<S>;
  const std::int32_t n_special = tokenize::composition::n_special_of(tokenizer.composition);
  const padding pad = system.pads(tokens.n_vocabulary - n_special);
  const std::size_t size = usize(tokens.n_cells() * slots);
  out.id.assign(size, pad.id);
  out.value.assign(std::is_void_v<channel_type> ? 0 : size, static_cast<Value>(pad.value));
  out.n_used.clear();
  for (std::int64_t c = 0; c < tokens.n_cells(); ++c) {
    const auto ids = tokens.ids_of(c);
    const std::int64_t n = std::min(slots, isize(ids.size()));
    std::copy_n(ids.begin(), n, out.id.begin() + c * slots);
    if constexpr (requires { S::written_id(0, 0, 0); }) {
      const auto special = tokens.template of<channel::special>(c);
      for (std::int64_t t = 0; t < n; ++t) {
        std::int32_t& id = out.id[usize(c * slots + t)];
        id = S::written_id(id, special[usize(t)], n_special - 2);
      }
    }
    if constexpr (!std::is_void_v<channel_type>) {
      const auto values = tokens.template of<channel_type>(c);
      std::copy_n(values.begin(), n, out.value.begin() + c * slots);
    }
    out.n_used.push_back(static_cast<std::int32_t>(n));
  }
}

}  // namespace tepui::system
