#pragma once
/// How many tokens a cell may have at most.

#include <cstdint>
#include <string>
#include <string_view>

#include <tepui/flow/error.hpp>

namespace tepui::tokenize {

/// The number of slots where a program leaves it to us: the input length of the first Geneformer.
inline constexpr std::int32_t usual_slots = 2048;

/// The sentence of a type that leaves no room, said where the type is checked.
template <std::int32_t Slots>
[[nodiscard]] consteval bool check_slots_in_type() {
  static_assert(Slots > 0,
                "tepui: a tokenizer needs at least one slot, or no cell could have a token; write rank<2048>, or any number above 0");
  return Slots > 0;
}

/// errors bad_option where slots <= 0: a number that came at run time. One in a type does not compile.
inline void check_slots(std::string_view stage, std::int32_t slots) {
  if (slots <= 0)
    throw bad_option(std::string(stage) + " was given " + std::to_string(slots) +
                     " slots, and a cell needs room for at least 1 token; 2048 is usual");
}

}  // namespace tepui::tokenize
